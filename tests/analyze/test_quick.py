from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagflow.analyze.quick import decider
from diagflow.rules.cel import CelError, holds, shared

PATHS = ("object.a", "object.a.b", "container.m", "object.x.y.z")
PATTERNS = ("a", "(?i)B|c", "^x$", "[0-9]+")


def leaves() -> st.SearchStrategy[str]:
    path, pattern = st.sampled_from(PATHS), st.sampled_from(PATTERNS)
    listed = st.lists(pattern, min_size=1, max_size=3).map(lambda ps: "[" + ", ".join(f"'{p}'" for p in ps) + "]")
    return st.one_of(
        path.map(lambda p: f"has({p})"),
        st.tuples(path, pattern).map(lambda t: f"{t[0]}.matches('{t[1]}')"),
        st.tuples(listed, path).map(lambda t: f"{t[0]}.exists(p, {t[1]}.matches(p))"),
        st.sampled_from(
            [
                "true",
                "false",
                "object.a == 'a'",
                "object.a != container.m",
                "object.a != 'B'",
                "container.m == 1",
                "container.m == true",
                "container.m == 1.0",
                "object.a in ['a', 'x']",
                "object.a in [0, 2]",
                "object.a in [0, 'a']",
                "object.a in []",
                "container.m >= 1",
                "container.m < 2",
                "container.m > 1.5",
                "object.a > '1'",
                "['a'].all(p, object.a.matches(p))",
                "size(object.a) > 1",
            ]
        ),
    )


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, st.sampled_from([" && ", " || "]), inner).map(lambda t: f"({t[0]}{t[1]}{t[2]})")
    return st.one_of(pair, inner.map(lambda e: f"!({e})"))


EXPRESSIONS = st.recursive(leaves(), joined, max_leaves=6)
LEAF: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.integers(0, 2), st.sampled_from(["a", "B", "x", "12", ""]), st.just({"b": "c"}), st.just([])
)
VALUES = st.fixed_dictionaries(
    {
        "object": st.fixed_dictionaries({}, optional={"a": LEAF, "x": st.one_of(LEAF, st.just({"y": {"z": "a"}}))}),
        "container": st.fixed_dictionaries({}, optional={"m": LEAF}),
    }
)


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS, VALUES)
def test_what_is_decided_is_what_cel_says(source: str, values: dict[str, Any]):
    decide = decider(source)
    found = None if decide is None else decide(values)
    if found is not None:
        expected = holds(source, shared().activation(**values))
        assert not isinstance(expected, CelError)
        assert found is expected


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("!has(object.metadata.deletionTimestamp) && object.m.matches('not found')", True),
        ("object.m.matches('denied')", False),
        ("['denied', 'not (found|there)'].exists(p, object.m.matches(p))", True),
        ("!['denied'].exists(p, object.m.matches(p)) && has(object.m)", True),
        ("has(object.m) || age(object.m) > 3.0", True),
        ("object.m.matches('denied') && age(object.m) > 3.0", False),
        ("object.m.matches('found') && age(object.m) > 3.0", None),
        ("object.nothing.matches('x')", None),
        ("has(object.nothing.at.all)", None),
        ("object.m == 'not found' && object.n != 6", True),
        ("object.n in [6, 8] || object.n >= 8", False),
        ("object.n in ['7']", None),
        ("object.n == '7'", None),
        ("object.n.matches('7')", None),
    ],
)
def test_what_can_be_decided(source: str, found: bool | None):  # noqa: FBT001
    decide = decider(source)
    assert decide is not None
    assert decide({"object": {"m": "not found", "n": 7, "metadata": {}}}) is found


@pytest.mark.parametrize(
    "source",
    [
        "object.a == object.b",
        "object.a == 1.0",
        "object.a in [1, 'x']",
        "age(object.a) > 1.0",
        "object.a.matches(object.b)",
        "nonsense(",
    ],
)
def test_what_never_can_is_left_to_cel(source: str):
    assert decider(source) is None
