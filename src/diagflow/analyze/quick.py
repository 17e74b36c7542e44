"""The parts of CEL that most conditions are made of, decided without the CEL library.

`matches` compiles its pattern each time it is evaluated there (some 50 µs a pattern; rules try ten of them on each ill
pod). Here are `&&`, `||`, `!`, `has()`, `matches()` with a literal pattern, `exists()` over literal patterns, and
comparisons of a path with texts or whole numbers. Whatever is anything else, or not what it should be, is left to CEL:
the answer is then None.
"""

import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from diagflow.rules.cel import BadExpression, program
from diagflow.rules.patterns import BadPattern, compiled
from diagflow.rules.syntax_tree import Call, Comprehension, Constant, Ident, Items, Node, Select, decode

Values = Mapping[str, Any]
"""The variables of an expression: `object`, `container` ..."""

Decide = Callable[[Values], bool | None]
Read = Callable[[Values], Any]

_GONE: Final = object()

_ORDERS: Final = {"_<_": operator.lt, "_<=_": operator.le, "_>_": operator.gt, "_>=_": operator.ge}

UNKNOWN: Final = object()
"""What `reader` gives where only CEL can tell."""


def _unknown(_: Values) -> bool | None:
    return None


@lru_cache(maxsize=16384)
def decider(source: str) -> Decide | None:
    """Return a function that decides a condition as far as it can; None where it never could."""
    try:
        root = decode(program(source).check().serialize()).root
    except BadExpression:
        return None
    decide = _decide(root)
    return None if decide is _unknown else decide


@lru_cache(maxsize=16384)
def reader(source: str) -> Read | None:
    """Return a function that gives the value of an expression, or `UNKNOWN`; None where it never could.

    It can for a path to a single value, a literal text, and `condition ? one : other` of these.
    """
    try:
        return _value(decode(program(source).check().serialize()).root)
    except BadExpression:
        return None


def _value(node: Node) -> Read | None:
    match node:
        case Constant(value=str() as text):
            return lambda _: text
        case Call(function="_?_:_", args=(test, yes, no)):
            return _chosen(_decide(test), _value(yes), _value(no))
        case Select(test=False):
            path = _path(node)
            return None if path is None else _single(path)
        case _:
            return None


def _chosen(decide: Decide, yes: Read | None, no: Read | None) -> Read | None:
    if decide is _unknown or yes is None or no is None:
        return None

    def read(values: Values) -> Any:
        found = decide(values)
        return UNKNOWN if found is None else (yes if found else no)(values)

    return read


def _single(path: Read) -> Read:
    """Lists and maps are left to CEL, and what is not there, because it says what that means."""

    def read(values: Values) -> Any:
        found = path(values)
        return found if isinstance(found, str | int | float) else UNKNOWN

    return read


def _decide(node: Node) -> Decide:
    match node:
        case Call(function="_&&_", args=(left, right)):
            return _joined(_decide(left), _decide(right), settles=False)
        case Call(function="_||_", args=(left, right)):
            return _joined(_decide(left), _decide(right), settles=True)
        case Call(function="!_", args=(inner,)):
            return _turned(_decide(inner))
        case Select(operand=operand, field=field, test=True):
            return _has(_path(operand), field)
        case Call(function="matches", args=(subject, Constant(value=str() as pattern))):
            return _matches(_path(subject), (pattern,))
        case Comprehension(
            var=name, range=Items(is_list=True, items=items), step=Call(function="_||_", args=(_, test))
        ):
            return _exists(name, items, test)
        case Call(args=(subject, other)):
            return _compared(node.function, _path(subject), other)
        case _:
            return _unknown


def _compared(function: str, read: Read | None, other: Node) -> Decide:
    """Decide comparisons of a path with literals."""
    match other:
        case Items(is_list=True, items=items) if function == "@in":
            return _among(read, items)
        case Constant() if function == "_==_":
            return _among(read, (other,))
        case Constant() if function == "_!=_":
            return _turned(_among(read, (other,)))
        case Constant(value=int() as bound) if function in _ORDERS:
            return _ordered(read, _ORDERS[function], bound)
        case _:
            return _unknown


def _joined(left: Decide, right: Decide, *, settles: bool) -> Decide:
    """`||` is settled by one true, `&&` by one false; else both must be known."""
    if left is _unknown and right is _unknown:
        return _unknown

    def decide(values: Values) -> bool | None:
        one = left(values)
        if one is settles:
            return settles
        other = right(values)
        if other is settles:
            return settles
        return None if one is None or other is None else not settles

    return decide


def _turned(inner: Decide) -> Decide:
    if inner is _unknown:
        return _unknown

    def decide(values: Values) -> bool | None:
        found = inner(values)
        return None if found is None else not found

    return decide


def _has(read: Read | None, field: str) -> Decide:
    if read is None:
        return _unknown

    def decide(values: Values) -> bool | None:
        owner = read(values)
        return field in owner if isinstance(owner, Mapping) else None

    return decide


def _among(read: Read | None, items: tuple[Node, ...]) -> Decide:
    """Decide about a value of the type that all the literals have; what equals what beyond types, CEL knows."""
    accepted = frozenset(item.value if isinstance(item, Constant) else None for item in items)
    types = set(map(type, accepted))
    if read is None or types not in ({str}, {int}):
        return _unknown
    wanted = types.pop()

    def decide(values: Values) -> bool | None:
        found = read(values)
        return found in accepted if found.__class__ is wanted else None

    return decide


def _ordered(read: Read | None, compare: Callable[[int, int], bool], bound: int) -> Decide:
    if read is None:
        return _unknown

    def decide(values: Values) -> bool | None:
        found = read(values)
        return compare(found, bound) if found.__class__ is int else None

    return decide


def _matches(read: Read | None, patterns: tuple[str, ...]) -> Decide:
    if read is None or not patterns:
        return _unknown
    try:
        searches = tuple(compiled(pattern).search for pattern in patterns)
    except BadPattern:
        return _unknown

    def decide(values: Values) -> bool | None:
        text = read(values)
        if not isinstance(text, str):
            return None
        data = text.encode()  # RE2 reads UTF-8; given a text, its wrapper converts it for each pattern, and places back
        return any(search(data) is not None for search in searches)

    return decide


def _exists(name: str, items: tuple[Node, ...], test: Node) -> Decide:
    """`['a', 'b'].exists(p, text.matches(p))`."""
    if not isinstance(test, Call) or test.function != "matches" or not isinstance(test.args[1], Ident):
        return _unknown
    patterns = tuple(i.value for i in items if isinstance(i, Constant) and isinstance(i.value, str))
    if test.args[1].name != name or len(patterns) != len(items):
        return _unknown
    return _matches(_path(test.args[0], but=name), patterns)


def _path(node: Node, but: str = "") -> Read | None:
    """Return what reads `object.a.b`; None for anything else."""
    steps: list[str] = []
    while isinstance(node, Select) and not node.test:
        steps.append(node.field)
        node = node.operand
    if not isinstance(node, Ident) or node.name == but:
        return None
    variable, path = node.name, tuple(reversed(steps))

    def read(values: Values) -> Any:
        found = values.get(variable, _GONE)
        for step in path:
            if found.__class__ is not dict and not isinstance(found, Mapping):
                return _GONE
            found = found.get(step, _GONE)
        return found

    return read
