//! Strings and numbers of a service in HCL: what is looked up is a data source's, what the service's module was told is an
//! output of the module, so that a change of the spec changes one place of the root.

use std::fmt;
use std::ops::Range;

use crate::aws::{Data, Lookup, Str, Text, balancer};
use crate::plan::policy::{Policy, PolicyId, TargetGroup, TrackedMetric};
use crate::plan::{self, LoadBalancer};
use crate::render::encode::hcl::{self, Hcl, Piece};
use crate::render::view::group;

use super::root;

/// Where a value of a service stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'f> {
    service: &'f plan::Service,
    /// The module's outputs, where the block is for several services: `service`. The service is `key` then.
    module: Option<&'static str>,
}

/// Words around a number, by which the number is known to be one of the module's.
pub(super) struct Phrase {
    /// The words with the number in them.
    whole: String,
    /// Where the number stands in them.
    number: Range<usize>,
    /// The module's output.
    output: String,
}

impl Phrase {
    /// The module's `output` as `number`, behind and before these words.
    pub(super) fn new(before: &str, number: &dyn fmt::Display, after: &str, output: &str) -> Self {
        let begin = format!("{before}{number}");
        let number = before.len()..begin.len();
        Self { whole: begin + after, number, output: output.to_owned() }
    }

    /// Whether a label is the words up to the number.
    pub(super) fn is_label(&self, label: &str) -> bool {
        label == &self.whole[..self.number.end]
    }

    /// The module's output.
    pub(super) fn output(&self) -> &str {
        &self.output
    }

    /// Where a text has the number between these words; at their end, not as a part of a longer number.
    fn find(&self, text: &str) -> Option<Range<usize>> {
        let at = text.find(&self.whole)?;
        let next = text[at + self.whole.len()..].chars().next();
        let is_longer =
            self.number.end == self.whole.len() && next.is_some_and(|c| c.is_ascii_digit() || c == '.');
        (!is_longer).then(|| at + self.number.start..at + self.number.end)
    }
}

impl<'f> Place<'f> {
    /// In a block that is of this service alone.
    pub(super) fn alone(service: &'f plan::Service) -> Self {
        Self { service, module: None }
    }

    /// In a block that is for several services, of which `key` is one and `module` its module.
    pub(super) fn among(service: &'f plan::Service, module: &'static str) -> Self {
        Self { service, module: Some(module) }
    }

    /// Whether this is the service's name in the spec.
    pub(super) fn is(&self, name: &str) -> bool {
        *self.service.name == *name
    }

