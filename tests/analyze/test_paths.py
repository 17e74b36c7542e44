import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.analyze.paths import scalar, values_at
from diagflow.analyze.scan import every, index
from diagflow.model.projection import projection, reader_of

PATHS = ("status.phase", "status.conditions[].reason", "status.containers[].state.waiting.reason", "spec.count")
LEAF = st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["A", "B", "Running", ""]))


def objects() -> st.SearchStrategy[dict[str, object]]:
    waiting = st.fixed_dictionaries({}, optional={"waiting": st.fixed_dictionaries({}, optional={"reason": LEAF})})
    container = st.fixed_dictionaries({}, optional={"state": waiting})
    status = st.fixed_dictionaries(
        {},
        optional={
            "phase": LEAF,
            "conditions": st.lists(st.fixed_dictionaries({}, optional={"reason": LEAF}), max_size=3),
            "containers": st.lists(container, max_size=2),
        },
    )
    return st.fixed_dictionaries({}, optional={"status": status, "spec": st.fixed_dictionaries({"count": LEAF})})


@given(st.lists(objects(), max_size=6))
def test_index_finds_what_a_walk_finds_in_dicts_and_structs(items: list[dict[str, object]]):
    wanted = dict.fromkeys(PATHS, ("A", "true", "1", "Running"))
    decode = projection(frozenset(PATHS)).decode_item
    structs = [decode(msgspec.json.encode(item)) for item in items]
    whole = projection(frozenset({"status.containers", "status.phase", "status.conditions", "spec"})).decode_item
    expected = {
        path: {v: [i for i, o in enumerate(items) if v in map(scalar, reader_of(path)(o))] for v in values}
        for path, values in wanted.items()
    }
    assert index(items, wanted) == expected
    assert index(structs, wanted) == expected
    assert index([whole(msgspec.json.encode(item)) for item in items], wanted) == expected


@given(st.lists(objects(), max_size=6))
def test_every_value_is_found_in_dicts_and_structs(items: list[dict[str, object]]):
    decode = projection(frozenset(PATHS)).decode_item
    structs = [decode(msgspec.json.encode(item)) for item in items]
    expected: dict[str, list[int]] = {}
    for row, item in enumerate(items):
        for value in {scalar(v) for path in PATHS for v in reader_of(path)(item)} - {None}:
            expected.setdefault(str(value), []).append(row)
    assert every(items, PATHS) == expected
    assert every(structs, PATHS) == expected


def test_a_path_and_a_longer_one_below_it_are_both_found():
    obj = {"a": {"b": 1}}
    assert values_at("a")(obj) == [{"b": 1}]
    assert values_at("a", "a.b")(obj) == [{"b": 1}, 1]


def test_lists_and_objects_hold_no_value_that_a_rule_could_name():
    assert index([{"a": ["x"]}, {"a": {"x": 1}}, {"a": "x"}], {"a": ["x"]}) == {"a": {"x": [2]}}


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (False, "false"), (137, "137"), (1.0, "1"), (0.5, "0.5"), ("x", "x"), (None, None), ([1], None)],
)
def test_scalars_are_written_as_rules_write_them(value: object, text: str | None):
    assert scalar(value) == text
