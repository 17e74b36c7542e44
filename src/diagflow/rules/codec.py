"""Frozen dataclasses to bytes and back, by their annotations; for the cache.

msgspec makes objects of most types by itself, in C: those stand in tables, one a type, with None as first item. What
it does not know is a choice between several dataclasses. What holds such a choice is the list of its fields, with the
place in the table where there is one; a member of the choice has its number before it. Sets of paths, which thousands
of objects share, have a table, too, and so has what holds one none. No code is ever run from the data.
"""

import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from operator import or_
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from diagflow.model.typed import from_msgpack, msgpack_decoder

Convert = Callable[[Any], Any]


class Misfit(ValueError):  # noqa: N818  # what it is about
    """Data that is not of the wanted type."""


def encode(kind: Any, value: Any) -> bytes:
    """Return the bytes of a value of a type."""
    tables: dict[Any, list[Any]] = {whole: [None] for whole in _wholes(kind)}
    data = _Encoder(tables).of(kind)(value)
    return msgspec.msgpack.encode([list(tables.values()), data])


def decode(kind: Any, data: bytes) -> Any:
    """Return the value.

    Raises:
        Misfit, TypeError, ValueError, KeyError, IndexError, AttributeError, msgspec.MsgspecError: the data is of
            another type.
    """
    wholes = _wholes(kind)
    tables, rest = from_msgpack(data, _layout(wholes))
    return _Decoder(dict(zip(wholes, tables, strict=True))).of(kind)(rest)


def _layout(wholes: tuple[Any, ...]) -> Any:
    columns = tuple(types.GenericAlias(list, (or_(whole, None),)) for whole in wholes)
    return types.GenericAlias(tuple, (types.GenericAlias(tuple, columns), Any))


@lru_cache(maxsize=8)
def _wholes(kind: Any) -> tuple[Any, ...]:
    """Return the types within a type that have a table: msgspec makes their objects by itself."""
    return tuple(dict.fromkeys(_below(kind, set())))


def _below(kind: Any, seen: set[Any]) -> Iterator[Any]:
    if kind in seen:
        return
    seen.add(kind)
    if _is_whole(kind):
        yield kind
        return
    for part in _types_of(kind) or get_args(kind):
        yield from _below(part, seen)


def _is_whole(kind: Any) -> bool:
    """True for sets, and for dataclasses without a choice between dataclasses, or a set to share, in them."""
    parts = _types_of(kind)
    if not parts or frozenset in [get_origin(part) for part in parts]:
        return get_origin(kind) is frozenset
    try:
        msgpack_decoder(kind)
    except TypeError:
        return False
    return True


@lru_cache(maxsize=64)
def _types_of(kind: Any) -> tuple[Any, ...]:
    """Return the types of the fields of a dataclass; nothing for any other type."""
    if not is_dataclass(kind):
        return ()
    hints = get_type_hints(kind)
    return tuple(hints[f.name] for f in fields(kind))


def _same(value: Any) -> Any:
    return value


def _that_convert(converts: Iterable[Convert]) -> list[tuple[int, Convert]]:
    """Return the converters that do something, with the number of their field; at least one."""
    return [(number, convert) for number, convert in enumerate(converts) if convert is not _same] or [(0, _same)]


def _members(arguments: tuple[Any, ...]) -> list[Any]:
    return [a for a in arguments if a is not type(None)]


class _Maker:
    """Makes converters, one a type."""

    def __init__(self, tables: Mapping[Any, list[Any]]) -> None:
        self._tables = tables
        self._made: dict[Any, Convert] = {}

    def of(self, kind: Any) -> Convert:
        """Return the converter of a type."""
        if kind not in self._made:
            self._made[kind] = self._new(kind, get_origin(kind), get_args(kind))
        return self._made[kind]

    def _new(self, kind: Any, origin: Any, arguments: tuple[Any, ...]) -> Convert:
        if kind in self._tables:
            return self._whole(self._tables[kind], shared=origin is frozenset)
        if origin in (Union, types.UnionType):
            return self._choice(_members(arguments))
        if origin is tuple:
            return self._tuple(self.of(arguments[0]))
        if origin is not None and issubclass(origin, Mapping):
            return self._mapping(self.of(arguments[1]))
        if is_dataclass(kind):
            return self._object(kind)
        return self._enum(kind) if isinstance(kind, type) and issubclass(kind, Enum) else _same

    def _choice(self, members: list[Any]) -> Convert:
        if len(members) > 1:
            return self._union(members)
        # None stands in each table.
        return self.of(members[0]) if members[0] in self._tables else self._optional(self.of(members[0]))

    def _optional(self, convert: Convert) -> Convert:
        return lambda value: None if value is None else convert(value)

    def _mapping(self, convert: Convert) -> Convert:
        if convert is _same:
            return dict
        return lambda value: {key: convert(one) for key, one in value.items()}

    def _union(self, members: list[Any]) -> Convert:
        raise NotImplementedError

    def _tuple(self, convert: Convert) -> Convert:
        raise NotImplementedError

    def _whole(self, table: list[Any], *, shared: bool) -> Convert:
        raise NotImplementedError

    def _object(self, kind: Any) -> Convert:
        raise NotImplementedError

    def _enum(self, kind: Any) -> Convert:
        raise NotImplementedError


class _Encoder(_Maker):
    def _union(self, members: list[Any]) -> Convert:
        numbers = {member: number for number, member in enumerate(members)}
        return lambda value: [numbers[value.__class__], self.of(value.__class__)(value)]

    def _tuple(self, convert: Convert) -> Convert:
        return list if convert is _same else lambda value: [convert(one) for one in value]

    def _whole(self, table: list[Any], *, shared: bool) -> Convert:
        def add(value: Any) -> int:
            if value is None:
                return 0
            table.append(value)
            return len(table) - 1

        known: dict[Any, int] = {}

        def once(value: Any) -> int:
            if value not in known:
                known[value] = add(value)
            return known[value]

        return once if shared else add

    def _object(self, kind: Any) -> Convert:
        names = [f.name for f in fields(kind)]
        made: list[tuple[int, Convert]] = []

        def convert(value: Any) -> list[Any]:
            if not made:  # later, as a type may hold itself
                made.extend(_that_convert(map(self.of, _types_of(kind))))
            values = [getattr(value, name) for name in names]
            for number, to_plain in made:
                values[number] = to_plain(values[number])
            return values

        return convert

    def _enum(self, _kind: Any) -> Convert:
        return lambda value: value.value


class _Decoder(_Maker):
    def _union(self, members: list[Any]) -> Convert:
        converts: list[Convert] = []

        def convert(value: Any) -> Any:
            if not converts:
                converts.extend(map(self.of, members))
            number, data = value
            return converts[number](data)

        return convert

    def _tuple(self, convert: Convert) -> Convert:
        return tuple if convert is _same else lambda value: tuple([convert(one) for one in value])

    def _whole(self, table: list[Any], *, shared: bool) -> Convert:  # noqa: ARG002  # only the encoder finds equals
        return table.__getitem__

    def _object(self, kind: Any) -> Convert:
        size = len(fields(kind))
        made: list[tuple[int, Convert]] = []

        def convert(value: list[Any]) -> Any:
            if not made:
                made.extend(_that_convert(map(self.of, _types_of(kind))))
            if len(value) != size:
                raise Misfit(kind.__name__)
            for number, to_object in made:
                value[number] = to_object(value[number])
            return kind(*value)

        return convert

    def _enum(self, kind: Any) -> Convert:
        return {member.value: member for member in kind}.__getitem__
