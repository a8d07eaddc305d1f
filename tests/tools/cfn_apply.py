"""Do what CloudFormation would do with AWS::ApplicationAutoScaling templates, which moto ignores.

    cfn_apply.py --endpoint URL --region R --account A TEMPLATE.yaml… [--parameters FILE.json]
    cfn_apply.py --print        --region R --account A TEMPLATE.yaml… [--parameters FILE.json]
    cfn_apply.py --state        --region R --account A TEMPLATE.yaml… [--parameters FILE.json]

FILE.json is {"<template as named on the command line>": {"<parameter>": "<value>"}}. Each resource becomes the API
calls its properties stand for, in the order the references and DependsOn give, and botocore validates them. Prints the
outputs of each template as JSON; with --print the calls, with --state what they leave behind in an empty account, in
the canonical form of state.py, and nothing is sent.

Exit status: 0 done; 2 refused (unknown section, resource type, property, function; a parameter or rule violated; the
API said no); 3 two policies of one target, or a policy and its target, that nothing keeps from running at once.
A policy's ARN that only an answer of AWS could tell is made up in the form of AWS.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

import canonical
import cfn_template
from cfn_template import NO_VALUE, Resolver, TemplateError
from endpoint import Endpoint, Refused

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
ALARM = "AWS::CloudWatch::Alarm"
TOPIC = "AWS::SNS::Topic"
TOPIC_POLICY = "AWS::SNS::TopicPolicy"
RULE = "AWS::Events::Rule"
DASHBOARD = "AWS::CloudWatch::Dashboard"

DIMENSIONS = [{"Name": str, "Value": str}]
CAPACITY = {"MinCapacity": int, "MaxCapacity": int}
KEYS = {"ResourceId": str, "ScalableDimension": str, "ServiceNamespace": str}
OF_TYPE = {"PredefinedMetricType": str, "ResourceLabel": str}

PROPERTIES: dict[str, dict[str, Any]] = {
    TARGET: {
        **KEYS,
        **CAPACITY,
        "RoleARN": str,
        "SuspendedState": {
            "DynamicScalingInSuspended": bool,
            "DynamicScalingOutSuspended": bool,
            "ScheduledScalingSuspended": bool,
        },
        "ScheduledActions": [
            {
                "ScheduledActionName": str,
                "Schedule": str,
                "Timezone": str,
                "StartTime": str,
                "EndTime": str,
                "ScalableTargetAction": CAPACITY,
            }
        ],
    },
    POLICY: {
        **KEYS,
        "ScalingTargetId": str,
        "PolicyName": str,
        "PolicyType": str,
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": float,
            "ScaleOutCooldown": int,
            "ScaleInCooldown": int,
            "DisableScaleIn": bool,
            "PredefinedMetricSpecification": OF_TYPE,
            "CustomizedMetricSpecification": {
                "MetricName": str,
                "Namespace": str,
                "Statistic": str,
                "Unit": str,
                "Dimensions": DIMENSIONS,
                "Metrics": [
                    {
                        "Id": str,
                        "Expression": str,
                        "Label": str,
                        "ReturnData": bool,
                        "MetricStat": {
                            "Metric": {"MetricName": str, "Namespace": str, "Dimensions": DIMENSIONS},
                            "Stat": str,
                            "Unit": str,
                        },
                    }
                ],
            },
        },
        "StepScalingPolicyConfiguration": {
            "AdjustmentType": str,
            "Cooldown": int,
            "MetricAggregationType": str,
            "MinAdjustmentMagnitude": int,
            "StepAdjustments": [
                {
                    "MetricIntervalLowerBound": float,
                    "MetricIntervalUpperBound": float,
                    "ScalingAdjustment": int,
                }
            ],
        },
        "PredictiveScalingPolicyConfiguration": {
            "MetricSpecifications": [
                {
                    "TargetValue": float,
                    "PredefinedMetricPairSpecification": OF_TYPE,
                    "PredefinedLoadMetricSpecification": OF_TYPE,
                    "PredefinedScalingMetricSpecification": OF_TYPE,
                }
            ],
            "Mode": str,
            "SchedulingBufferTime": int,
            "MaxCapacityBreachBehavior": str,
            "MaxCapacityBuffer": int,
        },
    },
    ALARM: {
        "AlarmName": str,
        "AlarmDescription": str,
        "Namespace": str,
        "MetricName": str,
        "Dimensions": DIMENSIONS,
        "Statistic": str,
        "Unit": str,
        "ComparisonOperator": str,
        "Threshold": float,
        "Period": int,
        "EvaluationPeriods": int,
        "DatapointsToAlarm": int,
        "TreatMissingData": str,
        "ActionsEnabled": bool,
        "AlarmActions": [str],
        "OKActions": [str],
        "InsufficientDataActions": [str],
        "Tags": [{"Key": str, "Value": str}],
    },
    TOPIC: {"TopicName": str},
    TOPIC_POLICY: {"Topics": [str], "PolicyDocument": object},
    RULE: {"Name": str, "Description": str, "EventPattern": object, "Targets": [{"Id": str, "Arn": str}]},
    DASHBOARD: {"DashboardName": str, "DashboardBody": str},
}
"""The properties known here. They have the names of the API's parameters; only their types need translating."""

