"""Tables of `kubectl get` as objects, as far as a row tells: pods, nodes, workloads, claims, events.

kubernetes, pkg/printers/internalversion/printers.go: printPod, printNode. A row is a summary. What it does not say is
left out, also where one could guess: the STATUS of a pod is the reason of *some* container of it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from diagflow.bundle.foreign import events
from diagflow.bundle.foreign.ages import age_of, before
from diagflow.bundle.foreign.columns import rows
from diagflow.bundle.foreign.values import filled, labels_of
from diagflow.bundle.foreign.workloadrows import workload_row

_PHASES: Final = frozenset({"Pending", "Running", "Succeeded", "Failed"})
_POD_REASONS: Final = frozenset({"Evicted", "NodeAffinity", "NodeLost", "Preempting", "UnexpectedAdmissionError"})
"""Reasons of a pod as a whole, which no container has."""


def table(text: str, kind: str, namespace: str = "", now: datetime | None = None) -> list[dict[str, Any]]:
    """Return what the rows of a table say; nothing for a kind that is not known here.

    Args:
        text: what `kubectl get KIND`, with `-o wide` and `--show-labels` or without, printed.
        kind: of the rows, as `Pod`.
        namespace: of all rows, where the table has no such column.
        now: when it ran: ages count from there.
    """
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    if kind == "Event":
        return events.listed(lines, namespace, now)
    found = (row_object(kind, row, _metadata(row, kind, namespace, now)) for row in _named(lines))
    return [one for one in found if one]


def _named(lines: Sequence[str]) -> Iterator[dict[str, str]]:
    return (row for row in rows(_from_headings(lines)) if row.get("NAME"))


def row_object(kind: str, row: dict[str, str], metadata: dict[str, Any]) -> dict[str, Any] | None:
    """Return what a row says of an object; None for a kind that is not known here."""
    if kind == "Pod":
        return _pod(row, metadata)
    return _node(row, metadata) if kind == "Node" else workload_row(kind, row, metadata)


def _from_headings(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines from the headings on; none without them: columns of another table could be anything."""
    start = next((i for i, line in enumerate(lines) if line.startswith(("NAME ", "NAMESPACE "))), len(lines))
    return lines[start:]


def _metadata(row: dict[str, str], kind: str, namespace: str, now: datetime | None) -> dict[str, Any]:
    return filled(
        {
            "name": row["NAME"],
            "namespace": "" if kind == "Node" else row.get("NAMESPACE") or namespace,
            "labels": labels_of(row.get("LABELS", "").split(",")),
            "creationTimestamp": before(now, age_of(row.get("AGE", ""))),
        }
    )


def _pod(row: dict[str, str], metadata: dict[str, Any]) -> dict[str, Any]:
    said = row.get("STATUS", "")
    status = {
        "phase": said if said in _PHASES else "",
        "podIP": row.get("IP"),
        "nominatedNodeName": row.get("NOMINATED NODE"),
        "reason": said if said in _POD_REASONS else "",
    }
    spec = filled({"nodeName": row.get("NODE")})
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": filled(status)}


def _node(row: dict[str, str], metadata: dict[str, Any]) -> dict[str, Any]:
    """Return a node; `NotReady` may be False or Unknown, so it is no condition here."""
    said = row.get("STATUS", "").split(",")
    addresses = {"InternalIP": row.get("INTERNAL-IP"), "ExternalIP": row.get("EXTERNAL-IP")}
    info = {
        "kubeletVersion": row.get("VERSION"),
        "osImage": row.get("OS-IMAGE"),
        "kernelVersion": row.get("KERNEL-VERSION"),
        "containerRuntimeVersion": row.get("CONTAINER-RUNTIME"),
    }
    status = {
        "conditions": [{"type": "Ready", "status": "True"}] if "Ready" in said else [],
        "addresses": [{"type": kind, "address": address} for kind, address in addresses.items() if address],
        "nodeInfo": filled(info),
    }
    spec = {"unschedulable": True} if "SchedulingDisabled" in said else {}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": spec, "status": filled(status)}
