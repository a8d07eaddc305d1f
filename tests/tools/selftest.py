"""Tests of the Python tools themselves: `target/tools/bin/python tests/tools/selftest.py`."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

import canonical
import cfn_apply
import cfn_template
import endpoint
import plan_state
import providers
import seed
import terraform
from cfn_template import Resolver, TemplateError

TEMPLATE = """
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Label: {Type: String, AllowedPattern: "[a-z]+/[0-9]+", Default: lb/1}
  Out: {Type: Number, Default: 60}
Conditions:
  Never: !Equals [!Ref Label, ""]
Resources:
  Target:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      ServiceNamespace: ecs
      ScalableDimension: ecs:service:DesiredCount
      ResourceId: !Join ["/", [service, !Select [0, !Split [",", "c,d"]], s]]
      MinCapacity: "1"
      MaxCapacity: 4
  Requests:
    Type: AWS::ApplicationAutoScaling::ScalingPolicy
    Properties:
      PolicyName: !Sub "${AWS::Region}-${Target}-${!literal}"
      PolicyType: TargetTrackingScaling
      ScalingTargetId: !Ref Target
      TargetTrackingScalingPolicyConfiguration:
        TargetValue: 72.5
        DisableScaleIn: !If [Never, true, !Ref AWS::NoValue]
        ScaleOutCooldown: !Ref Out
        PredefinedMetricSpecification: {PredefinedMetricType: ALBRequestCountPerTarget, ResourceLabel: !Ref Label}
  Cpu:
    Type: AWS::ApplicationAutoScaling::ScalingPolicy
    DependsOn: Requests
    Properties:
      PolicyName: cpu
      PolicyType: TargetTrackingScaling
      ScalingTargetId: !GetAtt Target.Id
      TargetTrackingScalingPolicyConfiguration: {TargetValue: 70}
Outputs:
  Policy: {Value: !Ref Cpu}
