"""A process that has loaded what scripts need, and forks for each of them: loading takes a second, forking a hundredth.

A caller connects, passes its standard input, output and error, and sends `(folder, arguments, environment)`; the answer
is one byte, the exit status (`through` in fake_aws.py is such a caller). It serves until its own stdin is closed.
"""

from __future__ import annotations

import ast
import gc
import os
import select
import signal
import sys
from collections.abc import Callable
from socket import AF_UNIX, SOCK_STREAM, recv_fds, socket

KEPT = ("AWS_DATA_PATH",)
"""Variables that loading has set, which what is loaded cannot do without."""


def status_of(run: Callable[[], int | None]) -> int:
    """The exit status of a program that ends by returning it or by `sys.exit`."""
    try:
        return run() or 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1


def _answer(connection: socket, run: Callable[[list[str]], int]) -> None:
    """In the forked process: one run, then the end."""
    status = 255
    try:
        _, descriptors, _, _ = recv_fds(connection, 1, 3)
        text = b"".join(iter(lambda: connection.recv(65536), b""))
        folder, arguments, environment = ast.literal_eval(text.decode())
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        os.environ.clear()
        os.environ.update(environment | kept)
        os.chdir(folder)
        for descriptor, number in zip(descriptors, (0, 1, 2), strict=True):
            os.dup2(descriptor, number)
            os.close(descriptor)
        status = run(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException as error:  # whatever it is, the caller must hear of it
        os.write(2, f"nursery.py: {error!r}\n".encode())
    connection.sendall(bytes([status & 255]))
    os._exit(0)


def serve(path: str, run: Callable[[list[str]], int]) -> int:
    """Run `run(arguments)` in a process of its own for each caller at the socket `path`."""
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket(AF_UNIX, SOCK_STREAM) as listener:
        listener.bind(path)
        listener.listen(64)
        print("ready", flush=True)
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
