//! Runs the templates: one Tera for each language, so that one encoder serves every hole of a file.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use rayon::prelude::*;
use serde::Serialize;
use tera::{Context, Delimiters, Kwargs, State, StringInput, Tera, Value};

use super::syntax::{self, Syntax};
use super::templates::{Per, Template, Templates, target_of};
use super::view::{EnvironmentView, FleetView, Rollout, ServiceView, boards};
use super::{PARALLEL_FROM, Selection, TemplateError};
use crate::artifacts::{Artifact, Artifacts, Ownership};
use crate::plan::{Environment, Fleet};

/// Renders the selected files, all or none.
///
/// # Errors
/// A template that cannot be read or rendered, or two that want one path.
pub fn render(
    fleet: &Fleet,
    templates: &Templates,
    selection: &Selection,
) -> Result<Artifacts, TemplateError> {
    let outputs = templates.outputs()?;
    let outputs: Vec<_> = outputs.into_iter().filter(|template| selection.has_target(template)).collect();
    let rollout = Rollout::new(fleet);
    let engines = Engines::new(templates, &outputs, &fleet.project, rollout.as_ref())?;
    let of = |per: Per| outputs.iter().filter(move |template| template.per == per);

    let mut artifacts = Artifacts::new();
    let context = context(value(&FleetView::new(fleet, rollout.as_ref())));
    for template in of(Per::Fleet) {
        if let Some(file) = engines.render(template, "", "", &context)? {
            add(&mut artifacts, template, file)?;
        }
    }
    // One environment at a time: only its views are in memory.
    for environment in
        fleet.environments.iter().filter(|environment| selection.has_environment(&environment.name))
    {
        for (template, file) in engines.environment(fleet, environment, &outputs, selection)? {
            add(&mut artifacts, template, file)?;
        }
    }
    Ok(artifacts)
}

fn add(
    artifacts: &mut Artifacts,
    template: &Template<'_>,
    (path, artifact): (String, Artifact),
) -> Result<(), TemplateError> {
    if artifacts.contains_key(&path) {
        return Err(TemplateError::new(template.path, format!("another template renders to {path} too")));
    }
    artifacts.insert(path, artifact);
    Ok(())
}

struct Engines<'f> {
    by_syntax: BTreeMap<Syntax, Tera>,
    project: &'f str,
    rollout: Option<&'f Rollout<'f>>,
    /// Whether there are documents or load tests of environments and services: what only they say is a large part of the
    /// views of 10,000 services.
    pages: bool,
}

type Rendered<'t> = Vec<(&'t Template<'t>, (String, Artifact))>;

impl<'f> Engines<'f> {
    fn new(
        templates: &Templates,
        outputs: &[Template<'_>],
        project: &'f str,
        rollout: Option<&'f Rollout<'f>>,
    ) -> Result<Self, TemplateError> {
        let mut by_syntax = BTreeMap::new();
        for template in outputs {
            if let Entry::Vacant(vacant) = by_syntax.entry(template.syntax) {
                vacant.insert(engine(template.syntax, templates)?);
            }
        }
        let page = |template: &Template<'_>| {
            matches!(template.syntax, Syntax::Markdown | Syntax::JavaScript) && template.per != Per::Fleet
        };
        let pages = outputs.iter().any(page);
        Ok(Self { by_syntax, project, rollout, pages })
    }

