//! What a plan may cost, computed once more by hand, to the cent; and the pages that say so.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use scalegen::cost::{self, Envelope, Money, Period, Scheduled, Watch};
use scalegen::plan::Fleet;
use scalegen::render::{Selection, Templates, render};

use crate::support::stage::Stage;
use crate::support::{fleet, load, said};

const SPEC: &str = r#"
version: 1
project: shop
defaults:
  capacity: { min: 2, max: 10 }
  task: { vcpu: 1, memory_gib: 2 }
  scaling: { cpu: { target: 70 } }
services:
  api: {}
  web:
    task: { vcpu: 0.25, memory_gib: 0.5, architecture: arm64 }
    capacity: { min: 1, max: 3 }
    scaling: { cpu: { resolution: 20s }, memory: { target: 80, disable_scale_in: true } }
environments:
  prod: { account: "111111111111", region: eu-west-1 }
"#;

fn of(fleet: &Fleet, name: &str) -> Envelope {
    let environment = &fleet.environments[0];
    let service = environment.services.iter().find(|service| &*service.name == name).unwrap();
    cost::of_service(&fleet.prices, environment, service)
}

fn shown(money: Option<Money>) -> String {
    money.map_or("unknown".to_owned(), |money| money.to_string())
}

/// 1 vCPU and 2 GB on x86 in eu-west-1: 0.04048 + 2 × 0.004445 = 0.04937 an hour.
#[test]
fn a_service_costs_what_the_hand_says() {
    let fleet = fleet(SPEC);
    let api = of(&fleet, "api");
    for (amount, period, hours, money) in [
        (api.floor, Period::Hour, 2, "$0.10"),          // 2 × 0.04937 = 0.09874
        (api.floor, Period::Day, 48, "$2.37"),          // 48 × 0.04937 = 2.36976
        (api.floor, Period::Month, 1_460, "$72.08"),    // 1460 × 0.04937 = 72.0802
        (api.ceiling, Period::Hour, 10, "$0.49"),       // 0.4937
        (api.ceiling, Period::Day, 240, "$11.85"),      // 11.8488
        (api.ceiling, Period::Month, 7_300, "$360.40"), // 360.401
        (api.span(), Period::Month, 5_840, "$288.32"),  // 288.3208
    ] {
        assert_eq!((amount.task_hours(period), shown(amount.money(period))), (hours, money.to_owned()));
    }
    assert_eq!(api.watch, Watch { alarms: 2, ..Watch::default() });
    assert_eq!(shown(api.watch_monthly), "$0.20");
    assert_eq!(shown(api.insights_monthly), "$6.30"); // 21 × 0.30
}

/// 0.25 vCPU and 0.5 GB on ARM: 0.25 × 0.03238 + 0.5 × 0.00356 = 0.009875 an hour.
#[test]
fn a_small_task_on_arm_costs_what_the_hand_says() {
    let web = of(&fleet(SPEC), "web");
    assert_eq!(shown(web.floor.money(Period::Month)), "$7.21"); // 7.20875
    assert_eq!(shown(web.ceiling.money(Period::Month)), "$21.63"); // 21.62625
    assert_eq!(shown(web.span().money(Period::Month)), "$14.42"); // 14.4175, not 21.63 − 7.21 of rounded amounts
    // CPU every 20 seconds: two fast alarms and a metric. Memory never scales in: one alarm.
    let watch =
        Watch { alarms: 1, high_resolution_alarms: 2, high_resolution_metrics: 1, insights_metrics: 0 };
    assert_eq!(web.watch, watch);
    assert_eq!(shown(web.watch_monthly), "$1.00"); // 0.10 + 2 × 0.30 + 0.30
}

#[test]
fn totals_are_sums_before_rounding() {
    let fleet = fleet(SPEC);
    let total = cost::of_environment(&fleet.prices, &fleet.environments[0]);
    assert_eq!(shown(total.floor.money(Period::Month)), "$79.29"); // 72.0802 + 7.20875 = 79.28895
    assert_eq!(shown(total.ceiling.money(Period::Month)), "$382.03"); // 360.401 + 21.62625 = 382.02725
    assert_eq!((total.floor.task_hours(Period::Month), total.ceiling.task_hours(Period::Day)), (2_190, 312));
    assert_eq!(shown(total.watch_monthly), "$1.20");
    assert_eq!(cost::of_fleet(&fleet), total);
}

