"""Paths into objects: which values stand there.

A path is written as in `diagflow.model.projection`: `status.conditions[].reason`. Objects are msgspec structs with the
kept fields, or dicts where whole objects are kept; which attribute holds a key is found once per type.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

Visit = Callable[[Any, Any], None]
"""Gets a value, and where to note it."""


def scalar(value: Any) -> str | None:
    """Return a value as rules write it (`true`, `137`, `Pending`); None for lists, objects and nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return None


@lru_cache(maxsize=4096)
def values_at(*paths: str) -> Callable[[Any], list[Any]]:
    """Return a function that lists the values at `paths` in one object; where nothing is: an empty list."""
    visit = visitor(dict.fromkeys(paths, _noted))

    def read(item: Any) -> list[Any]:
        found: list[Any] = []
        visit(item, found)
        return found

    return read


def _noted(value: Any, found: list[Any]) -> None:
    found.append(value)


@lru_cache(maxsize=4096)
def value_in(path: str) -> Callable[[Mapping[str, Any]], Any]:
    """Return a function that gives the value at a path without lists in a plain object; None where nothing is."""
    steps = tuple(path.split("."))

    def read(found: Any) -> Any:
        for step in steps:
            if found.__class__ is not dict:
                return None
            found = found.get(step)
        return found

    return read


def visitor(leaves: Mapping[str, Visit]) -> Visit:
    """Return one visitor that walks an object once, and calls each leaf with the values at its path."""
    return _node(tree_of_paths(leaves))


def tree_of_paths(leaves: Mapping[str, Any]) -> dict[str, Any]:
    """Return paths as nested dicts; what belongs to a path stands under the empty key, which is no step."""
    tree: dict[str, Any] = {}
    for path in sorted(leaves):
        below = tree
        for step in path.replace("[]", ".[]").split("."):
            below = below.setdefault(step, {})
        below[""] = leaves[path]
    return tree


def _node(tree: Mapping[str, Any]) -> Visit:
    parts: list[Visit] = [tree[""]] if "" in tree else []
    if "[]" in tree:
        parts.append(_each(_node(tree["[]"])))
    members = {key: _node(below) for key, below in tree.items() if key not in ("", "[]")}
    if members:
        parts.append(_members(members))
    return parts[0] if len(parts) == 1 else _both(parts)


def _both(parts: Sequence[Visit]) -> Visit:
    def visit(value: Any, sink: Any) -> None:
        for part in parts:
            part(value, sink)

    return visit


def _each(below: Visit) -> Visit:
    def visit(value: Any, sink: Any) -> None:
        if value.__class__ is list:
            for item in value:
                below(item, sink)

    return visit


def _members(members: Mapping[str, Visit]) -> Visit:
    unset = msgspec.UNSET
    # Objects of one list are of one type: its getters are bound once. One tuple, so that threads never see half of it.
    bound: tuple[Any, tuple[tuple[Callable[[Any], Any], Visit], ...]] = (None, ())

    def visit(value: Any, sink: Any) -> None:
        nonlocal bound
        owner, getters = bound
        if value.__class__ is not owner:
            owner, getters = bound = (type(value), tuple(_getters(type(value), members)))
        for get, below in getters:
            found = get(value)
            if found is not unset and found is not None:
                below(found, sink)

    return visit


def _getters(owner: Any, members: Mapping[str, Visit]) -> Iterable[tuple[Callable[[Any], Any], Visit]]:
    if issubclass(owner, dict):
        for key, below in members.items():
            yield _item_getter(key), below
        return
    attributes = attributes_of(owner)
    for key, below in members.items():
        if key in attributes:
            yield operator.attrgetter(attributes[key]), below


def _item_getter(key: str) -> Callable[[Any], Any]:
    return operator.methodcaller("get", key)


@lru_cache(maxsize=4096)
def attributes_of(struct: type) -> Mapping[str, str]:
    """Return JSON key → attribute of a msgspec struct type; empty for any other type."""
    keys = getattr(struct, "__struct_encode_fields__", ())
    return dict(zip(keys, getattr(struct, "__struct_fields__", ()), strict=True))
