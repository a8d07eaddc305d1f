"""The `aws` of the tests of deploy.sh that need stacks with resources in them: moto's CloudFormation makes none.

    stacks.py FOLDER ARG...     one call of the AWS CLI

Three calls are answered here, all others by the AWS CLI: executing a change set does to Application Auto Scaling and
CloudWatch what CloudFormation would do, with what it did before remembered in FOLDER; listing a stack's resources and
reading its status know of that. As on AWS,

- what is new or differs from the template before is written first, what has gone is deleted last;
- what has gone and was retained is let go of;
- an import writes nothing, and needs every resource to exist and to say a DeletionPolicy;
- a template that AWS refuses leaves the stack UPDATE_ROLLBACK_COMPLETE or ROLLBACK_COMPLETE, as before: what was
  written until then is not undone here, so a test looks only at the status then.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import awscli.clidriver
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from cfn_apply import ALARM, CLOUDWATCH, OF_OTHERS, POLICY, TARGET, Template
from endpoint import Endpoint

DELETE = {
    POLICY: ("delete_scaling_policy", ("PolicyName", "ResourceId", "ScalableDimension", "ServiceNamespace")),
    TARGET: ("deregister_scalable_target", ("ResourceId", "ScalableDimension", "ServiceNamespace")),
    ALARM: ("delete_alarms", ()),
}
WRITES = {"put_scaling_policy": POLICY, "register_scalable_target": TARGET, "put_metric_alarm": ALARM}


def option(arguments: list[str], name: str) -> str:
    """The value of an option."""
    return arguments[arguments.index(name) + 1] if name in arguments else ""


class Stack:
    """What a stack holds, remembered between calls."""

    def __init__(self, folder: Path, name: str, region: str) -> None:
        self.name = name
        self.file = folder / f"{name}.json"
        self.region = region
        known = json.loads(self.file.read_text()) if self.file.exists() else {}
        self.status: str = known.get("status", "")
        self.resources: dict[str, dict[str, Any]] = known.get("resources", {})
        endpoint = Endpoint(os.environ["AWS_ENDPOINT_URL"], region)
        self.cloudformation = endpoint.client("cloudformation")
        self.scaling = endpoint.client("application-autoscaling")
        self.cloudwatch = endpoint.client("cloudwatch")
        self.others = {name: endpoint.client(name) for name in ("sns", "events")}
        self.account: str = endpoint.client("sts").get_caller_identity()["Account"]

    def save(self) -> None:
        self.file.write_text(json.dumps({"status": self.status, "resources": self.resources}, indent=1))

    def execute(self, change_set: str) -> None:
        """Do what the change set says; the outcome is the status."""
        described = self.cloudformation.describe_change_set(StackName=self.name, ChangeSetName=change_set)
        given = {item["ParameterKey"]: item["ParameterValue"] for item in described.get("Parameters", [])}
        first = not self.resources
        asked = json.loads((self.file.parent / f"{change_set}.json").read_text())
        self.tell_moto(change_set, asked["body"], described)
        try:
            template = self.wanted(asked["body"], given)
            if asked["imports"]:
                self.import_(template, json.loads(asked["imports"]))
                self.status = "IMPORT_COMPLETE"
            else:
                self.update(template)
                self.status = "CREATE_COMPLETE" if first else "UPDATE_COMPLETE"
        except ClientError as error:
            print(f"the stack {self.name}: {error}", file=sys.stderr)
            self.status = "ROLLBACK_COMPLETE" if first else "UPDATE_ROLLBACK_COMPLETE"
        self.save()

    def tell_moto(self, change_set: str, body: str, described: dict[str, Any]) -> None:
        """Have moto's stack, which is empty, say that it has the new template."""
        try:
            self.cloudformation.execute_change_set(StackName=self.name, ChangeSetName=change_set)
        except (ClientError, ResponseParserError):
            # It fails to remove a resource that was modified before and that it never made.
            both = {name: described.get(name) or [] for name in ("Parameters", "Tags")}
            self.cloudformation.delete_stack(StackName=self.name)
            self.cloudformation.create_stack(StackName=self.name, TemplateBody=body, **both)

    def wanted(self, body: str, given: dict[str, str]) -> Template:
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(body)
            file.flush()
            return Template(file.name, given, self.region, self.account)

    def client(self, operation: str) -> Any:
        if OF_OTHERS.get(operation) in ("sns", "events"):
            return self.others[OF_OTHERS[operation]]
        return self.cloudwatch if operation in (*CLOUDWATCH, "delete_alarms") else self.scaling

    def update(self, template: Template) -> None:
        """Write what differs, then delete what has gone."""
        before, self.resources = self.resources, {}
        try:
            template.run(lambda operation, parameters: self.write(before, template, operation, parameters))
        except ClientError:
            self.resources = before
            raise
        for physical, resource in before.items():
            if physical not in self.resources and not resource["retain"]:
                operation, keys = DELETE[resource["type"]]
                arguments = {key: resource["parameters"][key] for key in keys} or {"AlarmNames": [physical]}
                getattr(self.client(operation), operation)(**arguments)

    def write(
        self, before: dict[str, Any], template: Template, operation: str, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        if operation not in WRITES:
            answer: dict[str, Any] = getattr(self.client(operation), operation)(**parameters)
            return answer
        logical, retain = self.place(template, operation, parameters)
        same = [known for known in before.items() if known[1]["parameters"] == parameters]
        if same:
            physical = same[0][0]
        else:
            answer = getattr(self.client(operation), operation)(**parameters)
            physical = self.physical(operation, parameters, answer)
        kind = WRITES[operation]
        self.resources[physical] = {"type": kind, "logical": logical, "parameters": parameters, "retain": retain}
        return {"PolicyARN": physical}

    def place(self, template: Template, operation: str, parameters: dict[str, Any]) -> tuple[str, bool]:
        """Logical id of the resource that is written, and whether it outlives the stack."""
        for logical, resource in template.document["Resources"].items():
            properties = resource["Properties"]
            names = [name for name in ("PolicyName", "AlarmName") if name in properties]
            if resource["Type"] == WRITES[operation] and all(properties[name] == parameters[name] for name in names):
                return logical, resource.get("DeletionPolicy") == "Retain"
        raise ValueError(f"{operation} {parameters} is of no resource")

    def physical(self, operation: str, parameters: dict[str, Any], answer: dict[str, Any]) -> str:
        if operation == "put_scaling_policy":
            return str(answer["PolicyARN"])
        if operation == "put_metric_alarm":
            return str(parameters["AlarmName"])
        return "|".join(parameters[key] for key in ("ResourceId", "ScalableDimension", "ServiceNamespace"))

    def import_(self, template: Template, items: list[dict[str, Any]]) -> None:
        """Take the resources of the template over; nothing is written."""
        named = {item["LogicalResourceId"]: item for item in items}
        document = template.document["Resources"]
        if set(named) != set(document) or "Outputs" in template.document:
            raise ValueError(f"{sorted(named)} are named, {sorted(document)} are in the template; no outputs allowed")
        for logical, item in named.items():
            if item["ResourceType"] != document[logical]["Type"] or "DeletionPolicy" not in document[logical]:
                raise ValueError(f"{logical} cannot be imported: {item}")

        def found(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
            logical, retain = self.place(template, operation, parameters)
            identifier = named[logical]["ResourceIdentifier"]
            physical = self.live(operation, parameters)
            expected = {
                POLICY: {"Arn": physical, "ScalableDimension": "ecs:service:DesiredCount"},
                TARGET: {key: parameters.get(key) for key in DELETE[TARGET][1]},
                ALARM: {"AlarmName": physical},
            }[WRITES[operation]]
            if identifier != expected:
                raise ValueError(f"{identifier} is not {expected}")
            entry = {"type": WRITES[operation], "logical": logical, "parameters": parameters, "retain": retain}
            self.resources[physical] = entry
            return {"PolicyARN": physical}

        template.run(found)

    def live(self, operation: str, parameters: dict[str, Any]) -> str:
        """The physical id of what is live; it must be there."""
        if operation == "put_metric_alarm":
            alarms = self.cloudwatch.describe_alarms(AlarmNames=[parameters["AlarmName"]])["MetricAlarms"]
            return str(alarms[0]["AlarmName"])
        resource = {"ServiceNamespace": "ecs"}
        if operation == "register_scalable_target":
            targets = self.scaling.describe_scalable_targets(**resource, ResourceIds=[parameters["ResourceId"]])
            target = targets["ScalableTargets"][0]
            return "|".join(target[key] for key in DELETE[TARGET][1])
        policies = self.scaling.describe_scaling_policies(**resource, ResourceId=parameters["ResourceId"])
        named = [item for item in policies["ScalingPolicies"] if item["PolicyName"] == parameters["PolicyName"]]
        return str(named[0]["PolicyARN"])


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0])
    arguments = arguments[1:]
    if "cloudformation" in arguments:
        stack = Stack(folder, option(arguments, "--stack-name"), option(arguments, "--region"))
        if "execute-change-set" in arguments:
            stack.execute(option(arguments, "--change-set-name"))
            return 0
        if "list-stack-resources" in arguments:
            rows = [
                {"ResourceType": resource["type"], "PhysicalResourceId": physical}
                for physical, resource in stack.resources.items()
            ]
            print(json.dumps({"StackResourceSummaries": rows}))
            return 0
        if "describe-stacks" in arguments and "--query" not in arguments and stack.status:
            print(json.dumps({"Stacks": [{"StackName": stack.name, "StackStatus": stack.status}]}))
            return 0
        if "create-change-set" in arguments:
            asked = {"body": option(arguments, "--template-body"), "imports": option(arguments, "--resources-to-import")}
            (folder / f"{option(arguments, '--change-set-name')}.json").write_text(json.dumps(asked))
    sys.argv = ["aws", *arguments]
    status: int = awscli.clidriver.main()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
