"""Operations as commands for the shell that the user is in."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from diagflow.feedback.shells.cmd import Cmd
from diagflow.feedback.shells.posix import GitBash, Posix
from diagflow.feedback.shells.powershell import PowerShell
from diagflow.feedback.shells.shell import Shell
from diagflow.model import Operation

_WINDOWS: Final[Mapping[str, type[Shell]]] = {"powershell": PowerShell, "pwsh": PowerShell, "cmd": Cmd}


def commands(operations: Iterable[Operation], source: Mapping[str, Any]) -> list[str]:
    """Return the lines that carry out the operations, to be copied; each is complete in itself.

    Args:
        operations: filled.
        source: who answered: `os` and `shell` decide. Without them, a POSIX shell.
    """
    shell = shell_of(source)
    return list(dict.fromkeys(line for operation in operations for line in shell.lines(operation)))


def shell_of(source: Mapping[str, Any]) -> Shell:
    """Return how the user's shell is spoken to."""
    if source.get("os") != "windows":
        return Posix()
    return _WINDOWS.get(str(source.get("shell")), GitBash if source.get("shell") else PowerShell)()
