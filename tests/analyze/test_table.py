from datetime import UTC, datetime

import msgspec
import pytest

from diagflow.analyze.table import Table
from diagflow.model import Entity, Query, Reading, State
from diagflow.model.projection import ObjectList, projection

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = [
    {"namespace": "shop", "name": "a"},
    {"name": "of-no-namespace"},
    {"namespace": None, "name": "null"},
    {"namespace": "", "name": "empty"},
    {},
]


def table(items: list[object], kind: str = "pod") -> Table:
    fields = frozenset({"status.phase"})
    return Table(Reading(Query.of("objects", "pods"), State.DATA, NOW, ObjectList(items, fields, kind)), kind, {})


def structs(objects: list[dict[str, object]]) -> list[object]:
    return list(map(projection(frozenset({"status.phase"})).decode_item, map(msgspec.json.encode, objects)))


@pytest.mark.parametrize("chosen", [NAMES[:1], NAMES[:2], NAMES, NAMES[1:2]])
def test_a_row_is_found_by_the_entity_that_it_is(chosen: list[dict[str, object]]):
    objects: list[dict[str, object]] = [{"metadata": names} for names in chosen]
    for items in (structs(objects), list[object](objects), [*structs(objects[:1]), *objects[1:]]):
        found = table(items)
        assert [found.row_of(found.entity(row)) for row in range(len(items))] == list(range(len(items)))
        assert found.row_of(Entity("pod", "elsewhere", "shop")) is None


def test_an_object_without_metadata_has_no_name():
    found = table(structs([{"metadata": {"namespace": "shop", "name": "a"}}, {}]))
    assert (found.row_of(Entity("pod", "a", "shop")), found.row_of(Entity("pod", ""))) == (0, 1)


def test_values_of_containers_come_with_their_numbers():
    waiting = {"state": {"waiting": {"reason": "CrashLoopBackOff"}}, "ready": False}
    statuses = [{"name": "a", **waiting}, {"name": "b", "ready": True}, {"name": "c", **waiting}]
    found = table([{"metadata": {"name": "p"}, "status": {"containerStatuses": statuses}}])
    assert found.seen(0, "container.state.waiting.reason") == {"CrashLoopBackOff": [0, 2]}
    assert found.seen(0, "container.ready") == {"false": [0, 2], "true": [1]}
    assert found.seen(0, "container.type") == {"main": [0, 1, 2]}
    assert found.seen(0, "container.lastState.terminated.reason") == {}
