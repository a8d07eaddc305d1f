//! Metrics of the user's: one of CloudWatch, or metric math.

use super::Resolver;
use super::policy::Of;
use crate::diagnostic::{Code, Diagnostic, Location, Step};
use crate::plan::policy::{CustomMetric, Dimension, Metric, PolicyId, Query, Term};
use crate::plan::units::{
    DimensionName, DimensionValue, Expression, Invalid, Key, MetricLabel, MetricName, Namespace, QueryId,
    Unit,
};
use crate::plan::{Field, Origin, Sourced};
use crate::spec;

impl Resolver<'_, '_> {
    /// The metric of a `custom` policy, and where it is said.
    pub(super) fn custom_metric(&mut self, of: &Of<'_>, key: &Key) -> Option<(CustomMetric, Origin)> {
        let id = PolicyId::Custom(key.clone());
        let field = |key| Field::of(id.path(), key);
        let metric =
            of.layers.pick(field("metric"), |s| s.scaling.as_ref()?.custom.get(&**key)?.metric.as_ref());
        let math =
            of.layers.pick(field("metrics"), |s| s.scaling.as_ref()?.custom.get(&**key)?.metrics.as_ref());
        match (metric, math) {
            (Some(metric), None) => {
                let place = of.layers.locate(&metric.from);
                let single = self.metric(&place, metric.value).map(CustomMetric::Single)?;
                Some((single, metric.from))
            }
            (None, Some(math)) => Some((self.math(of, &math).map(CustomMetric::Math)?, math.from)),
            (Some(metric), Some(math)) => {
                let message =
                    format!("the `{key}` policy of {} has both a metric and metric math", of.layers.called());
                let problem = Diagnostic::new(Code::CustomMetric, of.layers.locate(&math.from), message)
                    .also(of.layers.locate(&metric.from), "the metric");
                self.diagnostics.push_once(problem.help("keep `metric` or `metrics`"));
                None
            }
            (None, None) => {
                let help = "add `metric: { namespace: …, name: …, statistic: average }`, or `metrics:`";
                self.missing(of, &id, Code::CustomMetric, "says no metric", help);
                None
            }
        }
    }

    /// A metric that stands at `place`.
    pub(super) fn metric(&mut self, place: &Location, said: &spec::CustomMetric) -> Option<Metric> {
        let mut at =
            |key: &str, result: Result<(), Invalid>| self.checked(below(place, &[key]), result).is_some();
        let mut fine = at("namespace", Namespace::parse(&said.namespace).map(drop));
        fine &= at("name", MetricName::parse(&said.name).map(drop));
        if let Some(unit) = &said.unit {
            fine &= at("unit", Unit::parse(unit).map(drop));
        }
        if said.dimensions.len() > 30 {
            let message = format!("{} dimensions; CloudWatch takes 30", said.dimensions.len());
            let help = "remove some".to_owned();
            fine &= at("dimensions", Err(Invalid { code: Code::MetricText, message, help }));
        }
        for (name, value) in &said.dimensions {
            let result = DimensionName::parse(name).map(drop).and(DimensionValue::parse(value).map(drop));
            fine &= self.checked(below(place, &["dimensions", name]), result).is_some();
        }
        if !fine {
            return None;
        }
        let dimension = |(name, value): (&String, &String)| {
            Some((DimensionName::parse(name).ok()?, Dimension::Text(DimensionValue::parse(value).ok()?)))
        };
        Some(Metric {
            namespace: Namespace::parse(&said.namespace).ok()?,
            name: MetricName::parse(&said.name).ok()?,
            dimensions: said.dimensions.iter().filter_map(dimension).collect(),
            statistic: said.statistic,
            unit: said.unit.as_ref().and_then(|unit| Unit::parse(unit).ok()),
        })
    }

    fn math(&mut self, of: &Of<'_>, said: &Sourced<&Vec<spec::MetricQuery>>) -> Option<Vec<Query>> {
        let place = of.layers.locate(&said.from);
        let lines: Vec<Option<Query>> = said
            .value
            .iter()
            .enumerate()
            .map(|(index, line)| self.line(&indexed(&place, index), line))
            .collect();
        let lines = lines.into_iter().collect::<Option<Vec<_>>>()?;
        match math_problem(&lines) {
            Some((index, message, help)) => {
                let at = index.map_or(place.clone(), |index| indexed(&place, index));
                self.diagnostics.push_once(Diagnostic::new(Code::MetricMath, at, message).help(help));
                None
            }
            None => Some(lines),
        }
    }

    fn line(&mut self, place: &Location, said: &spec::MetricQuery) -> Option<Query> {
        let id = self.checked(below(place, &["id"]), QueryId::parse(&said.id));
        let label = said.label.as_ref();
        let label = label.map(|text| self.checked(below(place, &["label"]), MetricLabel::parse(text)));
        let term = match (&said.metric, &said.expression) {
            (Some(metric), None) => self.metric(&below(place, &["metric"]), metric).map(Term::Metric),
            (None, Some(text)) => {
                self.checked(below(place, &["expression"]), Expression::parse(text)).map(Term::Expression)
            }
            _ => {
                let message =
                    format!("line `{}` of metric math must have a metric or an expression", said.id);
                let problem = Diagnostic::new(Code::MetricMath, place.clone(), message);
                self.diagnostics.push_once(problem.help("write `metric:` or `expression:`, one of them"));
                None
            }
        };
        let label = match label {
            Some(label) => Some(label?),
            None => None,
        };
        Some(Query { id: id?, label, returned: said.returned.unwrap_or(false), term: term? })
    }
}

/// What is wrong between the lines of metric math: at which line, if at one; what; and the remedy.
fn math_problem(lines: &[Query]) -> Option<(Option<usize>, String, &'static str)> {
    let twice = (0..lines.len()).find(|&at| lines[..at].iter().any(|line| line.id == lines[at].id));
    if let Some(at) = twice {
        return Some((
            Some(at),
            format!("the id `{}` stands twice", lines[at].id),
            "give each line an id of its own",
        ));
    }
    let returned = lines.iter().filter(|line| line.returned).count();
    if returned != 1 {
        let message = format!("{returned} lines of metric math are the value to track; there must be one");
        return Some((None, message, "write `return: true` at exactly one line"));
    }
    let used = |query: &Query| {
        query.returned
            || lines
                .iter()
                .any(|line| matches!(&line.term, Term::Expression(text) if text.mentions(&query.id)))
    };
    let unused = lines.iter().position(|line| !used(line));
    unused.map(|at| {
        (
            Some(at),
            format!("no expression uses `{}`", lines[at].id),
            "use it in an expression, or remove the line",
        )
    })
}

pub(super) fn below(place: &Location, keys: &[&str]) -> Location {
    place.below(keys.iter().map(|key| Step::Key((*key).to_owned())))
}

pub(super) fn indexed(place: &Location, index: usize) -> Location {
    place.below([Step::Index(index)])
}
