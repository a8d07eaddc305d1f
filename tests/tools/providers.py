"""Which hashicorp/aws providers terraform can use on this machine, each proved by a `terraform init`.

Three kinds: `configured`, what the caller's own TF_CLI_CONFIG_FILE yields; `real`, a provider found in a filesystem
mirror, each version in a mirror of its own; `offline`, a stand-in that speaks the provider protocol.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from workshop import BIN, ROOT, TARGET, TOOLS, Memory, Unavailable, identity, run, write_if_changed

SEARCH_SECONDS = 20
SEARCH_AGAIN_AFTER = 24 * 3600

Entry = dict[str, Any]

NATIVE = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"PK\x03\x04")
"""How a real provider begins: an executable or a zip of one. A stand-in is a script."""


class Found(NamedTuple):
    """A provider in a mirror: the file, and the entry of the mirror it belongs to."""

    host: str
    version: str
    platform: str
    file: Path
    packed: bool


def recognise(file: Path) -> Found | None:
    """Read the place of a file in one of the two layouts of a mirror, HOST/hashicorp/aws/…; None if it has none."""
    packed = re.fullmatch(r"terraform-provider-aws_(\d+\.\d+\.\d+)_([a-z0-9]+_[a-z0-9]+)\.zip", file.name)
    if packed and file.parts[-3:-1] == ("hashicorp", "aws"):
        found = Found(file.parts[-4], packed[1], packed[2], file, True)
    elif file.name.startswith("terraform-provider-aws_v") and file.parts[-5:-3] == ("hashicorp", "aws"):
        found = Found(file.parts[-6], file.parts[-3], file.parts[-2], file, False)
    else:
        return None
    try:
        with file.open("rb") as stream:
            return found if stream.read(4) in NATIVE else None
    except OSError:
        return None


def mirror_roots() -> list[Path]:
    """Terraform's implied mirrors and those named in the environment."""
    home = Path.home()
    named = os.environ.get("SCALEGEN_TERRAFORM_MIRRORS", "").split(":")
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    data = [os.environ.get("XDG_DATA_HOME") or str(home / ".local/share"), *shared.split(":")]
    return [
        *(Path(folder) for folder in named if folder),
        home / ".terraform.d/plugins",
        home / "Library/Application Support/io.terraform/plugins",
        *(Path(folder) / "terraform/plugins" for folder in data),
    ]


def in_mirror(root: Path) -> Iterator[Path]:
    """Files of hashicorp/aws below a mirror's root, in both layouts."""
    yield from root.glob("*/hashicorp/aws/*/*/terraform-provider-aws_v*")
    yield from root.glob("*/hashicorp/aws/terraform-provider-aws_*.zip")


def search_everywhere() -> list[str]:
    """Paths on the root file system that look like the provider, temporary ones left out; what was found in time."""
    skipped: list[str] = ["-name", ".terraform"]
    for folder in ("/proc", "/sys", "/dev", "/tmp", "/var/tmp", str(TARGET.resolve())):
        skipped += ["-o", "-path", folder]
    command = ["find", "/", "-xdev", "(", *skipped, ")", "-prune", "-o", "-name", "terraform-provider-aws_*", "-print"]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SEARCH_SECONDS, check=False
        )
        output = done.stdout
    except subprocess.TimeoutExpired as late:
        print(f"install.sh: stopped looking for providers after {SEARCH_SECONDS} s", file=sys.stderr)
        output = late.stdout or b""
    except OSError:
        output = b""
    return os.fsdecode(output).splitlines()


def surroundings() -> list[list[str]]:
    """Names of the folders a new mirror would most likely appear in, cheap to look at on every run."""
    listed = []
    for folder in ("/", "/opt", "/srv", "/mnt", "/usr/local", "/usr/local/share", "/usr/share/terraform", Path.home()):
        try:
            listed.append(sorted(entry.name for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)))
        except OSError:
            listed.append([])
    return listed


def candidates(memory: Memory) -> list[Found]:
    """Every provider in a mirror, one for each version and platform, newest version first."""
    key = [surroundings(), int(time.time() / SEARCH_AGAIN_AFTER)]
    files = [file for root in mirror_roots() for file in in_mirror(root)]
    known = [Path(path) for path in memory.recall("search", key, search_everywhere, lambda _: [])]
    for file in known:
        # A mirror found once is looked at again: versions come and go.
        above = 6 if file.suffix != ".zip" else 4
        files += in_mirror(file.parents[above - 1]) if len(file.parents) > above else []
    chosen: dict[tuple[str, str], Found] = {}
    for found in filter(None, map(recognise, files)):
        chosen.setdefault((found.version, found.platform), found)
    return sorted(chosen.values(), key=lambda found: [int(part) for part in found.version.split(".")], reverse=True)