/// 21 metrics of the service, and of its cluster once 11 more: 21 × 0.30 and 32 × 0.30.
#[test]
fn container_insights_counts_where_it_is_on() {
    let spec = SPEC.replace("  web:\n", "  web:\n    container_insights: true\n");
    let fleet = fleet(&spec);
    let web = of(&fleet, "web");
    assert_eq!((web.watch.insights_metrics, shown(web.watch_monthly)), (21, "$7.30".to_owned())); // 1.00 + 6.30
    assert_eq!(of(&fleet, "api").watch.insights_metrics, 0);
    let total = cost::of_environment(&fleet.prices, &fleet.environments[0]);
    assert_eq!(total.watch.insights_metrics, 32);
    assert_eq!(shown(total.watch_monthly), "$10.80"); // 0.20 + 1.00 + 9.60
    assert_eq!(shown(total.insights_monthly), "$15.90"); // (2 × 21 + 11) × 0.30
}

/// Metric math is billed for each metric that its alarms look at; a step policy has the one alarm of ours.
#[test]
fn alarms_are_counted_as_they_are_billed() {
    let spec = SPEC.replace(
        "  api: {}",
        "  api:
    load_balancer: { name: alb, target_groups: [blue, green] }
    scaling:
      requests: { target: 1000 }
      cpu: { enabled: false }
      step:
        backlog:
          metric: { namespace: Shop, name: Backlog, dimensions: { Queue: q }, statistic: sum }
          threshold: 100
          period: 10s
          steps: [{ from: 0, by: 1 }]",
    );
    let (document, found, fleet) = load("spec.yaml", &spec);
    let fleet = fleet.unwrap_or_else(|| panic!("{}", crate::support::explain(&document, &found)));
    assert_eq!(of(&fleet, "api").watch, Watch { alarms: 4, high_resolution_alarms: 1, ..Watch::default() });
}

/// Alarms on the service look at one metric or more each: two of CPU, one of running tasks twice, and of changes.
#[test]
fn alarms_on_the_service_are_counted_by_their_metrics() {
    let alone = of(&fleet(SPEC), "api").watch;
    let with = of(&fleet(&SPEC.replace("  api: {}", "  api: { alarms: {} }")), "api").watch;
    assert_eq!(with, Watch { alarms: alone.alarms + 2 + 1 + 1 + 1, ..alone });
    let balanced = "  api: { alarms: {}, load_balancer: { name: alb, target_groups: [blue, green] } }";
    let with = of(&fleet(&SPEC.replace("  api: {}", balanced)), "api").watch;
    // Of both target groups: errors and requests, two percentiles, unhealthy hosts.
    assert_eq!(with.alarms, alone.alarms + 5 + 2 * (2 + 2 + 1));
}

#[test]
fn what_is_not_known_is_said_and_not_made_up() {
    let without_size = fleet(&SPEC.replace("  task: { vcpu: 1, memory_gib: 2 }\n", ""));
    let api = of(&without_size, "api");
    assert_eq!((api.floor.money(Period::Month), api.without_size, api.without_price), (None, 1, 0));
    assert_eq!(api.ceiling.task_hours(Period::Month), 7_300);
    // The sum is that of the others, and says how many it leaves out.
    let total = cost::of_fleet(&without_size);
    assert_eq!((shown(total.floor.money(Period::Month)), total.without_size), ("$7.21".to_owned(), 1));

    let elsewhere = fleet(&SPEC.replace("eu-west-1", "ap-south-2"));
    let api = of(&elsewhere, "api");
    assert_eq!((api.floor.money(Period::Month), api.without_price, api.watch_monthly), (None, 1, None));
    // The list of us-west-2 has no ARM.
    let oregon = fleet(&SPEC.replace("eu-west-1", "us-west-2"));
    assert_eq!((of(&oregon, "api").without_price, of(&oregon, "web").without_price), (0, 1));
}

/// The spec's prices go on top of the built-in ones, key by key; another currency stands alone.
#[test]
fn the_spec_may_say_its_own_prices() {
    let list = "prices:\n  date: \"2026-09-01\"\n  regions:\n    eu-west-1: { x86_64: { vcpu_hour: 0.03, gb_hour: 0.003 }, alarm: 0.2 }\n";
    let own = fleet(&format!("{SPEC}{list}"));
    assert_eq!(shown(of(&own, "api").floor.money(Period::Month)), "$52.56"); // 1460 × 0.036
    assert_eq!(shown(of(&own, "web").floor.money(Period::Month)), "$7.21"); // ARM as before
    assert_eq!(shown(of(&own, "api").watch_monthly), "$0.40");

    let euros = fleet(&format!("{SPEC}{list}  currency: EUR\n"));
    assert_eq!(shown(of(&euros, "api").floor.money(Period::Month)), "EUR 52.56");
    assert_eq!(of(&euros, "web").without_price, 1, "dollars and euros make no sum");
}

