"""Run a command at a terminal of its own and answer the question that it asks there.

    terminal.py TYPED COMMAND [ARGUMENT]…

When what the command prints ends with `yes: `, TYPED is typed as it is: a newline must be in it, and Ctrl-C and Ctrl-D
are \\x03 and \\x04. What appears on the terminal goes to stdout; the exit status is the command's, 128 + N if signal N
ended it.
"""

from __future__ import annotations

import os
import pty
import signal
import sys
import time
from pathlib import Path

QUESTION = b"yes: "
SECONDS = 300
"""After that the terminal is closed: the command asks something else, or waits for more."""


def give_up(*_: object) -> None:
    raise TimeoutError


def wait_until_it_reads(child: int) -> None:
    """Bash misses a signal between its question and its read: faster than a person, not than this."""
    stat = Path(f"/proc/{child}/stat")
    while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "R":
        time.sleep(0.01)


def main() -> int:
    typed, *command = sys.argv[1:]
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(SECONDS)
    child, terminal = pty.fork()
    if child == 0:
        # Python ignores the one, whoever runs the tests in the background the other; what is ignored stays ignored.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execvp(command[0], command)
    screen = b""
    while True:
        try:
            screen += os.read(terminal, 65536)
        except OSError:  # how Linux says that nobody has the other end any more, or it took too long
            break
        if screen.endswith(QUESTION):
            wait_until_it_reads(child)
            os.write(terminal, os.fsencode(typed))
            screen += b"\n"
    os.close(terminal)
    sys.stdout.buffer.write(screen)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
