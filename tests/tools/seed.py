"""Create in moto what an environment view takes for granted.

    seed.py --endpoint URL ENV_VIEW.json

creates the ECS clusters, one task definition, the services (ACTIVE, REPLICA, `min` tasks running, with their deployment
controller and all their target groups), the load balancers, the target groups and one listener for each target group,
so that the target group knows its load balancer. A load balancer given literally gets exactly the ids of its
`arn_suffix`; that needs the server of moto.py. The ARNs are printed as JSON. It refuses a server of another account
than the view's.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

from botocore.exceptions import BotoCoreError, ClientError

from endpoint import Endpoint, Refused

IDS_PATH = "/scalegen/ids"
"""Where the server of moto.py takes the ids of load balancers and target groups."""

CONTAINER, PORT = "app", 3000


class SeedError(Exception):
    """The environment cannot be created; the message says why."""


def literal_ids(view: dict[str, Any]) -> dict[str, str]:
    """The ids fixed by literal load balancers, by `app/<name>` and `targetgroup/<name>`."""
    ids: dict[str, str] = {}
    groups = [group for service in view["services"] for group in service["groups"] if not group["lookup"]]
    for suffix in [group[key] for group in groups for key in ("arn_suffix", "target_group_arn_suffix")]:
        key, _, chosen = suffix.rpartition("/")
        if ids.setdefault(key, chosen) != chosen:
            raise SeedError(f"{key} has two ids in this view, {ids[key]} and {chosen}; an account has one")
    return ids


def pair(group: dict[str, Any]) -> tuple[str, str]:
    """Names of the load balancer and the target group, looked up or literal."""
    if group["lookup"]:
        return group["load_balancer"], group["target_group"]
    return group["arn_suffix"].split("/")[1], group["target_group_arn_suffix"].split("/")[1]


def choose_ids(url: str, ids: dict[str, str]) -> None:
    """Tell the server which ids to use."""
    request = Request(url + IDS_PATH, data=json.dumps(ids).encode(), method="PUT")
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=10) as answer:
            if answer.status != 204:
                raise SeedError(f"{url} answers {answer.status} to {IDS_PATH}")
    except URLError as error:
        raise SeedError(f"literal load balancers need the server of moto.py, and {url} is another: {error}") from error


def check_account(endpoint: Endpoint, expected: str) -> None:
    """Refuse a server whose account is not the environment's."""
    account = endpoint.client("sts").get_caller_identity()["Account"]
    if account != expected:
        raise SeedError(f"the server is account {account}, the view wants {expected}")


def create_balancers(endpoint: Endpoint, services: list[dict[str, Any]]) -> tuple[dict[str, str], dict[str, str]]:
    """Create load balancers, target groups and listeners; return both kinds of ARN by name."""
    balancers: dict[str, str] = {}
    groups: dict[str, str] = {}
    pairs = [pair(group) for service in services for group in service["groups"]]
    if not pairs:
        return balancers, groups
    subnets = endpoint.client("ec2").describe_subnets()["Subnets"]
    elbv2 = endpoint.client("elbv2")
    for port, (name, group) in enumerate(dict.fromkeys(pairs), start=8000):
        if name not in balancers:
            made = elbv2.create_load_balancer(
                Name=name, Type="application", Subnets=[subnet["SubnetId"] for subnet in subnets[:2]]
            )
            balancers[name] = made["LoadBalancers"][0]["LoadBalancerArn"]
        if group in groups:
            raise SeedError(f"target group {group} is used with two load balancers; AWS allows one")
        made = elbv2.create_target_group(
            Name=group, Protocol="HTTP", Port=PORT, VpcId=subnets[0]["VpcId"], TargetType="ip"
        )
        groups[group] = made["TargetGroups"][0]["TargetGroupArn"]
        elbv2.create_listener(
            LoadBalancerArn=balancers[name],
            Protocol="HTTP",
            Port=port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": groups[group]}],
        )
    return balancers, groups


def create_services(
    endpoint: Endpoint, services: list[dict[str, Any]], groups: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Create clusters and services with all their tasks running; return both kinds of ARN."""
    ecs = endpoint.client("ecs")
    clusters = {
        name: ecs.create_cluster(clusterName=name)["cluster"]["clusterArn"]
        for name in dict.fromkeys(service["cluster"] for service in services)
    }
    ecs.register_task_definition(
        family="scalegen", containerDefinitions=[{"name": CONTAINER, "image": "scratch", "memory": 128}]
    )
    arns: dict[str, str] = {}
    for service in services:
        names = dict.fromkeys(pair(group)[1] for group in service["groups"])
        container = {"containerName": CONTAINER, "containerPort": PORT}
        attached = [{"targetGroupArn": groups[name], **container} for name in names]
        # moto calls a rollout complete when it starts without tasks, and a change of the count immediate.
        ecs.create_service(
            cluster=service["cluster"],
            serviceName=service["ecs_service"],
            taskDefinition="scalegen",
            launchType="FARGATE",
            desiredCount=0,
            loadBalancers=attached,
            deploymentController={"type": service["controller"]},
        )
        made = ecs.update_service(
            cluster=service["cluster"], service=service["ecs_service"], desiredCount=service["min"]
        )
        arns[service["resource_id"]] = made["service"]["serviceArn"]
    return clusters, arns


def seed(url: str, view: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Create everything `view` takes for granted at `url`; return the ARNs by kind and name."""
    try:
        endpoint = Endpoint(url, view["region"])
        check_account(endpoint, view["account"])
        ids = literal_ids(view)
        if ids:
            choose_ids(url, ids)
        balancers, groups = create_balancers(endpoint, view["services"])
        clusters, services = create_services(endpoint, view["services"], groups)
    except (BotoCoreError, ClientError, Refused) as error:
        raise SeedError(str(error)) from error
    return {"clusters": clusters, "load_balancers": balancers, "services": services, "target_groups": groups}


def main() -> int:
    parser = argparse.ArgumentParser(description="Create in moto what an environment view takes for granted.")
    parser.add_argument("--endpoint", required=True, metavar="URL")
    parser.add_argument("view", type=Path, metavar="ENV_VIEW.json")
    arguments = parser.parse_args()
    try:
        created = seed(arguments.endpoint, json.loads(arguments.view.read_text()))
    except (OSError, ValueError, SeedError) as error:
        print(f"seed.py: {error}", file=sys.stderr)
        return 2
    print(json.dumps(created, indent=2, sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
