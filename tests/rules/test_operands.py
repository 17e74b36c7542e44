import pytest

from diagflow.rules.cel import CelError
from diagflow.rules.operands import Operand, operands
from diagflow.rules.operands import _split as split  # names such as `a` do not compile, and need not


def shape(operand: Operand) -> object:
    return (operand.op, *map(shape, operand.parts)) if operand.op else operand.source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("value > 1", "value > 1"),
        ("value > 1 && value < 9", ("&&", "value > 1", "value < 9")),
        ("a && b || c && d", ("||", ("&&", "a", "b"), ("&&", "c", "d"))),
        ("a && (b || c) && d", ("&&", "a", ("||", "b", "c"), "d")),
        ("(a && b)", ("&&", "a", "b")),
        ("(a) && (b)", ("&&", "a", "b")),
        ("((a || b))", ("||", "a", "b")),
        ("!(a && b)", ("!", ("&&", "a", "b"))),
        ("!(a)", "!(a)"),
        ("!a && ! (b || c)", ("&&", "!a", ("!", ("||", "b", "c")))),
        ("a ? b : c ? d : e", ("?:", "a", "b", ("?:", "c", "d", "e"))),
        ("a ? b ? c : d : e", ("?:", "a", ("?:", "b", "c", "d"), "e")),
        ("a || b ? c && d : e", ("?:", ("||", "a", "b"), ("&&", "c", "d"), "e")),
        ("x.exists(y, y.a && y.b) && c", ("&&", "x.exists(y, y.a && y.b)", "c")),
        ("x == 'a && b' && c", ("&&", "x == 'a && b'", "c")),
        (r"""x == "\" || " || c""", ("||", r"""x == "\" || " """.strip(), "c")),
        (r"x.matches(r'\') && c", ("&&", r"x.matches(r'\')", "c")),
        ('x == """a " && b""" && c', ("&&", 'x == """a " && b"""', "c")),
        ("{'a': b}['a'] && c", ("&&", "{'a': b}['a']", "c")),
        ("a // || b\n&& c", ("&&", "a // || b", "c")),
        ("(a ? 1 : 2) > 1 && c", ("&&", "(a ? 1 : 2) > 1", "c")),
    ],
)
def test_a_condition_is_split_where_operators_stand_outside_of_brackets(source: str, expected: object):
    assert shape(split(source)) == expected


def test_what_means_nothing_by_itself_leaves_the_whole_as_it_is():
    assert operands("value && nonsense").op == ""
    assert [leaf.source for leaf in operands("value > 1 && (value < 3 || value == 9)").leaves()] == [
        "value > 1",
        "value < 3",
        "value == 9",
    ]


def reached(source: str, **values: bool | CelError) -> str:
    """Return what is reached, as `a+ b-`."""
    found = split(source).reached(lambda name: values[name])
    return " ".join(f"{leaf.source}{'+' if value else '-'}" for leaf, value in found)


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ("a && b", {"a": True, "b": False}, "a+ b-"),
        ("a && b", {"a": False, "b": True}, "a-"),
        ("a || b", {"a": True, "b": True}, "a+"),
        ("a || b", {"a": False, "b": True}, "a- b+"),
        ("a ? b : c", {"a": True, "b": False, "c": True}, "a+ b-"),
        ("a ? b : c", {"a": False, "b": False, "c": True}, "a- c+"),
        ("!(a && b) && c", {"a": True, "b": True, "c": True}, "a+ b+"),
        ("!(a && b) && c", {"a": False, "b": True, "c": True}, "a- c+"),
        ("(a || b) && c", {"a": False, "b": False, "c": True}, "a- b-"),
        ("(a && b) || c", {"a": False, "b": False, "c": True}, "a- c+"),
        ("a && b", {"a": CelError("no such overload"), "b": True}, ""),
        ("(a || b) && c", {"a": False, "b": CelError("x"), "c": True}, "a-"),
        ("a ? b : c", {"a": CelError("x"), "b": True, "c": True}, ""),
    ],
)
def test_what_decides_is_reached_from_left_to_right(source: str, values: dict[str, bool | CelError], expected: str):
    assert reached(source, **values) == expected
