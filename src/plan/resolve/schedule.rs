//! Scheduled actions.

use super::policy::{Of, SCHEDULE};
use super::{ACTION_PATTERN, Resolver};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::policy::ScheduledAction;
use crate::plan::units::{ActionName, Key, Schedule, Tasks, TimeZone, Timestamp};
use crate::plan::{Field, Sourced};
use crate::spec::{self, Settings};

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
        for name in SCHEDULE.names(&of.layers) {
            let Some(key) = self.key(&of.layers, SCHEDULE, name) else {
                actions.broken = true;
                continue;
            };
            self.action(of, key, &mut actions);
        }
        actions
    }

    fn action(&mut self, of: &Of<'_>, key: Key, actions: &mut Actions) {
        let layers = &of.layers;
        let holder = format!("scaling.schedule.{key}");
        let field = |key| Field::of(holder.clone(), key);
        let get = |s| entry(s, &key);
        let name = self.action_name(of, &key, field("action_name"));
        if layers.pick(field("enabled"), |s| get(s)?.enabled).is_some_and(|said| !said.value) {
            match name {
                Some(name) => actions.gone.push(name.value),
                None => actions.broken = true,
            }
            return;
        }
        if let Some(old) = layers.pick(field("renamed_from"), |s| get(s)?.renamed_from.clone()) {
            match self.parsed(layers, old, |text| ActionName::parse(&text)) {
                Some(old) => actions.gone.push(old.value),
                None => actions.broken = true,
            }
        }
        match self.action_parts(of, key.clone(), name) {
            Some(action) => actions.on.push(action),
            None => actions.broken = true,
        }
    }

    fn action_parts(
        &mut self,
        of: &Of<'_>,
        key: Key,
        name: Option<Sourced<ActionName>>,
    ) -> Option<ScheduledAction> {
        let layers = &of.layers;
        let holder = format!("scaling.schedule.{key}");
        let field = |key| Field::of(holder.clone(), key);
        let get = |s| entry(s, &key);
        let schedule = layers.pick(field("schedule"), |s| get(s)?.schedule.clone());
        let min = layers.pick(field("min"), |s| get(s)?.min);
        let max = layers.pick(field("max"), |s| get(s)?.max);
        let lacks = match (&schedule, &min, &max) {
            (None, ..) => Some(("does not say when", "add `schedule: cron(0 7 ? * MON-FRI *)`")),
            (_, None, None) => Some(("changes nothing", "add `min:`, `max:` or both")),
            _ => None,
        };
        if let Some((lacks, help)) = lacks {
            let said =
                layers.stack.iter().find(|(_, settings)| settings.is_some_and(|s| get(s).is_some()))?;
            let steps: Vec<&str> = holder.split('.').collect();
            let place = said.0.entry(layers.environment, layers.service, &steps);
            let message = format!("the scheduled action `{key}` of {} {lacks}", layers.called());
            self.diagnostics.push_once(Diagnostic::new(Code::ScheduleIncomplete, place, message).help(help));
        }
        let schedule = schedule.and_then(|said| self.parsed(layers, said, |text| Schedule::parse(&text)));
        let time_zone = layers.pick(field("time_zone"), |s| get(s)?.time_zone.clone());
        let time_zone = time_zone.map(|said| self.parsed(layers, said, |text| TimeZone::parse(&text)));
        let time_zone = layers.or_built_in(time_zone, || field("time_zone"), TimeZone::utc());
        let start = layers.pick(field("start"), |s| get(s)?.start.clone());
        let start = start.map(|said| self.parsed(layers, said, |text| Timestamp::parse(&text)));
        let end = layers.pick(field("end"), |s| get(s)?.end.clone());
        let end = end.map(|said| self.parsed(layers, said, |text| Timestamp::parse(&text)));
        let min = min.map(|said| self.parsed(layers, said, Tasks::parse));
        let max = max.map(|said| self.parsed(layers, said, Tasks::parse));
        let (start, end, min, max) = (sound(start)?, sound(end)?, sound(min)?, sound(max)?);
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
        let problem = Diagnostic::new(Code::ScheduleWindow, of.layers.locate(&end.from), message)
            .also(of.layers.locate(&start.from), "it begins here");
        self.diagnostics.push_once(problem.help("let `end` lie behind `start`"));
        None
    }

    fn action_name(&mut self, of: &Of<'_>, key: &Key, field: Field) -> Option<Sourced<ActionName>> {
        if let Some(said) = of.layers.pick(field.clone(), |s| entry(s, key)?.action_name.clone()) {
            return self.parsed(&of.layers, said, |text| ActionName::parse(&text));
        }
        let spec = self.spec;
        let pattern = spec.names.as_ref().and_then(|names| names.scheduled_action.as_deref());
        let values = self.placeholders(of, ("action", key));
        let value = self.named("scheduled_action", pattern, ACTION_PATTERN, &values, ActionName::parse)?;
        Some(of.layers.made(field, ("scheduled_action", pattern, ACTION_PATTERN), value))
    }
}

fn entry<'s>(settings: &'s Settings, key: &Key) -> Option<&'s spec::ScheduledAction> {
    settings.scaling.as_ref()?.schedule.get(&**key)
}

/// Not said is fine, said and wrong is not.
#[allow(clippy::option_option)]
fn sound<T>(said: Option<Option<T>>) -> Option<Option<T>> {
    match said {
        Some(None) => None,
        Some(value) => Some(value),
        None => Some(None),
    }
}
