//! Alarms on how services do: which there are, when they go off, and that CloudWatch can work with each of them.

use std::fs;

use scalegen::diagnostic::Code;
use scalegen::plan::alarms::{AlarmKind, ServiceAlarm, Why};
use scalegen::plan::policy::{Comparison, CustomMetric, Metric, MissingData, Query, Term};
use scalegen::plan::{Environment, Fleet, Service};

use crate::support::stage::Stage;
use crate::support::{files, fleet, load, root, said};

const SPEC: &str = "\
version: 1
project: shop
notifications: {}
defaults:
  capacity: { min: 2, max: 10 }
  scaling: { cpu: { target: 70 } }
  load_balancer: { name: shop, target_group: web }
  alarms: {}
services:
  web: {}
environments:
  prod: { account: \"222222222222\", region: eu-west-1 }
";

fn service(spec: &str) -> Service {
    fleet(spec).environments.remove(0).services.remove(0)
}

fn alarm(service: &Service, kind: AlarmKind) -> &ServiceAlarm {
    service.alarms.on.iter().find(|alarm| alarm.kind == kind).unwrap_or_else(|| panic!("no {kind:?}"))
}

fn expression(alarm: &ServiceAlarm) -> String {
    let CustomMetric::Math(lines) = &alarm.metric else { panic!("{alarm:?}") };
    let returned = lines.iter().find(|line| line.returned).unwrap();
    let Term::Expression(text) = &returned.term else { panic!("{returned:?}") };
    text.to_string()
}

fn metrics(alarm: &ServiceAlarm) -> Vec<&Metric> {
    let of = |line: &'_ Query| match &line.term {
        Term::Metric(_) => true,
        Term::Expression(_) => false,
    };
    match &alarm.metric {
        CustomMetric::Single(metric) => vec![metric],
        CustomMetric::Math(lines) => {
            let measured = lines.iter().filter(|line| of(line));
            measured
                .map(|line| match &line.term {
                    Term::Metric(metric) => metric,
                    Term::Expression(_) => unreachable!(),
                })
                .collect()
        }
    }
}

#[test]
fn the_standard_set_is_on_with_one_word() {
    let web = service(SPEC);
    let rows: Vec<_> = web
        .alarms
        .on
        .iter()
        .map(|a| {
            let name = a.name.to_string();
            let rest = name.strip_prefix("prod-web-").unwrap().strip_suffix("-alarm").unwrap().to_owned();
            (rest, a.comparison, a.threshold, a.evaluation_periods, a.datapoints, a.missing_data)
        })
        .collect();
    let row = |name: &str, comparison, threshold, minutes, datapoints, missing| {
        (name.to_owned(), comparison, threshold, minutes, datapoints, missing)
    };
    use MissingData::{Breaching, NotBreaching};
    assert_eq!(
        rows,
        [
            row("cpu-at-max", Comparison::Above, 80.0, 10, 10, NotBreaching),
            row("at-max", Comparison::AtLeast, 10.0, 30, 30, NotBreaching),
            row("below-desired", Comparison::AtMost, 1.0, 15, 15, Breaching),
            row("errors", Comparison::Above, 1.0, 5, 5, NotBreaching),
            row("latency-p95", Comparison::Above, 1.0, 10, 10, NotBreaching),
            row("latency-p99", Comparison::Above, 2.5, 10, 10, NotBreaching),
            row("unhealthy-hosts", Comparison::AtLeast, 1.0, 10, 10, NotBreaching),
            row("flapping", Comparison::AtLeast, 1.0, 180, 18, NotBreaching),
        ]
    );
    assert_eq!(expression(alarm(&web, AlarmKind::CpuAtMax)), "IF(samples >= 10, cpu, 0)");
    let without = service(&SPEC.replace("  alarms: {}\n", ""));
    assert!(without.alarms.on.is_empty() && without.alarms.from.is_none());
    assert!(without.target_groups().is_empty(), "nothing counts the target group");
    assert_eq!(web.target_groups().len(), 1);
}

