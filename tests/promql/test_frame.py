import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from diagflow.promql.frame import Frame, Symbols, groups_of, show

ROWS = st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from(["x", "y", "z"])), max_size=12)


@given(ROWS)
def test_label_sets_come_back(rows: list[dict[str, str]]) -> None:
    frame = Frame.of(Symbols(), rows)
    assert list(frame.rows()) == [dict(sorted(row.items())) for row in rows]


@given(ROWS, st.sets(st.sampled_from("abcd")))
def test_groups_are_those_of_equal_labels_in_order_of_appearance(rows: list[dict[str, str]], names: set[str]) -> None:
    group, first = Frame.of(Symbols(), rows).groups(sorted(names))
    keys = [tuple(row.get(name, "") for name in sorted(names)) for row in rows]
    seen = list(dict.fromkeys(keys))
    assert [seen[number] for number in group] == keys
    assert [keys[row] for row in first] == seen


def test_many_columns_do_not_overflow() -> None:
    columns = [np.arange(1000, dtype=np.int64) * 2**20 for _ in range(20)]
    assert len(groups_of(columns, 1000)[1]) == 1000


def test_a_child_adds_symbols_for_itself() -> None:
    parent = Symbols()
    one = parent.code("one")
    child = Symbols(parent)
    two = child.code("two")
    assert (child.code("one"), child.text(two), parent.find("two"), child.text(one)) == (one, "two", None, "one")
    parent.code("later")
    assert child.text(two) == "two"


def test_repeated_label_sets_are_seen() -> None:
    assert Frame.of(Symbols(), [{"a": "x"}, {"a": "x"}]).repeats()
    assert not Frame.of(Symbols(), [{"a": "x"}, {"b": "x"}]).repeats()


def test_show() -> None:
    assert show({"b": 'q"', "__name__": "m"}) == '{__name__="m", b="q\\""}'
