"""What Robusta put down about a finding: the events of the pod that it is about, or that it names.

A finding is what Robusta made of an alert or an event; its `evidence` is for people. Of it, the tables of events are
taken, which have reason, type, time and message of each. What else stands there (why a container waits, what a pod
requires) is in words, or says what the outputs of kubectl beside it say in full.
https://github.com/robusta-dev/robusta/blob/master/playbooks/robusta_playbooks/event_enrichments.py
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from diagflow.bundle.folder.documents import documents
from diagflow.bundle.folder.problem import Unreadable
from diagflow.bundle.foreign.ages import written

_NAMED: Final = re.compile(r"\*\*Pod events for (?P<name>[a-z0-9.-]+):\*\*")
_COLUMNS: Final = ["reason", "type", "time", "message"]


def events_of(text: str) -> Iterator[dict[str, Any]]:
    """Yield the events of a finding, as YAML or JSON."""
    try:
        found = next(documents(text.encode(), ".yaml"), None)
    except Unreadable:
        return
    finding = found if isinstance(found, dict) else {}
    evidence = finding.get("evidence")
    for one in evidence if isinstance(evidence, list) else ():
        if isinstance(one, dict) and one.get("enrichment_type") == "k8s_events":
            yield from _of_tables(finding, _decoded(one.get("data")))


def _decoded(data: Any) -> list[Any]:
    """Return the blocks of one piece of evidence; nothing where the recording has escaped them twice."""
    try:
        found = json.loads(data)
    except (TypeError, ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def _of_tables(finding: Mapping[str, Any], blocks: list[Any]) -> Iterator[dict[str, Any]]:
    pod = str(finding.get("subject_name") or "") if finding.get("subject_type") == "pod" else ""
    for block in blocks:
        data = block.get("data") if isinstance(block, dict) else None
        if isinstance(data, str) and (named := _NAMED.fullmatch(data)):
            pod = named["name"]
        elif isinstance(data, dict) and data.get("headers") == _COLUMNS and pod:
            about = {"kind": "Pod", "name": pod, "namespace": str(finding.get("subject_namespace") or "")}
            yield from (_event(row, about) for row in data.get("rows") or () if _is_event(row))


def _is_event(row: Any) -> bool:
    return (
        isinstance(row, list)
        and len(row) == len(_COLUMNS)
        and all(isinstance(cell, str) for cell in (row[0], row[1], row[3]))
        and isinstance(row[2], int | float)
        and 0 < row[2] < 1e14  # noqa: PLR2004  # milliseconds, of years with four digits
    )


def _event(row: list[Any], about: dict[str, str]) -> dict[str, Any]:
    reason, kind, time, message = row
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": about["name"], "namespace": about["namespace"]},
        "involvedObject": about,
        "type": kind,
        "reason": reason,
        "message": message,
        "lastTimestamp": written(datetime.fromtimestamp(time / 1000, UTC)),
    }
