//! Scheduled actions.

use super::Resolver;
use super::here::known;
use super::policy::{Of, placeholders};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::Sourced;
use crate::plan::policy::ScheduledAction;
use crate::plan::units::{ActionName, Key, Schedule, Tasks, TimeZone, Timestamp};
use crate::spec::{self, Holder};

/// The scheduled actions of a service.
#[derive(Default)]
pub(super) struct Actions {
    pub(super) on: Vec<ScheduledAction>,
    pub(super) gone: Vec<ActionName>,
    pub(super) broken: bool,
}

impl Resolver<'_, '_> {
    pub(super) fn schedule(&mut self, of: &Of<'_>) -> Actions {
        let mut actions = Actions::default();
        let said = of.here.said.scaling.iter().flat_map(|scaling| &scaling.schedule);
        for (name, said) in said {
            let key = Key::parse("scheduled action", name);
            match self.checked_at(|| of.here.at(&said.from), key) {
                Some(key) => self.action(of, key, said, &mut actions),
                None => actions.broken = true,
            }
        }
        actions
    }

    fn action(&mut self, of: &Of<'_>, key: Key, said: &Holder<spec::ScheduledAction>, actions: &mut Actions) {
        let name = self.action_name(of, &key, said);
        if said.enabled.as_ref().is_some_and(|enabled| !enabled.value) {
            match name {
                Some(name) => actions.gone.push(name.value),
                None => actions.broken = true,
            }
            return;
        }
        if let Some(old) = &said.renamed_from {
            match self.parsed(&of.here, old, |text| ActionName::parse(text)) {
                Some(old) => actions.gone.push(old.value),
                None => actions.broken = true,
            }
        }
        match self.action_parts(of, key, name, said) {
            Some(action) => actions.on.push(action),
            None => actions.broken = true,
        }
    }

    fn action_parts(
        &mut self,
        of: &Of<'_>,
        key: Key,
        name: Option<Sourced<ActionName>>,
        said: &Holder<spec::ScheduledAction>,
    ) -> Option<ScheduledAction> {
        let here = &of.here;
        let lacks = match (&said.schedule, &said.min, &said.max) {
            (None, ..) => Some(("does not say when", "add `schedule: cron(0 7 ? * MON-FRI *)`")),
            (_, None, None) => Some(("changes nothing", "add `min:`, `max:` or both")),
            _ => None,
        };
        if let Some((lacks, help)) = lacks {
            let place = here.at(&said.from);
            let message = format!("the scheduled action `{key}` of {here} {lacks}");
            self.diagnostics.push_once(Diagnostic::new(Code::ScheduleIncomplete, place, message).help(help));
        }
        let schedule = said.schedule.as_ref();
        let schedule = schedule.and_then(|said| self.parsed(here, said, |text| Schedule::parse(text)));
        let time_zone = self.parsed(here, known(&said.time_zone), |text| TimeZone::parse(text));
        let mut moment = |said| self.optional(here, said, |text: &String| Timestamp::parse(text));
        let (start, end) = (moment(&said.start), moment(&said.end));
        let mut tasks = |said| self.optional(here, said, |count: &spec::Count| Tasks::parse(count.0));
        let (min, max) = (tasks(&said.min), tasks(&said.max));
        let (start, end, min, max) = (start?, end?, min?, max?);
        if min.is_none() && max.is_none() {
            return None;
        }
        self.check_window(of, start.as_ref(), end.as_ref())?;
        Some(ScheduledAction {
            name: name?,
            schedule: schedule?.value,
            time_zone: time_zone?.value,
            start: start.map(|said| said.value),
            end: end.map(|said| said.value),
            min,
            max,
            key,
        })
    }

    fn check_window(
        &mut self,
        of: &Of<'_>,
        start: Option<&Sourced<Timestamp>>,
        end: Option<&Sourced<Timestamp>>,
    ) -> Option<()> {
        let (Some(start), Some(end)) = (start, end) else { return Some(()) };
        if start.value < end.value {
            return Some(());
        }
        let message = format!("it ceases to count at {}, before it begins at {}", end.value, start.value);
        let problem = Diagnostic::new(Code::ScheduleWindow, of.here.at(&end.from), message)
            .also(of.here.at(&start.from), "it begins here");
        self.diagnostics.push_once(problem.help("let `end` lie behind `start`"));
        None
    }

    fn action_name(
        &mut self,
        of: &Of<'_>,
        key: &Key,
        said: &Holder<spec::ScheduledAction>,
    ) -> Option<Sourced<ActionName>> {
        if let Some(said) = &said.action_name {
            return self.parsed(&of.here, said, |text| ActionName::parse(text));
        }
        let values = placeholders(of, ("action", key));
        let pattern = &self.spec.names.scheduled_action;
        self.named("scheduled_action", pattern, &values, ActionName::parse).map(Sourced::built_in)
    }
}
