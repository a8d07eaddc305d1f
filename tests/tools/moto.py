"""A moto server for one account, for one test.

    moto.py start --account 111111111111 [--port 0] [--seed ENV_VIEW.json]

prints `http://127.0.0.1:PORT` on a line of its own as soon as it answers and serves until its stdin is closed or it is
terminated: a test that holds the other end of stdin cannot leak it (with stdin from /dev/null it ends at once).
With `--seed` the environment is created first (see seed.py) and its ARNs follow as one line of JSON.

What differs from `moto_server`:
- the account is fixed for every caller;
- the sixteen hex digits in the ARN of a load balancer or a target group are not random: `PUT /scalegen/ids` with
  {"app/<name>": "<16 hex>", "targetgroup/<name>": "<16 hex>"} chooses them, and without it they follow from the name;
- `PUT /scalegen/rollouts` with ["IN_PROGRESS", "COMPLETED"] gives every ECS service two deployments in these states;
- Application Auto Scaling does some of what AWS does and moto does not, see `Scaling`.
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

import seed

# This file is called moto.py: without its folder on the path, `moto` below is the package.
_HERE = Path(__file__).resolve().parent
sys.path[:] = [entry for entry in sys.path if Path(entry or os.getcwd()).resolve() != _HERE]

import moto.applicationautoscaling.urls as scaling_urls  # noqa: E402
import moto.elbv2.models as elbv2  # noqa: E402
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse  # noqa: E402
from moto.core.exceptions import JsonRESTError  # noqa: E402
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
    """Application Auto Scaling, a little nearer to AWS.

    Targets have tags (without them the real Terraform provider cannot apply), a policy needs a registered target, a
    deregistered target takes its policies and scheduled actions along, and there are no scaling activities, instead of
    an error when asked for them.
    """

    tags: dict[str, dict[str, str]] = {}

    def register_scalable_target(self) -> str:
        answer: str = super().register_scalable_target()
        # AWS takes tags only when it creates the target.
        self.tags.setdefault(json.loads(answer)["ScalableTargetARN"], self._get_param("Tags") or {})
        return answer

    def put_scaling_policy(self) -> str:
        resource, dimension = self._get_param("ResourceId"), self._get_param("ScalableDimension")
        if resource not in self.applicationautoscaling_backend.targets.get(dimension, {}):
            raise JsonRESTError(
                "ObjectNotFoundException",
                f"No scalable target registered for service namespace: {self._get_param('ServiceNamespace')}, "
                f"resource ID: {resource}, scalable dimension: {dimension}",
            )
        answer: str = super().put_scaling_policy()
        return answer

    def deregister_scalable_target(self) -> str:
        answer: str = super().deregister_scalable_target()
        backend = self.applicationautoscaling_backend
        identity = tuple(self._get_param(key) for key in ("ServiceNamespace", "ResourceId", "ScalableDimension"))

        def gone(item: Any) -> bool:
            return (item.service_namespace, item.resource_id, item.scalable_dimension) == identity

        for policy in [policy for policy in backend.policies.values() if gone(policy)]:
            backend.delete_scaling_policy(policy.policy_name, *identity)
        backend.scheduled_actions = [action for action in backend.scheduled_actions if not gone(action)]
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


def main() -> int:
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
