"""Tests of the Python tools themselves: `target/tools/bin/python tests/tools/selftest.py`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

import canonical
import cfn_apply
import cfn_template
import endpoint
import plan_state
import providers
import seed
import state
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
  Burst:
    Type: AWS::ApplicationAutoScaling::ScalingPolicy
    DependsOn: Cpu
    Properties:
      PolicyName: burst
      PolicyType: StepScaling
      ScalingTargetId: !Ref Target
      StepScalingPolicyConfiguration:
        AdjustmentType: ChangeInCapacity
        Cooldown: "60"
        StepAdjustments: [{MetricIntervalLowerBound: 0, ScalingAdjustment: 2}]
  Forecast:
    Type: AWS::ApplicationAutoScaling::ScalingPolicy
    DependsOn: Burst
    Properties:
      PolicyName: forecast
      PolicyType: PredictiveScaling
      ScalingTargetId: !Ref Target
      PredictiveScalingPolicyConfiguration:
        MetricSpecifications:
          - TargetValue: "55"
            PredefinedMetricPairSpecification: {PredefinedMetricType: ECSServiceCPUUtilization}
        Mode: ForecastOnly
        SchedulingBufferTime: "600"
  BurstAlarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: burst
      ComparisonOperator: GreaterThanThreshold
      Threshold: "85"
      EvaluationPeriods: 3
      AlarmActions: [!Ref Burst]
Outputs:
  Policy: {Value: !Ref Cpu}
"""

FORECAST = {
    "MetricSpecifications": [
        {
            "TargetValue": 55.0,
            "PredefinedMetricPairSpecification": {"PredefinedMetricType": "ECSServiceCPUUtilization"},
        }
    ],
    "Mode": "ForecastOnly",
    "SchedulingBufferTime": 600,
}
STEP = {
    "AdjustmentType": "ChangeInCapacity",
    "Cooldown": 60,
    "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 2}],
}
KEYS = {"ResourceId": "service/c/s", "ScalableDimension": "ecs:service:DesiredCount", "ServiceNamespace": "ecs"}
ARN = "arn:aws:autoscaling:eu-west-1:111111111111:scalingPolicy:unknown:resource/ecs/service/c/s:policyName/burst"


