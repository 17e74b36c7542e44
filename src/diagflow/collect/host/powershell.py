"""Asks PowerShell, where nothing else answers: JSON in UTF-8, no profile, nothing interactive."""

from typing import Any, Final

import msgspec

from diagflow.collect.host.look import Look
from diagflow.collect.host.trouble import Absent

_START: Final = "[Console]::OutputEncoding=[Text.UTF8Encoding]::new($false);$ProgressPreference='SilentlyContinue';"
_END: Final = " | ConvertTo-Json -Compress -Depth 4"


def ask(look: Look, expression: str) -> Any:
    """Return the value of an expression.

    Raises:
        Absent: there is no PowerShell, or it gives no answer of this form.
        TimeoutError: it took too long.
    """
    machine = look.machine
    program = machine.join(
        machine.env("SYSTEMROOT") or "C:\\Windows", "System32", "WindowsPowerShell", "v1.0", "powershell.exe"
    )
    quiet = ("-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass")
    done = look.run([program, *quiet, "-Command", f"{_START}{expression}{_END}"])
    if done.timed_out:
        raise TimeoutError("PowerShell did not answer in time")
    if done.error:
        raise Absent(f"PowerShell could not be started: {done.error}")
    try:
        return msgspec.json.decode(done.stdout.strip())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Absent("PowerShell gave no answer") from None


def texts(value: Any) -> list[str]:
    """Return a list of strings from what ConvertTo-Json makes of a list: a list, a lone value, or nothing."""
    values = value if isinstance(value, list) else [value]
    return [str(v) for v in values if v is not None]