REQUIRED = {
    TARGET: {*KEYS, *CAPACITY},
    POLICY: {"PolicyName", "PolicyType"},
    ALARM: {"AlarmName", "ComparisonOperator", "EvaluationPeriods"},
    TOPIC: {"TopicName"},
    TOPIC_POLICY: {"Topics", "PolicyDocument"},
    RULE: {"Name", "EventPattern"},
    DASHBOARD: {"DashboardName", "DashboardBody"},
}

CLOUDWATCH = ("put_metric_alarm", "put_dashboard")
OF_OTHERS = {
    **dict.fromkeys(CLOUDWATCH, "cloudwatch"),
    **dict.fromkeys(("create_topic", "set_topic_attributes"), "sns"),
    **dict.fromkeys(("put_rule", "put_targets"), "events"),
}
"""The calls that are not Application Auto Scaling's, and whose they are."""


class Unordered(Exception):
    """Two resources that must not run at once could."""


def typed(value: Any, schema: Any, where: str) -> Any:
    """`value` in the types of the API; CloudFormation takes text for numbers and booleans, the API does not."""
    if isinstance(schema, dict):
        if not isinstance(value, dict):
            raise TemplateError(f"{where} is not a mapping")
        unknown = set(value) - set(schema)
        if unknown:
            raise TemplateError(f"{where}: unknown property {', '.join(sorted(unknown))}")
        return {name: typed(item, schema[name], f"{where}.{name}") for name, item in value.items()}
    if isinstance(schema, list):
        if not isinstance(value, list):
            raise TemplateError(f"{where} is not a list")
        return [typed(item, schema[0], f"{where}[{index}]") for index, item in enumerate(value)]
    if schema is object:
        return value
    if schema is bool and (isinstance(value, bool) or value in ("true", "false")):
        return value in (True, "true")
    if schema is str and isinstance(value, str):
        return value
    if schema in (int, float) and isinstance(value, (int, float, str)) and not isinstance(value, bool):
        try:
            number = float(value)
            if schema is float or number.is_integer():
                return schema(number)
        except ValueError:
            pass
    raise TemplateError(f"{where}: {value!r} is not of type {schema.__name__}")


