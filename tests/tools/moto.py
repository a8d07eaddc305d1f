"""A moto server for one account, for one test.

    moto.py start --account 111111111111 [--port 0] [--seed ENV_VIEW.json]
    moto.py serve    has moto loaded, and starts one for each caller (nursery.py)

`start` prints `http://127.0.0.1:PORT` on a line of its own as soon as it answers and serves until its stdin is closed or it is
terminated: a test that holds the other end of stdin cannot leak it (with stdin from /dev/null it ends at once).
With `--seed` the environment is created first (see seed.py) and its ARNs follow as one line of JSON.

What differs from `moto_server`:
- the account is fixed for every caller;
- the sixteen hex digits in the ARN of a load balancer or a target group are not random: `PUT /scalegen/ids` with
  {"app/<name>": "<16 hex>", "targetgroup/<name>": "<16 hex>"} chooses them, and without it they follow from the name;
- `PUT /scalegen/rollouts` with ["IN_PROGRESS", "COMPLETED"] gives every ECS service two deployments in these states;
- Application Auto Scaling and ECS do some of what AWS does and moto does not, see `Scaling` and `Containers`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, NoReturn

import canonical
import nursery
import seed
from endpoint import Endpoint

# This file is called moto.py: without its folder on the path, `moto` below is the package.
_HERE = Path(__file__).resolve().parent
sys.path[:] = [entry for entry in sys.path if Path(entry or os.getcwd()).resolve() != _HERE]

import moto.applicationautoscaling.urls as scaling_urls  # noqa: E402
import moto.ecs.urls as ecs_urls  # noqa: E402
import moto.elbv2.models as elbv2  # noqa: E402
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse  # noqa: E402
from moto.cloudwatch.models import cloudwatch_backends  # noqa: E402
from moto.core.exceptions import JsonRESTError  # noqa: E402
from moto.core.responses import ActionResult  # noqa: E402
from moto.ecs.responses import EC2ContainerServiceResponse  # noqa: E402
from moto.ecs.models import ecs_backends  # noqa: E402
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402


class Identifiers:
    """The ids in ARNs: chosen by a caller or derived from the name, never random."""

    def __init__(self) -> None:
        self.chosen: dict[str, str] = {}

    def of(self, key: str) -> str:
        return self.chosen.get(key) or hashlib.sha256(key.encode()).hexdigest()[:16]

    def patch(self, function_name: str, kind: str, argument: str) -> None:
        """Make moto's ARN builder `function_name` ignore the random id it is called with."""
        build: Callable[..., str] = getattr(elbv2, function_name)

        def with_known_id(**arguments: str) -> str:
            return build(**{**arguments, argument: self.of(f"{kind}/{arguments['name']}")})

        setattr(elbv2, function_name, with_known_id)


