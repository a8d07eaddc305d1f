"""Prints the shapes of the operations that `aws::Service` is made of, from botocore's service models.

Output: {"ShapeName.Field": "type of the field"} for every writable member, structure by structure from the inputs of the
operations on, as JSON. Types are string, integer, long, double, boolean, timestamp, list, structure.
"""

from __future__ import annotations

import json

import botocore.session

OPERATIONS = {
    "application-autoscaling": ["RegisterScalableTarget", "PutScalingPolicy", "PutScheduledAction"],
    "cloudwatch": ["PutMetricAlarm", "PutDashboard"],
    "sns": ["CreateTopic"],
    "events": ["PutRule", "PutTargets"],
}


def members(shape: object, name: str, found: dict[str, str]) -> None:
    """Add the members of a structure, and of all structures below it."""
    for field, member in shape.members.items():  # type: ignore[attr-defined]
        key = f"{name}.{field}"
        if key in found:
            continue
        found[key] = member.type_name
        inner = member.member if member.type_name == "list" else member
        if inner.type_name == "structure":
            found[key] += f" of {inner.name}" if member.type_name == "list" else f" {inner.name}"
            members(inner, inner.name, found)


def main() -> None:
    session = botocore.session.get_session()
    models: dict[str, dict[str, str]] = {}
    for service, operations in OPERATIONS.items():
        model = session.get_service_model(service)
        found: dict[str, str] = {}
        for operation in operations:
            members(model.operation_model(operation).input_shape, operation, found)
        models[service] = found
    print(json.dumps(models, indent=1, sort_keys=True))


main()
