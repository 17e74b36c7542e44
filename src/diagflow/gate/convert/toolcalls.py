"""Recorded calls of tools, as HolmesGPT keeps them: a line with tool and arguments, one with the status, the output."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_FAILED: Final = re.compile(r"Command `[^`]*` failed with return code")
_HEADER_LINES: Final = 2


@dataclass(frozen=True, slots=True)
class Call:
    """One call that succeeded.

    Attributes:
        tool: its name, as `kubectl_describe`.
        arguments: by name.
        output: what it printed.
        previous: of a container's last run, for logs.
    """

    tool: str
    arguments: Mapping[str, str]
    output: str
    previous: bool = False


def call_of(text: str, name: str) -> Call | None:
    """Return the call that a file holds; None for any other file, and for a call that failed.

    Args:
        text: of the file.
        name: of the file. In older recordings the tools for logs were renamed to one, and it alone has the old name.
    """
    lines = text.split("\n", _HEADER_LINES)
    if len(lines) <= _HEADER_LINES:
        return None
    asked, status = _mapping(lines[0]), _mapping(lines[1])
    arguments = asked.get("match_params")
    if not isinstance(asked.get("tool_name"), str) or not isinstance(arguments, dict):
        return None
    if status.get("status") != "success" or _FAILED.match(lines[2]):
        return None
    given = {str(key): value for key, value in arguments.items() if isinstance(value, str)}
    return Call(asked["tool_name"], given, _stdout(lines[2]), previous="previous" in name.rpartition("/")[2])


def _mapping(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _stdout(text: str) -> str:
    """Return standard output alone; older recordings have `stdout:` and `stderr:` around it, some with a quote."""
    if not text.startswith("stdout:\n"):
        return text
    printed = text.removeprefix("stdout:\n")
    out, both, _ = printed.rpartition("\nstderr:")
    return (out if both else printed).removeprefix(' "')
