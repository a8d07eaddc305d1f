"""A process that has loaded what programs need, and forks for each of them: loading takes a second, forking a hundredth.

`through.sh` connects for a caller and says its process id, and arguments that come first. All else is found in /proc:
the other arguments, the environment, the folder, and what stdin, stdout and stderr are. The answer is the exit status.
It serves at a port of its own, which it prints, until its stdin is closed. A file that a caller and what runs here both
write to would not hold what both wrote: the scripts under test write each answer to a file of its own.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import stat
import sys
import time
import traceback
from collections.abc import Callable
from socket import create_server, socket

KEPT = ("AWS_DATA_PATH",)
"""Variables that loading has set, which what is loaded cannot do without."""

PATIENCE = 10
"""Seconds that a caller may take to write a line."""


def status_of(run: Callable[[], int | None]) -> int:
    """The exit status of a program that ends by returning it or by `sys.exit`."""
    try:
        return run() or 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1


def _words(path: str) -> list[str]:
    with open(path, "rb") as file:
        return [os.fsdecode(word) for word in file.read().split(b"\0")[:-1]]


def _wait_for(path: str) -> None:
    """Wait until a descriptor is the caller's own again: while the shell writes to us, its stdout is the connection."""
    end = time.monotonic() + PATIENCE
    while stat.S_ISSOCK(os.stat(path).st_mode):
        if time.monotonic() > end:
            raise ValueError(f"{path} is a socket, which cannot be opened")
        time.sleep(0.0005)


def _become(pid: str) -> list[str]:
    """Take the place of a caller; its arguments."""
    caller = f"/proc/{pid}"
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(dict(word.split("=", 1) for word in _words(f"{caller}/environ")) | kept)
    os.chdir(f"{caller}/cwd")
    for number in (0, 1, 2):
        path = f"{caller}/fd/{number}"
        _wait_for(path)
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY
        # Another program may have written to a file already.
        if number and stat.S_ISREG(os.stat(path).st_mode):
            flags |= os.O_APPEND
        descriptor = os.open(path, flags)
        os.dup2(descriptor, number)
        os.close(descriptor)
    return _words(f"{caller}/cmdline")[2:]  # the shell and its script come first


def _answer(connection: socket, run: Callable[[list[str]], int]) -> None:
    """In the forked process: one run, then the end."""
    status = 255
    try:
        request = connection.makefile(encoding="utf-8")
        pid, *first = iter(lambda: request.readline().rstrip("\n"), "")
        status = run(first + _become(pid))
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # whatever it is, the caller must hear of it
        os.write(2, traceback.format_exc().encode())
    connection.sendall(f"{status & 255}\n".encode())
    os._exit(0)


def serve(run: Callable[[list[str]], int]) -> int:
    """Run `run(arguments)` in a process of its own for each caller."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)  # most of what is forked ends before there is garbage to look for
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with create_server(("127.0.0.1", 0), backlog=64) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            ready, _, _ = select.select([sys.stdin, listener], [], [])
            if sys.stdin in ready:
                os._exit(0)
            connection, _ = listener.accept()
            if not os.fork():
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                listener.close()
                _answer(connection, run)
            connection.close()
