"""The one form in which Application Auto Scaling states are compared, whatever they came from.

Rows are built from the shapes of the API; what is not there is null, so that an absent cooldown and one of 300 differ.
Numbers that are whole are written without a point, moments in UTC, and lists whose order means nothing are sorted.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from typing import Any

Row = dict[str, Any]


def canonical(value: Any) -> Any:
    """`value` with whole numbers as integers and unordered lists of the API sorted, all the way down."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, dict):
        return {
            key: _sorted(key, item) if isinstance(item, list) else canonical(item)
            for key, item in value.items()
            if item is not None
        }
    return value


UNORDERED = {
    "Dimensions": ("Name", "Value"),
    "Metrics": ("Id",),
    "StepAdjustments": ("MetricIntervalLowerBound", "MetricIntervalUpperBound"),
}
"""Lists whose order means nothing, and by what their items are sorted here."""


def _sorted(key: str, items: list[Any]) -> list[Any]:
    items = [canonical(item) for item in items]

    def rank(item: Any) -> list[tuple[bool, float, str]]:
        values = [item.get(name) for name in UNORDERED[key]]
        return [
            (value is not None, value if isinstance(value, (int, float)) else 0, str(value)) for value in values
        ]

    return sorted(items, key=rank) if key in UNORDERED and all(isinstance(item, dict) for item in items) else items


def moment(value: Any) -> Any:
    """A time in UTC, whether it comes as a time or as text; what is no time stays what it is."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return value
    return canonical(value)


def target(api: Row) -> Row:
    """A scalable target, from what DescribeScalableTargets or RegisterScalableTarget calls it."""
    suspended = api.get("SuspendedState")
    if isinstance(suspended, dict):
        suspended = {
            "in": suspended.get("DynamicScalingInSuspended"),
            "out": suspended.get("DynamicScalingOutSuspended"),
            "scheduled": suspended.get("ScheduledScalingSuspended"),
        }
    return {
        "resource_id": api["ResourceId"],
        "dimension": api["ScalableDimension"],
        "min": canonical(api.get("MinCapacity")),
        "max": canonical(api.get("MaxCapacity")),
        "suspended": suspended,
    }


def policy(api: Row) -> Row:
    """A scaling policy, from what DescribeScalingPolicies or PutScalingPolicy calls it."""
    tracking = api.get("TargetTrackingScalingPolicyConfiguration") or {}
    predefined = tracking.get("PredefinedMetricSpecification") or {}
    return {
        "resource_id": api["ResourceId"],
        "dimension": api["ScalableDimension"],
        "name": api["PolicyName"],
        "type": api.get("PolicyType"),
        "target_value": canonical(tracking.get("TargetValue")),
        "metric_type": predefined.get("PredefinedMetricType"),
        "resource_label": predefined.get("ResourceLabel"),
        "cooldown_out": canonical(tracking.get("ScaleOutCooldown")),
        "cooldown_in": canonical(tracking.get("ScaleInCooldown")),
        "disable_scale_in": tracking.get("DisableScaleIn"),
        "customized": canonical(tracking.get("CustomizedMetricSpecification")),
        "step": canonical(api.get("StepScalingPolicyConfiguration")),
        "predictive": canonical(api.get("PredictiveScalingPolicyConfiguration")),
    }


def scheduled_action(api: Row) -> Row:
    """A scheduled action, from what DescribeScheduledActions or PutScheduledAction calls it."""
    capacity = api.get("ScalableTargetAction") or {}
    return {
        "resource_id": api["ResourceId"],
        "dimension": api.get("ScalableDimension"),
        "name": api["ScheduledActionName"],
        "schedule": api.get("Schedule"),
        "timezone": api.get("Timezone") or "UTC",
        "start": moment(api.get("StartTime")),
        "end": moment(api.get("EndTime")),
        "min": canonical(capacity.get("MinCapacity")),
        "max": canonical(capacity.get("MaxCapacity")),
    }


OF_A_POLICY = re.compile(r":scalingPolicy:[^:]+:resource/ecs/([^:]+):policyName/(.+)$")
"""The part of a policy's ARN that does not change when the policy is made anew."""


def action(arn: str) -> str:
    """What an alarm does: `<resource id> <policy name>` of a policy, and anything else as it is."""
    found = OF_A_POLICY.search(arn)
    return " ".join(found.groups()) if found else arn


def alarm(api: Row) -> Row:
    """A metric alarm, from what DescribeAlarms or PutMetricAlarm calls it."""
    return {
        "name": api["AlarmName"],
        "namespace": api.get("Namespace"),
        "metric": api.get("MetricName"),
        "dimensions": {pair["Name"]: pair["Value"] for pair in api.get("Dimensions") or []},
        "statistic": api.get("Statistic"),
        "unit": api.get("Unit"),
        "comparison": api.get("ComparisonOperator"),
        "threshold": canonical(api.get("Threshold")),
        "period": canonical(api.get("Period")),
        "evaluation_periods": canonical(api.get("EvaluationPeriods")),
        "datapoints": canonical(api.get("DatapointsToAlarm")),
        "missing_data": api.get("TreatMissingData"),
        "enabled": api.get("ActionsEnabled", True),
        "actions": sorted(map(action, api.get("AlarmActions") or [])),
        "other_actions": [*(api.get("OKActions") or []), *(api.get("InsufficientDataActions") or [])],
    }


def is_ours(api: Row) -> bool:
    """Whether an alarm is written by somebody, not made by Application Auto Scaling for target tracking."""
    return not api["AlarmName"].startswith("TargetTracking-")


def state(targets: list[Row], policies: list[Row], scheduled_actions: list[Row], alarms: list[Row]) -> str:
    """The canonical text of a state whose parts have the shapes of the API."""

    def rows(build: Any, items: list[Row]) -> list[Row]:
        built = (build(item) for item in items)
        return sorted(built, key=lambda row: [row.get(key) or "" for key in ("resource_id", "dimension", "name")])

    parts = {
        "targets": rows(target, targets),
        "policies": rows(policy, policies),
        "scheduled_actions": rows(scheduled_action, scheduled_actions),
        "alarms": rows(alarm, list(filter(is_ours, alarms))),
    }
    return json.dumps(parts, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def document(text: Any) -> Any:
    """JSON as data, with whole numbers as integers; what is no JSON stays what it is."""
    try:
        return _whole(json.loads(text))
    except (TypeError, ValueError):
        return text


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def together(text: str, topics: list[Row], rules: list[Row], dashboards: list[Row]) -> str:
    """A state, and with it what services have together: topics and rules with what hangs on them, and dashboards."""
    parts = json.loads(text) | {
        "topics": sorted(
            ({"arn": api["TopicArn"], "policy": document(api.get("Policy"))} for api in topics),
            key=lambda row: str(row["arn"]),
        ),
        "rules": sorted(
            (
                {
                    "name": api["Name"],
                    "description": api.get("Description"),
                    "enabled": api.get("State", "ENABLED") == "ENABLED",
                    "pattern": document(api.get("EventPattern")),
                    "targets": sorted([item["Id"], item["Arn"]] for item in api.get("Targets", [])),
                }
                for api in rules
            ),
            key=lambda row: str(row["name"]),
        ),
        "dashboards": sorted(
            ({"name": api["DashboardName"], "body": document(api.get("DashboardBody"))} for api in dashboards),
            key=lambda row: str(row["name"]),
        ),
    }
    return json.dumps(parts, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
