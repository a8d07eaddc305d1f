"""Print the Application Auto Scaling state of the namespace `ecs`, the metric alarms that it does not make itself, and the
topics, EventBridge rules and dashboards, in their canonical form (canonical.py).

    state.py --endpoint URL --region REGION

ARNs, times and the alarms of target tracking are left out: equal text means the same scaling.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

import canonical
from endpoint import Endpoint, Refused

EVERYTHING = 100_000
"""Page size asked for. AWS allows 50; moto's tokens of targets lead in circles, its page size has no limit."""


def read_all(describe: Any, field: str, **arguments: Any) -> list[dict[str, Any]]:
    """All items of a describe call; refuses pages that lead in circles rather than losing an item."""
    items: list[dict[str, Any]] = []
    tokens: set[str] = set()
    while True:
        page = describe(**arguments)
        items += page[field]
        token = page.get("NextToken")
        if not token:
            return items
        if token in tokens:
            raise ValueError(f"the pages of {field} lead in circles (token {token!r}); the state would be incomplete")
        tokens.add(token)
        arguments["NextToken"] = token


def read(endpoint: Endpoint) -> str:
    """The canonical state behind `endpoint`."""
    client = endpoint.client("application-autoscaling")
    ecs = {"ServiceNamespace": "ecs", "MaxResults": EVERYTHING}
    scaling = canonical.state(
        read_all(client.describe_scalable_targets, "ScalableTargets", **ecs),
        read_all(client.describe_scaling_policies, "ScalingPolicies", **ecs),
        read_all(client.describe_scheduled_actions, "ScheduledActions", **ecs),
        read_all(endpoint.client("cloudwatch").describe_alarms, "MetricAlarms", AlarmTypes=["MetricAlarm"]),
    )
    return canonical.together(scaling, topics(endpoint), rules(endpoint), dashboards(endpoint))


def topics(endpoint: Endpoint) -> list[dict[str, Any]]:
    client = endpoint.client("sns")
    found = read_all(client.list_topics, "Topics")
    return [client.get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"] for topic in found]


def rules(endpoint: Endpoint) -> list[dict[str, Any]]:
    client = endpoint.client("events")
    return [
        {**rule, "Targets": read_all(client.list_targets_by_rule, "Targets", Rule=rule["Name"])}
        for rule in read_all(client.list_rules, "Rules")
    ]


def dashboards(endpoint: Endpoint) -> list[dict[str, Any]]:
    client = endpoint.client("cloudwatch")
    found = read_all(client.list_dashboards, "DashboardEntries")
    return [client.get_dashboard(DashboardName=item["DashboardName"]) for item in found]


def main() -> int:
    parser = argparse.ArgumentParser(description="Print the canonical Application Auto Scaling state.")
    parser.add_argument("--endpoint", required=True, metavar="URL")
    parser.add_argument("--region", required=True)
    arguments = parser.parse_args()
    try:
        sys.stdout.write(read(Endpoint(arguments.endpoint, arguments.region)))
    except (BotoCoreError, ClientError, Refused, ValueError) as error:
        print(f"state.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