def entry(name: str, kind: str, source: str, config: Path, extra: dict[str, str]) -> Entry:
    """A line of providers.json, after `terraform init` has proved that it works."""
    environment = {**extra, "TF_CLI_CONFIG_FILE": str(config), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    clean = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    with tempfile.TemporaryDirectory(prefix="init-", dir=TOOLS) as scratch:
        folder = Path(scratch)
        required = 'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n'
        (folder / "main.tf").write_text(required)
        run(
            [str(BIN / "terraform"), f"-chdir={folder}", "init", "-input=false", "-no-color"],
            f"hashicorp/aws ({source})",
            env={**clean, **environment},
            timeout=180,
        )
        version = re.search(r'version\s*=\s*"([^"]+)"', (folder / ".terraform.lock.hcl").read_text())
    if not version:
        raise Unavailable(f"hashicorp/aws ({source}): terraform init chose no version")
    return {
        "name": f"{name} {version[1]}",
        "version": version[1],
        "kind": kind,
        "source": source,
        "config": str(config),
        "env": environment,
    }


def configured(memory: Memory, terraform: Entry) -> Entry | None:
    """What the caller's own configuration yields."""
    config = Path(os.environ.get("TF_CLI_CONFIG_FILE") or os.devnull)
    if not config.is_file():
        return None
    text = config.read_text()
    mirrors = re.findall(r'path\s*=\s*"([^"]+)"', text)
    contents = sorted(str(file) for root in mirrors for file in in_mirror(Path(root)))
    return memory.recall(
        "configured",
        [terraform, str(config), text, contents],
        lambda: entry("configured", "configured", str(config), config.resolve(), {}),
        lambda _: [],
    )


def real(memory: Memory, terraform: Entry, found: Found) -> Entry:
    """A provider of a mirror, alone in a mirror of our own, so that terraform can choose no other version."""
    mirror = TOOLS / "mirrors" / found.version
    config = TOOLS / "mirrors" / f"{found.version}.tfrc"

    def make() -> Entry:
        package = mirror / found.host / "hashicorp/aws"
        link = package / found.file.name if found.packed else package / found.version / found.platform
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(found.file if found.packed else found.file.parent)
        write_if_changed(
            config,
            "disable_checkpoint = true\n\n"
            f"provider_installation {{\n  filesystem_mirror {{\n    path = {json.dumps(str(mirror))}\n  }}\n}}\n",
        )
        return entry("real", "real", str(found.file), config, {})

    return memory.recall(f"real {found.version}", [terraform, identity(found.file)], make, lambda _: [config, mirror])


def offline(memory: Memory, terraform: Entry) -> Entry | None:
    """The stand-in, installed from a folder with an install.sh into target/terraform-offline."""
    named = os.environ.get("SCALEGEN_TERRAFORM_OFFLINE")
    beside = sorted(ROOT.parent.glob("*/tools/terraform-offline/install.sh"))
    if not (named or beside):
        return None
    harness = Path(named).resolve() if named else beside[0].parent
    if not (harness / "install.sh").is_file():
        raise Unavailable(f"hashicorp/aws offline: SCALEGEN_TERRAFORM_OFFLINE={named} has no install.sh")
    home = TARGET / "terraform-offline"
    config = home / "terraformrc"

    def make() -> Entry:
        print(f"installing the offline provider into {home}", file=sys.stderr)
        path = f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        run(["bash", str(harness / "install.sh"), str(home)], "hashicorp/aws offline", env={**os.environ, "PATH": path})
        share_packages(home)
        quicken(home)
        return entry("offline", "offline", str(harness), config, environment_of(home / "env.sh"))

    files = sorted(file for file in harness.rglob("*") if file.suffix in {".py", ".proto", ".sh", ".json"})
    return memory.recall(
        "offline",
        [terraform, str(home), [identity(file) for file in files]],
        make,
        lambda _: [config, home / "venv/bin/python"],
    )


def share_packages(home: Path) -> None:
    """Lend boto3 to the stand-in's environment: it needs it to create things in moto, and has none of its own."""
    ours = next(TOOLS.glob("lib/python3*/site-packages"))
    for theirs in home.glob("venv/lib/python3*/site-packages"):
        if theirs.parent.name != ours.parent.name:
            raise Unavailable(f"hashicorp/aws offline: its {theirs.parent.name} cannot use our {ours.parent.name}")
        (theirs / "scalegen-tools.pth").write_text(f"{ours}\n")


QUICK = """\
import functools
import gc

import botocore.session

# Clients are made anew for every plan and apply; the models they are made of are read once.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)
gc.set_threshold(200_000, 50, 50)  # with so much loaded, looking for garbage takes most of the time
"""


def quicken(home: Path) -> None:
    """Spare the stand-in what it would do again and again; what it answers stays the same."""
    for theirs in home.glob("venv/lib/python3*/site-packages"):
        (theirs / "sitecustomize.py").write_text(QUICK)


def environment_of(script: Path) -> dict[str, str]:
    """The variables a shell script exports."""
    show = "import json, os; print(json.dumps(dict(os.environ)))"
    answer = run(
        ["sh", "-c", '. "$1"; exec "$2" -c "$3"', "sh", str(script), sys.executable, show],
        "hashicorp/aws offline",
        env={},
    )
    return {name: value for name, value in json.loads(answer).items() if name.startswith(("TF_", "CHECKPOINT_"))}


def discover(memory: Memory, terraform: Entry, missing: list[str]) -> list[Entry]:
    """All usable providers; what looked like one and is not adds a line to `missing`."""
    usable: list[Entry] = []

    def attempt(make: Any) -> None:
        try:
            made = make()
        except Unavailable as reason:
            missing.append(str(reason))
        else:
            usable.extend([made] if made else [])

    attempt(lambda: configured(memory, terraform))
    for found in candidates(memory):
        if found.platform == terraform["platform"] and found.version not in {entry["version"] for entry in usable}:
            attempt(lambda found=found: real(memory, terraform, found))
    attempt(lambda: offline(memory, terraform))
    return usable