class Template:
    """One template with its parameters, ready to run."""

    def __init__(self, path: str, given: dict[str, str], region: str, account: str) -> None:
        self.path = path
        self.document = cfn_template.load(Path(path))
        stack = Path(path).stem
        partition = botocore.session.get_session().get_partition_for_region(region)
        pseudo = {
            "AWS::AccountId": account,
            "AWS::NoValue": NO_VALUE,
            "AWS::Partition": partition,
            "AWS::Region": region,
            "AWS::StackId": f"arn:{partition}:cloudformation:{region}:{account}:stack/{stack}/0",
            "AWS::StackName": stack,
        }
        self.resolver = Resolver(self.document, {**pseudo, **cfn_template.parameters(self.document, given)})
        self.resolver.check_rules()
        self.depends = cfn_template.dependencies(self.document)
        self.targets: dict[str, str] = {}
        self.policies: dict[str, str] = {}

    def order(self) -> list[str]:
        """Names of the resources, each after all it depends on."""
        written = list(self.document["Resources"])
        resources = self.document["Resources"]
        return sorted(
            written,
            key=lambda name: (len(self.depends[name]), resources[name].get("Type") != TARGET, written.index(name)),
        )

    def run(self, call: Any) -> dict[str, Any]:
        """Make every call through `call(operation, parameters) -> answer`; return the outputs."""
        for name in self.order():
            resource = self.document["Resources"][name]
            kind = resource.get("Type")
            if kind not in PROPERTIES:
                raise TemplateError(f"resource {name}: type {kind!r} is unknown here")
            if "Condition" in resource and not self.resolver.holds(resource["Condition"]):
                continue
            properties = typed(self.resolver.resolve(resource.get("Properties", {})), PROPERTIES[kind], name)
            absent = REQUIRED[kind] - set(properties)
            if absent:
                raise TemplateError(f"resource {name}: no {', '.join(sorted(absent))}")
            {
                TARGET: self._target,
                POLICY: self._policy,
                ALARM: self._alarm,
                TOPIC: self._topic,
                TOPIC_POLICY: self._topic_policy,
                RULE: self._rule,
                DASHBOARD: self._dashboard,
            }[kind](name, properties, call)
        outputs = self.document.get("Outputs") or {}
        return {
            name: self.resolver.resolve(output["Value"])
            for name, output in outputs.items()
            if "Condition" not in output or self.resolver.holds(output["Condition"])
        }

    def _target(self, name: str, properties: dict[str, Any], call: Any) -> None:
        actions = properties.pop("ScheduledActions", [])
        keys = {key: properties[key] for key in KEYS}
        identity = "|".join(properties[key] for key in ("ResourceId", "ScalableDimension", "ServiceNamespace"))
        if identity in self.policies:
            raise Unordered(f"{self.path}: {self.policies[identity]} does not depend on {name}, the target it needs")
        call("register_scalable_target", properties)
        for action in actions:
            call("put_scheduled_action", {**keys, **action})
        self.targets[identity] = name
        self.resolver.values[name] = self.resolver.attributes[name, "Id"] = identity

    def _policy(self, name: str, properties: dict[str, Any], call: Any) -> None:
        identity = properties.pop("ScalingTargetId", None)
        if (identity is None) == (not set(KEYS) & set(properties)) or (
            identity is None and not set(KEYS) <= set(properties)
        ):
            raise TemplateError(f"resource {name}: needs either ScalingTargetId or all of {', '.join(KEYS)}")
        if identity is None:
            identity = "|".join(properties[key] for key in KEYS)
        if identity.count("|") != 2:
            raise TemplateError(f"resource {name}: ScalingTargetId {identity!r} is not id|dimension|namespace")
        self._check_order(name, identity)
        answer = call("put_scaling_policy", {**properties, **dict(zip(KEYS, identity.split("|")))})
        self.resolver.values[name] = self.resolver.attributes[name, "Arn"] = answer["PolicyARN"]

    def _alarm(self, name: str, properties: dict[str, Any], call: Any) -> None:
        call("put_metric_alarm", properties)
        self.resolver.values[name] = properties["AlarmName"]

    def _topic(self, name: str, properties: dict[str, Any], call: Any) -> None:
        self.resolver.values[name] = call("create_topic", {"Name": properties["TopicName"]})["TopicArn"]

    def _topic_policy(self, name: str, properties: dict[str, Any], call: Any) -> None:
        text = json.dumps(properties["PolicyDocument"])
        for arn in properties["Topics"]:
            call("set_topic_attributes", {"TopicArn": arn, "AttributeName": "Policy", "AttributeValue": text})

    def _rule(self, name: str, properties: dict[str, Any], call: Any) -> None:
        targets = properties.pop("Targets", [])
        call("put_rule", {**properties, "EventPattern": json.dumps(properties["EventPattern"])})
        call("put_targets", {"Rule": properties["Name"], "Targets": targets})

    def _dashboard(self, name: str, properties: dict[str, Any], call: Any) -> None:
        call("put_dashboard", properties)

    def _check_order(self, name: str, identity: str) -> None:
        """Demand that `name` runs after its target and after the policy of the same target before it."""
        for other in (self.targets.get(identity), self.policies.get(identity)):
            if other is not None and other not in self.depends[name]:
                raise Unordered(
                    f"{self.path}: {name} and {other} act on {identity} and neither depends on the other; "
                    f"CloudFormation runs them at once (ConcurrentUpdateException, missing target). Add DependsOn: {other}"
                )
        self.policies[identity] = name


