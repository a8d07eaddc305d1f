//! Differences of a service.

use super::found::{ChangeList, Pair, Verdict, high, low, medium, none};
use super::{operations, policy, schedule, service_alarm};
use crate::plan::units::Tasks;
use crate::plan::{Deployment, Service, Suspended, Task};
use crate::words::counted;

pub(super) fn compare(pair: Pair<'_>) -> ChangeList {
    let Pair { old, new, .. } = pair;
    let Service {
        name: _,
        cluster,
        ecs_service,
        stack,
        min,
        max,
        scale_to_zero,
        balanced,
        task,
        container_insights,
        expectations,
        suspended,
        deployment,
        adopt,
        renamed_from: _,
        policies,
        schedule: actions,
        alarms,
        gone: _,
    } = old;
    let mut found = ChangeList::default();
    names(&mut found, pair);
    found.value("cluster", (cluster, &new.cluster), |_, _| another_resource());
    found.value("ecs_service", (ecs_service, &new.ecs_service), |_, _| another_resource());
    found.value("names.stack", (stack, &new.stack), |_, _| {
        if pair.elsewhere() {
            return none("the stack of the other service");
        }
        high("CloudFormation: a second stack for what the old one owns, and deleting the old one ends the scaling; delete it first, with its resources retained")
    });
    found.value("capacity.min", (min, &new.min), |old, new| minimum(**old, **new));
    found.value("capacity.max", (max, &new.max), |old, new| maximum(**old, **new));
    found.value("capacity.scale_to_zero", (scale_to_zero, &new.scale_to_zero), |_, _| {
        none("whether a minimum of 0 is allowed in the spec")
    });
    found.value("load_balancer", (balanced, &new.balanced), |_, _| {
        none("whether the service has a load balancer: for gen lint; the policies that count its requests are listed by themselves")
    });
    sizes(&mut found, *task, new.task);
    found.value("container_insights", (container_insights, &new.container_insights), |_, _| {
        low("whether desired and running tasks can be watched; the cluster itself is not changed")
    });
    operations::expectations(&mut found, expectations, &new.expectations);
    suspensions(&mut found, suspended.as_ref(), new.suspended.as_ref());
    deployments(&mut found, deployment, &new.deployment);
    found.value("adopt", (adopt, &new.adopt), |_, new| match new.value {
        true => low("what is live is imported instead of made"),
        false => none("nothing is imported any more: right once it is in the state or the stack"),
    });
    policy::compare(&mut found, pair, policies, &new.policies);
    schedule::compare(&mut found, pair, actions, &new.schedule);
    service_alarm::compare(&mut found, pair, alarms, &new.alarms);
    policy::gone(&mut found, pair);
    found
}

/// A service that gets another name in the spec.
fn names(found: &mut ChangeList, Pair { old, new, .. }: Pair<'_>) {
    if old.name != new.name {
        let said = match &new.renamed_from {
            Some(from) if *from == old.name => low(
                "another name in the spec: the Terraform state moves with it, nothing live changes by that",
            ),
            _ => high(
                "another name in the spec without `renamed_from`: Terraform destroys the scaling and makes it anew; in between, nothing scales",
            ),
        };
        found.value("name", (&old.name, &new.name), |_, _| said);
        return;
    }
    found.value("renamed_from", (&old.renamed_from, &new.renamed_from), |_, new| match new {
        Some(_) => none("where the Terraform state knows the service by that name, it moves"),
        None => low("right once every environment was applied with it; before that, Terraform destroys the scaling and makes it anew"),
    });
}

fn another_resource() -> Verdict {
    high(
        "another ECS service is scaled; the old one keeps its tasks; Terraform ends its scaling, the CLI script leaves it live",
    )
}

fn minimum(old: Tasks, new: Tasks) -> Verdict {
    let (old, new) = (old.get(), new.get());
    if new > old {
        return medium(format!(
            "where fewer run, tasks start at once: up to {} more, paid for from then on",
            counted(new - old, "task")
        ));
    }
    if new == 0 {
        return high("without load all tasks go, and CPU and memory have no data to bring them back");
    }
    medium(format!(
        "without load down to {}: less to meet a sudden load with, until more have started",
        counted(new, "task")
    ))
}

fn maximum(old: Tasks, new: Tasks) -> Verdict {
    let (old, new) = (old.get(), new.get());
    if new < old {
        return high(format!(
            "moves running tasks down at once when more than {new} run; under load it ends there"
        ));
    }
    low(format!("under load up to {} more than before, and their cost", counted(new - old, "task")))
}

