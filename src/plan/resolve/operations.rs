//! Who is told, and what is expected.

use serde::Serialize;

use super::layers::Layers;
use super::{COST_INCREASE, MAX_FLAPS, P95, P99};
use super::{DASHBOARD_PATTERN, MONITORING_STACK_PATTERN, RULE_PATTERN, TOPIC_PATTERN};
use super::{ERROR_RATE, Resolver, SCALE_OUT_WITHIN};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::plan::operations::{Expectations, Monitoring, Topic};
use crate::plan::units::{
    DashboardName, Invalid, Milliseconds, Percent, Region, RulePrefix, Seconds, StackName, TopicArn,
    TopicName,
};
use crate::plan::{Sourced, names};
use crate::spec::{self, Dashboard, Notifications};

/// An increase of task-hours beyond this is no expectation.
const MOST_INCREASE: f64 = 10_000.0;

const MONITORING_STACK_HELP: &str = "stack names start with a letter and have at most 128 letters, digits and hyphens; set `names.monitoring_stack`";

impl Resolver<'_, '_> {
    /// The topic of an environment. What an environment says of the topic replaces what the project says.
    pub(super) fn topic(
        &mut self,
        environment: &str,
        said: Option<&Notifications>,
        region: Option<&Region>,
    ) -> Option<Topic> {
        let layers = [
            (vec!["environments", environment, "notifications"], said),
            (vec!["notifications"], self.spec.notifications.as_ref()),
        ];
        let layers: Vec<_> = layers.into_iter().filter_map(|(path, said)| Some((path, said?))).collect();
        let enabled = layers.iter().find_map(|(_, said)| said.enabled).unwrap_or(!layers.is_empty());
        let named = layers.iter().find(|(_, said)| said.topic.is_some() || said.topic_arn.is_some());
        let topic = match named {
            None => self.made(environment, TOPIC_PATTERN, Location::key(["environments", environment])),
            Some((path, said)) => {
                let at = |key| Location::value(path.iter().copied().chain([key]));
                match (&said.topic, &said.topic_arn) {
                    (Some(_), Some(_)) => {
                        let message =
                            "`topic` is made and `topic_arn` exists: an environment has one of them";
                        let problem = Diagnostic::new(Code::TopicAmbiguous, at("topic_arn"), message)
                            .also(at("topic"), "the topic to make")
                            .help("remove one of them");
                        self.diagnostics.push_once(problem);
                        None
                    }
                    (Some(pattern), None) => self.made(environment, pattern, at("topic")),
                    (None, arn) => {
                        let arn = TopicArn::parse(arn.as_deref().unwrap_or_default(), region?);
                        self.checked(at("topic_arn"), arn).map(Topic::Existing)
                    }
                }
            }
        };
        topic.filter(|_| enabled)
    }

    fn made(&mut self, environment: &str, pattern: &str, place: Location) -> Option<Topic> {
        self.once(environment, pattern, place, TopicName::parse).map(Topic::Made)
    }

