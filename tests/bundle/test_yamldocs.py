import math
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from diagflow.bundle.folder.problem import Unreadable
from diagflow.bundle.folder.yamldocs import documents

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.text(st.characters(exclude_categories=["C"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc:#- ", max_size=5), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(VALUES, st.booleans())
def test_what_was_written_is_read(value: Any, flow: bool):  # noqa: FBT001
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow)
    assert list(documents(text)) == [value]


@settings(max_examples=200, deadline=None)
@given(st.text("abc:-[]{}&*!|>'\"#,? \n\t%@`\\", max_size=60))
def test_any_text_is_read_or_refused(text: str):
    with suppress(Unreadable):
        list(documents(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("2026-01-01", "2026-01-01"),
        ("0123", 123),
        ("1_000", "1_000"),
        ("12e3", 12000.0),
        (".5", 0.5),
        ("1e999", "1e999"),
        (".inf", ".inf"),
        ("123456789012345678901234567890", 123456789012345678901234567890.0),
        ("~", None),
        ("'~'", "~"),
        ("!!str 7", "7"),
        ("!custom 7", 7),
        ("12:30:45", "12:30:45"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: Any):
    [found] = documents(text)
    assert found == value
    assert type(found) is type(value)


def test_keys_are_strings():
    [found] = documents("1: a\ntrue: b\nnull: c\n")
    assert found == {"1": "a", "true": "b", "null": "c"}


def test_documents_and_aliases():
    assert list(documents("a: &x [1]\nb: *x\n---\n---\nc: 1\n")) == [{"a": [1], "b": [1]}, None, {"c": 1}]


def test_what_came_before_the_fault_is_read():
    found: list[Any] = []
    with pytest.raises(Unreadable) as caught:
        found.extend(documents("a: 1\n---\nb: [\n"))
    assert (caught.value.line, found) == (4, [{"a": 1}])


def test_no_number_is_infinite():
    [found] = documents("[1e99, -1e99, nan, .nan]")
    assert all(not isinstance(v, float) or math.isfinite(v) for v in found)
