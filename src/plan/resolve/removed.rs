//! Services that left the spec or changed their name in it.

use super::Resolver;
use super::here::Here;
use crate::diagnostic::{Code, Diagnostic, Location, Part, Step, hint};
use crate::plan::units::Slug;

impl Resolver<'_, '_> {
    /// The services whose scaling an environment forgets.
    pub(super) fn removed(&mut self, environment: &str) -> Vec<Slug> {
        let spec = self.spec;
        let mut names = Vec::new();
        for (index, removed) in spec.removed.iter().enumerate() {
            let here = removed
                .environments
                .as_ref()
                .is_none_or(|names| names.iter().any(|name| name == environment));
            if !here {
                continue;
            }
            let slug = Slug::parse("service", &removed.service);
            names.extend(self.checked(place(index, &[Step::Key("service".into())]), slug));
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What is removed must not be there, and where it was removed must be.
    pub(super) fn removed_still_there(&mut self) {
        let spec = self.spec;
        for (index, removed) in spec.removed.iter().enumerate() {
            if spec.services.contains_key(&removed.service) {
                let message = format!("`{}` is removed, and still under `services`", removed.service);
                let there = Location::key(["services", &*removed.service]);
                let here = place(index, &[Step::Key("service".into())]);
                let problem =
                    Diagnostic::new(Code::RemovedStillThere, here, message).also(there, "it is here");
                self.diagnostics.push(problem.help(
                    "delete one of the two; to stop scaling it in one environment, write `enabled: false`",
                ));
            }
            for (position, name) in removed.environments.iter().flatten().enumerate() {
                if spec.environments.contains_key(name) {
                    continue;
                }
                let here = place(index, &[Step::Key("environments".into()), Step::Index(position)]);
                let help =
                    hint(name, spec.environments.keys().map(String::as_str), "name one of `environments`");
                let message = format!("there is no environment `{name}` to remove a service from");
                self.diagnostics.push(Diagnostic::new(Code::RemovedStillThere, here, message).help(help));
            }
        }
    }

    /// The name that a service had in the spec.
    pub(super) fn renamed_from(&mut self, here: &Here<'_>) -> Option<Slug> {
        let said = here.said.renamed_from.as_ref()?;
        if self.spec.services.contains_key(&said.value) {
            let message =
                format!("`{}` cannot have been `{}`, which is there still", here.service, said.value);
            let problem = Diagnostic::new(Code::ServiceRename, here.at(&said.from), message)
                .also(Location::key(["services", &*said.value]), "it is here");
            self.diagnostics.push_once(problem.help("remove `renamed_from`, or the old service"));
            return None;
        }
        self.parsed(here, said, |text| Slug::parse("service", text)).map(|said| said.value)
    }
}

fn place(index: usize, below: &[Step]) -> Location {
    let base = [Step::Key("removed".into()), Step::Index(index)];
    Location::Path(base.iter().chain(below).cloned().collect(), Part::Value)
}