fn sizes(found: &mut ChangeList, old: Option<Task>, new: Option<Task>) {
    let parts = |task: Option<Task>| match task {
        Some(Task { vcpu, memory_gib, architecture }) => (Some(vcpu), Some(memory_gib), Some(architecture)),
        None => (None, None, None),
    };
    let said = || none("used for cost and simulation; it changes nothing on AWS");
    let ((vcpu, memory, architecture), new) = (parts(old), parts(new));
    let mut task = found.below("task");
    task.value_in("vCPU", "vcpu", (&vcpu, &new.0), |_, _| said());
    task.value_in("GiB", "memory_gib", (&memory, &new.1), |_, _| said());
    task.value("architecture", (&architecture, &new.2), |_, _| said());
}

/// What is held back: on, off, or left as it is live.
fn suspensions(found: &mut ChangeList, old: Option<&Suspended>, new: Option<&Suspended>) {
    let flags = |held: Option<&Suspended>| {
        held.map(|Suspended { scale_in, scale_out, scheduled, from: _ }| [*scale_in, *scale_out, *scheduled])
    };
    let (before, after) = (flags(old), flags(new));
    let kinds = [
        (
            "in",
            "scaling in is held back: tasks stay, and cost, until it is lifted",
            "scaling in works again: tasks that are not needed go",
        ),
        (
            "out",
            "scaling out is held back: no load adds tasks until it is lifted",
            "scaling out works again: what waited for it starts",
        ),
        (
            "scheduled",
            "scheduled actions are skipped, and not made up for later",
            "scheduled actions count again",
        ),
    ];
    for (at, (key, held, lifted)) in kinds.into_iter().enumerate() {
        let (was, is) = (before.map(|flags| flags[at]), after.map(|flags| flags[at]));
        found.below("scaling.suspended").value(key, (&was, &is), |old, new| match (old, new) {
            (_, Some(true)) if key == "out" => high(held),
            (_, Some(true)) => medium(held),
            (Some(true), Some(false)) => medium(lifted),
            (None, _) => low("no longer left as it is live: if it is held back there, that ends"),
            (_, None) => low("left as it is live: what is held back there stays so"),
            _ => none("as before"),
        });
    }
}

fn deployments(found: &mut ChangeList, old: &Deployment, new: &Deployment) {
    let Deployment { controller, strategy } = old;
    let said = "what the spec expects of ECS, which is not changed by it";
    found.value("deployment.controller", (controller, &new.controller), |_, _| {
        low(format!("{said}; it decides which metrics can be tracked"))
    });
    found.value("deployment.strategy", (strategy, &new.strategy), |_, _| {
        low(format!("{said}; it decides which target groups can be counted"))
    });
}

/// A service that is scaled from now on.
pub(super) fn added(new: &Service) -> ChangeList {
    let Service { min, max, policies, schedule, .. } = new;
    let mut found = ChangeList::default();
    let value = format!("{}, {} to {} tasks", new.resource_id(), min.get(), max.get());
    let said = match &new.adopt.value {
        true => low("scaled by the spec from now on; what is live is imported, then changed to this"),
        false => medium(format!(
            "scaled from now on; AWS moves it into {} to {} tasks at once, whatever it runs or was allowed before",
            min.get(),
            max.get()
        )),
    };
    found.add("service", "", (None, Some(value)), said);
    for policy in policies {
        found.add(
            policy.id.path(),
            "",
            (None, Some(policy::summary(policy))),
            none("comes with the service"),
        );
    }
    for action in schedule {
        let setting = format!("scaling.schedule.{}", action.key);
        found.add(setting, "", (None, Some(schedule::summary(action))), none("comes with the service"));
    }
    found
}

/// A service that is not scaled any more.
pub(super) fn removed(old: &Service, forgotten: bool) -> ChangeList {
    let mut found = ChangeList::default();
    let value = format!("{}, {} to {} tasks", old.resource_id(), old.min.get(), old.max.get());
    let said = if forgotten {
        low(
            "leaves the spec; Terraform forgets it, and what is live goes on scaling without anybody looking after it",
        )
    } else {
        high(
            "Terraform destroys its scalable target with all policies: the service keeps the tasks it runs, whatever the load; the other dialects leave it live. To leave it live everywhere, list it under `removed`",
        )
    };
    found.add("service", "", (Some(value), None), said);
    found
}
