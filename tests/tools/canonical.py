"""The one form in which Application Auto Scaling states are compared, whatever they came from.

Rows are built from the shapes of the API; what is not there is null, so that an absent cooldown and one of 300 differ.
Numbers that are whole are written without a point, and lists whose order means nothing are sorted.
"""

from __future__ import annotations

import json
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


def _sorted(key: str, items: list[Any]) -> list[Any]:
    items = [canonical(item) for item in items]
    if key in ("Dimensions", "Metrics", "StepAdjustments"):
        items.sort(key=lambda item: json.dumps(item, sort_keys=True))
    return items


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
    if api.get("PredictiveScalingPolicyConfiguration"):
        raise ValueError(f"policy {api['PolicyName']}: predictive scaling has no canonical form yet")
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
    }


def scheduled_action(api: Row) -> Row:
    """A scheduled action, from what DescribeScheduledActions or PutScheduledAction calls it."""
    capacity = api.get("ScalableTargetAction") or {}
    return {
        "resource_id": api["ResourceId"],
        "dimension": api.get("ScalableDimension"),
        "name": api["ScheduledActionName"],
        "schedule": api.get("Schedule"),
        "timezone": api.get("Timezone"),
        "start": canonical(api.get("StartTime")),
        "end": canonical(api.get("EndTime")),
        "min": canonical(capacity.get("MinCapacity")),
        "max": canonical(capacity.get("MaxCapacity")),
    }


def state(targets: list[Row], policies: list[Row], scheduled_actions: list[Row]) -> str:
    """The canonical text of a state whose parts have the shapes of the API."""

    def rows(build: Any, items: list[Row]) -> list[Row]:
        built = (build(item) for item in items)
        return sorted(built, key=lambda row: (row["resource_id"], row["dimension"] or "", row.get("name", "")))

    parts = {
        "targets": rows(target, targets),
        "policies": rows(policy, policies),
        "scheduled_actions": rows(scheduled_action, scheduled_actions),
    }
    return json.dumps(parts, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