#[test]
fn thresholds_follow_from_the_service() {
    let hot = |policy: &str| {
        let spec = SPEC.replace("cpu: { target: 70 }", policy);
        alarm(&service(&spec), AlarmKind::CpuAtMax).threshold
    };
    assert_eq!(hot("cpu: { target: 88 }"), 95.0);
    assert_eq!(hot("cpu: { target: 97 }"), 97.0, "never below what scaling keeps");
    assert_eq!(hot("memory: { target: 70 }"), 85.0);
    // Scheduled actions move the limits: the highest maximum is the end, the lowest minimum is fine.
    let schedule = "schedule: { day: { schedule: rate(1 days), max: 30 }, night: { schedule: rate(1 days), min: 1 } }, cpu";
    let web = service(&SPEC.replace("cpu", schedule));
    assert_eq!(alarm(&web, AlarmKind::AtMax).threshold, 30.0);
    assert_eq!(expression(alarm(&web, AlarmKind::CpuAtMax)), "IF(samples >= 30, cpu, 0)");
    assert_eq!(alarm(&web, AlarmKind::BelowDesired).threshold, 0.0);
    // The expectations are the thresholds of what users feel.
    let expected = "expectations: { p95: 300ms, p99: 2s, error_rate: 0.5 }\n  alarms";
    let web = service(&SPEC.replace("alarms", expected));
    let of = |kind| alarm(&web, kind).threshold;
    assert_eq!(
        [of(AlarmKind::LatencyP95), of(AlarmKind::LatencyP99), of(AlarmKind::Errors)],
        [0.3, 2.0, 0.5]
    );
}

#[test]
fn flapping_is_more_than_one_way() {
    let changes = |capacity: &str| {
        let spec = SPEC.replace("min: 2, max: 10", capacity);
        alarm(&service(&spec), AlarmKind::Flapping).datapoints
    };
    // Running tasks: twice as many, because deployments change them too.
    assert_eq!(
        [changes("min: 2, max: 3"), changes("min: 2, max: 10"), changes("min: 2, max: 90")],
        [12, 18, 36]
    );
    let insights = SPEC.replace("  alarms", "  container_insights: true\n  alarms");
    let web = service(&insights);
    assert_eq!(alarm(&web, AlarmKind::Flapping).datapoints, 9);
    assert_eq!(expression(alarm(&web, AlarmKind::Flapping)), "ABS(DIFF(desired))");
}

#[test]
fn what_cannot_be_known_is_said() {
    let why = |spec: &str| {
        let instead = service(spec).alarms.instead;
        instead.into_iter().map(|instead| (instead.kind, instead.why)).collect::<Vec<_>>()
    };
    use AlarmKind::{AtMax, BelowDesired, Errors, Flapping};
    assert_eq!(why(SPEC), [(BelowDesired, Why::Minimum), (Flapping, Why::Running)]);
    let said = |insights| SPEC.replace("  alarms", &format!("  container_insights: {insights}\n  alarms"));
    assert_eq!(why(&said(true)), []);
    // Who says that there is none knows, and is not told.
    assert_eq!(why(&said(false)), why(SPEC));
    let told = |spec: &str| {
        let (_, found, _) = load("spec.yaml", spec);
        found.iter().filter(|finding| finding.code == Code::AlarmInstead).count()
    };
    assert_eq!([told(SPEC), told(&said(true)), told(&said(false))], [2, 0, 0]);
    let fixed = said(true).replace("max: 10", "max: 2");
    assert_eq!(why(&fixed), [(AtMax, Why::FixedSize)]);
    assert_eq!(why(&fixed.replace("alarms: {}", "alarms: { at_max: { threshold: 2 } }")), []);
    let idle = said(false).replace("min: 2,", "min: 0, scale_to_zero: true,");
    assert_eq!(why(&idle), [(BelowDesired, Why::NoMinimum), (Flapping, Why::Running)]);
    assert_eq!(told(&idle), 1, "what is left out is always said");
    let alone = said(true).replace("  load_balancer: { name: shop, target_group: web }\n", "");
    assert_eq!(why(&alone), [], "nobody asked for alarms on its requests");
    assert_eq!(
        why(&alone.replace("web: {}", "web: { alarms: { errors: {} } }")),
        [(Errors, Why::NoBalancer)]
    );
}

