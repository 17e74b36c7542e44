"""The syntax tree of a CEL expression.

The library gives it only as bytes: a protobuf `cel.expr.CheckedExpr` within an `Any`. These few messages are decoded
here, so that no protobuf package is needed.

Source: github.com/google/cel-spec, proto/cel/expr/checked.proto and syntax.proto.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

# Tuples, as thousands of nodes are made while rules load: a frozen dataclass takes three times as long.


class Constant(NamedTuple):
    """A literal; strings and numbers have their value, everything else None."""

    value: str | int | float | bool | None
    id: int = 0


class Ident(NamedTuple):
    """A name."""

    name: str
    id: int = 0


class Select(NamedTuple):
    """`operand.field`; with `test` it is `has(operand.field)`."""

    operand: "Node"
    field: str
    test: bool = False
    id: int = 0


class Call(NamedTuple):
    """`function(args)`; the target of a method is its first argument."""

    function: str
    args: tuple["Node", ...]
    id: int = 0


class Items(NamedTuple):
    """A list literal, or keys and values of a map literal."""

    items: tuple["Node", ...]
    is_list: bool = True
    id: int = 0


class Comprehension(NamedTuple):
    """What `all`, `exists`, `filter`, `map` expand to: a loop over `range` that changes `accu`."""

    var: str
    range: "Node"
    accu: str
    init: "Node"
    condition: "Node"
    step: "Node"
    result: "Node"
    var2: str = ""
    id: int = 0


Node = Constant | Ident | Select | Call | Items | Comprehension


class Tree(NamedTuple):
    """A tree; `offset` tells where a node stands in the source, in characters."""

    root: Node
    info: bytes

    def offset(self, node: Node) -> int:
        """Return where a node stands; asked only for complaints, so nothing is decoded before."""
        positions = (dict(_parts(entry)) for number, entry in _parts(self.info) if number == 4)  # noqa: PLR2004
        return next((p.get(2, 0) for p in positions if p.get(1, 0) == node.id), 0)


_VARINT: Final = 0
_SIZES: Final = {1: 8, 5: 4}  # bytes of fixed-size values by wire type
_CONTINUES: Final = 0x80
_ID: Final = b"\x10"  # field 2, a varint: written first, as fields are in order

_EXPRESSION_AND_INFO: Final = frozenset({4, 5})
_ALL: Final = frozenset(range(16))

Parts = list[tuple[int, Any]]


def decode(serialized: bytes) -> Tree:
    """Return the tree of what `Expression.serialize()` gave."""
    # The maps of types and references are as long as the tree, and say nothing that is needed.
    checked = dict(_parts(dict(_parts(serialized)).get(2, b""), _EXPRESSION_AND_INFO))
    return Tree(_expr(checked.get(4, b"")), checked.get(5, b""))


def _expr(data: bytes) -> Node:
    """Read one `Expr`: its id, if it has one, and behind that the one of its members that is there."""
    at, id_ = 0, 0
    if data[:1] == _ID:
        id_, at = (data[1], 2) if data[1] < _CONTINUES else _varint(data, 1)
    if at >= len(data):
        return Constant(None, id_)
    number = data[at] >> 3
    size, at = (data[at + 1], at + 2) if data[at + 1] < _CONTINUES else _varint(data, at + 1)
    return _BUILDERS[number](data[at : at + size], id_)


def _constant(data: bytes, id_: int) -> Node:
    for number, value in _parts(data):
        if number == 6:  # noqa: PLR2004  # field numbers of the message
            return Constant(value.decode("utf-8", "replace"), id_)
        if number == 3:  # noqa: PLR2004
            return Constant(value - (1 << 64) if value >> 63 else value, id_)
    return Constant(None, id_)


def _ident(data: bytes, id_: int) -> Node:
    # A short name is all that is there, behind its tag and its length.
    name = data[2:] if data[1] < _CONTINUES else _parts(data)[0][1]
    return Ident(_text(name), id_)


def _select(data: bytes, id_: int) -> Node:
    fields = dict(_parts(data))
    return Select(_expr(fields.get(1, b"")), _text(fields.get(2, b"")), bool(fields.get(3, 0)), id_)


def _call(data: bytes, id_: int) -> Node:
    name, args = b"", []
    for number, value in _parts(data):  # the target of a method is the first, its arguments the third field
        if number == 2:  # noqa: PLR2004
            name = value
        else:
            args.append(_expr(value))
    return Call(_text(name), tuple(args), id_)


def _list(data: bytes, id_: int) -> Node:
    return Items(tuple([_expr(e) for number, e in _parts(data) if number == 1]), id=id_)


def _struct(data: bytes, id_: int) -> Node:
    entries = [_parts(e) for number, e in _parts(data) if number == 2]  # noqa: PLR2004
    return Items(tuple([_expr(part) for e in entries for n, part in e if n in (3, 4)]), is_list=False, id=id_)


def _comprehension(data: bytes, id_: int) -> Node:
    fields = dict(_parts(data))
    over, init, condition, step, result = (_expr(fields.get(n, b"")) for n in (2, 4, 5, 6, 7))
    names = [_text(fields.get(n, b"")) for n in (1, 3, 8)]
    return Comprehension(names[0], over, names[1], init, condition, step, result, names[2], id_)


_BUILDERS: Final[dict[int, Callable[[bytes, int], Node]]] = {
    3: _constant,
    4: _ident,
    5: _select,
    6: _call,
    7: _list,
    8: _struct,
    9: _comprehension,
}


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _parts(data: bytes, wanted: frozenset[int] = _ALL) -> Parts:
    """Return pairs (field number, value) of a message, as they stand; this runs for each node, so it is one loop."""
    parts: Parts = []
    at, end = 0, len(data)
    while at < end:
        tag = data[at]  # no field number of these messages takes a second byte
        wire = tag & 7
        if wire in _SIZES:  # a number that nobody asks for
            at += 1 + _SIZES[wire]
            continue
        value = data[at + 1]
        at += 2
        if value >= _CONTINUES:
            value, at = _varint(data, at - 1)
        if wire == _VARINT:
            parts.append((tag >> 3, value))
            continue
        if tag >> 3 in wanted:
            parts.append((tag >> 3, data[at : at + value]))
        at += value
    return parts


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & ~_CONTINUES) << shift
        if byte < _CONTINUES:
            return value, at
        shift += 7
