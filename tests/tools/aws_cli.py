"""The AWS CLI, loaded once: starting it takes half a second, and the tests call it ten thousand times.

    aws_cli.py    has it loaded, and forks for every call (nursery.py)

It also runs the scripts of this folder (a first argument that ends in .py), for the same reason. Where a caller says a
folder in FAKE_AWS_FOLDER, each call is appended to the file `calls` there: a line of JSON.
"""

from __future__ import annotations

import functools
import json
import os
import runpy
import sys
from collections.abc import Callable

import awscli.clidriver
import botocore.httpsession
import botocore.session

import nursery
import state  # noqa: F401  with what it needs

HERE = os.path.dirname(os.path.abspath(__file__))


def script() -> None:
    runpy.run_path(os.path.join(HERE, sys.argv[0]), run_name="__main__")


def note(arguments: list[str]) -> None:
    """Append a call to those of its caller."""
    folder = os.environ.get("FAKE_AWS_FOLDER")
    if folder:
        with open(os.path.join(folder, "calls"), "a", encoding="utf-8") as calls:
            calls.write(json.dumps(arguments) + "\n")


def run(arguments: list[str]) -> int:
    is_script = arguments[0].endswith(".py")
    sys.argv = arguments if is_script else ["aws", *arguments]
    note(arguments[2:] if arguments[0] == "stacks.py" else arguments)
    return nursery.status_of(script if is_script else awscli.clidriver.main)


def warm_up(call: Callable[[list[str]], int]) -> None:
    """Calls to nobody, which load what the calls of the scripts need."""
    saved = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)
    os.environ.update(AWS_MAX_ATTEMPTS="1", AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x")
    options = ["--region", "eu-central-1", "--endpoint-url", "http://127.0.0.1:9"]
    for words in (
        "sts get-caller-identity",
        "ecs describe-services --services x",
        "elbv2 describe-target-groups",
        "application-autoscaling describe-scaling-policies --service-namespace ecs",
        "cloudwatch describe-alarms",
        "cloudformation describe-stacks",
        "sns list-topics",
        "events list-rules",
    ):
        call([*words.split(), *options])
    sys.stdout.flush()
    sys.stderr.flush()
    for number, descriptor in zip((1, 2), saved, strict=True):
        os.dup2(descriptor, number)


def main() -> int:
    # Models are read once, here, and not again in every forked process; nor are certificates, which nobody here uses.
    botocore.session.create_loader = functools.cache(botocore.session.create_loader)
    botocore.httpsession.create_urllib3_context = functools.cache(botocore.httpsession.create_urllib3_context)
    warm_up(run)
    # A whole CLI, of which every forked process uses a copy. What it read of a configuration it reads again there.
    driver = awscli.clidriver.create_clidriver()
    driver._get_command_table()
    driver._get_argument_table()
    driver.session._config = driver.session._profile = driver.session._profile_map = None
    awscli.clidriver.create_clidriver = lambda: driver
    return nursery.serve(run)


if __name__ == "__main__":
    sys.exit(main())
