"""The objects about which a condition may hold, told by single values before anything is made of them.

Most conditions on a list ask for something that few of its objects have: a deletion timestamp, a restart. To look
at one value of 10,000 objects takes a few milliseconds; to look at each object, with its containers joined, hundreds.

Parts of an expression that are about single values of `object` or `container` are looked at: `has()`, a truth value,
comparisons with literals, and `&&` and `||` of these. An object that is left out is one of which the condition is
false, or speaks of something that is not there, which comes to the same (see `diagflow.rules.cel.holds`); `null` is
nothing, as everywhere in Kubernetes. Whatever else an expression says is not looked at and leaves all objects in.
"""

import operator
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

from diagflow.analyze.containers import PREFIX, expand
from diagflow.analyze.scan import rows_where
from diagflow.rules.cel import BadExpression, program
from diagflow.rules.syntax_tree import Call, Constant, Ident, Items, Node, Select, decode

May = Callable[[Any], bool]
"""Says of the value at a path, which is there, whether the part of the condition may hold."""

Sieve = Callable[[Sequence[Any]], set[int]]
"""Returns the numbers of the objects about which (or about a container of which) the condition may hold."""

FEW: Final = 100
"""So many objects are looked at one by one at once."""

_MADE: Final = frozenset({"kind", "apiVersion"})
"""What an item of a list need not say of itself, and has nevertheless."""

_ORDERS: Final = {"_<_": operator.lt, "_<=_": operator.le, "_>_": operator.gt, "_>=_": operator.ge}


def may_hold(source: str, kind: str, objects: Sequence[Any]) -> set[int] | None:
    """Return the numbers of the objects about which a condition may hold; None for all.

    Args:
        source: a condition in CEL.
        kind: of the objects, which tells where their containers stand.
        objects: structs or dicts.
    """
    sieve = _sieve_of(source, kind)
    return None if sieve is None else sieve(objects)


@lru_cache(maxsize=16384)
def _sieve_of(source: str, kind: str) -> Sieve | None:
    try:
        return _sieve(decode(program(source).check().serialize()).root, kind)
    except BadExpression:
        return None


def _sieve(node: Node, kind: str) -> Sieve | None:
    match node:
        case Call(function="_&&_", args=(left, right)):
            parts = [part for part in (_sieve(left, kind), _sieve(right, kind)) if part is not None]
            return _both(*parts) if len(parts) > 1 else next(iter(parts), None)
        case Call(function="_||_", args=(left, right)):
            one, other = _sieve(left, kind), _sieve(right, kind)
            return None if one is None or other is None else _either(one, other)
        case Call(function="!_", args=(Select(test=False) as path,)):
            return _at(path, kind, lambda value: value is not True)
        case Select(test=True):
            return _at(node._replace(test=False), kind, lambda _: True)
        case Select():
            return _at(node, kind, lambda value: value is not False)
        case Call(function=function, args=(Select(test=False) as path, other)):
            may = _compared(function, other)
            return None if may is None else _at(path, kind, may)
        case _:
            return None


def _both(one: Sieve, other: Sieve) -> Sieve:
    def sieve(objects: Sequence[Any]) -> set[int]:
        found = one(objects)
        return found if len(found) <= FEW else found & other(objects)

    return sieve


def _either(one: Sieve, other: Sieve) -> Sieve:
    return lambda objects: one(objects) | other(objects)


def _compared(function: str, other: Node) -> May | None:
    """Of a value of another type than the literals CEL knows what it equals, and whether that is an error."""
    match other:
        case Items(is_list=True, items=items) if function == "@in":
            return _among(items)
        case Constant() if function == "_==_":
            return _among((other,))
        case Constant(value=int() as bound) if function in _ORDERS:
            compare = _ORDERS[function]
            return lambda value: value.__class__ is not int or compare(value, bound)
        case _:
            return None


def _among(items: tuple[Node, ...]) -> May | None:
    accepted = frozenset(item.value if isinstance(item, Constant) else None for item in items)
    types = set(map(type, accepted))
    if types not in ({str}, {int}):
        return None
    wanted = types.pop()
    return lambda value: value.__class__ is not wanted or value in accepted


def _at(node: Select, kind: str, may: May) -> Sieve | None:
    path = _path(node)
    if path.startswith(PREFIX):
        places = expand(path, kind)
        return _of_places(places, may) if places else None
    head, _, rest = path.partition(".")
    if head != "object" or not rest or rest.partition(".")[0] in _MADE:
        return None
    return _of_places((rest,), may)


def _of_places(places: Sequence[str], may: May) -> Sieve:
    return lambda objects: set(rows_where(objects, places, may))


def _path(node: Node) -> str:
    """Return `object.a.b`; the empty string for anything else."""
    steps: list[str] = []
    while isinstance(node, Select) and not node.test:
        steps.append(node.field)
        node = node.operand
    return ".".join([node.name, *reversed(steps)]) if isinstance(node, Ident) else ""
