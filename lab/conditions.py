"""Conditions that a fault waits for, each a small mapping in its file.

    event:  {reason: FailedScheduling, message: 'Too many pods', at_least: 1}     pattern for the note; of the fault's
                                                namespace, or of `namespace`: events about nodes are in `default`
    count:  {kind: pods, prefix: web-, where: {status.phase: Pending}, at_least: 16}
    promql: 'sum(kube_pod_status_phase{phase="Pending"}) > 15'                    an answer that is not empty
    pause:  90                                  seconds that pass, where a state must last before it is a fault

`seconds` beside any of the others is the limit (default 120).
"""

import re
import time
from typing import Any

import httpx2

from lab import net
from lab.errors import LabError
from lab.kubectl import Kubectl
from lab.wait import DEAF, until


def await_all(kubectl: Kubectl, namespace: str, conditions: list[dict[str, Any]]) -> None:
    """Waits for conditions, one after the other.

    Raises:
        LabError: one did not come, or is written wrongly.
    """
    for condition in conditions:
        if set(condition) == {"pause"}:
            time.sleep(float(condition["pause"]))
            continue
        seconds = float(condition.get("seconds", 60 + DEAF))
        until(lambda c=condition: holds(kubectl, namespace, c), _text(condition), seconds, every=0.5)  # type: ignore[misc]


def holds(kubectl: Kubectl, namespace: str, condition: dict[str, Any]) -> bool:
    """Tells whether one condition holds now."""
    match condition:
        case {"event": dict() as wanted}:
            return _has_event(kubectl, namespace, wanted)
        case {"count": dict() as wanted}:
            return _has_count(kubectl, namespace, wanted)
        case {"promql": str() as expression}:
            return _has_answer(expression)
    raise LabError(f"no condition: {_text(condition)}; there are event, count, promql and pause")


def _has_event(kubectl: Kubectl, namespace: str, wanted: dict[str, Any]) -> bool:
    pattern = re.compile(wanted.get("message", ""))
    found = [
        event
        for event in kubectl.items("events", wanted.get("namespace", namespace))
        if event["reason"] == wanted["reason"] and pattern.search(event.get("message") or "")
    ]
    return bool(len(found) >= wanted.get("at_least", 1))


def _has_count(kubectl: Kubectl, namespace: str, wanted: dict[str, Any]) -> bool:
    found = [
        item
        for item in kubectl.items(wanted["kind"], namespace)
        if item["metadata"]["name"].startswith(wanted.get("prefix", ""))
        and all(_matches(item, path, value) for path, value in wanted.get("where", {}).items())
    ]
    return bool(wanted.get("at_least", 1) <= len(found) <= wanted.get("at_most", len(found)))


def _matches(item: Any, path: str, wanted: Any) -> bool:
    """Compares what a dotted path leads to; numbers in it count list entries, `*` is any entry."""
    values = [item]
    for step in path.split("."):
        values = [below for value in values for below in _step(value, step)]
    return any(re.fullmatch(str(wanted), str(value)) for value in values)


def _step(value: Any, step: str) -> list[Any]:
    match value:
        case list():
            return value if step == "*" else value[int(step) : int(step) + 1]
        case dict():
            return [value[step]] if step in value else []
    return []


def _has_answer(expression: str) -> bool:
    return bool(query(expression))


def query(expression: str) -> list[Any]:
    """Returns what the lab's Prometheus answers now."""
    try:
        with httpx2.Client(timeout=5, trust_env=False) as client:
            answer = client.get(f"{net.PROMETHEUS_URL}/api/v1/query", params={"query": expression}).json()
    except (httpx2.HTTPError, ValueError) as error:
        raise LabError(f"Prometheus did not answer `{expression}`: {error}") from error
    if answer.get("status") != "success":
        raise LabError(f"Prometheus refused `{expression}`: {answer.get('error')}")
    result: list[Any] = answer["data"]["result"]
    return result


def _text(condition: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in condition.items() if key != "seconds")
