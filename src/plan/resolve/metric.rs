//! Metrics of the user's: one of CloudWatch, or metric math.

use super::Resolver;
use super::policy::{Entry, Of};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::policy::{CustomMetric, Dimension, Metric, MetricFrom, Query, Term};
use crate::plan::units::{
    DimensionName, DimensionValue, Expression, MetricLabel, MetricName, Namespace, QueryId, Unit,
};
use crate::plan::{Origin, Sourced};
use crate::spec::{self, Custom};

/// Dimensions that CloudWatch takes of one metric.
const MOST_DIMENSIONS: usize = 30;

impl Resolver<'_, '_> {
    /// The metric of a `custom` policy, and where it is said.
    pub(super) fn custom_metric(
        &mut self,
        of: &Of<'_>,
        entry: &Entry<'_>,
        said: &Custom,
    ) -> Option<(CustomMetric, Origin)> {
        match (&said.metric, &said.metrics) {
            (Some(metric), None) => {
                let single = self.metric(of, metric).map(CustomMetric::Single)?;
                Some((single, metric.from))
            }
            (None, Some(math)) => Some((self.math(of, math).map(CustomMetric::Math)?, math.from)),
            (Some(metric), Some(math)) => {
                let message = format!(
                    "the `{}` policy of {} has both a metric and metric math",
                    entry.id.metric(),
                    of.here
                );
                let problem = Diagnostic::new(Code::CustomMetric, of.here.at(&math.from), message)
                    .also(of.here.at(&metric.from), "the metric");
                self.diagnostics.push_once(problem.help("keep `metric` or `metrics`"));
                None
            }
            (None, None) => {
                let help = "add `metric: { namespace: …, name: …, statistic: average }`, or `metrics:`";
                self.missing(of, entry, Code::CustomMetric, "says no metric", help)
            }
        }
    }

    /// One metric, with everything checked before anything wrong ends it.
    pub(super) fn metric(&mut self, of: &Of<'_>, said: &spec::CustomMetric) -> Option<Metric> {
        let here = &of.here;
        let namespace = self.parsed(here, &said.namespace, |text| Namespace::parse(text));
        let name = self.parsed(here, &said.name, |text| MetricName::parse(text));
        let unit = self.optional(here, &said.unit, |text| Unit::parse(text));
        let dimensions = self.dimensions(of, said);
        let (namespace, name) = (namespace?, name?);
        Some(Metric {
            from: Some(MetricFrom {
                namespace: namespace.from,
                name: name.from,
                statistic: said.statistic.from,
            }),
            namespace: namespace.value,
            name: name.value,
            dimensions: dimensions?,
            statistic: said.statistic.value,
            unit: unit?.map(|unit| unit.value),
        })
    }

    fn dimensions(
        &mut self,
        of: &Of<'_>,
        said: &spec::CustomMetric,
    ) -> Option<Vec<(DimensionName, Dimension)>> {
        let Some(said) = &said.dimensions else { return Some(Vec::new()) };
        let few = said.len() <= MOST_DIMENSIONS;
        if !few {
            let message = format!("{} dimensions; CloudWatch takes {MOST_DIMENSIONS}", said.len());
            self.diagnostics.push_once(
                Diagnostic::new(Code::MetricText, of.here.at(&said.from), message).help("remove some"),
            );
        }
        let all: Vec<_> = said
            .iter()
            .map(|(name, value)| {
                let dimension = self.parsed(&of.here, value, |text| {
                    Ok((DimensionName::parse(name)?, Dimension::Text(DimensionValue::parse(text)?)))
                });
                dimension.map(|dimension| dimension.value)
            })
            .collect();
        if few { all.into_iter().collect() } else { None }
    }

    fn math(&mut self, of: &Of<'_>, said: &Sourced<Vec<Sourced<spec::MetricQuery>>>) -> Option<Vec<Query>> {
        let lines: Vec<Option<Query>> = said.iter().map(|line| self.line(of, line)).collect();
        let lines = lines.into_iter().collect::<Option<Vec<_>>>()?;
        match math_problem(&lines) {
            Some((index, message, help)) => {
                let from = index.and_then(|index| said.get(index)).map_or(said.from, |line| line.from);
                self.refuse(Code::MetricMath, of.here.at(&from), message, help)
            }
            None => Some(lines),
        }
    }

    fn line(&mut self, of: &Of<'_>, said: &Sourced<spec::MetricQuery>) -> Option<Query> {
        let here = &of.here;
        let id = self.parsed(here, &said.id, |text| QueryId::parse(text));
        let label = self.optional(here, &said.label, |text| MetricLabel::parse(text));
        let term = match (&said.metric, &said.expression) {
            (Some(metric), None) => self.metric(of, metric).map(Term::Metric),
            (None, Some(expression)) => {
                let parsed = self.parsed(here, expression, |text| Expression::parse(text));
                parsed.map(|expression| Term::Expression(expression.value))
            }
            _ => {
                let message =
                    format!("line `{}` of metric math must have a metric or an expression", *said.id);
                let help = "write `metric:` or `expression:`, one of them";
                self.refuse(Code::MetricMath, here.at(&said.from), message, help)
            }
        };
        let label = label?.map(|label| label.value);
        let returned = said.returned.as_ref().is_some_and(|returned| returned.value);
        Some(Query { id: id?.value, label, returned, term: term? })
    }
}

/// What is wrong between the lines of metric math: at which line, if at one; what; and the remedy.
fn math_problem(lines: &[Query]) -> Option<(Option<usize>, String, &'static str)> {
    let twice = (0..lines.len()).find(|&at| lines[..at].iter().any(|line| line.id == lines[at].id));
    if let Some(at) = twice {
        let message = format!("the id `{}` stands twice", lines[at].id);
        return Some((Some(at), message, "give each line an id of its own"));
    }
    let returned = lines.iter().filter(|line| line.returned).count();
    if returned != 1 {
        let message = format!("{returned} lines of metric math are the value to track; there must be one");
        return Some((None, message, "write `return: true` at exactly one line"));
    }
    let mentions = |line: &Query, id: &str| matches!(&line.term, Term::Expression(text) if text.mentions(id));
    let used = |query: &Query| query.returned || lines.iter().any(|line| mentions(line, &query.id));
    let at = lines.iter().position(|line| !used(line))?;
    let message = format!("no expression uses `{}`", lines[at].id);
    Some((Some(at), message, "use it in an expression, or remove the line"))
}