class CloudFormation(unittest.TestCase):
    def run_template(self, text: str, given: dict[str, str] | None = None) -> tuple[list[Any], dict[str, Any]]:
        calls: list[Any] = []

        def call(operation: str, parameters: dict[str, Any]) -> dict[str, str]:
            calls.append((operation, parameters))
            return cfn_apply.imagined(operation, parameters, "eu-west-1", "111111111111")

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "t.yaml"
            path.write_text(text)
            outputs = cfn_apply.Template(str(path), given or {}, "eu-west-1", "111111111111").run(call)
        return calls, outputs

    def test_calls_are_those_of_the_api(self) -> None:
        calls, outputs = self.run_template(TEMPLATE)
        self.assertEqual(calls[0], ("register_scalable_target", {**KEYS, "MinCapacity": 1, "MaxCapacity": 4}))
        self.assertEqual(
            calls[1][1],
            {
                **KEYS,
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
        self.assertEqual(outputs, {"Policy": ARN.replace("burst", "cpu")})

    def test_steps_forecasts_alarms_and_schedules(self) -> None:
        when = "Schedule: rate(1 day), StartTime: 2027-01-01T00:00:00Z"
        action = f"{{ScheduledActionName: a, {when}, ScalableTargetAction: {{MinCapacity: '3'}}}}"
        with_action = f"MaxCapacity: 4\n      ScheduledActions: [{action}]"
        calls, _ = self.run_template(TEMPLATE.replace("MaxCapacity: 4", with_action))
        said = {operation: parameters for operation, parameters in calls}
        sent = {parameters.get("PolicyName"): parameters for operation, parameters in calls}
        self.assertEqual(sent["burst"]["StepScalingPolicyConfiguration"], STEP)
        self.assertEqual(sent["forecast"]["PredictiveScalingPolicyConfiguration"], FORECAST)
        self.assertEqual(
            said["put_scheduled_action"],
            {
                **KEYS,
                "ScheduledActionName": "a",
                "Schedule": "rate(1 day)",
                "StartTime": "2027-01-01T00:00:00Z",
                "ScalableTargetAction": {"MinCapacity": 3},
            },
        )
        alarm = said["put_metric_alarm"]
        self.assertEqual((alarm["Threshold"], alarm["AlarmActions"]), (85.0, [ARN]))
        rows = [{"operation": operation, "parameters": parameters} for operation, parameters in calls]
        state = json.loads(cfn_apply.state(rows))
        parts = ("targets", "policies", "scheduled_actions", "alarms")
        self.assertEqual([len(state[part]) for part in parts], [1, 4, 1, 1])
        self.assertEqual(state["alarms"][0]["actions"], ["service/c/s burst"])

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
            ("Mode: ForecastOnly", "Modus: ForecastOnly", "unknown property Modus"),
            ("      EvaluationPeriods: 3\n", "", "BurstAlarm: no EvaluationPeriods"),
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
            self.run_template(TEMPLATE.replace("ScalingTargetId: !Ref Target", named, 1).replace("${Target}", ""))

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
    def change(self, kind: str, after: Any, unknown: Any = None, name: str = "it", module: str = "") -> dict[str, Any]:
        change = {"after": after, "after_unknown": unknown or {}}
        return {"address": f"{module}{kind}.{name}", "type": kind, "mode": "managed", "change": change}

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
                self.change("aws_appautoscaling_policy", None, name="deleted"),
            ]
        }
        state = json.loads(plan_state.read(plan))
        self.assertEqual(
            state["targets"], [{"resource_id": "service/c/s", "dimension": "d", "min": 1, "max": 2, "suspended": None}]
        )
        (row,) = state["policies"]
        self.assertEqual((row["cooldown_in"], row["cooldown_out"], row["disable_scale_in"]), (0, 60, False))
        self.assertEqual((row["target_value"], row["resource_label"]), (70, "<unknown>"))


    def test_a_forecast(self) -> None:
        pair = {"predefined_metric_type": "ALBRequestCount", "resource_label": "l"}
        others = ("predefined_load", "predefined_scaling", "customized_load")
        metric = {"target_value": "55.5", **dict.fromkeys([f"{kind}_metric_specification" for kind in others], [])}
        values = {
            "mode": "ForecastOnly",
            "scheduling_buffer_time": 300,
            "max_capacity_breach_behavior": "HonorMaxCapacity",
            "max_capacity_buffer": None,
            "metric_specification": [{**metric, "predefined_metric_pair_specification": [pair]}],
        }
        pair = {"PredefinedMetricType": "ALBRequestCount", "ResourceLabel": "l"}
        expected = {
            "Mode": "ForecastOnly",
            "SchedulingBufferTime": 300,
            "MaxCapacityBreachBehavior": "HonorMaxCapacity",
            "MetricSpecifications": [{"TargetValue": 55.5, "PredefinedMetricPairSpecification": pair}],
        }
        self.assertEqual(plan_state.predictive(values), expected)
        strange = {**metric, "predefined_metric_pair_specification": [], "customized_load_metric_specification": [{}]}
        with self.assertRaisesRegex(ValueError, "customized_load"):
            plan_state.predictive({**values, "metric_specification": [strange]})

    def test_an_alarm_names_the_policy_that_its_configuration_refers_to(self) -> None:
        policy = {
            "resource_id": "service/c/s",
            "scalable_dimension": "d",
            "name": "burst",
            "policy_type": "StepScaling",
            "target_tracking_scaling_policy_configuration": [],
            "step_scaling_policy_configuration": [],
        }
        names = ("alarm_actions", "datapoints_to_alarm", "dimensions", "insufficient_data_actions", "metric_name")
        names = (*names, "namespace", "ok_actions", "period", "statistic", "treat_missing_data", "unit")
        names = (*names, "alarm_description", "extended_statistic", "evaluate_low_sample_count_percentiles")
        alarm = {
            **dict.fromkeys(names),
            "alarm_name": "a",
            "comparison_operator": "GreaterThanThreshold",
            "evaluation_periods": 3,
            "threshold": 85.0,
            "actions_enabled": True,
            "dimensions": {"b": "2", "a": "1"},
        }
        references = ["aws_appautoscaling_policy.it.arn", "aws_appautoscaling_policy.it"]
        written = {
            "address": "aws_cloudwatch_metric_alarm.it",
            "expressions": {"alarm_actions": {"references": references}},
        }
        for module, root in (
            ("", {"resources": [written]}),
            ('module.m["x"].', {"module_calls": {"m": {"module": {"resources": [written]}}}}),
        ):
            changes = [
                self.change("aws_appautoscaling_policy", policy, module=module),
                self.change("aws_cloudwatch_metric_alarm", alarm, {"alarm_actions": True}, module=module),
            ]
            state = json.loads(plan_state.read({"resource_changes": changes, "configuration": {"root_module": root}}))
            (row,) = state["alarms"]
            self.assertEqual(row["actions"], ["service/c/s burst"])
            self.assertEqual((row["threshold"], row["dimensions"]), (85, {"a": "1", "b": "2"}))
            state = json.loads(plan_state.read({"resource_changes": changes}))
            self.assertEqual(state["alarms"][0]["actions"], ["<unknown>"])


