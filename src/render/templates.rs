//! The template tree, which IS the output tree.
//!
//! `terraform/@env/main.tf.tera` → one `terraform/<environment>/main.tf` for each environment. The first folder names
//! the target, `@env` and `@service` choose the loop, the extension before `.tera` the language; a leading `_` makes
//! a partial, which other templates include and nobody renders. A file without `.tera` is a plain file, such as a program:
//! it is written as it is, once.

use std::collections::{BTreeMap, BTreeSet};

use include_dir::{Dir, include_dir};

use super::TemplateError;
use super::syntax::Syntax;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Plain files that a second target needs too, by the path there: what both programs source is one file here.
const SHARED: [(&str, &str); 1] = [("cloudformation/common.sh", "cli/common.sh")];

/// Sources by path below `templates/`, without `.tera`.
#[derive(Debug, Clone)]
pub struct Templates(BTreeMap<String, Source>);

/// A file of the template tree.
#[derive(Debug, Clone)]
struct Source {
    text: String,
    /// Whether it is written as it is.
    plain: bool,
}

/// How often a template renders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Per {
    /// Once.
    Fleet,
    /// Once an environment.
    Environment,
    /// Once a service of an environment.
    Service,
}

/// A template that renders to files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template<'t> {
    /// Its path below `templates/`, without `.tera`: also the pattern of the paths it renders to.
    pub path: &'t str,
    /// How often it renders.
    pub per: Per,
    /// The language of its files.
    pub syntax: Syntax,
    /// The text of its one file, if it is a plain file.
    pub plain: Option<&'t str>,
}

impl Templates {
    /// The templates inside the program.
    pub fn embedded() -> Self {
        let mut sources = BTreeMap::new();
        collect(&EMBEDDED, &mut sources);
        for (path, of) in SHARED {
            if let Some(source) = sources.get(of).cloned() {
                sources.insert(path.to_owned(), source);
            }
        }
        Self(sources)
    }

    /// Adds templates, or replaces those of the same path. `path` is relative, `/` on every system, with `.tera`.
    pub fn add(&mut self, path: &str, source: String) {
        if let Some(name) = path.strip_suffix(".tera") {
            self.0.insert(name.to_owned(), Source { text: source, plain: false });
        }
    }

    /// The targets: the first folders.
    pub fn targets(&self) -> BTreeSet<&str> {
        self.outputs_paths().map(target_of).collect()
    }

    /// The templates that render to files.
    ///
    /// # Errors
    /// A path that says neither where nor in which language to write.
    pub fn outputs(&self) -> Result<Vec<Template<'_>>, TemplateError> {
        self.outputs_paths().map(|path| self.template(path)).collect()
    }

    /// Those of some targets, or of all if none is named.
    pub(super) fn outputs_of(&self, targets: &[String]) -> Result<Vec<Template<'_>>, TemplateError> {
        let mut outputs = self.outputs()?;
        outputs.retain(|template| chosen(targets, target_of(template.path)));
        Ok(outputs)
    }

    /// The sources by path that these templates need: their own, those that they include or extend, and theirs; and all
    /// with components, which are called without naming the file.
    pub(super) fn needed(&self, outputs: &[Template<'_>]) -> BTreeMap<&str, &str> {
        let mut needed = BTreeMap::new();
        let templates = || self.0.iter().filter(|(_, source)| !source.plain);
        let components = templates().filter(|(_, source)| source.text.contains("component"));
        let mut open: Vec<&str> = components.map(|(path, _)| path.as_str()).collect();
        open.extend(outputs.iter().filter(|template| template.plain.is_none()).map(|template| template.path));
        while let Some(path) = open.pop() {
            // One that is missing is for the engine to miss, which says where.
            if let Some((path, source)) = self.0.get_key_value(path)
                && needed.insert(path.as_str(), source.text.as_str()).is_none()
            {
                open.extend(included(&source.text));
            }
        }
        needed
    }

    fn outputs_paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str).filter(|path| !is_partial(path))
    }

    fn template<'t>(&'t self, path: &'t str) -> Result<Template<'t>, TemplateError> {
        let plain = self.0.get(path).filter(|source| source.plain).map(|source| source.text.as_str());
        Ok(Template { plain, ..template(path)? })
    }
}

fn is_partial(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.starts_with('_'))
}

fn collect(dir: &Dir<'_>, sources: &mut BTreeMap<String, Source>) {
    for file in dir.files() {
        let path = file.path().to_str().unwrap_or_default().replace('\\', "/");
        let Some(text) = file.contents_utf8() else { continue };
        let (name, plain) = path.strip_suffix(".tera").map_or((path.as_str(), true), |name| (name, false));
        sources.insert(name.to_owned(), Source { text: text.to_owned(), plain });
    }
    dir.dirs().for_each(|dir| collect(dir, sources));
}

