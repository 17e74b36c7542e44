"""Running the failing command before the user's eyes."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from diagflow.collect.host import run_through

if TYPE_CHECKING:
    from diagflow.collect.host import Failing, Machine


def run_command(machine: "Machine", argv: Sequence[str], *, text: bool) -> "Failing":
    """Run a command; its output passes through as it comes.

    Args:
        machine: in whose environment it runs.
        argv: the command.
        text: its output may go to stdout; else that holds the result alone, and all goes to stderr.
    """
    sys.stdout.flush()
    ran = run_through(machine, argv, sys.stdout.buffer if text else sys.stderr.buffer, sys.stderr.buffer)
    if ran.error and not ran.exe:
        sys.stderr.write(f"diagflow: {argv[0]}: {ran.error}\n")
    return ran