    /// What is made once an environment. What an environment says of the dashboard replaces what the project says.
    pub(super) fn monitoring(
        &mut self,
        environment: &str,
        said: Option<&Dashboard>,
        has_topic: bool,
    ) -> Option<Monitoring> {
        let layers = [
            (vec!["environments", environment, "dashboard", "name"], said),
            (vec!["dashboard", "name"], self.spec.dashboard.as_ref()),
        ];
        let layers: Vec<_> = layers.into_iter().filter_map(|(path, said)| Some((path, said?))).collect();
        let enabled = layers.iter().find_map(|(_, said)| said.enabled).unwrap_or(!layers.is_empty());
        let named = layers.iter().find_map(|(path, said)| Some((path.clone(), said.name.as_deref()?)));
        let names = self.spec.names.clone().unwrap_or_default();
        let dashboard = enabled.then(|| {
            let (place, pattern) = match named {
                Some((path, pattern)) => (Location::value(path), pattern),
                None => (Location::key(["environments", environment]), DASHBOARD_PATTERN),
            };
            self.once(environment, pattern, place, DashboardName::parse)
        });
        let rules = has_topic.then(|| {
            let (place, pattern) = of_names(environment, "event_rule", names.event_rule.as_deref());
            self.once(environment, pattern.unwrap_or(RULE_PATTERN), place, RulePrefix::parse)
        });
        if dashboard.is_none() && rules.is_none() {
            return None;
        }
        let (place, pattern) = of_names(environment, "monitoring_stack", names.monitoring_stack.as_deref());
        let stack = |name: &str| {
            let help = |invalid| Invalid { help: MONITORING_STACK_HELP.to_owned(), ..invalid };
            StackName::parse(name).map_err(help)
        };
        let stack = self.once(environment, pattern.unwrap_or(MONITORING_STACK_PATTERN), place, stack);
        // What is there and broken is reported.
        Some(Monitoring { stack: stack?, rules: rules.flatten(), dashboard: dashboard.flatten() })
    }

    /// The name of something that an environment has once.
    fn once<T>(
        &mut self,
        environment: &str,
        pattern: &str,
        place: Location,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let values = [("project", self.spec.project.as_str()), ("environment", environment)];
        let name = self.checked(place.clone(), names::fill(pattern, &values))?;
        self.checked(place, parse(&name))
    }

    /// What is expected of a service.
    pub(super) fn expectations(&mut self, layers: &Layers<'_>) -> Option<Expectations> {
        let p95 =
            self.expected(layers, "expectations.p95", P95, |e| e.p95.clone(), |s| Milliseconds::parse(&s));
        let p99 =
            self.expected(layers, "expectations.p99", P99, |e| e.p99.clone(), |s| Milliseconds::parse(&s));
        let share = |most| move |value| Percent::parse(value, most);
        let error_rate =
            self.expected(layers, "expectations.error_rate", ERROR_RATE, |e| e.error_rate, share(100.0));
        let within = self.expected(
            layers,
            "expectations.scale_out_within",
            SCALE_OUT_WITHIN,
            |e| e.scale_out_within.clone(),
            |s| Seconds::parse(&s),
        );
        let flaps = self.expected(layers, "expectations.max_flaps", MAX_FLAPS, |e| e.max_flaps, flaps);
        let cost = self.expected(
            layers,
            "expectations.cost_increase",
            COST_INCREASE,
            |e| e.cost_increase,
            share(MOST_INCREASE),
        );
        Some(Expectations {
            p95: p95?,
            p99: p99?,
            error_rate: error_rate?,
            scale_out_within: within?,
            max_flaps: flaps?,
            cost_increase: cost?,
        })
    }

    fn expected<R, T: Serialize>(
        &mut self,
        layers: &Layers<'_>,
        field: &'static str,
        default: T,
        get: impl Fn(&spec::Expectations) -> Option<R>,
        parse: impl FnOnce(R) -> Result<T, Invalid>,
    ) -> Option<Sourced<T>> {
        let said = layers.pick(field, |settings| get(settings.expectations.as_ref()?));
        let said = said.map(|said| self.parsed(layers, said, parse));
        layers.or_built_in(said, || field.into(), default)
    }
}

fn flaps(count: i64) -> Result<u32, Invalid> {
    u32::try_from(count).map_err(|_| Invalid {
        code: Code::Expectation,
        message: format!("{count} scale-outs cannot be expected"),
        help: "write 0 or more".to_owned(),
    })
}

/// A pattern of `names`, and the place to blame.
fn of_names<'p>(environment: &str, key: &str, pattern: Option<&'p str>) -> (Location, Option<&'p str>) {
    let place = match pattern {
        Some(_) => Location::value(["names", key]),
        None => Location::key(["environments", environment]),
    };
    (place, pattern)
}
