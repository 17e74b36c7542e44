"""The sieve leaves in every object of which a condition holds, and few others."""

from typing import Any
from unittest import mock

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.analyze import sieve
from diagflow.analyze.containers import containers_of
from diagflow.analyze.sieve import FEW, may_hold
from diagflow.model.projection import projection
from diagflow.rules.cel import holds, shared

FIELDS = frozenset({
    "metadata.deletionTimestamp", "spec.paused", "spec.replicas", "status.phase",
    "spec.containers[].name", "spec.containers[].resources", "spec.initContainers[].name",
    "status.containerStatuses[].name", "status.containerStatuses[].ready",
    "status.containerStatuses[].restartCount", "status.containerStatuses[].state",
})  # fmt: skip

ENDING = {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}
PAUSED = {"spec": {"paused": True, "replicas": 3}}
PLAIN: dict[str, Any] = {"spec": {"replicas": 1}, "status": {"phase": "Running"}}
ONCE = {"status": {"containerStatuses": [{"name": "a", "ready": True, "restartCount": 0, "state": {"running": {}}}]}}
OFTEN = {"status": {"containerStatuses": [
    {"name": "a", "ready": True, "restartCount": 0, "state": {"running": {}}},
    {"name": "b", "ready": False, "restartCount": 5, "state": {"waiting": {"reason": "CrashLoopBackOff"}}},
]}}  # fmt: skip
OBJECTS: list[dict[str, Any]] = [ENDING, PAUSED, PLAIN, ONCE, OFTEN, {}]


def left(source: str, objects: list[dict[str, Any]] = OBJECTS, *, structs: bool = True) -> list[int] | None:
    made = projection(FIELDS)
    items = [made.decode_item(msgspec.json.encode(o)) for o in objects] if structs else objects
    found = may_hold(source, "pod", items)
    return None if found is None else sorted(found)


@pytest.mark.parametrize("structs", [True, False])
@pytest.mark.parametrize(("source", "numbers"), [
    ("has(object.metadata.deletionTimestamp)", [0]),
    ("has(object.metadata.deletionTimestamp) && age(object.metadata.deletionTimestamp) >= 300.0", [0]),
    ("age(object.metadata.deletionTimestamp) >= 300.0 && has(object.metadata.deletionTimestamp)", [0]),
    ("object.spec.paused", [1]),
    ("!object.spec.paused", []),
    ("object.spec.replicas > 1", [1]),
    ("object.spec.replicas >= 1 && object.status.phase == 'Running'", [1, 2]),  # few enough after the first
    ("object.status.phase in ['Pending', 'Running'] || object.spec.paused", [1, 2]),
    ("container.restartCount >= 3", [4]),
    ("container.restartCount > 0 || !container.ready", [4]),
    ("has(container.state.running)", [3, 4]),
    ("container.name == 'b' && container.ready", [4]),
    # nothing is known of these, so all stay in
    ("size(object.spec) > 1", None),
    ("!has(object.spec.paused)", None),
    ("object.spec.paused || size(object.spec) > 1", None),
    ("object.status.phase != 'Running'", None),
    ("object.spec.replicas > 1.5", None),
    ("container.type == 'init'", None),
    ("object.kind == 'Pod'", None),
])  # fmt: skip
def test_what_is_left(source: str, numbers: list[int] | None, *, structs: bool) -> None:
    assert left(source, structs=structs) == numbers


def test_what_does_not_compile_leaves_all_in() -> None:
    assert left("object.") is None


def test_a_value_of_another_type_stays_in_so_that_cel_can_complain() -> None:
    odd = [{"spec": {"replicas": "many", "paused": "yes"}, "status": {"phase": 7}}]
    for source in ("object.spec.replicas > 1", "object.spec.paused", "object.status.phase == 'Running'"):
        assert left(source, odd, structs=False) == [0]


def test_few_are_not_sifted_twice() -> None:
    both = "object.spec.paused && object.spec.replicas > 5"
    assert left(both) == [1]
    assert left(both, [PAUSED] * (FEW + 1)) == []


PATHS = ("spec.paused", "spec.replicas", "status.phase", "metadata.deletionTimestamp")
LEAVES = st.sampled_from([
    *(f"has(object.{path})" for path in PATHS), *(f"!has(object.{path})" for path in PATHS),
    "object.spec.paused", "!object.spec.paused", "object.spec.replicas > 2", "object.spec.replicas <= 0",
    "object.spec.replicas == 3", "object.spec.replicas != 3", "object.status.phase in ['Running', 'Failed']",
    "object.status.phase.startsWith('R')", "container.ready", "!container.ready", "container.restartCount >= 2",
    "has(container.state.waiting)", "container.state.waiting.reason == 'CrashLoopBackOff'",
    "container.type == 'main'", "container.name in ['a', 'c']", "has(container.spec.resources.limits.cpu)",
])  # fmt: skip
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
    max_leaves=5,
)
STATES = st.sampled_from([{}, {"running": {}}, {"waiting": {"reason": "CrashLoopBackOff"}}, {"waiting": {}}])


def fields(**some: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=some)


LIMITS = st.sampled_from([{}, {"limits": {}}, {"limits": {"cpu": "1"}}])
SPECS = st.lists(st.fixed_dictionaries({"name": st.sampled_from("abc")}, optional={"resources": LIMITS}), max_size=2)
STATUSES = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from("abc")},
        optional={"ready": st.booleans(), "restartCount": st.integers(0, 4), "state": STATES},
    ),
    max_size=2,
)
PODS = fields(
    metadata=fields(deletionTimestamp=st.just("2026-01-01T00:00:00Z")),
    spec=fields(
        paused=st.booleans(), replicas=st.integers(-1, 4), containers=SPECS, initContainers=SPECS.map(lambda s: s[:1])
    ),
    status=fields(phase=st.sampled_from(["Running", "Pending", "Failed"]), containerStatuses=STATUSES),
)


@given(source=CONDITIONS, pods=st.lists(PODS, max_size=4), structs=st.booleans())
def test_whatever_holds_is_left_in(source: str, pods: list[dict[str, Any]], *, structs: bool) -> None:
    with mock.patch.object(sieve, "FEW", 0):
        found = left(source, pods, structs=structs)
    for number, pod in enumerate(pods):
        parts = [{"container": c} for c in containers_of(pod)] if "container." in source else [{}]
        if any(holds(source, shared().activation(object=pod, **part)) is True for part in parts):
            assert found is None or number in found