    /// An output of the service's module, in a block for several services.
    pub(super) fn output(&self, name: &str) -> Option<Hcl<'static>> {
        self.module.map(|module| Hcl::raw(format!("{module}.{name}")))
    }

    /// A string.
    pub(super) fn text<'h>(&self, text: &'h Text<'h>) -> Hcl<'h> {
        match text {
            Text::Known(text) => self.known(text, &[]),
            Text::Topic(_) => Hcl::raw("aws_sns_topic.notifications.arn"),
            Text::Lookup(lookup) => self.of_module(text).unwrap_or_else(|| self.lookup(lookup)),
        }
    }

    /// A value under its own names.
    pub(super) fn expression<'h>(&self, data: &'h Data<'h>) -> Hcl<'h> {
        hcl::expression(data, &|text| self.text(text))
    }

    /// Dimensions of a metric as a map.
    pub(super) fn dimensions<'h>(&self, data: &'h Data<'h>) -> Hcl<'h> {
        let mut of: Vec<(&'h str, &'h Data<'h>)> = Vec::new();
        for item in data.items() {
            let name = item.get("Name").and_then(known).unwrap_or_default();
            of.extend(item.get("Value").map(|value| (name, value)));
        }
        let is = |at: usize, name: &str, value: &str| {
            of.get(at).is_some_and(|(known_as, data)| *known_as == name && known(data) == Some(value))
        };
        let own = of.len() == 2
            && is(0, "ClusterName", &self.service.cluster)
            && is(1, "ServiceName", &self.service.ecs_service);
        let of_group = of.len() == 2
            && self.counted().is_some_and(|group| {
                let (lb, tg) = (balancer::load_balancer(group), balancer::target_group(group));
                *of[0].1 == Data::Text(lb) && *of[1].1 == Data::Text(tg)
            });
        match self.output(if own { "dimensions" } else { "request_dimensions" }) {
            Some(output) if own || of_group => output,
            _ => Hcl::Object(
                of.into_iter().map(|(name, value)| (name.into(), self.expression(value))).collect(),
            ),
        }
    }

    /// A string that is known, with the names of the service in it, and the numbers of some phrases.
    pub(super) fn known<'h>(&self, text: &'h str, phrases: &[Phrase]) -> Hcl<'h> {
        let Some(module) = self.module else { return Hcl::text(text) };
        let mut spans: Vec<(Range<usize>, Str<'h>)> = Vec::new();
        if text.bytes().any(|byte| byte.is_ascii_digit()) {
            for phrase in phrases {
                let reference = || format!("{module}.{}", phrase.output).into();
                spans.extend(phrase.find(text).map(|span| (span, reference())));
            }
        }
        let names = [(&**self.service.ecs_service, "name"), (&**self.service.cluster, "cluster")];
        for (name, output) in names {
            for at in words(text, name) {
                let span = at..at + name.len();
                if spans.iter().all(|(other, _)| span.end <= other.start || other.end <= span.start) {
                    spans.push((span, format!("{module}.{output}").into()));
                }
            }
        }
        if spans.is_empty() {
            return Hcl::text(text);
        }
        spans.sort_unstable_by_key(|(span, _)| span.start);
        let mut pieces = Vec::new();
        let mut end = 0;
        for (span, reference) in spans {
            if end < span.start {
                pieces.push(Piece::Literal(text[end..span.start].into()));
            }
            pieces.push(Piece::Reference(reference));
            end = span.end;
        }
        if end < text.len() {
            pieces.push(Piece::Literal(text[end..].into()));
        }
        Hcl::Text(pieces)
    }

    /// The target value of a policy that the module makes.
    pub(super) fn target(&self, id: &PolicyId) -> Option<(f64, String)> {
        let policy = self.service.policy(id).filter(|policy| root::in_module(policy))?;
        Some((policy.tracking()?.target.get(), format!("targets.{}", id.metric())))
    }

    /// An end of an ARN that the module was told, in a block for several services.
    fn of_module(&self, text: &Text<'_>) -> Option<Hcl<'static>> {
        let group = self.counted()?;
        let name = match text {
            text if *text == balancer::load_balancer(group) => "load_balancer",
            text if *text == balancer::target_group(group) => "target_group",
            _ => return None,
        };
        self.output(name)
    }

    /// The target group that the module counts requests of.
    fn counted(&self) -> Option<&'f TargetGroup> {
        let policy = self.service.policy(&PolicyId::Requests).filter(|policy| root::in_module(policy))?;
        match &policy.tracking()?.metric {
            TrackedMetric::Requests(group) => Some(group),
            _ => None,
        }
    }

    fn lookup(&self, lookup: &Lookup<'_>) -> Hcl<'static> {
        let groups = self.service.target_groups();
        match lookup {
            Lookup::LoadBalancer(name) => Hcl::raw(load_balancer(&groups, name)),
            Lookup::TargetGroup { load_balancer, target_group } => {
                Hcl::raw(self.target_group(&groups, load_balancer, target_group))
            }
            Lookup::ResourceLabel { load_balancer: name, target_group } => {
                let ends = [load_balancer(&groups, name), self.target_group(&groups, name, target_group)];
                Hcl::Call("join", vec![Hcl::text("/"), Hcl::List(ends.map(Hcl::raw).into())])
            }
            Lookup::PolicyArn(name) => {
                let policy = self.service.policies.iter().find(|policy| **policy.name == **name);
                Hcl::raw(policy.map(|policy| self.policy_arn(policy)).unwrap_or_default())
            }
        }
    }

    fn policy_arn(&self, policy: &Policy) -> String {
        format!(
            "aws_appautoscaling_policy.{}.arn",
            root::policy_ident(&self.service.name.ident(), &policy.id)
        )
    }

    fn target_group(&self, groups: &[&TargetGroup], balancer: &str, name: &str) -> String {
        let is = |group: &&&TargetGroup| match &group.balancer {
            LoadBalancer::Named { name: known, target_group } => {
                **known == *balancer && **target_group == *name
            }
            LoadBalancer::Literal { .. } => false,
        };
        let role = groups.iter().find(is).map(|group| &group.role);
        let key = role.map(|role| group::key(&self.service.name, role)).unwrap_or_default();
        let mut index = String::new();
        match (self.module, key.strip_prefix(&*self.service.name)) {
            (Some(_), Some("")) => index.push_str("key"),
            (Some(_), Some(rest)) => hcl::line(
                &Hcl::Text(vec![Piece::Reference("key".into()), Piece::Literal(rest.into())]),
                &mut index,
            ),
            _ => hcl::line(&Hcl::text(&*key), &mut index),
        }
        format!("data.aws_lb_target_group.service[{index}].arn_suffix")
    }
}

fn load_balancer(groups: &[&TargetGroup], name: &str) -> String {
    let ident = groups.iter().find_map(|group| match &group.balancer {
        LoadBalancer::Named { name: known, .. } if **known == *name => Some(known.ident()),
        _ => None,
    });
    format!("data.aws_lb.{}.arn_suffix", ident.unwrap_or_default())
}

/// The text of a string that is known.
pub(super) fn known<'d>(data: &'d Data<'_>) -> Option<&'d str> {
    match data {
        Data::Text(text) => text.known(),
        _ => None,
    }
}

/// Where a name stands as a word of its own, or begins a name: `web` in `web-errors`, not in `the-web` or `webs`.
fn words<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = usize> + 't {
    let of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    // Most texts are shorter than most names, and need no search.
    let found = (name.len() <= text.len()).then(|| text.match_indices(name));
    found.into_iter().flatten().map(|(at, _)| at).filter(move |at| {
        let before = text[..*at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(|c| of_name(c) || c == '-') && !after.is_some_and(of_name)
    })
}
