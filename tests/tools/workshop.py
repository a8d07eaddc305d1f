"""What the parts of install.py share: places, a memory between runs, and running commands."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
TOOLS = TARGET / "tools"
BIN = TOOLS / "bin"

RETRY_AFTER = 24 * 3600
"""Seconds after which something that could not be had is tried again."""


class Unavailable(Exception):
    """Something cannot be had here; the message is one line that says what and why."""


class Memory:
    """Results of earlier runs of the same code, each with the key it was made for."""

    def __init__(self, path: Path, refresh: bool) -> None:
        self.path = path
        self.parts: dict[str, Any] = {}
        # The environment has a lock to tell when it is stale; the rest is only as good as the code that made it.
        sources = [(HERE / name).read_text() for name in ("install.py", "awscli2.py", "nodetools.py", "providers.py", "workshop.py")]
        code = hashlib.sha256("".join(sources).encode()).hexdigest()
        if path.exists() and not refresh:
            known = json.loads(path.read_text())
            self.parts = {part: known[part] for part in known if part == "python" or known.get("code") == code}
        self.parts["code"] = code

    def recall(self, part: str, key: Any, make: Callable[[], Any], needs: Callable[[Any], list[Path]]) -> Any:
        """The remembered result of `part` if key and the files it needs are still there, else that of `make()`.

        A failure is remembered too, for a day.
        """
        digest = hashlib.sha256(json.dumps(key, default=str).encode()).hexdigest()
        known = self.parts.get(part)
        if known and known["key"] == digest:
            if "failure" in known and time.time() - known["at"] < RETRY_AFTER:
                raise Unavailable(known["failure"])
            if "result" in known and all(path.exists() for path in needs(known["result"])):
                return known["result"]
        try:
            self._remember(part, {"key": digest, "result": make()})
        except Unavailable as failure:
            self._remember(part, {"key": digest, "failure": str(failure), "at": time.time()})
            raise
        return self.parts[part]["result"]

    def forget(self) -> None:
        """Drop all results; what they were made of is about to be deleted."""
        self.parts = {"code": self.parts["code"]}

    def _remember(self, part: str, known: dict[str, Any]) -> None:
        self.parts[part] = known
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.parts, indent=1))


def identity(path: Path | str) -> list[Any]:
    """What changes when a file is replaced."""
    real = Path(path).resolve()
    status = real.stat()
    return [str(path), str(real), status.st_size, status.st_mtime_ns]


def outside_path() -> str:
    """PATH without our own bin: where the machine's own tools are."""
    entries = os.environ.get("PATH", "").split(os.pathsep)
    return os.pathsep.join(entry for entry in entries if entry and Path(entry).resolve() != BIN.resolve())


def debian_package(name: str, what: str) -> bool:
    """Install a package of Debian where we are root on one; whether that was possible."""
    apt = shutil.which("apt-get")
    if not apt or os.geteuid() or not Path("/etc/debian_version").exists():
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run([apt, "update", "-qq"], what, env=quiet)
    run([apt, "install", "-qq", "-y", "--no-install-recommends", name], what, env=quiet)
    return True


def run(
    command: list[str], what: str, *, env: dict[str, str] | None = None, cwd: Path | None = None, timeout: float = 600
) -> str:
    """stdout of a command; `Unavailable` with its last words if it fails."""
    try:
        done = subprocess.run(
            command, env=env, cwd=cwd, timeout=timeout, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{what}: {error}") from error
    if done.returncode:
        lines = [line.strip(" │╷╵") for line in (done.stderr or done.stdout).splitlines()]
        words = " ".join([line for line in lines if line][-3:])
        raise Unavailable(f"{what}: {Path(command[0]).name} exits {done.returncode}: {words}")
    return done.stdout


def write_if_changed(path: Path, text: str, executable: bool = False) -> None:
    """Write a small file, leaving an equal one and its time alone."""
    if path.is_symlink() or not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(text)
    if executable:
        path.chmod(0o755)