class Scaling(ApplicationAutoScalingResponse):
    """Application Auto Scaling, a little nearer to AWS (its API reference and user guide).

    Targets have tags (without them the real Terraform provider cannot apply). A policy or scheduled action needs a
    registered target, and a deregistered target takes both along. There is predictive scaling. A target has one target
    tracking policy a metric. A policy that is put again keeps its ARN, its alarms are made anew. A step policy names
    the alarms that trigger it; one that is deleted leaves them without it. What is not there cannot be deleted. There
    are no scaling activities, instead of an error when asked for them. A high-resolution metric must be measured.

    What it cannot know: whether a metric has data, and what a forecast would say.
    """

    tags: dict[str, dict[str, str]] = {}

    def _asked(self, *names: str) -> dict[str, Any]:
        return {name: self._get_param(name) for name in names}

    def _missing(self, what: str, **further: str) -> JsonRESTError:
        asked = self._asked("ServiceNamespace", "ResourceId", "ScalableDimension")
        words = {"service namespace": asked["ServiceNamespace"], "resource ID": asked["ResourceId"]}
        words |= {"scalable dimension": asked["ScalableDimension"], **further}
        where = ", ".join(f"{name}: {value}" for name, value in words.items())
        return JsonRESTError("ObjectNotFoundException", f"{what} for {where}")

    def _need_target(self, what: str) -> None:
        targets = self.applicationautoscaling_backend.targets.get(self._get_param("ScalableDimension"), {})
        if self._get_param("ResourceId") not in targets:
            raise self._missing(what)

    def _need_measurement(self, body: Any) -> None:
        kind = ((body or {}).get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType", "")
        if not kind.endswith("HighResolution"):
            return
        _, cluster, service = self._get_param("ResourceId").split("/")
        (found,), _ = self.applicationautoscaling_backend.ecs_backend.describe_services(cluster, [service])
        metric = "CPUUtilization" if "CPU" in kind else "MemoryUtilization"
        if metric not in measured(found):
            message = "High-resolution metrics are not fully enabled on the ECS service."
            raise JsonRESTError("ValidationException", message)

    def _is_asked(self, item: Any) -> bool:
        """Whether a policy or scheduled action is one of the target in question."""
        wanted = self._asked("ServiceNamespace", "ResourceId", "ScalableDimension")
        return [item.service_namespace, item.resource_id, item.scalable_dimension] == list(wanted.values())

    def _policies(self) -> list[Any]:
        return [policy for policy in self.applicationautoscaling_backend.policies.values() if self._is_asked(policy)]

    def _cloudwatch(self) -> Any:
        return cloudwatch_backends[self.current_account][self.region]

    def register_scalable_target(self) -> str:
        answer: str = super().register_scalable_target()
        # AWS takes tags only when it creates the target.
        self.tags.setdefault(json.loads(answer)["ScalableTargetARN"], self._get_param("Tags") or {})
        return answer

    def put_scaling_policy(self) -> str:
        self._need_target("No scalable target registered")
        name = self._get_param("PolicyName")
        others = [policy for policy in self._policies() if policy.policy_name != name]
        before = next((policy for policy in self._policies() if policy.policy_name == name), None)
        kind = self._get_param("PolicyType") or getattr(before, "policy_type", None)
        body = self._get_param(f"{kind}PolicyConfiguration") or getattr(before, "_policy_body", None)
        if body is None:
            raise JsonRESTError("ValidationException", f"{kind}PolicyConfiguration must be specified.")
        if kind == "TargetTrackingScaling" and metric_of(body) in map(metric_of, map(tracking_of, others)):
            raise JsonRESTError(
                "ValidationException",
                "Only one TargetTrackingScaling policy for a given metric specification is allowed.",
            )
        self._need_measurement(body)
        keys = self._asked("ServiceNamespace", "ResourceId", "ScalableDimension")
        policy = self.applicationautoscaling_backend.put_scaling_policy(
            name, *keys.values(), body, "StepScaling" if kind == "PredictiveScaling" else kind
        )
        policy.policy_type = kind
        if before:
            keep_identity(policy, before)
            before.delete_alarms(self.current_account, self.region)
        alarms = [{"AlarmARN": alarm.alarm_arn, "AlarmName": alarm.name} for alarm in policy.alarms]
        return json.dumps({"PolicyARN": policy.policy_arn, "Alarms": alarms})

    def describe_scaling_policies(self) -> str:
        wanted = self._asked("ServiceNamespace", "ResourceId", "ScalableDimension")
        names = self._get_param("PolicyNames")
        found = [
            policy
            for policy in self.applicationautoscaling_backend.policies.values()
            if policy.service_namespace == wanted["ServiceNamespace"]
            and wanted["ResourceId"] in (None, policy.resource_id)
            and wanted["ScalableDimension"] in (None, policy.scalable_dimension)
            and (not names or policy.policy_name in names)
        ]
        start = int(self._get_param("NextToken") or 0)
        end = start + int(self._get_param("MaxResults") or 10)
        page = [described(policy, self._cloudwatch()) for policy in found[start:end]]
        return json.dumps({"ScalingPolicies": page, "NextToken": str(end) if end < len(found) else None})

    def delete_scaling_policy(self) -> str:
        name = self._get_param("PolicyName")
        policy = next((policy for policy in self._policies() if policy.policy_name == name), None)
        if policy is None:
            raise self._missing("No scaling policy found", **{"policy name": name})
        self._forget(policy)
        return "{}"

    def _forget(self, policy: Any) -> None:
        """Delete a policy; the alarms that somebody wrote for it stay, without it."""
        for alarm in triggers(policy, self._cloudwatch()):
            alarm.alarm_actions.remove(policy.policy_arn)
        identity = (policy.service_namespace, policy.resource_id, policy.scalable_dimension)
        self.applicationautoscaling_backend.delete_scaling_policy(policy.policy_name, *identity)

    def deregister_scalable_target(self) -> str:
        self._need_target("No scalable target found")
        answer: str = super().deregister_scalable_target()
        for policy in self._policies():
            self._forget(policy)
        backend = self.applicationautoscaling_backend
        backend.scheduled_actions = [item for item in backend.scheduled_actions if not self._is_asked(item)]
        return answer

    def put_scheduled_action(self) -> str:
        self._need_target("No scalable target registered")
        answer: str = super().put_scheduled_action()
        return answer

    def delete_scheduled_action(self) -> str:
        count = len(self.applicationautoscaling_backend.scheduled_actions)
        answer: str = super().delete_scheduled_action()
        if len(self.applicationautoscaling_backend.scheduled_actions) == count:
            name = self._get_param("ScheduledActionName")
            raise self._missing("No scheduled action found", **{"scheduled action name": name})
        return answer

    def describe_scaling_activities(self) -> str:
        return json.dumps({"ScalingActivities": []})

    def list_tags_for_resource(self) -> str:
        return json.dumps({"Tags": self.tags.get(self._get_param("ResourceARN"), {})})

    def tag_resource(self) -> str:
        self.tags.setdefault(self._get_param("ResourceARN"), {}).update(self._get_param("Tags"))
        return "{}"

    def untag_resource(self) -> str:
        for key in self._get_param("TagKeys"):
            self.tags.get(self._get_param("ResourceARN"), {}).pop(key, None)
        return "{}"


class Containers(EC2ContainerServiceResponse):
    """ECS, with the resolution of a service's metrics (ECS API reference, UpdateService and DescribeServiceRevisions).

    A service has a revision. `monitoring` begins a deployment, which is over when the service has been described once
    more; then the service has another revision, and only that one tells what is measured.
    """

    revisions: dict[str, dict[str, Any]] = {}

    def create_service(self) -> ActionResult:
        answer = super().create_service()
        self._revise(answer.result["service"], None)
        return answer

    def update_service(self) -> ActionResult:
        answer = super().update_service()
        service = answer.result["service"]
        if self._get_param("monitoring"):
            service.next_monitoring, service.describes_until_deployed = self._get_param("monitoring"), 1
            service.deployments[0]["rolloutState"] = "IN_PROGRESS"
        return answer

    def describe_services(self) -> ActionResult:
        answer = super().describe_services()
        for service in answer.result["services"]:
            left = getattr(service, "describes_until_deployed", None)
            if left == 0:
                service.deployments[0]["rolloutState"] = "COMPLETED"
                self._revise(service, service.next_monitoring)
            service.describes_until_deployed = left - 1 if left else None
        return answer

    def describe_service_revisions(self) -> ActionResult:
        asked = self._get_param("serviceRevisionArns")
        missing = [{"arn": arn, "reason": "MISSING"} for arn in asked if arn not in self.revisions]
        found = [self.revisions[arn] for arn in asked if arn in self.revisions]
        return ActionResult({"serviceRevisions": found, "failures": missing})

    def _revise(self, service: Any, monitoring: Any) -> None:
        arn = f"{service.arn.replace(':service/', ':service-revision/')}/{len(self.revisions) + 1}"
        self.revisions[arn] = {"serviceRevisionArn": arn, "serviceArn": service.arn, "monitoring": monitoring}
        service.deployed_monitoring = monitoring
        service.current_service_revisions = [{"arn": arn}]


def measured(service: Any) -> set[str]:
    """The metrics that ECS measures every 20 seconds."""
    configurations = (getattr(service, "deployed_monitoring", None) or {}).get("metricConfigurations", [])
    return {name for said in configurations if said["resolutionSeconds"] == 20 for name in said["metricNames"]}


def tracking_of(policy: Any) -> Any:
    return policy.target_tracking_scaling_policy_configuration


def metric_of(tracking: Any) -> str | None:
    """The metric of a target tracking configuration, as text to compare."""
    if not tracking:
        return None
    metrics = ("PredefinedMetricSpecification", "CustomizedMetricSpecification")
    return json.dumps([canonical.canonical(tracking.get(name)) for name in metrics], sort_keys=True)


def keep_identity(policy: Any, before: Any) -> None:
    """Give a policy that was put again the ARN it had, in its alarms too."""
    for alarm in policy.alarms:
        alarm.alarm_actions = [arn.replace(policy.policy_arn, before.policy_arn) for arn in alarm.alarm_actions]
        alarm.description = alarm.description.replace(policy.policy_arn, before.policy_arn)
    policy.policy_arn, policy.creation_time = before.policy_arn, before.creation_time


def triggers(policy: Any, cloudwatch: Any) -> list[Any]:
    """The alarms that name a policy as what they do."""
    return [alarm for alarm in cloudwatch.alarms.values() if policy.policy_arn in (alarm.alarm_actions or [])]


def described(policy: Any, cloudwatch: Any) -> dict[str, Any]:
    alarms = policy.alarms or triggers(policy, cloudwatch)
    return {
        "PolicyARN": policy.policy_arn,
        "PolicyName": policy.policy_name,
        "ServiceNamespace": policy.service_namespace,
        "ResourceId": policy.resource_id,
        "ScalableDimension": policy.scalable_dimension,
        "PolicyType": policy.policy_type,
        f"{policy.policy_type}PolicyConfiguration": policy._policy_body,
        "CreationTime": policy.creation_time,
        "Alarms": [{"AlarmARN": alarm.alarm_arn, "AlarmName": alarm.name} for alarm in alarms],
    }


def set_rollouts(account: str, states: list[str]) -> None:
    """Give every ECS service one deployment for each state."""
    for backend in ecs_backends[account].values():
        for service in backend.services.values():
            service.deployments = [{**service.deployments[0], "rolloutState": state} for state in states]


class Application:
    """moto, plus the paths that make what moto cannot be asked for."""

    def __init__(self, identifiers: Identifiers, account: str) -> None:
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.ours: dict[str, Callable[[Any], None]] = {
            seed.IDS_PATH: identifiers.chosen.update,
            "/scalegen/rollouts": partial(set_rollouts, account),
        }

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] not in self.ours or environ["REQUEST_METHOD"] != "PUT":
            return self.moto(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.ours[environ["PATH_INFO"]](json.loads(body))
        start_response("204 No Content", [])
        return []


def start(account: str, port: int, view: Path | None) -> NoReturn:
    """Serve until stdin ends."""
    os.environ["MOTO_ACCOUNT_ID"] = account
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    identifiers = Identifiers()
    identifiers.patch("make_arn_for_load_balancer", "app", "lb_id")
    identifiers.patch("make_arn_for_target_group", "targetgroup", "tg_id")
    scaling_urls.url_paths["{0}/$"] = Scaling.dispatch
    ecs_urls.url_paths["{0}/$"] = Containers.dispatch
    # The socket listens once this returns: a client that connects now is answered.
    server = make_server("127.0.0.1", port, Application(identifiers, account), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    created = seed.seed(url, json.loads(view.read_text())) if view else None
    print(url, flush=True)
    if created is not None:
        print(json.dumps(created, sort_keys=True), flush=True)
    sys.stdin.buffer.read()
    os._exit(0)  # Nothing here is worth the second that an orderly end of moto takes.


def load() -> None:
    """Load what servers need: one that is seeded has asked for all of it."""
    group = {"lookup": True, "load_balancer": "x", "target_group": "x"}
    service = {"cluster": "x", "ecs_service": "x", "resource_id": "x", "min": 1, "controller": "ECS", "groups": [group]}
    view = {"account": "999999999999", "region": "eu-west-1", "services": [service]}
    os.environ["MOTO_ACCOUNT_ID"] = view["account"]
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False)
    thread = Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    seed.seed(url, view)
    endpoint = Endpoint(url, view["region"])
    endpoint.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")
    endpoint.client("cloudwatch").describe_alarms()
    endpoint.client("cloudformation").describe_stacks()
    endpoint.client("events").list_rules()
    endpoint.client("sns").list_topics()
    server.shutdown()
    thread.join()  # a process with threads is not to be forked
    server.server_close()


def serve() -> int:
    load()

    def run(arguments: list[str]) -> int:
        sys.argv = arguments
        return nursery.status_of(main)

    return nursery.serve(run)


def main() -> int:
    if sys.argv[1:] == ["serve"]:
        return serve()
    parser = argparse.ArgumentParser(description="A moto server for one account, until stdin is closed.")
    parser.add_argument("command", choices=["start"])
    parser.add_argument("--account", required=True, help="the twelve digits every caller belongs to")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--seed", type=Path, metavar="ENV_VIEW.json", help="create this environment before answering")
    arguments = parser.parse_args()
    if not (arguments.account.isascii() and arguments.account.isdigit() and len(arguments.account) == 12):
        parser.error(f"--account {arguments.account!r} is not twelve digits")
    try:
        start(arguments.account, arguments.port, arguments.seed)
    except (OSError, seed.SeedError) as error:
        print(f"moto.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
