"""Objects for analyzers: plain, with just the declared fields, converted when they are looked at."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, overload

import msgspec

from diagflow.analyze.paths import attributes_of
from diagflow.analyze.rows import Columns, Row
from diagflow.model.projection import IDENTITY, ObjectList, Tree, covers, tree_of

Narrow = Callable[[Any], Any]


def rows(objects: Sequence[Any], *paths: str) -> Iterator[Row]:
    """Yield the values at some paths of each object, without making the objects (see `diagflow.analyze.rows`).

    For what an analyzer asks of every object of a long list; `objects` are those of a reading, or plain dicts.

    Raises:
        ValueError: a path was not declared.
    """
    return objects.rows(paths) if isinstance(objects, PlainObjects) else Columns(objects).rows(paths)


class PlainObjects(Sequence[dict[str, Any]]):
    """A list of dicts as kubectl prints objects; each is made when first looked at; nobody may change them."""

    __slots__ = ("_columns", "_fields", "_items", "_made", "_narrow")

    def __init__(self, objects: ObjectList, fields: frozenset[str]) -> None:
        self._items = objects.items
        self._fields = fields
        self._columns = Columns(objects.items)
        self._narrow = narrower(fields | IDENTITY)
        self._made: dict[int, dict[str, Any]] = {}

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        index = range(len(self))[index]
        found = self._made.get(index)
        if found is None:
            found = self._made[index] = self._narrow(self._items[index])
        return found

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[i] for i in range(len(self)))

    def rows(self, paths: tuple[str, ...]) -> Iterator[Row]:
        """Yield the values at declared paths of each object (see `rows`)."""
        if not covers(self._fields, paths):
            undeclared = ", ".join(p for p in paths if not covers(self._fields, [p]))
            raise ValueError(
                f"reads {undeclared}, which is not declared: add it to the fields of its input in pack.yaml"
            )
        return self._columns.rows(paths)


@lru_cache(maxsize=256)
def narrower(fields: frozenset[str]) -> Narrow:
    """Return a function that copies an object, struct or dict, with `fields` only."""
    return _node(tree_of(fields))


def _node(tree: Tree | None) -> Narrow:
    if tree is None:
        return _whole
    if "[]" in tree:
        return _each(_node(tree["[]"]))
    return _members({key: _node(below) for key, below in tree.items()})


def _whole(value: Any) -> Any:
    """What is below a kept path was decoded to plain values already; it is shared, so nobody may change it."""
    return msgspec.to_builtins(value) if isinstance(value, msgspec.Struct) else value


def _each(below: Narrow) -> Narrow:
    def narrow(value: Any) -> Any:
        return [below(item) for item in value] if value.__class__ is list else _whole(value)

    return narrow


def _members(members: Mapping[str, Narrow]) -> Narrow:
    unset = msgspec.UNSET
    owner: type | None = None
    parts: tuple[tuple[str, str, Narrow], ...] = ()

    def narrow(value: Any) -> Any:
        nonlocal owner, parts
        if value.__class__ is dict:
            return {key: below(value[key]) for key, below in members.items() if key in value}
        if value.__class__ is not owner:
            owner = value.__class__
            attributes = attributes_of(owner)
            parts = tuple((key, attributes[key], below) for key, below in members.items() if key in attributes)
        if not parts:
            return _whole(value)
        found = {}
        for key, attribute, below in parts:
            held = getattr(value, attribute)
            if held is not unset:
                found[key] = below(held)
        return found

    return narrow
