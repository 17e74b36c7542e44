"""`kubectl describe pod` as the pod that it was printed from."""

import re
from datetime import datetime
from typing import Any, Final

from diagflow.bundle.foreign.ages import age_of, before, time_of
from diagflow.bundle.foreign.containers import statuses_of
from diagflow.bundle.foreign.metadata import metadata_of, pod_spec
from diagflow.bundle.foreign.outline import Entry
from diagflow.bundle.foreign.values import filled

_TERMINATING: Final = re.compile(r"Terminating \(lasts (\S+)\)")
_CONDITION: Final = re.compile(r"(\S+) +(True|False|Unknown)")


def pod_of(root: Entry, now: datetime | None) -> dict[str, Any]:
    """Return the pod; `Terminating (lasts 5m)` is a deletion five minutes before `now`, and hides the phase."""
    terminating = _TERMINATING.fullmatch(root.get("Status").value)
    node, _, address = root.get("Node").value.partition("/")
    metadata = metadata_of(root)
    if terminating:
        metadata |= filled({"deletionTimestamp": before(now, age_of(terminating[1]))})
    status = {
        "phase": "" if terminating else root.get("Status").value,
        "reason": root.get("Reason").value,
        "message": root.get("Message").value,
        "hostIP": address,
        "podIP": root.get("IP").value,
        "podIPs": [{"ip": one.value} for one in root.get("IPs").below if one.value],
        "startTime": time_of(root.get("Start Time").value),
        "nominatedNodeName": root.get("NominatedNodeName").value,
        "qosClass": root.get("QoS Class").value,
        "conditions": _conditions(root.get("Conditions")),
        "initContainerStatuses": statuses_of(root.get("Init Containers")),
        "containerStatuses": statuses_of(root.get("Containers")),
    }
    spec = {**filled({"nodeName": node}), **pod_spec(root)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": filled(status)}


def _conditions(entry: Entry) -> list[dict[str, Any]]:
    """Return the conditions; kubectl prints neither reason nor time of a pod's."""
    found = (_CONDITION.fullmatch(line.text) for line in entry.below)
    return [{"type": f[1], "status": f[2]} for f in found if f]
