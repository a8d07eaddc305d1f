//! Runs the templates: one Tera for each language, so that one encoder serves every hole of a file.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;
use tera::{Context, Delimiters, Kwargs, State, StringInput, Tera, Value};

use super::names::Names;
use super::syntax::{self, Syntax};
use super::templates::{Per, Template, Templates};
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
    let sources = templates.needed(&outputs);
    let names = Names::of(sources.values().copied());
    let rollout = names.then("rollout", || Rollout::new(fleet)).flatten();
    let engines =
        Engines { by_syntax: engines(&sources)?, project: &fleet.project, rollout: rollout.as_ref(), names };
    let mut artifacts = Artifacts::new();
    let context = context(&value(&FleetView::new(fleet, rollout.as_ref(), &engines.names)));
    for (template, file) in engines.files(&outputs, Per::Fleet, "", "", &context)? {
        add(&mut artifacts, template, file)?;
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
    /// What is worked out of a view: what documents say takes longer than all of the dialects.
    names: Names<'f>,
}

type Rendered<'t> = Vec<(&'t Template<'t>, (String, Artifact))>;

impl Engines<'_> {
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
        let view = |service| value(&ServiceView::new(fleet, environment, service, &boards, &self.names));
        let services = each(large, &environment.services, view);

        let named = environment.services.iter().map(|service| &*service.name).zip(&services);
        let selected: Vec<_> = named.filter(|(name, _)| selection.has_service(name)).collect();
        let mut files = Rendered::new();
        for of_service in each(large, &selected, |(name, value)| {
            self.files(outputs, Per::Service, &environment.name, name, &context(value))
        }) {
            files.extend(of_service?);
        }

        let view = EnvironmentView::new(fleet, environment, &boards, self.rollout, &self.names);
        let mut context = context(&value(&view));
        context.insert_value("services", Value::from(services));
        for of_template in each(large, outputs, |template| {
            self.files(std::slice::from_ref(template), Per::Environment, &environment.name, "", &context)
        }) {
            files.extend(of_template?);
        }
        Ok(files)
    }

    /// The files of some templates.
    fn files<'t>(
        &self,
        templates: &'t [Template<'t>],
        per: Per,
        environment: &str,
        service: &str,
        context: &Context,
    ) -> Result<Rendered<'t>, TemplateError> {
        let mut files = Rendered::new();
        for template in templates.iter().filter(|template| template.per == per) {
            let file = self.render(template, environment, service, context)?;
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

/// One engine for each language.
fn engines(sources: &BTreeMap<&str, &str>) -> Result<BTreeMap<Syntax, Tera>, TemplateError> {
    let mut by_syntax: BTreeMap<Syntax, Vec<(&str, &str)>> = BTreeMap::new();
    for (path, source) in sources {
        if let Some(syntax) = Syntax::of(path) {
            by_syntax.entry(syntax).or_default().push((path, source));
        }
    }
    by_syntax.into_iter().map(|(syntax, sources)| Ok((syntax, engine(syntax, sources)?))).collect()
}

fn engine(syntax: Syntax, sources: Vec<(&str, &str)>) -> Result<Tera, TemplateError> {
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
    tera.add_raw_templates(sources).map_err(|error| TemplateError::new("_", error))?;
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
fn context(view: &Value) -> Context {
    let mut context = Context::new();
    for (key, value) in view.as_map().expect("views are structs") {
        context.insert_value(key.as_str().expect("fields have names").to_owned(), value.clone());
    }
    context
}

/// What comes of each item, in their order; on all cores where there is much to do.
fn each<'i, T: Sync, R: Send>(much: bool, items: &'i [T], of: impl Fn(&'i T) -> R + Sync) -> Vec<R> {
    if much { items.par_iter().map(&of).collect() } else { items.iter().map(&of).collect() }
}
