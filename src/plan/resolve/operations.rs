//! SNS topics, EventBridge rules, dashboards and service level objectives: from the spec to the fleet.

use super::Resolver;
use super::here::{Here, known};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::plan::operations::{Expectations, Monitoring, Topic};
use crate::plan::units::{
    DashboardName, Invalid, Milliseconds, Percent, Region, RulePrefix, Seconds, StackName, TopicArn,
    TopicName,
};
use crate::plan::{Layer, Sourced, names};
use crate::spec::{Dashboard, Holder, Notifications};

/// An increase of task-hours beyond this is no expectation.
const MOST_INCREASE: f64 = 10_000.0;

const MONITORING_STACK_HELP: &str = "stack names start with a letter and have at most 128 letters, digits and hyphens; set `names.monitoring_stack`";

impl Resolver<'_, '_> {
    /// The topic of an environment. What an environment says of the topic replaces what the project says.
    pub(super) fn topic(&mut self, environment: &str, region: Option<&Region>) -> Option<Topic> {
        let said = self.of_environment::<Holder<Notifications>>("notifications", environment)?;
        let pattern = known(&said.topic);
        let layer = |topic: &Sourced<String>| topic.from.layer;
        let topic = match &said.topic_arn {
            Some(arn) if layer(arn) > layer(pattern) => {
                let arn = self.checked(Location::Place(arn.from.place), TopicArn::parse(arn, region?));
                arn.map(Topic::Existing)
            }
            Some(arn) if layer(arn) == layer(pattern) => {
                let message = "`topic` is made and `topic_arn` exists: an environment has one of them";
                let here = Location::Place(arn.from.place);
                let problem = Diagnostic::new(Code::TopicAmbiguous, here, message)
                    .also(Location::Place(pattern.from.place), "the topic to make")
                    .help("remove one of them");
                self.diagnostics.push_once(problem);
                None
            }
            _ => self.once(environment, pattern, TopicName::parse).map(Topic::Made),
        };
        topic.filter(|_| known(&said.enabled).value)
    }

    /// What is made once an environment. What an environment says of the dashboard replaces what the project says.
    pub(super) fn monitoring(&mut self, environment: &str, has_topic: bool) -> Option<Monitoring> {
        let names = &self.spec.names;
        let dashboard = self.of_environment::<Holder<Dashboard>>("dashboard", environment);
        let dashboard = dashboard.filter(|said| known(&said.enabled).value);
        let dashboard = dashboard.map(|said| self.once(environment, known(&said.name), DashboardName::parse));
        let rules = has_topic.then(|| self.once(environment, known(&names.event_rule), RulePrefix::parse));
        if dashboard.is_none() && rules.is_none() {
            return None;
        }
        let stack = |name: &str| {
            let help = |invalid| Invalid { help: MONITORING_STACK_HELP.to_owned(), ..invalid };
            StackName::parse(name).map_err(help)
        };
        let stack = self.once(environment, known(&names.monitoring_stack), stack);
        // What is there and broken is reported.
        Some(Monitoring { stack: stack?, rules: rules.flatten(), dashboard: dashboard.flatten() })
    }

    /// The name of something that an environment has once. A built-in pattern is right: an environment's name is wrong for it.
    fn once<T>(
        &mut self,
        environment: &str,
        pattern: &Sourced<String>,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let place = match pattern.from.layer {
            Layer::BuiltIn => Location::key(["environments", environment]),
            _ => Location::Place(pattern.from.place),
        };
        let values = [("project", self.spec.project.as_str()), ("environment", environment)];
        let name = self.checked(place.clone(), names::fill(pattern, &values))?;
        self.checked(place, parse(&name))
    }

    /// What is expected of a service.
    pub(super) fn expectations(&mut self, here: &Here<'_>) -> Option<Expectations> {
        let said = here.said.expectations.as_ref()?;
        let p95 = self.parsed(here, known(&said.p95), |text| Milliseconds::parse(text));
        let p99 = self.parsed(here, known(&said.p99), |text| Milliseconds::parse(text));
        let share = |most| move |value: &f64| Percent::parse(*value, most);
        let error_rate = self.parsed(here, known(&said.error_rate), share(100.0));
        let within = self.parsed(here, known(&said.scale_out_within), |text| Seconds::parse(text));
        let flaps = self.parsed(here, known(&said.max_flaps), |count| flaps(count.0));
        let cost = self.parsed(here, known(&said.cost_increase), share(MOST_INCREASE));
        Some(Expectations {
            p95: p95?,
            p99: p99?,
            error_rate: error_rate?,
            scale_out_within: within?,
            max_flaps: flaps?,
            cost_increase: cost?,
        })
    }
}

fn flaps(count: i64) -> Result<u32, Invalid> {
    let message = || format!("{count} scale-outs cannot be expected");
    u32::try_from(count).map_err(|_| Invalid::new(Code::Expectation, message(), "write 0 or more"))
}