/// The paths that a source includes or extends.
fn included(source: &str) -> impl Iterator<Item = &str> {
    let after = ["include", "extends"].into_iter().flat_map(|word| source.split(word).skip(1));
    after.filter_map(|text| {
        let text = text.trim_start();
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
        text[1..].split(quote).next()
    })
}

fn template(path: &str) -> Result<Template<'_>, TemplateError> {
    let problem = |what: &str| TemplateError::new(path, what);
    let syntax = Syntax::of(path).ok_or_else(|| {
        let known: Vec<&str> = Syntax::ALL.into_iter().flat_map(Syntax::extensions).copied().collect();
        problem(&format!("the extension before `.tera` must be one of {}", known.join(", ")))
    })?;
    if !path.contains('/') {
        return Err(problem("a template lies in a folder, whose name is its target"));
    }
    let per = match (path.contains("@env"), path.contains("@service")) {
        (false, false) => Per::Fleet,
        (true, false) => Per::Environment,
        (true, true) => Per::Service,
        (false, true) => {
            return Err(problem("a path with `@service` needs `@env` too: services belong to environments"));
        }
    };
    let rest = path.replacen("@env", "", 1).replacen("@service", "", 1);
    if rest.contains('@') || target_of(path).contains('@') {
        return Err(problem("a path may hold `@env` and `@service` once each, below the target's folder"));
    }
    Ok(Template { path, per, syntax, plain: None })
}

/// Whether a name is among the chosen ones.
pub(super) fn chosen(names: &[String], name: &str) -> bool {
    names.is_empty() || names.iter().any(|chosen| chosen == name)
}

/// The first folder of a path.
pub fn target_of(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

impl Template<'_> {
    /// The file that it renders to.
    pub fn output(&self, environment: &str, service: &str) -> String {
        self.path.replacen("@env", environment, 1).replacen("@service", service, 1)
    }

    /// The environment and service that it would have rendered a path for; `None` if the path is none of its own.
    pub fn origin<'p>(&self, path: &'p str) -> Option<(&'p str, &'p str)> {
        let (mut environment, mut service) = ("", "");
        let mut parts = path.split('/');
        for pattern in self.path.split('/') {
            let part = parts.next()?;
            if let Some((before, after)) = pattern.split_once("@env") {
                environment = part.strip_prefix(before)?.strip_suffix(after)?;
            } else if let Some((before, after)) = pattern.split_once("@service") {
                service = part.strip_prefix(before)?.strip_suffix(after)?;
            } else if part != pattern {
                return None;
            }
        }
        parts.next().is_none().then_some((environment, service))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_say_where_how_often_and_in_which_language() {
        let per = |path| template(path).map(|t| t.per).map_err(|error| error.to_string());
        assert_eq!(per("terraform/modules/m/main.tf"), Ok(Per::Fleet));
        assert_eq!(per("cli/@env.sh"), Ok(Per::Environment));
        assert_eq!(per("cloudformation/@env/@service.yaml"), Ok(Per::Service));
        for bad in [
            "main.tf",
            "x/@service.yaml",
            "x/@envs/@env.sh",
            "x/@env/a.exe",
            "x/noext",
            "@env/a.tf",
            "x/@foo.tf",
        ] {
            assert!(per(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_template_needs_is_what_it_includes_and_what_that_includes() {
        let mut templates = Templates(BTreeMap::new());
        for (path, source) in [
            ("x/a.md", "{% include \"x/_b.md\" %}{%- include 'x/missing.md' -%}"),
            ("x/_b.md", "{% extends `x/_c.md` %}, to include no other"),
            ("x/_c.md", "{% include \"x/a.md\" %}"),
            ("x/_d.md", ""),
            ("x/_e.md", "{% component e() %}{% endcomponent e %}"),
            ("y/f.md", ""),
        ] {
            templates.add(&format!("{path}.tera"), source.to_owned());
        }
        let outputs = [template("x/a.md").unwrap()];
        let needed: Vec<_> = templates.needed(&outputs).into_keys().collect();
        assert_eq!(needed, ["x/_b.md", "x/_c.md", "x/_e.md", "x/a.md"]);
    }

    #[test]
    fn a_path_leads_back_to_its_environment_and_service() {
        let service = template("cloudformation/@env/@service.yaml").unwrap();
        assert_eq!(service.output("prod", "web"), "cloudformation/prod/web.yaml");
        assert_eq!(service.origin("cloudformation/prod/web.yaml"), Some(("prod", "web")));
        assert_eq!(service.origin("cloudformation/prod/web.json"), None);
        assert_eq!(service.origin("cloudformation/prod/x/web.yaml"), None);
        let script = template("cli/@env.sh").unwrap();
        assert_eq!(script.origin("cli/prod.sh"), Some(("prod", "")));
    }
}
