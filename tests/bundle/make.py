"""Bundles and readings for the tests of this folder."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from diagflow.bundle import Bundle
from diagflow.model import BadInput, Entity, Incident, Query, Reading, State
from diagflow.model.projection import ObjectList, projection

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
FIELDS = frozenset({"status.phase", "spec.nodeName"})
PODS = Query.of("objects", "pods")


def incident(**more: Any) -> Incident:
    return Incident(NOW, (Entity("pod", "cart-0", "shop"),), **more)


def pod(name: str, namespace: str = "shop", **more: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "uid": f"uid-{name}"},
        "status": {"phase": "Running"},
        **more,
    }


def objects(
    items: list[dict[str, Any]], fields: frozenset[str] | None = FIELDS, query: Query = PODS, **more: Any
) -> Reading:
    decode = projection(fields).decode_item
    structs = [decode(json.dumps(item).encode()) for item in items]
    state = State.DATA if items else State.EMPTY
    return Reading(query, state, NOW, ObjectList(structs, fields, "Pod"), source="kubernetes", fields=fields, **more)


def reading(text: str, data: Any, state: State = State.DATA, **more: Any) -> Reading:
    return Reading(Query.parse(text), state, NOW, data, source="test", **more)


def readings() -> list[Reading]:
    """One of each sort."""
    return [
        objects([pod("cart-0"), pod("cart-1"), pod("web-0", "front")]),
        objects([], query=Query.of("objects", "nodes")),
        reading(
            "promql:up", [{"labels": {"job": "a"}, "value": float("nan"), "time": 1.5}], product="prometheus 3.16.0"
        ),
        reading("promql:up#end=0&start=-300&step=60", [{"labels": {}, "values": [[1.0, 2.0], [2.0, float("inf")]]}]),
        reading("log:shop/cart-0/app#previous=true&tail=3", "one\ntwo\nthree\n"),
        reading("log:shop/cart-0/app", "ünï\ncode"),
        reading("fact:go.version", {"version": "1.24", "path": "C:\\Go"}),
        reading("change:rollout", [], State.EMPTY),
        reading("objects:secrets", None, State.FORBIDDEN, detail="not allowed to list secrets"),
        reading("object:pod/shop/cart-0", {"kind": "Pod", "metadata": {"name": "cart-0", "namespace": "shop"}}),
    ]


def bundle(found: list[Reading] | None = None) -> Bundle:
    made = Bundle(incident(alert={"alerts": [{"labels": {"alertname": "A"}}]}, labels={"cluster": "c"}))
    for one in readings() if found is None else found:
        made.add(one)
    return made


def refusal(call: Any, *args: Any, **more: Any) -> str:
    """Return the one line with which something is refused."""
    try:
        call(*args, **more)
    except BadInput as e:
        text = str(e)
        assert text
        assert "\n" not in text
        return text
    raise AssertionError("it was not refused")


def write(root: Path, files: dict[str, Any]) -> Path:
    """Write files: bytes and strings as they are, anything else as JSON."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        body = content if isinstance(content, bytes | str) else json.dumps(content)
        path.write_bytes(body.encode() if isinstance(body, str) else body)
    return root
