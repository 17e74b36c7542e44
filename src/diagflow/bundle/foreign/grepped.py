"""Rows of `kubectl get -A -o wide --show-labels pod`, of which a grep took the headings away."""

import re
from datetime import datetime
from typing import Any, Final

from diagflow.bundle.foreign.tables import table

_HEADINGS: Final = (
    "NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED NODE", "READINESS GATES",
    "LABELS",
)  # fmt: skip
_CELL: Final = re.compile(r"\S+(?: \S+)*")


def grepped(text: str, now: datetime | None = None) -> list[dict[str, Any]]:
    """Return the pods; nothing where the rows have another number of columns, or no room for the headings.

    Args:
        text: the rows.
        now: when it ran: ages count from there.
    """
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    starts = [cell.start() for cell in _CELL.finditer(lines[0])] if lines else []
    if len(starts) != len(_HEADINGS):
        return []
    heading = ""
    for name, start in zip(_HEADINGS, starts, strict=True):
        if start and len(heading) + 1 >= start:  # two blanks part columns
            return []
        heading = heading.ljust(start) + name
    return table("\n".join([heading, *lines]), "Pod", now=now)