    /// All files about one environment. Each service's values are built once and shared by all templates.
    fn environment<'t>(
        &self,
        fleet: &Fleet,
        environment: &Environment,
        outputs: &'t [Template<'t>],
        selection: &Selection,
    ) -> Result<Rendered<'t>, TemplateError> {
        let large = environment.services.len() >= PARALLEL_FROM;
        let boards = boards(fleet, environment);
        let view = |service| {
            let view = ServiceView::new(fleet, environment, service, &boards);
            value(&if self.pages { view.with_pages(fleet, environment, service) } else { view })
        };
        let services: Vec<Value> = if large {
            environment.services.par_iter().map(view).collect()
        } else {
            environment.services.iter().map(view).collect()
        };

        let per_service: Vec<&Template<'_>> =
            outputs.iter().filter(|template| template.per == Per::Service).collect();
        let selected = environment
            .services
            .iter()
            .zip(&services)
            .filter(|(service, _)| selection.has_service(&service.name));
        let selected: Vec<_> = selected.collect();
        let service_files = |(service, value): &(&crate::plan::Service, &Value)| {
            let context = context((*value).clone());
            let mut files = Rendered::new();
            for template in &per_service {
                let file = self.render(template, &environment.name, &service.name, &context)?;
                files.extend(file.map(|file| (*template, file)));
            }
            Ok(files)
        };
        let rendered: Result<Vec<Rendered<'t>>, TemplateError> = if large {
            selected.par_iter().map(service_files).collect()
        } else {
            selected.iter().map(service_files).collect()
        };
        let mut files: Rendered<'t> = rendered?.into_iter().flatten().collect();

        let view = EnvironmentView::new(fleet, environment, &boards, self.rollout);
        let permissions = outputs.iter().any(|template| target_of(template.path) == "iam");
        let view = if permissions { view.with_permissions(environment, &boards) } else { view };
        let mut context = context(value(&view));
        context.insert_value("services", Value::from(services));
        for template in outputs.iter().filter(|template| template.per == Per::Environment) {
            let file = self.render(template, &environment.name, "", &context)?;
            files.extend(file.map(|file| (template, file)));
        }
        Ok(files)
    }

    /// One file; none if the template renders to nothing: that is how a template says that there is nothing to say.
    fn render(
        &self,
        template: &Template<'_>,
        environment: &str,
        service: &str,
        context: &Context,
    ) -> Result<Option<(String, Artifact)>, TemplateError> {
        let body = self.by_syntax[&template.syntax]
            .render(template.path, context)
            .map_err(|error| TemplateError::new(template.path, error))?;
        if body.trim().is_empty() {
            return Ok(None);
        }
        let text = Ownership::stamp(template.syntax.comment(), self.project, &body);
        let artifact = Artifact { text, executable: template.syntax.executable() };
        Ok(Some((template.output(environment, service), artifact)))
    }
}

fn engine(syntax: Syntax, templates: &Templates) -> Result<Tera, TemplateError> {
    let mut tera = Tera::default();
    if syntax == Syntax::Bash {
        // `${#array[@]}` would begin a comment.
        let delimiters =
            Delimiters { comment_start: "{~".into(), comment_end: "~}".into(), ..Delimiters::default() };
        tera.set_delimiters(delimiters).map_err(|error| TemplateError::new("_", error))?;
    }
    tera.autoescape_on([""]); // every name ends so
    tera.set_escape_fn(syntax.encoder());
    tera.register_filter("safe", refuse_safe);
    tera.register_filter("ident", ident);
    if syntax == Syntax::Markdown {
        tera.register_filter("plain", plain);
        tera.register_filter("sh", sh);
        tera.register_filter("mermaid", mermaid);
    }
    tera.add_raw_templates(templates.sources(syntax)).map_err(|error| TemplateError::new("_", error))?;
    Ok(tera)
}

/// Nothing goes into a file without its encoder.
fn refuse_safe(_: Value, _: Kwargs, _: &State<'_>) -> tera::TeraResult<Value> {
    Err(tera::Error::message("`safe` is not available: a hole prints one complete literal"))
}

/// Exempt from encoding: an identifier, which needs none in any language.
fn ident(text: StringInput<'_>, _: Kwargs, _: &State<'_>) -> tera::TeraResult<Value> {
    let text = text.as_str();
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if text.is_empty() || !plain || text.as_bytes()[0].is_ascii_digit() {
        return Err(tera::Error::message(format!("{text:?} is not an identifier")));
    }
    Ok(Value::safe_string(text))
}

/// Exempt from encoding in Markdown: words and numbers of prose, which mean nothing to it.
fn plain(text: StringInput<'_>, _: Kwargs, _: &State<'_>) -> tera::TeraResult<Value> {
    let text = text.as_str();
    if syntax::is_prose(text) {
        return Ok(Value::safe_string(text));
    }
    Err(tera::Error::message(format!("{text:?} is not plain prose")))
}

/// A word of bash, for the commands in a fenced block of Markdown. Numbers are words as they are.
fn sh(value: Value, _: Kwargs, _: &State<'_>) -> tera::TeraResult<Value> {
    if value.is_number() {
        return Ok(value);
    }
    let text = value.as_str().ok_or_else(|| tera::Error::message("`sh` takes text or a number"))?;
    Ok(Value::safe_string(&syntax::bash_word(text)))
}

/// A quoted label, for the diagrams in Markdown.
fn mermaid(text: StringInput<'_>, _: Kwargs, _: &State<'_>) -> tera::TeraResult<Value> {
    Ok(Value::safe_string(&syntax::mermaid_label(text.as_str())))
}

fn value(view: &impl Serialize) -> Value {
    Value::from_serializable(view)
}

/// A view's fields, as the variables of a template.
fn context(view: Value) -> Context {
    let mut context = Context::new();
    for (key, value) in view.into_map().expect("views are structs") {
        context.insert_value(key.to_string(), value);
    }
    context
}
