"""Frozen dataclasses to plain lists and back, by their annotations; for the cache.

An object is the list of its fields, a member of a union of dataclasses has its number before it. Sets of paths and
names of files, which thousands of objects share, are kept once, in a table. No code is ever run from the data.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from diagflow.rules.rule import Position

Convert = Callable[[Any], Any]


class Misfit(ValueError):  # noqa: N818  # what it is about
    """Data that is not of the wanted type."""


def _same(value: Any) -> Any:
    return value


def encode(kind: Any, value: Any) -> list[Any]:
    """Return `[table, data]` of a value of a type."""
    codec = _Encoder()
    data = codec.of(kind)(value)
    return [list(codec.table), data]


def decode(kind: Any, encoded: Any) -> Any:
    """Return the value.

    Raises:
        Misfit, TypeError, ValueError, KeyError, IndexError: the data is of another type.
    """
    table, data = encoded
    return _Decoder(table).of(kind)(data)


def _members(arguments: tuple[Any, ...]) -> list[Any]:
    return [a for a in arguments if a is not type(None)]


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _types_of(kind: Any) -> list[Any]:
    hints = get_type_hints(kind)
    return [hints[f.name] for f in fields(kind)]


class _Maker:
    """Makes converters, one a type."""

    def __init__(self) -> None:
        self._made: dict[Any, Convert] = {}

    def of(self, kind: Any) -> Convert:
        """Return the converter of a type."""
        if kind not in self._made:
            self._made[kind] = self._new(kind, get_origin(kind), get_args(kind))
        return self._made[kind]

    def _new(self, kind: Any, origin: Any, arguments: tuple[Any, ...]) -> Convert:
        if origin in (Union, types.UnionType):
            members = _members(arguments)
            return self._optional(self.of(members[0])) if len(members) == 1 else self._union(members)
        if origin is tuple:
            return self._tuple(self.of(arguments[0]))
        if origin is frozenset:
            return self._set
        if origin is not None and issubclass(origin, Mapping):
            return self._mapping(self.of(arguments[1]))
        if kind is Position:
            return self._position
        if is_dataclass(kind):
            return self._object(kind)
        return self._enum(kind) if _is_enum(kind) else _same

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

    def _set(self, value: Any) -> Any:
        raise NotImplementedError

    def _position(self, value: Any) -> Any:
        raise NotImplementedError

    def _object(self, kind: Any) -> Convert:
        raise NotImplementedError

    def _enum(self, kind: Any) -> Convert:
        raise NotImplementedError


class _Encoder(_Maker):
    def __init__(self) -> None:
        super().__init__()
        self.table: dict[Any, int] = {}

    def _once(self, value: Any) -> int:
        return self.table.setdefault(value, len(self.table))

    def _union(self, members: list[Any]) -> Convert:
        numbers = {member: number for number, member in enumerate(members)}
        return lambda value: [numbers[value.__class__], self.of(value.__class__)(value)]

    def _tuple(self, convert: Convert) -> Convert:
        return lambda value: [convert(one) for one in value]

    def _set(self, value: Any) -> int:
        return self._once(tuple(sorted(value)))

    def _position(self, value: Position) -> list[Any]:
        return [self._once(value.file), value.line, value.column]

    def _object(self, kind: Any) -> Convert:
        names = [f.name for f in fields(kind)]
        made: list[tuple[str, Convert]] = []

        def convert(value: Any) -> list[Any]:
            if not made:  # later, as a type may hold itself
                made.extend(zip(names, map(self.of, _types_of(kind)), strict=True))
            return [to_plain(getattr(value, name)) for name, to_plain in made]

        return convert

    def _enum(self, _kind: Any) -> Convert:
        return lambda value: value.value


class _Decoder(_Maker):
    def __init__(self, table: list[Any]) -> None:
        super().__init__()
        self._table = [frozenset(one) if isinstance(one, list) else one for one in table]

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

    def _set(self, value: Any) -> Any:
        return self._table[value]

    def _position(self, value: Any) -> Position:
        file, line, column = value
        return Position(self._table[file], line, column)

    def _object(self, kind: Any) -> Convert:
        size = len(fields(kind))
        made: list[tuple[int, Convert]] = []

        def convert(value: list[Any]) -> Any:
            if not made:
                made.extend(enumerate(map(self.of, _types_of(kind))))
                made[:] = [(n, c) for n, c in made if c is not _same] or [(0, _same)]
            if len(value) != size:
                raise Misfit(kind.__name__)
            for number, to_object in made:
                value[number] = to_object(value[number])
            return kind(*value)

        return convert

    def _enum(self, kind: Any) -> Convert:
        return {member.value: member for member in kind}.__getitem__
