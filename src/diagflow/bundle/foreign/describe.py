"""The text of `kubectl describe` as the objects and events that it was printed from.

kubectl, pkg/describe/describe.go. The text does not say of which kind an object is; whoever ran the command knows.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from diagflow.bundle.foreign.events import described
from diagflow.bundle.foreign.node import node_of, pods_on
from diagflow.bundle.foreign.outline import Entry, outline
from diagflow.bundle.foreign.pod import pod_of
from diagflow.bundle.foreign.values import filled
from diagflow.bundle.foreign.workloads import workload_of

MAX_TEXT: Final = 32 << 20
"""Characters of one text; a described node with a thousand pods has a hundredth."""

_OBJECT: Final = re.compile(r"Name: +\S")
_EVENTS: Final = re.compile(r"Events: *$")


def describe(text: str, kind: str, now: datetime | None = None) -> Iterator[dict[str, Any]]:
    """Yield the objects of a text, and their events.

    A node also yields the pods that are listed on it. Of a kind that is not known here come the events alone: half an
    object would be read as a whole one.

    Args:
        text: what `kubectl describe KIND ...` printed; one object or several.
        kind: of the objects, as `Pod`.
        now: when it ran: ages count from there; without it what is only known by its age has no time.
    """
    for lines in _objects(text[:MAX_TEXT].replace("\r\n", "\n").split("\n")):
        end = next((i for i, line in enumerate(lines) if _EVENTS.match(line)), len(lines))
        root = outline(lines[:end])
        if root.get("Name").value:
            yield from _object(kind, root, now)
            yield from described(lines[end + 1 :], _about(kind, root), now)


def _objects(lines: list[str]) -> Iterator[list[str]]:
    """Yield the lines of each object; what stands before the first is none."""
    starts = [i for i, line in enumerate(lines) if _OBJECT.match(line)]
    for start, end in pairwise([*starts, len(lines)]):
        yield lines[start:end]


def _object(kind: str, root: Entry, now: datetime | None) -> Iterator[dict[str, Any]]:
    if kind == "Pod":
        yield pod_of(root, now)
    elif kind == "Node":
        yield node_of(root)
        yield from pods_on(root, now)
    else:
        workload = workload_of(kind, root)
        if workload:
            yield workload


def _about(kind: str, root: Entry) -> dict[str, Any]:
    return filled({"kind": kind, "name": root.get("Name").value, "namespace": root.get("Namespace").value})