/// Every alarm of every spec of the repository, by the rules of PutMetricAlarm and of the Terraform provider.
#[test]
fn cloudwatch_can_work_with_every_alarm() {
    let mut specs = files(&root().join("tests/cases"), "spec.yaml");
    specs.push(root().join("specs/langfuse.yaml"));
    let fleets: Vec<Fleet> = specs.iter().map(|path| fleet(&fs::read_to_string(path).unwrap())).collect();
    let of = |environment: &Environment| environment.services.clone();
    let services: Vec<Service> = fleets.iter().flat_map(|fleet| &fleet.environments).flat_map(of).collect();
    let mut number = 0;
    for service in &services {
        for alarm in &service.alarms.on {
            number += 1;
            let name = &*alarm.name.value;
            assert!(alarm.description.len() <= 1024 && alarm.description.is_ascii(), "{name}");
            assert!(alarm.period.get().is_multiple_of(60), "{name}");
            assert!(alarm.period.get() * alarm.evaluation_periods <= 86_400, "{name}");
            assert!((1..=alarm.evaluation_periods).contains(&alarm.datapoints), "{name}");
            let insights = metrics(alarm).iter().any(|metric| &*metric.namespace == "ECS/ContainerInsights");
            assert!(!insights || service.container_insights.value, "{name}");
            if let CustomMetric::Math(lines) = &alarm.metric {
                let text = expression(alarm);
                assert!(text.len() <= 1024, "the provider takes 1024 characters: {name}");
                assert_eq!(lines.iter().filter(|line| line.returned).count(), 1, "{name}");
                for line in lines.iter().filter(|line| !line.returned) {
                    assert!(text.contains(&*line.id), "{name}: nothing uses {}", line.id);
                }
                let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
                for word in words.filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase())) {
                    assert!(lines.iter().any(|line| &*line.id == word), "{name}: what is {word}?");
                }
            }
        }
    }
    assert!(number > 100, "{number}");
}

/// The metrics that are looked at, with their dimensions: those that AWS documents, and no others.
#[test]
fn no_metric_is_invented() {
    const KNOWN: &[(&str, &str, &str)] = &[
        ("AWS/ECS", "CPUUtilization", "ClusterName ServiceName"),
        ("ECS/ContainerInsights", "RunningTaskCount", "ClusterName ServiceName"),
        ("ECS/ContainerInsights", "DesiredTaskCount", "ClusterName ServiceName"),
        ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer TargetGroup"),
        ("AWS/ApplicationELB", "RequestCount", "LoadBalancer TargetGroup"),
        ("AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer TargetGroup"),
        ("AWS/ApplicationELB", "UnHealthyHostCount", "LoadBalancer TargetGroup"),
    ];
    let fleet = fleet(&fs::read_to_string(root().join("tests/cases/alarmed/spec.yaml")).unwrap());
    let mut seen = std::collections::BTreeSet::new();
    for alarm in fleet.services().flat_map(|scope| &scope.service.alarms.on) {
        for metric in metrics(alarm) {
            let names: Vec<&str> = metric.dimensions.iter().map(|(name, _)| &**name).collect();
            let found = (&*metric.namespace, &*metric.name, names.join(" "));
            let known =
                KNOWN.iter().position(|known| (known.0, known.1) == (found.0, found.1) && known.2 == found.2);
            seen.insert(known.unwrap_or_else(|| panic!("{found:?}")));
        }
    }
    assert_eq!(seen.len(), KNOWN.len(), "each is looked at by some alarm");
}

/// One service through the script of the AWS CLI.
const FEW: &str = r#"
version: 1
project: shop
tags: { Team: web }
notifications: {}
defaults:
  capacity: { min: 2, max: 10 }
  scaling: { cpu: { target: 70 } }
  container_insights: true
