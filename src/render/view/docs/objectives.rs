//! Objectives of services: `expectations`, and whether the spec states them or they are built in.

use serde::Serialize;

use crate::plan::operations::Expectations;
use crate::plan::{Environment, Fleet, Layer, Service, Sourced};
use crate::words::{duration, listed, number, range};

/// More services than this are counted, not named.
const NAMED: usize = 4;

/// The objectives of services that have the same.
#[derive(Debug, Serialize)]
pub(super) struct Objectives {
    services: String,
    p95: String,
    p99: String,
    error_rate: String,
    scale_out_within: String,
    max_flaps: String,
    cost_increase: String,
    /// Where they come from.
    source: String,
}

/// An objective that the spec states, over the fleet.
#[derive(Debug, Serialize)]
pub(super) struct Stated {
    what: &'static str,
    value: String,
}

impl Objectives {
    /// Each set once, in the order of the services.
    pub(super) fn of(environment: &Environment) -> Vec<Self> {
        let mut sets: Vec<(Self, Vec<&str>)> = Vec::new();
        for service in &environment.services {
            let own = Self::new(service);
            match sets.iter_mut().find(|(known, _)| known.values() == own.values()) {
                Some((_, services)) => services.push(&service.name),
                None => sets.push((own, vec![&service.name])),
            }
        }
        let only = sets.len() == 1;
        let named = |(set, services): (Self, Vec<&str>)| Self {
            services: if only { "all".to_owned() } else { listed(&services, NAMED) },
            ..set
        };
        sets.into_iter().map(named).collect()
    }

    fn new(service: &Service) -> Self {
        let expected = &service.expectations;
        // Of a service without a load balancer nobody measures requests.
        let served = service.balanced || !service.target_groups().is_empty();
        let of_requests = |text: String| if served { text } else { "not measured".to_owned() };
        Self {
            services: String::new(),
            p95: of_requests(format!("{} ms", expected.p95.get())),
            p99: of_requests(format!("{} ms", expected.p99.get())),
            error_rate: of_requests(format!("{} %", number(expected.error_rate.get(), 3))),
            scale_out_within: duration(expected.scale_out_within.get()),
            max_flaps: expected.max_flaps.to_string(),
            cost_increase: format!("{} %", number(expected.cost_increase.get(), 3)),
            source: source(expected),
        }
    }

    fn values(&self) -> [&str; 7] {
        [
            &self.p95,
            &self.p99,
            &self.error_rate,
            &self.scale_out_within,
            &self.max_flaps,
            &self.cost_increase,
            &self.source,
        ]
    }
}

/// Which of them the spec states.
fn source(expected: &Expectations) -> String {
    let all = [
        ("p95", is_stated(&expected.p95)),
        ("p99", is_stated(&expected.p99)),
        ("failed requests", is_stated(&expected.error_rate)),
        ("first scale-out", is_stated(&expected.scale_out_within)),
        ("flaps", is_stated(&expected.max_flaps)),
        ("task-hours", is_stated(&expected.cost_increase)),
    ];
    let stated: Vec<&str> = all.iter().filter(|(_, stated)| *stated).map(|(name, _)| *name).collect();
    match stated.len() {
        0 => "built in".to_owned(),
        6 => "spec".to_owned(),
        _ => format!("spec: {}", stated.join(", ")),
    }
}

fn is_stated<T>(value: &Sourced<T>) -> bool {
    value.from.layer != Layer::BuiltIn
}

impl Stated {
    /// Those that the spec states, with the range of their values.
    pub(super) fn of(fleet: &Fleet) -> Vec<Self> {
        let each = || fleet.services().map(|scope| &scope.service.expectations);
        fn of<'f, T: 'f>(
            values: impl Iterator<Item = &'f Sourced<T>>,
            what: &'static str,
            unit: &str,
            get: impl Fn(&T) -> f64,
        ) -> Option<Stated> {
            let stated: Vec<f64> = values.filter(|value| is_stated(value)).map(|value| get(value)).collect();
            let least = stated.iter().copied().reduce(f64::min)?;
            let most = stated.iter().copied().reduce(f64::max)?;
            Some(Stated { what, value: format!("{}{unit}", range(number(least, 3), number(most, 3))) })
        }
        let all = [
            of(each().map(|e| &e.p95), "95 of 100 requests are answered within", " ms", |v| v.get().into()),
            of(each().map(|e| &e.p99), "99 of 100 requests are answered within", " ms", |v| v.get().into()),
            of(each().map(|e| &e.error_rate), "requests that fail, at most", " %", |v| v.get()),
            of(
                each().map(|e| &e.scale_out_within),
                "first scale-out after a rise in load, within",
                " s",
                |v| v.get().into(),
            ),
            of(
                each().map(|e| &e.max_flaps),
                "scale-outs within 30 minutes of a scale-in, at most",
                "",
                |v| (*v).into(),
            ),
            of(each().map(|e| &e.cost_increase), "task-hours per day rise by at most", " %", |v| v.get()),
        ];
        all.into_iter().flatten().collect()
    }
}
