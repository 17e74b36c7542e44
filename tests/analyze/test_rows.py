"""A few values of each object, read without making the objects."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagflow.analyze.narrow import PlainObjects, rows
from diagflow.analyze.rows import Columns
from diagflow.model.projection import ObjectList, projection

FIELDS = frozenset({"spec.nodeName", "spec.containers[].ports", "spec.containers[].env[].name", "status.conditions"})
PATHS = ("metadata.name", *sorted(FIELDS))
BARE: dict[str, Any] = {"metadata": {"name": "bare"}}
FULL: dict[str, Any] = {
    "metadata": {"name": "full"},
    "spec": {
        "nodeName": "n1",
        "containers": [{"ports": [{"hostPort": 80}], "env": [{"name": "A"}, {}]}, {"image": "x"}],
    },
    "status": {"conditions": [{"type": "Ready"}]},
}
ROW_OF_FULL = ("full", [["A", None], None], [[{"hostPort": 80}], None], "n1", [{"type": "Ready"}])


def structs(objects: list[Any], kept: frozenset[str] = FIELDS) -> PlainObjects:
    decode = projection(kept).decode_item
    return PlainObjects(ObjectList([decode(msgspec.json.encode(o)) for o in objects], kept), FIELDS)


@pytest.mark.parametrize("kept", [FIELDS, FIELDS | {"spec.containers"}, frozenset({"spec", "status"})])
def test_structs_and_dicts_have_the_same_rows(kept: frozenset[str]) -> None:
    wanted = [ROW_OF_FULL, ("bare", None, None, None, None)]
    assert list(rows([FULL, BARE], *PATHS)) == wanted
    assert list(rows(structs([FULL, BARE], kept), *PATHS)) == wanted


def test_objects_of_several_types_in_one_list() -> None:
    decode = projection(FIELDS).decode_item
    mixed = [FULL, decode(msgspec.json.encode(FULL)), projection(frozenset({"status"})).decode_item(b"{}")]
    assert list(Columns(mixed).rows(PATHS)) == [ROW_OF_FULL, ROW_OF_FULL, (None,) * 5]


@pytest.mark.parametrize(
    "odd", [{"spec": None}, {"spec": "x"}, {"spec": {"containers": "x"}}, {"spec": {"containers": [None, 1]}}]
)
def test_what_is_no_object_has_nothing(odd: Any) -> None:
    (row,) = rows([odd], *PATHS)
    assert row[3:] == (None, None)
    assert row[1] in (None, [None, None])


def test_no_objects_no_rows() -> None:
    assert list(rows([], *PATHS)) == []


def test_a_column_is_read_once_for_all_rows() -> None:
    objects = structs([FULL])
    first = next(rows(objects, "status.conditions"))
    assert next(rows(objects, "spec.nodeName", "status.conditions"))[1] is first[0]


def test_an_analyzer_reads_only_what_its_pack_declares() -> None:
    with pytest.raises(ValueError, match=r"reads spec\.priority, which is not declared: add it to the fields"):
        rows(structs([FULL]), "spec.nodeName", "spec.priority")


values = st.one_of(st.none(), st.integers(), st.text(max_size=2))
containers = st.lists(st.fixed_dictionaries({}, optional={"ports": st.lists(values, max_size=2)}), max_size=3)
objects = st.fixed_dictionaries(
    {},
    optional={
        "spec": st.fixed_dictionaries(
            {}, optional={"nodeName": values, "containers": st.one_of(st.none(), containers)}
        ),
        "status": st.one_of(st.none(), st.fixed_dictionaries({}, optional={"conditions": values})),
    },
)


@settings(deadline=None)
@given(st.lists(objects, max_size=4))
def test_a_row_has_what_the_object_has(some: list[Any]) -> None:
    def wanted(plain: Any) -> tuple[Any, ...]:
        spec, status = plain.get("spec") or {}, plain.get("status") or {}
        ports = [c.get("ports") for c in spec["containers"]] if spec.get("containers") is not None else None
        return spec.get("nodeName"), ports, status.get("conditions")

    paths = ("spec.nodeName", "spec.containers[].ports", "status.conditions")
    made = structs(some)
    assert (
        list(rows(made, *paths)) == list(rows(some, *paths)) == [wanted(o) for o in some] == [wanted(o) for o in made]
    )