class Canonical(unittest.TestCase):
    def test_numbers_and_unordered_lists(self) -> None:
        one = {"TargetValue": 70.0, "Dimensions": [{"Name": "b"}, {"Name": "a"}], "None": None}
        self.assertEqual(canonical.canonical(one), {"TargetValue": 70, "Dimensions": [{"Name": "a"}, {"Name": "b"}]})
        steps = [{"MetricIntervalLowerBound": bound} for bound in (10.0, 9.5)] + [{"MetricIntervalUpperBound": 9.5}]
        self.assertEqual(
            canonical.canonical({"StepAdjustments": steps})["StepAdjustments"],
            [{"MetricIntervalUpperBound": 9.5}, {"MetricIntervalLowerBound": 9.5}, {"MetricIntervalLowerBound": 10}],
        )

    def test_moments_are_utc_and_so_are_schedules_without_a_zone(self) -> None:
        berlin = timezone(timedelta(hours=1))
        for said in ("2027-01-01T01:00:00+01:00", "2027-01-01T00:00:00Z", datetime(2027, 1, 1, 1, tzinfo=berlin)):
            self.assertEqual(canonical.moment(said), "2027-01-01T00:00:00Z")
        self.assertEqual(canonical.moment("<unknown>"), "<unknown>")
        row = canonical.scheduled_action({"ResourceId": "r", "ScheduledActionName": "a"})
        self.assertEqual((row["timezone"], row["start"]), ("UTC", None))

    def test_alarms_name_policies_not_arns(self) -> None:
        self.assertEqual(canonical.action(ARN), "service/c/s burst")
        self.assertEqual(canonical.action("arn:aws:sns:eu-west-1:1:topic"), "arn:aws:sns:eu-west-1:1:topic")
        alarms = [{"AlarmName": "TargetTracking-service/c/s-AlarmHigh-1"}, {"AlarmName": "ours", "AlarmActions": [ARN]}]
        (row,) = json.loads(canonical.state([], [], [], alarms))["alarms"]
        self.assertEqual((row["name"], row["actions"], row["enabled"]), ("ours", ["service/c/s burst"], True))

    def test_absent_is_null(self) -> None:
        row = canonical.policy({"ResourceId": "r", "ScalableDimension": "d", "PolicyName": "p"})
        self.assertIsNone(row["cooldown_out"])

    def test_rows_are_sorted_and_the_text_ends_in_one_newline(self) -> None:
        rows = [{"ResourceId": name, "ScalableDimension": "d"} for name in ("b", "a")]
        text = canonical.state(rows, [], [], [])
        self.assertEqual([row["resource_id"] for row in json.loads(text)["targets"]], ["a", "b"])
        self.assertTrue(text.endswith("}\n") and not text.endswith("\n\n"))


class Machine(unittest.TestCase):
    def test_only_loopback(self) -> None:
        self.assertTrue(endpoint.check_loopback("http://127.0.0.1:5000"))
        for url in ("http://10.0.0.1", "https://127.0.0.1", "http://example.test", "http://127.0.0.1.example.test"):
            with self.subTest(url), self.assertRaises(endpoint.Refused):
                endpoint.check_loopback(url)

    def test_literal_ids_must_agree(self) -> None:
        def service(*groups: str) -> dict[str, Any]:
            pairs = [group.split(" ") for group in groups]
            keys = ("arn_suffix", "target_group_arn_suffix")
            return {"groups": [{"lookup": False, **dict(zip(keys, pair))} for pair in pairs]}

        view = {"services": [service("app/a/1 targetgroup/x/2", "app/a/1 targetgroup/y/3"), service()]}
        self.assertEqual(seed.literal_ids(view), {"app/a": "1", "targetgroup/x": "2", "targetgroup/y": "3"})
        with self.assertRaises(seed.SeedError):
            seed.literal_ids({"services": [service("app/a/1 targetgroup/x/2"), service("app/a/2 targetgroup/y/3")]})

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


