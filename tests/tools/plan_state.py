"""Print the state a Terraform plan leads to, in the canonical form of state.py.

    plan_state.py PLAN.json          (the output of `terraform show -json PLAN`, or - for stdin)

Reads the planned values of aws_appautoscaling_target, _policy and _scheduled_action and of aws_cloudwatch_metric_alarm
in all modules and expands them into what the provider would send: an unset cooldown is sent as 0, disable_scale_in
always, and a suspended_state that is wholly unknown not at all (the real provider computes what nobody has set). An
alarm's action that is the ARN of a planned policy is that policy. What else is known only after apply is "<unknown>".
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
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


def planned(plan: Row, kind: str) -> dict[str, Row]:
    """Values after the plan of all managed resources of one type, by address."""
    return {
        resource.get("address", ""): overlay(resource["change"]["after"], resource["change"].get("after_unknown"))
        for resource in plan.get("resource_changes", [])
        if resource["type"] == kind and resource["mode"] == "managed" and resource["change"]["after"] is not None
    }


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
            PredefinedMetricSpecification=block(values["predefined_metric_specification"], metric_of_type),
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


def predictive(values: Row) -> Row:
    return without_empty(
        Mode=values["mode"],
        SchedulingBufferTime=values["scheduling_buffer_time"],
        MaxCapacityBreachBehavior=values["max_capacity_breach_behavior"],
        MaxCapacityBuffer=values["max_capacity_buffer"],
        MetricSpecifications=items(values["metric_specification"], forecast),
    )


FORECAST = {
    "target_value": "TargetValue",
    "predefined_metric_pair_specification": "PredefinedMetricPairSpecification",
    "predefined_load_metric_specification": "PredefinedLoadMetricSpecification",
    "predefined_scaling_metric_specification": "PredefinedScalingMetricSpecification",
}
"""What is read of a forecast's metric; customized metrics are not."""


def forecast(values: Row) -> Row:
    strange = [name for name, value in values.items() if value and name not in FORECAST]
    if strange:
        raise ValueError(f"a predictive policy has {', '.join(strange)}, which has no canonical form yet")
    api: Row = {"TargetValue": decimal(values["target_value"])}
    for argument in list(FORECAST)[1:]:
        api[FORECAST[argument]] = block(values[argument], metric_of_type)
    return without_empty(**api)


def metric_of_type(metric: Row) -> Row:
    return without_empty(PredefinedMetricType=metric["predefined_metric_type"], ResourceLabel=metric["resource_label"])


def policy(values: Row) -> Row:
    api = {**keys(values), "PolicyName": values["name"], "PolicyType": values["policy_type"]}
    for name, argument, expand in (
        ("TargetTrackingScalingPolicyConfiguration", "target_tracking_scaling_policy_configuration", tracking),
        ("StepScalingPolicyConfiguration", "step_scaling_policy_configuration", step),
        ("PredictiveScalingPolicyConfiguration", "predictive_scaling_policy_configuration", predictive),
    ):
        api[name] = block(values.get(argument), expand)  # providers before 6.13 know nothing of forecasts
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


class Policies:
    """The planned policies, to be found by what an alarm's configuration refers to."""

    def __init__(self, plan: Row) -> None:
        self.planned = planned(plan, "aws_appautoscaling_policy")
        self.resources = list(configured(plan.get("configuration", {}).get("root_module", {}), ""))

    def action(self, alarm: str) -> str:
        """What canonical.action would say of the one policy whose ARN is an action of the alarm of this address."""
        expressions = next((item["expressions"] for address, item in self.resources if address == bare(alarm)), {})
        references = expressions.get("alarm_actions", {}).get("references", [])
        module = bare(alarm).rpartition("aws_cloudwatch_metric_alarm.")[0]
        named = [reference[: -len(".arn")] for reference in references if reference.endswith(".arn")]
        wanted = [module + name for name in named]
        found = [values for address, values in self.planned.items() if bare(address) in wanted]
        return f"{found[0]['resource_id']} {found[0]['name']}" if len(found) == 1 else UNKNOWN


