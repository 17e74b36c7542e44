"""The alert of a HolmesGPT case, as Alertmanager would send it: its own where there is one, else what was asked for."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from diagflow.gate.convert.source import Source

_REQUESTS: Final = ("investigate_request.json", "workload_health_request.json")
_LABEL_OF_KIND: Final = {"job": "job_name"}  # `job` is Prometheus' word for a scrape job
_KINDS: Final = frozenset({"pod", "job", "node", "deployment", "statefulset", "daemonset", "replicaset"})


def alert_of(source: Source, case: str, objects: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the body of a webhook, None where nobody asked about anything.

    Args:
        source: the corpus.
        case: its folder.
        objects: that were printed; one of the subject's name decides its kind, which the questions have wrong at times.
    """
    issue = _json(source, f"{case}/issue_data.json")
    raw = issue.get("raw")
    starts = _rfc3339(raw.get("startsAt") if isinstance(raw, dict) else issue.get("starts_at"))
    if isinstance(raw, dict) and isinstance(raw.get("labels"), dict):
        labels = {str(k): str(v) for k, v in raw["labels"].items() if v}
    else:
        labels = _asked(source, case, objects)
    if not labels:
        return None
    one = {"status": "firing", "labels": labels, **({"startsAt": starts} if starts else {})}
    return {"version": "4", "status": "firing", "alerts": [one]}


def _asked(source: Source, case: str, objects: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return what a question is about, as the labels of an alert."""
    request = next((_json(source, f"{case}/{name}") for name in _REQUESTS if source.has(f"{case}/{name}")), {})
    subject = request.get("subject") or request.get("resource")
    if not isinstance(subject, Mapping) or not subject.get("name"):
        return {}
    name, namespace = str(subject["name"]), str(subject.get("namespace") or "")
    kind = str(subject.get("kind") or subject.get("subject_type") or "").lower()
    kind = next((o["kind"].lower() for o in objects if o["metadata"]["name"] == name), kind)
    if kind not in _KINDS:
        return {}
    title = str(request.get("title") or "workload health")
    place = {"namespace": namespace} if namespace and kind != "node" else {}
    return {"alertname": title, **place, _LABEL_OF_KIND.get(kind, kind): name}


def _json(source: Source, name: str) -> dict[str, Any]:
    found = source.json(name) if source.has(name) else {}
    return found if isinstance(found, dict) else {}


def _rfc3339(text: Any) -> str:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return ""
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if found.tzinfo else ""
