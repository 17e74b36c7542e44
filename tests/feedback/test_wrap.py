from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from diagflow.feedback.wrap import wrap, wrapped

TEXTS = st.text(alphabet="ab ./_=-节点，。（）《 é", max_size=80)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("one two three", 7, ["one two", "three"]),
        ("a  b", 10, ["a  b"]),
        ("节点无法再接收", 6, ["节点无", "法再接", "收"]),
        ("节点，已满。", 4, ["节", "点，", "已", "满。"]),
        ("满（node", 6, ["满", "（node"]),
        ("kube_pod_status_phase", 10, ["kube_pod_", "status_", "phase"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("see registry.example/shop/cart:1.9 now", 12, ["see", "registry.", "example/", "shop/cart:", "1.9 now"]),
    ],
)
def test_wrapped(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width, cell_len) == lines


@given(TEXTS, st.integers(4, 30))
def test_nothing_is_lost_and_nothing_too_wide(text: str, width: int) -> None:
    lines = wrapped(text, width, cell_len)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= width for line in lines)


@given(TEXTS)
def test_spans_are_in_order(text: str) -> None:
    spans = wrap(text, 8, cell_len)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