def imagined(operation: str, parameters: dict[str, Any], region: str, account: str) -> dict[str, Any]:
    """What AWS would answer, as far as it is used: a policy's ARN, but for the unknown id in it."""
    partition = botocore.session.get_session().get_partition_for_region(region)
    if operation == "create_topic":
        return {"TopicArn": f"arn:{partition}:sns:{region}:{account}:{parameters['Name']}"}
    if operation != "put_scaling_policy":
        return {}
    resource = f"resource/{parameters['ServiceNamespace']}/{parameters['ResourceId']}"
    scope = f"arn:{partition}:autoscaling:{region}:{account}"
    return {"PolicyARN": f"{scope}:scalingPolicy:unknown:{resource}:policyName/{parameters['PolicyName']}"}


def state(calls: list[dict[str, Any]]) -> str:
    """What `calls` leave behind where nothing was."""

    def sent(operation: str) -> list[dict[str, Any]]:
        return [call["parameters"] for call in calls if call["operation"] == operation]

    operations = ("register_scalable_target", "put_scaling_policy", "put_scheduled_action", "put_metric_alarm")
    policies = {item["TopicArn"]: item["AttributeValue"] for item in sent("set_topic_attributes")}
    targets = {item["Rule"]: item["Targets"] for item in sent("put_targets")}
    return canonical.together(
        canonical.state(*map(sent, operations)),
        [{"TopicArn": arn, "Policy": policy} for arn, policy in policies.items()],
        [{**rule, "Targets": targets.get(rule["Name"], [])} for rule in sent("put_rule")],
        sent("put_dashboard"),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Do what CloudFormation would do with autoscaling templates.")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--endpoint", metavar="URL", help="apply here")
    where.add_argument("--print", action="store_true", help="print the calls as JSON, send nothing")
    where.add_argument("--state", action="store_true", help="print the state they lead to, send nothing")
    parser.add_argument("--region", required=True)
    parser.add_argument("--account", required=True)
    parser.add_argument("--parameters", type=Path, metavar="FILE.json")
    parser.add_argument("templates", nargs="+", metavar="TEMPLATE.yaml")
    arguments = parser.parse_args()
    path = ""
    try:
        given = json.loads(arguments.parameters.read_text()) if arguments.parameters else {}
        if set(given) - set(arguments.templates):
            raise TemplateError(
                f"parameters for {', '.join(set(given) - set(arguments.templates))}, which is not applied"
            )
        calls: list[dict[str, Any]] = []
        endpoint: Endpoint | None = None
        if arguments.endpoint:
            endpoint = Endpoint(arguments.endpoint, arguments.region)
            account = endpoint.client("sts").get_caller_identity()["Account"]
            if account != arguments.account:
                raise Refused(f"the endpoint is account {account}, not {arguments.account}")

        def call(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
            calls.append({"template": path, "operation": operation, "parameters": parameters})
            if endpoint:
                client = endpoint.client(OF_OTHERS.get(operation, "application-autoscaling"))
                answer: dict[str, Any] = getattr(client, operation)(**parameters)
                return answer
            return imagined(operation, parameters, arguments.region, arguments.account)

        outputs = {}
        for path in arguments.templates:
            outputs[path] = Template(path, given.get(path, {}), arguments.region, arguments.account).run(call)
    except Unordered as error:
        print(f"cfn_apply.py: {error}", file=sys.stderr)
        return 3
    except (TemplateError, Refused, OSError, ValueError, BotoCoreError, ClientError) as error:
        print(f"cfn_apply.py: {path + ': ' if path else ''}{error}", file=sys.stderr)
        return 2
    if arguments.state:
        sys.stdout.write(state(calls))
    else:
        print(json.dumps(calls if arguments.print else outputs, indent=2, sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