"""


class CloudFormation(unittest.TestCase):
    def run_template(self, text: str, given: dict[str, str] | None = None) -> tuple[list[Any], dict[str, Any]]:
        calls: list[Any] = []

        def call(operation: str, parameters: dict[str, Any]) -> dict[str, str]:
            calls.append((operation, parameters))
            return {"PolicyARN": f"arn of {parameters.get('PolicyName')}"}

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "t.yaml"
            path.write_text(text)
            outputs = cfn_apply.Template(str(path), given or {}, "eu-west-1", "111111111111").run(call)
        return calls, outputs

    def test_calls_are_those_of_the_api(self) -> None:
        calls, outputs = self.run_template(TEMPLATE)
        keys = {"ResourceId": "service/c/s", "ScalableDimension": "ecs:service:DesiredCount", "ServiceNamespace": "ecs"}
        self.assertEqual(calls[0], ("register_scalable_target", {**keys, "MinCapacity": 1, "MaxCapacity": 4}))
        self.assertEqual(
            calls[1][1],
            {
                **keys,
                "PolicyName": "eu-west-1-service/c/s|ecs:service:DesiredCount|ecs-${literal}",
                "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration": {
                    "TargetValue": 72.5,
                    "ScaleOutCooldown": 60,
                    "PredefinedMetricSpecification": {
                        "PredefinedMetricType": "ALBRequestCountPerTarget",
                        "ResourceLabel": "lb/1",
                    },
                },
            },
        )
        self.assertEqual(outputs, {"Policy": "arn of cpu"})

    def test_refusals(self) -> None:
        for old, new, message in (
            ("MaxCapacity: 4", "MaxCapacity: 4.5", "Target.MaxCapacity: 4.5 is not of type int"),
            ("MaxCapacity: 4", "MaxCapacity: 4\n      Tags: []", "unknown property Tags"),
            ("MaxCapacity: 4", "RoleARN: x", "no MaxCapacity"),
            ("MaxCapacity: 4", "MaxCapacity: 4\n      MaxCapacity: 5", "key 'MaxCapacity' twice"),
            ("::ScalableTarget", "::Target", "type 'AWS::ApplicationAutoScaling::Target' is unknown"),
            ("!GetAtt Target.Id", "!GetAtt Target.Arn", "!GetAtt Target.Arn: no such attribute"),
            ("!GetAtt Target.Id", "!ImportValue x", "function Fn::ImportValue is unknown"),
            ("DependsOn: Requests", "DependsOn: Nobody", "depends on Nobody"),
            ("ScalingTargetId: !Ref Target", "ScalingTargetId: !Ref Cpu", "circular dependency"),
            ("Default: lb/1", "Default: lb", "'lb' violates AllowedPattern"),
            ("Conditions:", "Transform: x\nConditions:", "unknown Transform"),
        ):
            with self.subTest(new), self.assertRaisesRegex(TemplateError, message.replace("[", r"\[")):
                self.assertIn(old, TEMPLATE)
                self.run_template(TEMPLATE.replace(old, new, 1))
        with self.assertRaisesRegex(TemplateError, "none of that name"):
            self.run_template(TEMPLATE, {"Nobody": "x"})

    def test_policies_of_a_target_are_chained(self) -> None:
        with self.assertRaisesRegex(cfn_apply.Unordered, "neither depends on the other"):
            self.run_template(TEMPLATE.replace("    DependsOn: Requests\n", ""))
        named = (
            "ResourceId: service/c/s\n      ScalableDimension: ecs:service:DesiredCount\n      ServiceNamespace: ecs"
        )
        with self.assertRaisesRegex(cfn_apply.Unordered, "Add DependsOn: Target"):
            self.run_template(TEMPLATE.replace("ScalingTargetId: !Ref Target", named).replace("${Target}", ""))

    def test_rules_and_mappings(self) -> None:
        document = {
            "Mappings": {"M": {"a": {"b": "c"}}},
            "Rules": {"R": {"Assertions": [{"Assert": {"Fn::Contains": [["x"], "y"]}, "AssertDescription": "why"}]}},
        }
        resolver = Resolver(document, {"X": "a"})
        self.assertEqual(resolver.resolve({"Fn::FindInMap": ["M", {"Ref": "X"}, "b"]}), "c")
        with self.assertRaisesRegex(TemplateError, "rule R: why"):
            resolver.check_rules()

    def test_references(self) -> None:
        value = {"a": [{"Fn::Sub": ["${A.B}${c}${!D}", {"c": {"Ref": "E"}}]}, {"Fn::GetAtt": ["F", "G"]}]}
        self.assertEqual(set(cfn_template.references(value)), {"A", "E", "F"})


class Plan(unittest.TestCase):
    def change(self, kind: str, after: Any, unknown: Any = None) -> dict[str, Any]:
        return {"type": kind, "mode": "managed", "change": {"after": after, "after_unknown": unknown or {}}}

    def test_what_the_provider_sends(self) -> None:
        keys = {"resource_id": "service/c/s", "scalable_dimension": "d"}
        metric = [{"predefined_metric_type": "T", "resource_label": None}]
        tracking = {
            "target_value": 70.0,
            "disable_scale_in": None,
            "scale_in_cooldown": None,
            "scale_out_cooldown": 60,
            "predefined_metric_specification": metric,
            "customized_metric_specification": [],
        }
        policy = {
            **keys,
            "name": "p",
            "policy_type": "TargetTrackingScaling",
            "target_tracking_scaling_policy_configuration": [tracking],
            "step_scaling_policy_configuration": [],
        }
        label = {"predefined_metric_specification": [{"resource_label": True}]}
        plan = {
            "resource_changes": [
                self.change(
                    "aws_appautoscaling_target",
                    {**keys, "min_capacity": 1, "max_capacity": 2},
                    {"arn": True, "suspended_state": True},
                ),
                self.change(
                    "aws_appautoscaling_policy", policy, {"target_tracking_scaling_policy_configuration": [label]}
                ),
                self.change("aws_appautoscaling_policy", None),
            ]
        }
        state = json.loads(plan_state.read(plan))
        self.assertEqual(
            state["targets"], [{"resource_id": "service/c/s", "dimension": "d", "min": 1, "max": 2, "suspended": None}]
        )
        (row,) = state["policies"]
        self.assertEqual((row["cooldown_in"], row["cooldown_out"], row["disable_scale_in"]), (0, 60, False))
        self.assertEqual((row["target_value"], row["resource_label"]), (70, "<unknown>"))


class Canonical(unittest.TestCase):
    def test_numbers_and_unordered_lists(self) -> None:
        one = {"TargetValue": 70.0, "Dimensions": [{"Name": "b"}, {"Name": "a"}], "None": None}
        self.assertEqual(canonical.canonical(one), {"TargetValue": 70, "Dimensions": [{"Name": "a"}, {"Name": "b"}]})

    def test_absent_is_null(self) -> None:
        row = canonical.policy({"ResourceId": "r", "ScalableDimension": "d", "PolicyName": "p"})
        self.assertIsNone(row["cooldown_out"])

    def test_rows_are_sorted_and_the_text_ends_in_one_newline(self) -> None:
        rows = [{"ResourceId": name, "ScalableDimension": "d"} for name in ("b", "a")]
        text = canonical.state(rows, [], [])
        self.assertEqual([row["resource_id"] for row in json.loads(text)["targets"]], ["a", "b"])
        self.assertTrue(text.endswith("}\n") and not text.endswith("\n\n"))


class Machine(unittest.TestCase):
    def test_only_loopback(self) -> None:
        self.assertTrue(endpoint.check_loopback("http://127.0.0.1:5000"))
        for url in ("http://10.0.0.1", "https://127.0.0.1", "http://example.test", "http://127.0.0.1.example.test"):
            with self.subTest(url), self.assertRaises(endpoint.Refused):
                endpoint.check_loopback(url)

    def test_literal_ids_must_agree(self) -> None:
        def service(balancer: str, group: str) -> dict[str, Any]:
            return {"load_balancer": {"lookup": False, "arn_suffix": balancer, "target_group_arn_suffix": group}}

        view = {"services": [service("app/a/1", "targetgroup/x/2"), service("app/a/1", "targetgroup/y/3")]}
        self.assertEqual(seed.literal_ids(view), {"app/a": "1", "targetgroup/x": "2", "targetgroup/y": "3"})
        with self.assertRaises(seed.SeedError):
            seed.literal_ids(
                {"services": [service("app/a/1", "targetgroup/x/2"), service("app/a/2", "targetgroup/y/3")]}
            )

    def test_a_provider_is_a_native_file_in_a_mirror(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            packages = Path(folder) / "host/hashicorp/aws"
            unpacked = packages / "5.1.0/linux_amd64/terraform-provider-aws_v5.1.0_x5"
            unpacked.parent.mkdir(parents=True)
            unpacked.write_bytes(b"#!/bin/sh\n")
            self.assertIsNone(providers.recognise(unpacked))
            unpacked.write_bytes(b"\x7fELF")
            packed = packages / "terraform-provider-aws_6.0.0_linux_amd64.zip"
            packed.write_bytes(b"PK\x03\x04")
            found = sorted(filter(None, map(providers.recognise, providers.in_mirror(Path(folder)))))
        self.assertEqual(
            [(one.host, one.version, one.platform, one.packed) for one in found],
            [("host", "5.1.0", "linux_amd64", False), ("host", "6.0.0", "linux_amd64", True)],
        )

    def test_colour_only_for_a_terminal(self) -> None:
        self.assertEqual(terraform.arguments(["-chdir=x", "plan"], terminal=False), ["-chdir=x", "plan", "-no-color"])
        self.assertEqual(terraform.arguments(["plan"], terminal=True), ["plan"])
        self.assertEqual(terraform.arguments(["-version"], terminal=False), ["-version"])


if __name__ == "__main__":
    unittest.main()
