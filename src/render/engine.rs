//! Runs the templates: one Tera for each language, so that one encoder serves every hole of a file.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;
use tera::{Context, Delimiters, Kwargs, State, StringInput, Tera, Value};

use super::names::Names;
use super::syntax::{self, Syntax};
use super::templates::{Per, Template, Templates};
use super::view::{Common, EnvironmentView, FleetView, Rollout, ServiceView};
use super::{Selection, TemplateError};
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
    Engines::new(templates.clone(), selection.targets.clone())?.render(fleet, selection)
}

/// Templates of some targets, ready to run: one Tera for each language.
#[derive(Debug)]
pub struct Engines {
    templates: Templates,
    targets: Vec<String>,
    by_syntax: BTreeMap<Syntax, Tera>,
    /// What is worked out of a view: what documents say takes longer than all of the dialects.
    names: Names,
}

impl Engines {
    /// Makes the templates of these targets ready, or of all if none is named. They may be rendered for any fleet.
    ///
    /// # Errors
    /// A template that cannot be read.
    pub fn new(templates: Templates, targets: Vec<String>) -> Result<Self, TemplateError> {
        let sources = templates.needed(&templates.outputs_of(&targets)?);
        let mut by_syntax: BTreeMap<Syntax, Vec<(&str, &str)>> = BTreeMap::new();
        for (path, source) in &sources {
            if let Some(syntax) = Syntax::of(path) {
                by_syntax.entry(syntax).or_default().push((path, source));
            }
        }
        let engine = |(syntax, sources)| Ok((syntax, engine(syntax, sources)?));
        let by_syntax = by_syntax.into_iter().map(engine).collect::<Result<_, _>>()?;
        let names = Names::of(sources.into_values());
        Ok(Self { templates, targets, by_syntax, names })
    }

    /// All templates, ready or not.
    pub fn templates(&self) -> &Templates {
        &self.templates
    }

    /// Renders the selected files of its targets, all or none.
    ///
    /// # Errors
    /// A template that cannot be rendered, or two that want one path.
    pub fn render(&self, fleet: &Fleet, selection: &Selection) -> Result<Artifacts, TemplateError> {
        let outputs = self.templates.outputs_of(&self.targets)?;
        let rollout = self.names.then("rollout", || Rollout::new(fleet)).flatten();
        let run = Run { engines: self, fleet, rollout: rollout.as_ref(), outputs: &outputs, selection };

        let context = context(&value(&FleetView::new(fleet, rollout.as_ref(), &self.names)));
        let of_fleet = run.files(&outputs, Per::Fleet, "", "", &context);
        let environments = fleet.environments.iter().filter(|said| selection.has_environment(&said.name));
        let environments: Vec<_> = environments.collect();
        let of_environments: Vec<_> = environments.par_iter().map(|said| run.environment(said)).collect();

        let mut artifacts = Artifacts::new();
        for files in [of_fleet].into_iter().chain(of_environments) {
            for (template, file) in files? {
                add(&mut artifacts, template, file)?;
            }
        }
        Ok(artifacts)
    }
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

/// One run over a fleet.
struct Run<'f> {
    engines: &'f Engines,
    fleet: &'f Fleet,
    rollout: Option<&'f Rollout<'f>>,
    outputs: &'f [Template<'f>],
    selection: &'f Selection,
}

type Rendered<'t> = Vec<(&'t Template<'t>, (String, Artifact))>;

impl<'f> Run<'f> {
    /// All files about one environment. Each service's values are built once and shared by all templates.
    fn environment(&self, environment: &Environment) -> Result<Rendered<'f>, TemplateError> {
        let common = Common::new(self.fleet, environment, &self.engines.names);
        let view = |service| value(&ServiceView::new(&common, service));
        let services: Vec<_> = environment.services.par_iter().map(view).collect();

        let named = environment.services.iter().map(|service| &*service.name).zip(&services);
        let selected: Vec<_> = named.filter(|(name, _)| self.selection.has_service(name)).collect();
        let of_service = |(name, value): &(&str, &Value)| {
            self.files(self.outputs, Per::Service, &environment.name, name, &context(value))
        };
        let mut files = Rendered::new();
        for of_service in selected.par_iter().map(of_service).collect::<Vec<_>>() {
            files.extend(of_service?);
        }

        let mut context = context(&value(&EnvironmentView::new(&common, self.rollout)));
        context.insert_value("services", Value::from(services));
        files.extend(self.files(self.outputs, Per::Environment, &environment.name, "", &context)?);
        Ok(files)
    }

    /// The files of some templates.
    fn files(
        &self,
        templates: &'f [Template<'f>],
        per: Per,
        environment: &str,
        service: &str,
        context: &Context,
    ) -> Result<Rendered<'f>, TemplateError> {
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
        let body = self.engines.by_syntax[&template.syntax]
            .render(template.path, context)
            .map_err(|error| TemplateError::new(template.path, error))?;
        if body.trim().is_empty() {
            return Ok(None);
        }
        let text = Ownership::stamp(template.syntax.comment(), &self.fleet.project, &body);
        let artifact = Artifact { text, executable: template.syntax.executable() };
        Ok(Some((template.output(environment, service), artifact)))
    }
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