def configured(module: Row, prefix: str) -> Iterator[tuple[str, Row]]:
    """All resources of a configuration with their addresses, those of modules included."""
    for resource in module.get("resources", []):
        yield prefix + resource["address"], resource
    for name, call in module.get("module_calls", {}).items():
        yield from configured(call["module"], f"{prefix}module.{name}.")


def bare(address: str) -> str:
    """An address without the keys of `count` and `for_each`."""
    return re.sub(r"\[[^\]]*\]", "", address)


def alarm(address: str, values: Row, policies: Policies) -> Row:
    actions = values["alarm_actions"]
    if actions == UNKNOWN or UNKNOWN in (actions or []):
        actions = [policies.action(address)] if actions == UNKNOWN or len(actions) == 1 else [UNKNOWN]
    return {
        "AlarmName": values["alarm_name"],
        "ComparisonOperator": values["comparison_operator"],
        "EvaluationPeriods": values["evaluation_periods"],
        "DatapointsToAlarm": values["datapoints_to_alarm"] or None,
        "Threshold": values["threshold"],
        "TreatMissingData": values["treat_missing_data"],
        "Period": values["period"] or None,
        "Dimensions": [{"Name": name, "Value": value} for name, value in (values["dimensions"] or {}).items()],
        "ActionsEnabled": values["actions_enabled"],
        "AlarmActions": actions,
        "OKActions": values["ok_actions"],
        "InsufficientDataActions": values["insufficient_data_actions"],
        **without_empty(
            Namespace=values["namespace"],
            MetricName=values["metric_name"],
            Statistic=values["statistic"],
            Unit=values["unit"],
        ),
    }


def read(plan: Row) -> str:
    """The canonical state after `plan`."""
    policies = Policies(plan)
    scaling = canonical.state(
        [target(values) for values in planned(plan, "aws_appautoscaling_target").values()],
        [policy(values) for values in policies.planned.values()],
        [scheduled_action(values) for values in planned(plan, "aws_appautoscaling_scheduled_action").values()],
        [alarm(address, values, policies) for address, values in planned(plan, "aws_cloudwatch_metric_alarm").items()],
    )
    return canonical.together(scaling, topics(plan), rules(plan), dashboards(plan))


def topics(plan: Row) -> list[Row]:
    """The ARN of a topic that is new is known only after apply; its policy names it, as what it is about."""
    made = planned(plan, "aws_sns_topic")
    found = []
    for values in planned(plan, "aws_sns_topic_policy").values():
        arn = json.loads(values["policy"])["Statement"][0]["Resource"]
        if not any(arn.endswith(f":{topic['name']}") for topic in made.values()):
            raise ValueError(f"the policy of {arn} is of no topic here")
        found.append({"TopicArn": arn, "Policy": values["policy"]})
    if len(found) != len(made):
        raise ValueError(f"{len(made)} topics have {len(found)} policies")
    return found


def rules(plan: Row) -> list[Row]:
    """A target names its rule, by the name that the rule has."""
    targets = planned(plan, "aws_cloudwatch_event_target").values()
    return [
        {
            "Name": values["name"],
            "Description": values["description"],
            "State": values.get("state") or "ENABLED",
            "EventPattern": values["event_pattern"],
            "Targets": [
                {"Id": target["target_id"], "Arn": target["arn"]}
                for target in targets
                if target["rule"] == values["name"]
            ],
        }
        for values in planned(plan, "aws_cloudwatch_event_rule").values()
    ]


def dashboards(plan: Row) -> list[Row]:
    return [
        {"DashboardName": values["dashboard_name"], "DashboardBody": values["dashboard_body"]}
        for values in planned(plan, "aws_cloudwatch_dashboard").values()
    ]


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
