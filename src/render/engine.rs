//! Runs the templates: one Tera for each language, so that one encoder serves every hole of a file.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use tera::{Context, Delimiters, Kwargs, State, StringInput, Tera, Value};

use super::encode::json;
use super::structure::Indenting;
use super::syntax::{self, Syntax};
use super::templates::{Per, Template, Templates, target_of};
use super::view::slice::{self, Place, Slice};
use super::{Selection, TemplateError};
use crate::artifacts::{ANY_PROJECT, Artifact, Artifacts, Ownership};
use crate::aws::Data;
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
        Ok(Self { templates, targets, by_syntax })
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
        let artifacts = Mutex::new(Artifacts::new());
        let keep = |path: &str, artifact| {
            artifacts.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), artifact);
            Ok::<_, Infallible>(())
        };
        match self.render_each(fleet, selection, &keep) {
            Ok(()) => Ok(artifacts.into_inner().unwrap_or_else(PoisonError::into_inner)),
            Err(RenderError::Template(error)) => Err(error),
            Err(RenderError::Taken(never)) => match never {},
        }
    }

    /// Renders the selected files of its targets and hands on each at once, from any thread and in any order.
    ///
    /// # Errors
    /// A template that cannot be rendered, two that want one path, or what `take` fails with.
    pub fn render_each<E: Send>(
        &self,
        fleet: &Fleet,
        selection: &Selection,
        take: Take<'_, E>,
    ) -> Result<(), RenderError<E>> {
        let outputs = self.templates.outputs_of(&self.targets)?;
        let run = Run { engines: self, fleet, outputs: &outputs, selection, take, paths: Mutex::default() };

        run.files(Per::Fleet, "", "", |slice| (slice.fleet)(fleet))?;
        let environments = fleet.environments.iter().filter(|said| selection.has_environment(&said.name));
        let environments: Vec<_> = environments.collect();
        environments.par_iter().try_for_each(|said| run.environment(said))
    }
}

/// What takes each file as it is rendered.
pub type Take<'t, E> = &'t (dyn Fn(&str, Artifact) -> Result<(), E> + Sync);

/// Rendering stopped.
#[derive(Debug)]
pub enum RenderError<E> {
    /// A template cannot be rendered.
    Template(TemplateError),
    /// A file was not taken.
    Taken(E),
}

impl<E> From<TemplateError> for RenderError<E> {
    fn from(error: TemplateError) -> Self {
        Self::Template(error)
    }
}

/// One run over a fleet.
struct Run<'f, E> {
    engines: &'f Engines,
    fleet: &'f Fleet,
    outputs: &'f [Template<'f>],
    selection: &'f Selection,
    take: Take<'f, E>,
    /// Paths of the files so far.
    paths: Mutex<BTreeSet<String>>,
}

impl<E: Send> Run<'_, E> {
    /// All files about one environment.
    fn environment(&self, environment: &Environment) -> Result<(), RenderError<E>> {
        let place = Place::new(self.fleet, environment);
        let services = environment.services.iter().map(|service| &*service.name).enumerate();
        let selected: Vec<_> = services.filter(|(_, name)| self.selection.has_service(name)).collect();
        selected.par_iter().try_for_each(|(index, name)| {
            self.files(Per::Service, &environment.name, name, |slice| (slice.service)(&place, *index))
        })?;
        self.files(Per::Environment, &environment.name, "", |slice| (slice.environment)(&place))
    }

    /// The files of the templates that render as often; `view` makes what those of one target see.
    fn files(
        &self,
        per: Per,
        environment: &str,
        service: &str,
        view: impl Fn(&Slice) -> Value,
    ) -> Result<(), RenderError<E>> {
        let templates: Vec<_> = self.outputs.iter().filter(|template| template.per == per).collect();
        for of_target in templates.chunk_by(|one, other| target_of(one.path) == target_of(other.path)) {
            let mut seen = None;
            for template in of_target {
                let context = seen.get_or_insert_with(|| context(&view(slice::of(target_of(template.path)))));
                if let Some((path, artifact)) = self.render(template, environment, service, context)? {
                    self.hand_on(template, &path, artifact)?;
                }
            }
        }
        Ok(())
    }

    fn hand_on(&self, template: &Template<'_>, path: &str, artifact: Artifact) -> Result<(), RenderError<E>> {
        if !self.paths.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned()) {
            let twice = format!("another template renders to {path} too");
            return Err(TemplateError::new(template.path, twice).into());
        }
        (self.take)(path, artifact).map_err(RenderError::Taken)
    }

    /// One file; none if the template renders to nothing: that is how a template says that there is nothing to say.
    fn render(
        &self,
        template: &Template<'_>,
        environment: &str,
        service: &str,
        context: &Context,
    ) -> Result<Option<(String, Artifact)>, TemplateError> {
        let rendered;
        let body = match template.plain {
            Some(text) => text,
            None => {
                rendered = self.rendered(template, context)?;
                &rendered
            }
        };
        if body.trim().is_empty() {
            return Ok(None);
        }
        let project = if template.plain.is_some() { ANY_PROJECT } else { &self.fleet.project };
        let text = Ownership::stamp(template.syntax.comment(), project, body);
        let artifact = Artifact { text, executable: template.syntax.executable() };
        Ok(Some((template.output(environment, service), artifact)))
    }

    fn rendered(&self, template: &Template<'_>, context: &Context) -> Result<String, TemplateError> {
        let mut out = Indenting::default();
        let engine = &self.engines.by_syntax[&template.syntax];
        engine
            .render_to(template.path, context, &mut out)
            .map_err(|error| TemplateError::new(template.path, error))?;
        let (structured, text) = (out.structured(), out.text());
        if template.syntax == Syntax::Json && !structured && !text.trim().is_empty() {
            return laid_out(template, &text);
        }
        Ok(text)
    }
}

/// JSON that a template wrote piece by piece, laid out by the one rule for JSON.
fn laid_out(template: &Template<'_>, text: &str) -> Result<String, TemplateError> {
    let data: Data<'_> = serde_json::from_str(text)
        .map_err(|error| TemplateError::new(template.path, format!("it renders to no JSON: {error}")))?;
    let end = if text.ends_with('\n') { "\n" } else { "" };
    Ok(json::pretty(&data) + end)
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

/// A view's fields, as the variables of a template.
fn context(view: &Value) -> Context {
    let mut context = Context::new();
    for (key, value) in view.as_map().expect("views are structs") {
        context.insert_value(key.as_str().expect("fields have names").to_owned(), value.clone());
    }
    context
}
