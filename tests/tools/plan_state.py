"""Print the state a Terraform plan leads to, in the canonical form of state.py.

    plan_state.py PLAN.json          (the output of `terraform show -json PLAN`, or - for stdin)

Reads the planned values of aws_appautoscaling_target, _policy and _scheduled_action in all modules and expands them
into what the provider would send: an unset cooldown is sent as 0, disable_scale_in always, and a suspended_state that
is wholly unknown not at all (the real provider computes what nobody has set). What else is known only after apply is
"<unknown>".
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import canonical

UNKNOWN = "<unknown>"

Row = dict[str, Any]


def overlay(after: Any, unknown: Any) -> Any:
    """`after` of a resource change, with UNKNOWN where `after_unknown` is true."""
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, dict):
        return {key: overlay((after or {}).get(key), unknown.get(key)) for key in {**(after or {}), **unknown}}
    if isinstance(unknown, list) and isinstance(after, list):
        return [overlay(item, unknown[index] if index < len(unknown) else None) for index, item in enumerate(after)]
    return after


def planned(plan: Row, kind: str) -> list[Row]:
    """Values after the plan of all managed resources of one type."""
    return [
        overlay(resource["change"]["after"], resource["change"].get("after_unknown"))
        for resource in plan.get("resource_changes", [])
        if resource["type"] == kind and resource["mode"] == "managed" and resource["change"]["after"] is not None
    ]


def block(values: Any, expand: Callable[[Row], Row]) -> Any:
    """Expand a nested block of at most one item; absent is None, unknown stays unknown."""
    if not values or values == UNKNOWN:
        return values or None
    return UNKNOWN if values[0] == UNKNOWN else expand(values[0])


def items(values: Any, expand: Callable[[Row], Row]) -> Any:
    """Expand a repeated nested block."""
    return values if values == UNKNOWN else [expand(value) for value in values or []]


def without_empty(**values: Any) -> Row:
    """What the provider leaves out of a call: null and empty text or lists."""
    return {key: value for key, value in values.items() if value not in (None, "", [])}


def decimal(value: Any) -> Any:
    """A number that the provider's schema keeps as text."""
    return value if value in (None, "", UNKNOWN) else float(value)


def whole(value: Any) -> Any:
    """A capacity that the provider's schema keeps as text."""
    return value if value in (None, "", UNKNOWN) else int(value)


def keys(values: Row) -> Row:
    return {"ResourceId": values["resource_id"], "ScalableDimension": values["scalable_dimension"]}


def target(values: Row) -> Row:
    return {
        **keys(values),
        "MinCapacity": values["min_capacity"],
        "MaxCapacity": values["max_capacity"],
        "SuspendedState": block(
            None if values.get("suspended_state") == UNKNOWN else values.get("suspended_state"),
            lambda state: {
                "DynamicScalingInSuspended": state["dynamic_scaling_in_suspended"] or False,
                "DynamicScalingOutSuspended": state["dynamic_scaling_out_suspended"] or False,
                "ScheduledScalingSuspended": state["scheduled_scaling_suspended"] or False,
            },
        ),
    }


def dimensions(values: Any) -> Any:
    return items(values, lambda dimension: {"Name": dimension["name"], "Value": dimension["value"]})


def metric_query(query: Row) -> Row:
    """One item of `metrics` in a customized metric."""
    return without_empty(
        Id=query["id"],
        Expression=query["expression"],
        Label=query["label"],
        ReturnData=query["return_data"],
        MetricStat=block(
            query["metric_stat"],
            lambda stat: without_empty(
                Stat=stat["stat"],
                Unit=stat["unit"],
                Metric=block(
                    stat["metric"],
                    lambda metric: without_empty(
                        MetricName=metric["metric_name"],
                        Namespace=metric["namespace"],
                        Dimensions=dimensions(metric["dimensions"]),
                    ),
                ),
            ),
        ),
    )


def customized(values: Row) -> Row:
    return without_empty(
        Metrics=items(values.get("metrics"), metric_query),
        MetricName=values["metric_name"],
        Namespace=values["namespace"],
        Dimensions=dimensions(values["dimensions"]),
        Statistic=values["statistic"],
        Unit=values["unit"],
    )


def tracking(values: Row) -> Row:
    return {
        "TargetValue": values["target_value"],
        "DisableScaleIn": values["disable_scale_in"] or False,
        "ScaleInCooldown": values["scale_in_cooldown"] or 0,
        "ScaleOutCooldown": values["scale_out_cooldown"] or 0,
        **without_empty(
            PredefinedMetricSpecification=block(
                values["predefined_metric_specification"],
                lambda metric: without_empty(
                    PredefinedMetricType=metric["predefined_metric_type"], ResourceLabel=metric["resource_label"]
                ),
            ),
            CustomizedMetricSpecification=block(values["customized_metric_specification"], customized),
        ),
    }


def step(values: Row) -> Row:
    return {
        "Cooldown": values["cooldown"] or 0,
        **without_empty(
            AdjustmentType=values["adjustment_type"],
            MetricAggregationType=values["metric_aggregation_type"],
            MinAdjustmentMagnitude=values["min_adjustment_magnitude"] or None,
            StepAdjustments=items(
                values["step_adjustment"],
                lambda adjustment: {
                    "ScalingAdjustment": adjustment["scaling_adjustment"],
                    **without_empty(
                        MetricIntervalLowerBound=decimal(adjustment["metric_interval_lower_bound"]),
                        MetricIntervalUpperBound=decimal(adjustment["metric_interval_upper_bound"]),
                    ),
                },
            ),
        ),
    }


def policy(values: Row) -> Row:
    if values.get("predictive_scaling_policy_configuration"):
        raise ValueError(f"policy {values['name']}: predictive scaling has no canonical form yet")
    api = {**keys(values), "PolicyName": values["name"], "PolicyType": values["policy_type"]}
    for name, argument, expand in (
        ("TargetTrackingScalingPolicyConfiguration", "target_tracking_scaling_policy_configuration", tracking),
        ("StepScalingPolicyConfiguration", "step_scaling_policy_configuration", step),
    ):
        api[name] = block(values[argument], expand)
        if api[name] == UNKNOWN:
            raise ValueError(f"policy {values['name']}: the whole {argument} is known only after apply")
    return api


def scheduled_action(values: Row) -> Row:
    return {
        **keys(values),
        "ScheduledActionName": values["name"],
        "Schedule": values["schedule"],
        "Timezone": values["timezone"],
        "StartTime": values["start_time"],
        "EndTime": values["end_time"],
        "ScalableTargetAction": block(
            values["scalable_target_action"],
            lambda action: {
                "MinCapacity": whole(action["min_capacity"]),
                "MaxCapacity": whole(action["max_capacity"]),
            },
        ),
    }


def read(plan: Row) -> str:
    """The canonical state after `plan`."""
    return canonical.state(
        [target(values) for values in planned(plan, "aws_appautoscaling_target")],
        [policy(values) for values in planned(plan, "aws_appautoscaling_policy")],
        [scheduled_action(values) for values in planned(plan, "aws_appautoscaling_scheduled_action")],
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Print the canonical state a Terraform plan leads to.")
    parser.add_argument("plan", metavar="PLAN.json", help="`terraform show -json` of a plan; - reads stdin")
    name = parser.parse_args().plan
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text()
        sys.stdout.write(read(json.loads(text)))
    except (OSError, ValueError) as error:
        print(f"plan_state.py: {name}: {error}", file=sys.stderr)
        return 2
    except KeyError as error:
        print(f"plan_state.py: {name}: not a plan this can read; {error} is missing", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
