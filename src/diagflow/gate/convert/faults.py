r"""`kubernetes-reasons/faults`: what k8sgpt said about injected faults, and the manifests that it said it about.

Each fault has an object that is affected (in the recording, an alert is about it), the Deployment behind it, and the
error. k8sgpt reads these errors from the state of objects (k8sgpt-ai/k8sgpt, pkg/analyzer/pod.go and rs.go), so they
are put back where they came from:

- `FailedScheduling`: a pod's condition PodScheduled=False, reason Unschedulable; the scheduler's event says the same;
- `FailedCreate`: a ReplicaSet's condition ReplicaFailure, reason FailedCreate; the controller's event says the same;
- `the last termination reason is R container=C pod=P`: container C waits with CrashLoopBackOff, and last ended with R;
- any other: the message of a container that waits with that reason.

The pod, or the ReplicaSet, has the template of its Deployment, which it is made from. There are no times in it.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from diagflow.bundle.folder.documents import documents
from diagflow.bundle.folder.problem import Unreadable
from diagflow.gate.convert import labels
from diagflow.gate.convert.draft import Draft, is_object
from diagflow.gate.convert.source import Source

FORM: Final = "corpus faults (faults.json, and folders f1, f2 ...)"
_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)
_TEXT: Final = re.compile(
    r"Affected by the issue is the (?P<kind>Pod|ReplicaSet) with the name (?P<name>[a-z0-9.-]+)"
    r" in the namespace (?P<namespace>[a-z0-9.-]+)\..*?```yaml\n(?P<manifest>.*?)```.*?^Error: (?P<error>[^\n]*)$",
    re.DOTALL | re.MULTILINE,
)
_LAST: Final = re.compile(r"the last termination reason is (?P<reason>\w+) container=(?P<container>\S+) pod=\S+")
_CAUSES: Final[dict[int, dict[str, str]]] = {
    1: {"ref": "K8S-029"},
    2: {"ref": "K8S-025"},
    3: {"ref": "K8S-004"},
    4: {"ref": "K8S-001"},
    5: {"ref": "K8S-002"},
    6: {"ref": "K8S-005"},
    7: {"ref": "K8S-006"},
    8: {"ref": "K8S-011"},
    9: {"ref": "K8S-011"},
    10: {"id": "kubernetes.quota-demands-requests"},
    11: {"id": "kubernetes.limit-range-violated"},
    12: {"id": "kubernetes.limit-range-violated"},
    13: {"id": "kubernetes.limit-range-violated"},
    14: {"id": "kubernetes.limit-range-violated"},
    15: {"ref": "K8S-025"},
}
"""Rows of the catalogue, by fault; where it has none, our own cause for what `reference_root_cause` says."""

_QUOTA: Final = re.compile(r"\b(?:exceeded|failed) quota: (?P<name>[a-z0-9.-]+)")


def drafts(source: Source) -> Iterator[Draft]:
    """Yield a recording for each text: the fault in a demo deployment, and again in a real one."""
    found = source.json("faults.json")
    if not isinstance(found, list) or not all(isinstance(f, dict) and isinstance(f.get("id"), int) for f in found):
        raise source.wrong("faults.json", "it is no list of faults with an `id`")
    for fault in found:
        for name in source.names(f"f{fault['id']}/prompt*.txt"):
            yield _draft(source, fault, name)


def _draft(source: Source, fault: dict[str, Any], file: str) -> Draft:
    text = _TEXT.search(source.text(file))
    if not text:
        raise source.wrong(file, "it does not say which object is affected, with its manifest and error")
    family = f"f{fault['id']}"
    name = family if file.endswith("/prompt-test.txt") else f"{family}-service"
    cause = _CAUSES.get(fault["id"], {})
    said = f"kubernetes-reasons faults {file}: {text['error']}"
    right = labels.ill(said, family, [{**cause, "entity": _entity(text)}] if cause else [], time=_TIME)
    manifests = _manifest(source, file, text["manifest"])
    event = str(fault.get("event", ""))
    objects = [*manifests, *_affected(event, text, _template(manifests))]
    return Draft(name, right, objects, whole=False, alert=_alert(event, text))


def _alert(event: str, text: re.Match[str]) -> dict[str, Any]:
    """Return what the text says is affected as an alert about it."""
    about = {"alertname": event, "namespace": text["namespace"], text["kind"].lower(): text["name"]}
    return {"version": "4", "status": "firing", "alerts": [{"status": "firing", "labels": about}]}


def _entity(text: re.Match[str]) -> str:
    """Return what is at fault: the quota that the error names, else the object."""
    quota = _QUOTA.search(text["error"])
    kind, name = ("resourcequota", quota["name"]) if quota else (text["kind"].lower(), text["name"])
    return f"{kind}/{text['namespace']}/{name}"


def _manifest(source: Source, file: str, text: str) -> list[dict[str, Any]]:
    try:
        found = list(documents(text.encode(), ".yaml"))
    except Unreadable as e:
        raise source.wrong(file, f"its manifest {e.what}") from None
    return [one for one in found if is_object(one)]


def _template(manifests: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the template of the one workload; nothing if there is another number, or it has none."""
    specs = [one.get("spec") for one in manifests]
    found = [spec["template"] for spec in specs if isinstance(spec, dict) and isinstance(spec.get("template"), dict)]
    return found[0] if len(found) == 1 else {}


def _affected(event: str, text: re.Match[str], template: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the object, as k8sgpt saw it, and the event where it is one."""
    metadata = {"name": text["name"], "namespace": text["namespace"]}
    if text["kind"] == "ReplicaSet":
        condition = {"type": "ReplicaFailure", "status": "True", "reason": event, "message": text["error"]}
        status: dict[str, Any] = {"conditions": [condition]}
        spec, version = ({"template": template} if template else {}), "apps/v1"
    else:
        spec, version = template.get("spec") or {}, "v1"
        status = _pod_status(event, text["error"], _only_container(spec))
    affected = {"apiVersion": version, "kind": text["kind"], "metadata": metadata, "spec": spec, "status": status}
    return [affected, _event(event, text, metadata)] if event in ("FailedScheduling", "FailedCreate") else [affected]


def _only_container(spec: Any) -> dict[str, str]:
    """Return the name of the container, where a pod has one alone."""
    containers = spec.get("containers") if isinstance(spec, dict) else None
    one = containers[0] if isinstance(containers, list) and len(containers) == 1 else None
    return {"name": str(one["name"])} if isinstance(one, dict) and "name" in one else {}


def _pod_status(event: str, error: str, container: dict[str, str]) -> dict[str, Any]:
    if event == "FailedScheduling":
        condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": error}
        return {"phase": "Pending", "conditions": [condition]}
    last = _LAST.fullmatch(error)
    if last:
        waits = {"name": last["container"], "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
        return {"containerStatuses": [{**waits, "lastState": {"terminated": {"reason": last["reason"]}}}]}
    return {"containerStatuses": [{**container, "state": {"waiting": {"reason": event, "message": error}}}]}


def _event(event: str, text: re.Match[str], metadata: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{text['name']}.1", "namespace": text["namespace"]},
        "involvedObject": {"kind": text["kind"], **metadata},
        "type": "Warning",
        "reason": event,
        "message": text["error"],
    }