/// Scheduled actions move the limits: the bounds are those of the declared capacity, and it is said where they go.
#[test]
fn scheduled_actions_are_named_beside_the_declared_bounds() {
    let spec = SPEC.replace(
        "  api: {}",
        "  api:
    scaling:
      schedule:
        morning: { schedule: \"cron(0 7 ? * MON-FRI *)\", min: 4, max: 20 }
        evening: { schedule: \"cron(0 19 ? * MON-FRI *)\", min: 1, max: 10 }",
    );
    let (document, found, fleet) = load("spec.yaml", &spec);
    let fleet = fleet.unwrap_or_else(|| panic!("{}", crate::support::explain(&document, &found)));
    let api = of(&fleet, "api");
    assert_eq!((api.floor.tasks, api.ceiling.tasks, api.scheduled), (2, 10, 1));
    let service = &fleet.environments[0].services[0];
    assert_eq!(cost::scheduled(service), Some(Scheduled { min: (1, 4), max: (10, 20) }));
    assert_eq!(cost::scheduled(&fleet.environments[0].services[1]), None);
}

fn page(fleet: &Fleet, path: &str) -> String {
    let selection = Selection { targets: vec!["docs".to_owned()], ..Selection::default() };
    render(fleet, &Templates::embedded(), &selection).unwrap()[path].text.clone()
}

/// The amounts of the tests above, in the lines of the pages.
#[test]
fn the_pages_show_what_the_hand_says() {
    let fleet = fleet(SPEC);
    let environment = page(&fleet, "docs/prod/scaling.md");
    for line in [
        "| api | 1 vCPU, 2 GB, x86_64 | 2 | 10 | 1,460 | 7,300 | 72.08 | 360.40 | 288.32 |",
        "| web | 0.25 vCPU, 0.5 GB, arm64 | 1 | 3 | 730 | 2,190 | 7.21 | 21.63 | 14.42 |",
        "| **All** | | | | **2,190** | **9,490** | **79.29** | **382.03** | **302.74** |",
        "| web | 1 | 2 | 1 | 0 | 1.00 |",
        "| **All** | 3 | 2 | 1 | 0 | **1.20** |",
    ] {
        assert!(environment.lines().any(|of_page| of_page == line), "{line}\n{environment}");
    }
    let all = page(&fleet, "docs/cost.md");
    for line in [
        "| [prod](prod/scaling.md#cost-per-month) | eu-west-1 | 2 | 2,190 | 9,490 | 79.29 | 382.03 | 302.74 | 1.20 |",
        "| eu-west-1 | Fargate memory, x86_64 | 0.004445 | GB and hour | 2026-06-17 | 1 |",
        // 2 × 0.04937 + 0.009875 and 10 × 0.04937 + 3 × 0.009875 an hour, and 24 times as much.
        "| An hour | 1 | 3 | 13 | 0.11 | 0.52 | 0.41 |",
        "| A day | 24 | 72 | 312 | 2.61 | 12.56 | 9.95 |",
        // Of a month: 72.0802 + 7.20875, 360.401 + 21.62625, their difference 302.7383.
        "| A month | 730 | 2,190 | 9,490 | 79.29 | 382.03 | 302.74 |",
    ] {
        assert!(all.lines().any(|of_page| of_page == line), "{line}\n{all}");
    }
    // (2 × 21 + 11) × 0.30
    assert!(all.contains("; on for the whole fleet, it costs 15.90 per month."), "{all}");
}

#[test]
fn the_pages_say_what_is_not_known() {
    let fleet_of = |region: &str| fleet(&SPEC.replace("eu-west-1", region));
    let oregon = fleet_of("us-west-2");
    let (environment, all) = (page(&oregon, "docs/prod/scaling.md"), page(&oregon, "docs/cost.md"));
    let row = "| web | 0.25 vCPU, 0.5 GB, arm64 | 1 | 3 | 730 | 2,190 | unknown | unknown | unknown | no price known |";
    assert!(environment.contains(row), "{environment}");
    for said in [
        "Money excludes 1 service whose task size or price is unknown: the amounts are too low by that.",
        "No price is known for arm64 tasks in us-west-2: add `prices` to the spec",
        "| 1 service |\n",
    ] {
        assert!(all.contains(said), "{said}\n{all}");
    }
    let nowhere = page(&fleet_of("mx-central-1"), "docs/cost.md");
    assert!(nowhere.contains("No price is known for these regions."), "{nowhere}");
    assert!(nowhere.contains("| A month | 730 | 2,190 | 9,490 | unknown | unknown | unknown |"), "{nowhere}");
}

/// 300 services are rows of tables, not chapters.
#[test]
fn a_page_of_300_services_stays_one_to_read() {
    let many: String = (0..300).map(|n| format!("  s{n:03}: {{}}\n")).collect();
    let fleet = fleet(&SPEC.replace("  api: {}\n", &many));
    let (environment, all) = (page(&fleet, "docs/prod/scaling.md"), page(&fleet, "docs/cost.md"));
    assert!(environment.lines().count() < 7 * 300, "{environment}");
    assert!(environment.contains("| s299 | 1 vCPU"));
    assert!(all.lines().count() < 150, "{all}");
}

/// The commands of the page and the script beside it, taken by the AWS CLI and an AWS.
#[test]
fn the_commands_of_the_page_are_taken() {
    let Some(stage) = Stage::new(crate::support::stage::SPEC) else { return };
    let page = fs::read_to_string(stage.path("out/docs/cost.md")).unwrap();
    let blocks: Vec<&str> =
        page.split("```bash\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 2);
    let commands = "set -euo pipefail\n".to_owned() + &blocks.concat();
    let mut commands = commands.replace("generated/docs/", "out/docs/");
    for day in ["01", "15", "16", "30"] {
        commands = commands.replacen("YYYY-MM-DDT", &format!("2026-09-{day}T"), 1);
    }
    fs::write(stage.path("page.sh"), &commands).unwrap();
    let output = stage.run("page.sh", &[]);
    assert!(output.status.success(), "{}\n{commands}", said(&output));
    // Nothing ran in this AWS.
    assert_eq!(fs::read_to_string(stage.path("before.tsv")).unwrap(), "web\t0.0\n");
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("web\t0.0\t0.0\n"), "{}", said(&output));
    let asked = stage.calls().iter().filter(|call| call.contains("Name=ServiceName,Value=prod-web")).count();
    assert_eq!((asked, stage.writes()), (2, 0), "{:?}", stage.calls());

    let script = "out/docs/task-hours.sh";
    let (from, to) = ("2026-09-01T00:00:00Z", "2026-09-02T00:00:00Z");
    for (args, problem) in [
        (&["prod", from][..], "two full hours"),
        (&["prod", from, "2026-09-02T00:30:00Z"][..], "two full hours"),
        (&["../prod", from, to][..], "name an environment"),
        (&["qa", from, to][..], "cli/qa/environment.json"),
        (&["prod", to, from][..], "is not before"),
    ] {
        let output = stage.run(script, args);
        assert!(output.status.code() == Some(2) && said(&output).contains(problem), "{}", said(&output));
        assert!(stage.calls().is_empty());
    }
    stage.edit("out/cli/prod/environment.json", "\"222222222222\"", "\"333333333333\"");
    let output = stage.run(script, &["prod", from, to]);
    assert!(output.status.code() == Some(2) && said(&output).contains("the credentials are of 222222222222"));
}

/// Two tasks for a day are 2,880 samples and 48 task-hours. A service measured every 20 seconds is marked.
#[test]
fn task_hours_are_samples_through_60() {
    let spec = format!(
        "{}  fast: {{ scaling: {{ requests: {{ enabled: false }}, cpu: {{ resolution: 20s }} }} }}\n",
        ""
    );
    let spec = crate::support::stage::SPEC.replace("services:\n", &format!("services:\n{spec}"));
    let Some(stage) = Stage::new(&spec) else { return };
    let aws = "#!/bin/sh\ncase $1 in sts) echo 222222222222 ;; *) echo 2880.0 ;; esac\n";
    fs::write(stage.path("aws"), aws).unwrap();
    fs::set_permissions(stage.path("aws"), fs::Permissions::from_mode(0o755)).unwrap();
    stage.replace_aws(&stage.path("aws"));
    let output =
        stage.run("out/docs/task-hours.sh", &["prod", "2026-09-01T00:00:00Z", "2026-09-02T00:00:00Z"]);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "fast\t48.0\tunproven\nweb\t48.0\n",
        "{}",
        said(&output)
    );
    assert_eq!(String::from_utf8_lossy(&output.stderr), "task-hours.sh: 96.0 task-hours in all\n");
}
