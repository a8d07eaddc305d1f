"""The `aws` of the script tests: it counts its calls, can break one of them, and is quick.

    fake_aws.py call ARG...      one call; the tests put a wrapper named `aws` that says this on the PATH
    fake_aws.py through ARG...   has ARG... run by the server of FAKE_AWS_SOCKET, and nothing else
    fake_aws.py serve SOCKET     has the AWS CLI loaded and forks for every call (nursery.py)

Starting the AWS CLI takes half a second; `serve` makes that a few hundredths. What a call does is told by its environment:

    FAKE_AWS_FOLDER    the call is appended to the file `calls` there, one line each
    FAKE_AWS_SOCKET    a server to make the call; without it FAKE_AWS_REAL, a real AWS CLI, is run
    FAKE_AWS_FAULT     `N HOW`: what goes wrong with call number N of that folder
    FAKE_AWS_ANSWER    `SERVICE OPERATION=TEXT`: this call is not made, TEXT is its answer

HOW is one of
    refused     AWS says no; nothing has happened
    lost        AWS does it, and the answer does not arrive
    busy        AWS asks to try again; nothing has happened
    during-SIG  the process group gets the signal before the call reaches AWS, and the call never ends
    late-SIG    AWS does it, the process group gets the signal before the answer arrives, and the call never ends
    after-SIG   the call is answered; the signal comes as soon as it has ended

Only what a call needs is imported at the top, and of that what is written in C: it runs ten thousand times. `serve` also
runs the scripts of this folder (a first argument that ends in .py), for the same reason.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PATIENCE = 60
"""Seconds after which a call that should be killed by a signal ends by itself."""


def through_server(arguments: list[str], out: int, err: int) -> int:
    """Let the server run something that writes to `out` and `err`; its exit status."""
    import _socket
    from struct import pack

    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    connection.connect(os.environ["FAKE_AWS_SOCKET"])
    connection.sendmsg([b"+"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, pack("3i", 0, out, err))])
    connection.sendall(ascii((os.getcwd(), arguments, dict(os.environ))).encode())
    connection.shutdown(_socket.SHUT_WR)
    answer: bytes = connection.recv(1)
    return answer[0] if answer else 255


def real(arguments: list[str], out: int, err: int) -> int:
    """Make a call; its exit status."""
    if "FAKE_AWS_SOCKET" in os.environ:
        return through_server(arguments, out, err)
    child = os.fork()
    if not child:
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.execv(os.environ["FAKE_AWS_REAL"], ["aws", *arguments])
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def number_of(arguments: list[str]) -> int:
    """Note the call; which one it is, counted from 1."""
    path = os.path.join(os.environ["FAKE_AWS_FOLDER"], "calls")
    with open(path, "a+", encoding="utf-8") as calls:
        calls.write(ascii(arguments)[1:-1] + "\n")
        calls.seek(0)
        return sum(1 for _ in calls)


def operation(arguments: list[str]) -> str:
    """`ecs describe-services`, wherever the options are."""
    words: list[str] = []
    rest = iter(arguments)
    for word in rest:
        if not word.startswith("--"):
            words.append(word)
        elif word in ("--region", "--output", "--query"):
            next(rest, None)
    return " ".join(words[:2])


def call(arguments: list[str]) -> int:
    number = number_of(arguments)
    name = operation(arguments)
    about, _, text = os.environ.get("FAKE_AWS_ANSWER", "").partition("=")
    if about == name:
        print(text)
        return 0
    at, _, how = os.environ.get("FAKE_AWS_FAULT", "").partition(" ")
    if str(number) != at:
        return real(arguments, 1, 2)
    if how in ("refused", "busy"):
        error = "AccessDeniedException" if how == "refused" else "ConcurrentUpdateException"
        print(f"\nAn error occurred ({error}) when calling {name}: broken by the test", file=sys.stderr)
        return 254
    if how == "lost":
        nowhere = os.open(os.devnull, os.O_WRONLY)
        real(arguments, nowhere, nowhere)
        print(f"\nConnection was closed before we received a valid response ({name})", file=sys.stderr)
        return 255
    import signal
    import time

    when, _, kind = how.partition("-")
    wanted = signal.Signals[kind]
    if when == "after":
        status = real(arguments, 1, 2)
        if not os.fork():
            # Not before the script has seen the end of this process; it is its child, so the parent changes then.
            caller = os.getppid()
            quiet = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(quiet, descriptor)
            while os.getppid() == caller:
                time.sleep(0.001)
            os.killpg(os.getpgrp(), wanted)
            os._exit(0)
        return status
    if when == "late":
        nowhere = os.open(os.devnull, os.O_WRONLY)
        real(arguments, nowhere, nowhere)
    os.killpg(os.getpgrp(), wanted)
    time.sleep(PATIENCE)
    return 255


def serve(path: str) -> int:
    import functools
    import runpy

    import awscli.clidriver
    import botocore.session

    import nursery
    import state  # noqa: F401  with what it needs

    here = os.path.dirname(os.path.abspath(__file__))
    # Models are read once, here, and not again in every forked process.
    botocore.session.create_loader = functools.cache(botocore.session.create_loader)

    def script() -> None:
        runpy.run_path(os.path.join(here, sys.argv[0]), run_name="__main__")

    def run(arguments: list[str]) -> int:
        is_script = arguments[0].endswith(".py")
        sys.argv = arguments if is_script else ["aws", *arguments]
        return nursery.status_of(script if is_script else awscli.clidriver.main)

    warm_up(run)
    # A whole CLI, of which every forked process uses a copy. What it read of a configuration it reads again there.
    driver = awscli.clidriver.create_clidriver()
    driver._get_command_table()
    driver._get_argument_table()
    driver.session._config = driver.session._profile = driver.session._profile_map = None
    awscli.clidriver.create_clidriver = lambda: driver
    return nursery.serve(path, run)


def warm_up(run: Any) -> None:
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
        "cloudformation describe-stacks",
    ):
        sys.argv = ["aws", *words.split(), *options]
        run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    for number, descriptor in zip((1, 2), saved):
        os.dup2(descriptor, number)


def main() -> int:
    if sys.argv[1:2] == ["serve"]:
        return serve(sys.argv[2])
    if sys.argv[1:2] == ["through"]:
        return through_server(sys.argv[2:], 1, 2)
    import _signal

    try:
        _signal.signal(_signal.SIGINT, _signal.default_int_handler)
        return call(sys.argv[2:])
    except KeyboardInterrupt:
        print()  # as the AWS CLI does
        return 130


if __name__ == "__main__":
    sys.exit(main())