class Moto(unittest.TestCase):
    """What moto.py adds, seen through the API."""

    @classmethod
    def setUpClass(cls) -> None:
        service = {"cluster": "c", "min": 1, "groups": [], "controller": "ECS"}
        blue = {"lookup": True, "load_balancer": "lb", "target_group": "blue"}
        green = {"lookup": False, "arn_suffix": "app/lb/1", "target_group_arn_suffix": "targetgroup/green/2"}
        services = [
            {**service, "ecs_service": "s", "resource_id": "service/c/s"},
            {
                **service,
                "ecs_service": "both",
                "resource_id": "service/c/both",
                "groups": [blue, green, blue],
                "controller": "CODE_DEPLOY",
            },
        ]
        cls.folder = tempfile.TemporaryDirectory()
        view = Path(cls.folder.name) / "view.json"
        view.write_text(json.dumps({"account": "111111111111", "region": "eu-west-1", "services": services}))
        program = [sys.executable, str(Path(__file__).parent / "moto.py")]
        cls.server = subprocess.Popen(
            [*program, "start", "--account", "111111111111", "--seed", str(view)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert cls.server.stdout
        cls.endpoint = endpoint.Endpoint(cls.server.stdout.readline().strip(), "eu-west-1")
        cls.server.stdout.readline()
        cls.scaling = cls.endpoint.client("application-autoscaling")
        cls.cloudwatch = cls.endpoint.client("cloudwatch")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.communicate("")
        cls.folder.cleanup()

    def setUp(self) -> None:
        self.scaling.register_scalable_target(**KEYS, MinCapacity=1, MaxCapacity=9)
        self.addCleanup(self.scaling.deregister_scalable_target, **KEYS)

    def put(self, name: str, kind: str, configuration: dict[str, Any]) -> str:
        body = {f"{kind}PolicyConfiguration": configuration}
        answer = self.scaling.put_scaling_policy(**KEYS, PolicyName=name, PolicyType=kind, **body)
        return str(answer["PolicyARN"])

    def track(self, name: str, metric: str, target: float = 70.0) -> str:
        specification = {"PredefinedMetricSpecification": {"PredefinedMetricType": metric}}
        return self.put(name, "TargetTrackingScaling", {"TargetValue": target, **specification})

    def names(self) -> list[str]:
        pages = self.scaling.get_paginator("describe_scaling_policies").paginate(**KEYS)
        return [policy["PolicyName"] for page in pages for policy in page["ScalingPolicies"]]

    def refused(self, code: str, call: Any, *arguments: Any, **named: Any) -> str:
        with self.assertRaises(ClientError) as caught:
            call(*arguments, **named)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return str(caught.exception.response["Error"]["Message"])

    def test_a_service_has_all_its_target_groups_and_its_controller(self) -> None:
        (service,) = self.endpoint.client("ecs").describe_services(cluster="c", services=["both"])["services"]
        groups = [group["targetGroupArn"].split("/")[1] for group in service["loadBalancers"]]
        self.assertEqual(groups, ["blue", "green"])
        self.assertEqual(service["deploymentController"]["type"], "CODE_DEPLOY")

    def test_one_policy_a_metric(self) -> None:
        self.track("a", "ECSServiceAverageCPUUtilization")
        self.track("a", "ECSServiceAverageCPUUtilization", 71.0)
        self.track("b", "ECSServiceAverageMemoryUtilization")
        said = self.refused("ValidationException", self.track, "c", "ECSServiceAverageCPUUtilization", 50.0)
        self.assertEqual(said, "Only one TargetTrackingScaling policy for a given metric specification is allowed.")
        self.assertEqual(self.names(), ["a", "b"])

    def test_a_policy_put_again_is_the_same_policy_with_new_alarms(self) -> None:
        def alarms() -> list[str]:
            return [alarm["AlarmName"] for alarm in self.cloudwatch.describe_alarms()["MetricAlarms"]]

        first, before = self.track("a", "ECSServiceAverageCPUUtilization"), alarms()
        second, after = self.track("a", "ECSServiceAverageCPUUtilization", 71.0), alarms()
        self.assertEqual(first, second)
        self.assertEqual((len(before), len(after), set(before) & set(after)), (2, 2, set()))
        actions = [alarm["AlarmActions"][0] for alarm in self.cloudwatch.describe_alarms()["MetricAlarms"]]
        self.assertTrue(all(action.startswith(first) for action in actions))

    def test_forecasts_are_kept(self) -> None:
        self.put("f", "PredictiveScaling", FORECAST)
        self.put("f", "PredictiveScaling", {**FORECAST, "Mode": "ForecastAndScale"})
        (row,) = json.loads(state.read(self.endpoint))["policies"]
        self.assertEqual(row["type"], "PredictiveScaling")
        self.assertEqual(row["predictive"], canonical.canonical({**FORECAST, "Mode": "ForecastAndScale"}))

    def test_steps_and_their_alarms(self) -> None:
        arn = self.put("burst", "StepScaling", STEP)
        self.assertEqual(arn, self.put("burst", "StepScaling", {**STEP, "Cooldown": 61}))
        metric = {"Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1}
        self.cloudwatch.put_metric_alarm(
            AlarmName="ours",
            AlarmActions=[arn],
            ComparisonOperator="LessThanThreshold",
            Threshold=2.0,
            Dimensions=[{"Name": "d", "Value": "v"}],
            **metric,
        )
        self.addCleanup(self.cloudwatch.delete_alarms, AlarmNames=["ours"])
        (policy,) = self.scaling.describe_scaling_policies(**KEYS)["ScalingPolicies"]
        self.assertEqual([alarm["AlarmName"] for alarm in policy["Alarms"]], ["ours"])
        (row,) = json.loads(state.read(self.endpoint))["alarms"]
        self.assertEqual((row["actions"], row["threshold"], row["period"]), (["service/c/s burst"], 2, 60))
        self.scaling.delete_scaling_policy(**KEYS, PolicyName="burst")
        (row,) = json.loads(state.read(self.endpoint))["alarms"]
        self.assertEqual((row["actions"], row["dimensions"]), ([], {"d": "v"}))

    def test_scheduled_actions_are_kept_whole(self) -> None:
        when = {"Schedule": "rate(1 day)", "Timezone": "Europe/Berlin", "StartTime": "2027-01-01T01:00:00+01:00"}
        capacity = {"ScalableTargetAction": {"MinCapacity": 2}}
        self.scaling.put_scheduled_action(**KEYS, ScheduledActionName="a", **when, **capacity)
        (row,) = json.loads(state.read(self.endpoint))["scheduled_actions"]
        self.assertEqual((row["timezone"], row["start"]), ("Europe/Berlin", "2027-01-01T00:00:00Z"))
        self.assertEqual((row["schedule"], row["end"], row["min"], row["max"]), ("rate(1 day)", None, 2, None))

    def test_a_metric_is_measured_once_its_deployment_is_over(self) -> None:
        ecs = self.endpoint.client("ecs")

        def seen() -> tuple[str, Any]:
            (service,) = ecs.describe_services(cluster="c", services=["s"])["services"]
            arns = [service["currentServiceRevisions"][0]["arn"]]
            (revision,) = ecs.describe_service_revisions(serviceRevisionArns=arns)["serviceRevisions"]
            return service["deployments"][0]["rolloutState"], revision.get("monitoring")

        metric = "ECSServiceAverageMemoryUtilizationHighResolution"
        wanted = {"metricConfigurations": [{"metricNames": ["MemoryUtilization"], "resolutionSeconds": 20}]}
        self.assertEqual(seen(), ("COMPLETED", None))
        ecs.update_service(cluster="c", service="s", monitoring=wanted)
        said = self.refused("ValidationException", self.track, "a", metric)
        self.assertEqual(said, "High-resolution metrics are not fully enabled on the ECS service.")
        self.assertEqual(seen(), ("IN_PROGRESS", None))
        self.assertEqual(seen(), ("COMPLETED", wanted))
        self.assertEqual(seen(), ("COMPLETED", wanted))
        self.track("a", metric)
        self.refused("ValidationException", self.track, "b", metric.replace("Memory", "CPU"))

    def test_what_is_not_there(self) -> None:
        nowhere = {**KEYS, "ResourceId": "service/c/both"}
        for call, named in (
            (self.scaling.delete_scaling_policy, {**KEYS, "PolicyName": "x"}),
            (self.scaling.delete_scheduled_action, {**KEYS, "ScheduledActionName": "x"}),
            (self.scaling.deregister_scalable_target, nowhere),
            (self.scaling.put_scheduled_action, {**nowhere, "ScheduledActionName": "x", "Schedule": "rate(1 day)"}),
            (self.scaling.put_scaling_policy, {**nowhere, "PolicyName": "x", "PolicyType": "StepScaling"}),
        ):
            self.refused("ObjectNotFoundException", call, **named)

    def test_ten_policies_a_page_and_only_those_asked_for(self) -> None:
        for number in range(12):
            self.put(f"p{number}", "StepScaling", STEP)
        self.assertEqual(len(self.scaling.describe_scaling_policies(**KEYS)["ScalingPolicies"]), 10)
        self.assertEqual(len(self.names()), 12)
        asked = self.scaling.describe_scaling_policies(**KEYS, PolicyNames=["p11"])["ScalingPolicies"]
        self.assertEqual([policy["PolicyName"] for policy in asked], ["p11"])


if __name__ == "__main__":
    unittest.main()
