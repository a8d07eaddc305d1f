//! Price lists in the spec: for cost pages and comparisons; they change nothing on AWS.

use schemars::JsonSchema;
use serde::Deserialize;

use super::leaf::{Currency, Day, Filled};

/// A price list. What it leaves out comes from the built-in list, which is in USD: a list in another currency stands alone.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// Currency of all prices, ISO 4217. Built in: USD.
    #[schemars(extend("examples" = ["USD", "CNY"]))]
    pub currency: Option<Currency>,
    /// The day on which these prices held. Shown beside every amount made of them.
    #[schemars(extend("examples" = ["2026-09-01"]))]
    pub date: Day,
    /// Where they come from. Built in: this spec.
    #[schemars(extend("examples" = ["our private pricing agreement", "https://aws.amazon.com/fargate/pricing/"]))]
    pub source: Option<String>,
    /// The prices of each region.
    #[schemars(extend("examples" = [{ "eu-west-1": { "x86_64": { "vcpu_hour": 0.04048, "gb_hour": 0.004445 } } }]))]
    pub regions: Filled<RegionPrices<f64>>,
}

/// Prices of one region, without taxes and discounts unless you write them with their discount.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RegionPrices")]
pub struct RegionPrices<P> {
    /// Fargate tasks on 64-bit Intel and AMD, Linux.
    #[schemars(extend("examples" = [{ "vcpu_hour": 0.04048, "gb_hour": 0.004445 }]))]
    pub x86_64: Option<TaskPrices<P>>,
    /// Fargate tasks on 64-bit ARM (Graviton), Linux.
    #[schemars(extend("examples" = [{ "vcpu_hour": 0.03238, "gb_hour": 0.00356 }]))]
    pub arm64: Option<TaskPrices<P>>,
    /// One metric watched by an alarm with periods of a minute or more, for a month.
    #[schemars(extend("examples" = [0.10]))]
    pub alarm: Option<P>,
    /// One metric watched by an alarm with shorter periods, for a month.
    #[schemars(extend("examples" = [0.30]))]
    pub high_resolution_alarm: Option<P>,
    /// One custom metric for a month: Container Insights and 20-second metrics are billed as such.
    #[schemars(extend("examples" = [0.30]))]
    pub metric: Option<P>,
    /// One dashboard for a month.
    #[schemars(extend("examples" = [3.00]))]
    pub dashboard: Option<P>,
}

/// Prices of tasks of one architecture.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TaskPrices")]
pub struct TaskPrices<P> {
    /// One vCPU for an hour.
    #[schemars(extend("examples" = [0.04048]))]
    pub vcpu_hour: P,
    /// One GB of memory for an hour.
    #[schemars(extend("examples" = [0.004445]))]
    pub gb_hour: P,
}