services:
  web:
    load_balancer: { name: shop, target_group: web }
    alarms:
      cpu_at_max: {}
      at_max: { enabled: false }
      below_desired: { enabled: false }
      latency_p99: { enabled: false }
      unhealthy_hosts: { enabled: false }
      flapping: { enabled: false }
environments:
  prod: { account: "222222222222", region: eu-west-1 }
"#;

fn run(stage: &Stage, args: &[&str], expected: i32) -> String {
    let output = stage.run("out/cli/autoscaling.sh prod", args);
    assert_eq!(output.status.code(), Some(expected), "{args:?}: {}", said(&output));
    said(&output)
}

fn alarms(stage: &Stage) -> serde_json::Value {
    let state: serde_json::Value = serde_json::from_str(&stage.state()).unwrap();
    state["alarms"].clone()
}

#[test]
fn the_script_writes_them_once_knows_its_own_and_gives_back_what_was() {
    let Some(stage) = Stage::new(FEW) else { return };
    let theirs = "--namespace AWS/ECS --metric-name CPUUtilization --statistic Average --period 60 --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanThreshold";
    stage.aws(&format!("cloudwatch put-metric-alarm --alarm-name prod-web-flapping-alarm {theirs}"));
    stage.aws(&format!("cloudwatch put-metric-alarm --alarm-name prod-web-errors-alarm --alarm-actions arn:aws:sns:eu-west-1:222222222222:theirs {theirs}"));
    let first = alarms(&stage);
    // What calls somebody else is somebody else's.
    let refused = run(&stage, &["apply", "--yes"], 2);
    assert!(refused.contains("alarm prod-web-errors-alarm triggers something else"), "{refused}");
    stage.aws(&format!("cloudwatch put-metric-alarm --alarm-name prod-web-errors-alarm {theirs}"));
    let first_free = alarms(&stage);
    assert_ne!(first, first_free);

    let apply = run(&stage, &["apply", "--yes"], 0);
    for line in [
        "  + alarm prod-web-cpu-at-max-alarm",
        "  ~ alarm prod-web-errors-alarm",
        "  + alarm prod-web-latency-p95-alarm",
        "  - alarm prod-web-flapping-alarm (switched off)",
    ] {
        assert!(apply.contains(line), "{line}: {apply}");
    }
    run(&stage, &["verify"], 0);
    let again = run(&stage, &["apply", "--yes"], 0);
    assert!(again.contains("Nothing to write"), "{again}");
    let status = run(&stage, &["status"], 0);
    for line in ["prod-web-errors-alarm: metric math", "prod-web-latency-p95-alarm: TargetResponseTime"] {
        assert!(status.contains(line), "{line}: {status}");
    }
    // Another topic: the script knows its own alarms by their descriptions.
    stage.render(&FEW.replace("notifications: {}", "notifications: { topic: calls }"));
    let apply = run(&stage, &["apply", "--yes"], 0);
    assert!(apply.contains("  ~ alarm prod-web-cpu-at-max-alarm") && apply.contains(":calls"), "{apply}");
    let topics = alarms(&stage);
    let actions = serde_json::json!(["arn:aws:sns:eu-west-1:222222222222:calls"]);
    assert_eq!((&topics[0]["actions"], &topics[0]["ok_actions"]), (&actions, &actions));
    run(&stage, &["rollback", "--yes"], 0);
    let back = alarms(&stage);
    assert_ne!(back[0]["actions"], actions);
    // Switched off, and with it the topic: what is the script's own goes.
    let off = FEW.replace("notifications: {}\n", "").replace("cpu_at_max: {}", "enabled: false");
    stage.render(&off);
    let apply = run(&stage, &["apply", "--yes"], 0);
    assert!(apply.contains("  - alarm prod-web-cpu-at-max-alarm (switched off)"), "{apply}");
    assert_eq!(alarms(&stage), serde_json::json!([]));
    run(&stage, &["rollback", "--yes"], 0);
    assert_eq!(alarms(&stage), back);
}
