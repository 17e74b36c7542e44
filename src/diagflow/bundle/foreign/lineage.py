"""The tree of `kube-lineage KIND NAME`: who is made of whom, one object a line.

A line is a name, a state and an age. Of most kinds a name alone would mislead: a NetworkPolicy without its rules is
another policy. So only pods and what owns them are taken, and the events of pods, whose text stands where a state
would; of these, the type and when they were last seen are not printed. https://github.com/tohjustin/kube-lineage
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from diagflow.bundle.foreign.ages import age_of, before
from diagflow.bundle.foreign.columns import rows
from diagflow.bundle.foreign.tables import row_object
from diagflow.bundle.foreign.values import filled

_OWNERS: Final = {"Pod": ("ReplicaSet", "Job", "StatefulSet", "DaemonSet"), "ReplicaSet": ("Deployment",)}
"""By kind, who can own it: below these, it is what they made; below others, only something that they use."""

_ITEM: Final = re.compile(r"(?P<kind>[A-Z]\w*)/(?P<name>\S+)")
_INDENT: Final = 4
_EVENT: Final = re.compile(r"(?P<reason>[A-Z]\w*): (?P<message>.+)")


def lineage(text: str, namespace: str, now: datetime | None = None) -> Iterator[dict[str, Any]]:
    """Yield the objects of a tree.

    Args:
        text: what was printed; children below their parents.
        namespace: that was asked about.
        now: when it ran: ages count from there.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    start = next((i for i, line in enumerate(lines) if line.startswith("NAME ")), len(lines))
    above: list[tuple[str, str]] = []
    for line in lines[start + 1 :]:
        item = _ITEM.search(line)
        row = next(rows([lines[start], line]), None)
        if item is None or row is None:
            continue
        del above[item.start() // _INDENT :]
        parent = above[-1] if above else ("", "")
        above.append((item["kind"], item["name"]))
        metadata = _metadata(item, parent, namespace, before(now, age_of(row.get("AGE", ""))))
        made = _event(row, parent, metadata) if item["kind"] == "Event" else _object(item["kind"], row, metadata)
        if made:
            yield made


def _metadata(item: re.Match[str], parent: tuple[str, str], namespace: str, created: str) -> dict[str, Any]:
    kind, name = parent
    owned = kind in _OWNERS.get(item["kind"], ())
    owner = [{"kind": kind, "name": name, "controller": True}] if owned else []
    return filled(
        {"name": item["name"], "namespace": namespace, "creationTimestamp": created, "ownerReferences": owner}
    )


def _object(kind: str, row: Mapping[str, str], metadata: dict[str, Any]) -> dict[str, Any] | None:
    known = kind in _OWNERS or any(kind in owners for owners in _OWNERS.values())
    return row_object(kind, dict(row), metadata) if known else None


def _event(row: Mapping[str, str], parent: tuple[str, str], metadata: dict[str, Any]) -> dict[str, Any] | None:
    said = _EVENT.fullmatch(row.get("STATUS", ""))
    if said is None or parent[0] != "Pod":
        return None
    about = {"kind": parent[0], "name": parent[1], "namespace": metadata.get("namespace", "")}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": metadata,
        "involvedObject": about,
        "reason": said["reason"],
        "message": said["message"],
    }
