"""bin/aws2: AWS CLI version 2, the machine's own or Debian's package unpacked into target/tools/awscli2.

PyPI has only version 1. Nothing is installed: apt's lists and packages go to our folder too, so no root is needed.
"""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from workshop import BIN, TOOLS, Memory, Unavailable, identity, outside_path, run, write_if_changed

UNPACKED = TOOLS / "awscli2"
DEBIAN_PYTHON = Path("/usr/bin/python3")
"""The interpreter Debian's packages are built for."""


def wrapper(command: list[str], environment: dict[str, str]) -> str:
    """A script that runs `command`; releases before 2.13 do not know AWS_ENDPOINT_URL, so it becomes an option."""
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())
    return (
        f"#!/bin/sh\n{exports}"
        '[ -z "${AWS_ENDPOINT_URL:-}" ] || set -- --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n'
        f'exec {shlex.join(command)} "$@"\n'
    )


def major(path: str) -> tuple[int, str]:
    """Major and full version of an AWS CLI (`aws-cli/2.9.19 Python/3.11.2 …`)."""
    full = run([path, "--version"], "aws2").split()[0].partition("/")[2]
    return int(full.split(".")[0]), full


def debian(apt_folder: Path) -> None:
    """Fetch and unpack Debian's awscli and what it needs beyond the packages that are installed."""
    if not (shutil.which("apt-get") and shutil.which("dpkg") and DEBIAN_PYTHON.exists()):
        raise Unavailable(
            "aws2: no AWS CLI 2 on PATH, and no Debian (apt-get, dpkg, /usr/bin/python3) to take one from"
        )
    for folder in ("lists/partial", "cache/archives/partial", "packages"):
        (apt_folder / folder).mkdir(parents=True, exist_ok=True)
    options = [
        f"-oDir::State::Lists={apt_folder}/lists",
        f"-oDir::Cache={apt_folder}/cache",
        "-oAPT::Sandbox::User=",
        "-oDebug::NoLocking=1",
    ]
    run(["apt-get", *options, "update", "-qq"], "aws2", timeout=120)
    policy = run(["apt-cache", *options, "policy", "awscli"], "aws2")
    candidate = next((line.split()[1] for line in policy.splitlines() if line.strip().startswith("Candidate:")), "none")
    if not candidate.startswith("2."):
        raise Unavailable(f"aws2: no AWS CLI 2 on PATH, and the distribution offers awscli {candidate}")
    plan = run(["apt-get", *options, "install", "--simulate", "--no-install-recommends", "awscli"], "aws2")
    packages = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
    run(["apt-get", *options, "download", *(packages or ["awscli"])], "aws2", cwd=apt_folder / "packages", timeout=300)
    for package in sorted((apt_folder / "packages").glob("*.deb")):
        run(["dpkg", "-x", str(package), str(UNPACKED)], "aws2")
    # As Debian does when it installs a package; without it every call takes seconds where bytecode is not written.
    run([str(DEBIAN_PYTHON), "-m", "compileall", "-q", "-j0", str(UNPACKED / "usr/lib")], "aws2")


def install(memory: Memory) -> str:
    """Make bin/aws2 and return its version with where it comes from."""
    own = shutil.which("aws", path=outside_path())
    command = BIN / "aws2"

    def make() -> str:
        if own and major(own)[0] == 2:
            write_if_changed(command, wrapper([own], {}), executable=True)
            return f"{major(own)[1]} ({own})"
        apt_folder = TOOLS / "apt"
        try:
            shutil.rmtree(UNPACKED, ignore_errors=True)
            debian(apt_folder)
        finally:
            shutil.rmtree(apt_folder, ignore_errors=True)
        libraries = ":".join(str(folder) for folder in sorted(UNPACKED.glob("usr/lib/*-linux-*")))
        environment = {"PYTHONPATH": str(UNPACKED / "usr/lib/python3/dist-packages")}
        if libraries:
            environment["LD_LIBRARY_PATH"] = libraries
        script = wrapper([str(DEBIAN_PYTHON), str(UNPACKED / "usr/bin/aws")], environment)
        write_if_changed(command, script, executable=True)
        return f"{major(str(command))[1]} (Debian's package)"

    return memory.recall("aws2", own and identity(own), make, lambda _: [command])
