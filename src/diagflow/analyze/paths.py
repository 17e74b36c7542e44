"""Paths into objects, compiled once: ten thousand pods are looked at in some tens of milliseconds.

A path is written as in `diagflow.model.projection`: `status.conditions[].reason`. Objects are msgspec structs with the
kept fields, or dicts where whole objects are kept; which attribute holds a key is found once per type.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

import msgspec

Visit = Callable[[Any, int], None]
"""Gets a value and the row that it was found in."""

Postings = dict[str, dict[str, list[int]]]
"""Path → value, as a string → rows that hold it, ascending."""

Posting = dict[Any, list[int]]
"""Value → rows that hold it."""

Leaf = Visit | Posting
"""What is done with a value: something, or its row is noted where the value is one of those asked for."""

T = TypeVar("T")


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


def index(rows: Iterable[Any], wanted: Mapping[str, Iterable[str]]) -> Postings:
    """Return, for each path and value of `wanted`, the rows that hold that value there."""
    postings: Postings = {path: {value: [] for value in values} for path, values in wanted.items()}
    visit = _compiled({path: _typed(posting) for path, posting in postings.items()})
    for row, item in enumerate(rows):
        visit(item, row)
    return postings


def _typed(posting: Mapping[str, list[int]]) -> dict[Any, list[int]]:
    """Return a posting that also has its values as numbers and truth values, so that most are found by one look-up."""
    found: dict[Any, list[int]] = dict(posting)
    for value, rows in posting.items():
        if value in ("true", "false"):
            found[value == "true"] = rows
        elif value.isdecimal() and str(int(value)) == value and int(value) > 1:  # for Python, 1 is True and 0 is False
            found[int(value)] = rows
    return found


_FOUND: Final = frozenset({str, bool})
"""Types whose values stand in a typed posting as they are."""


def _post(found: Mapping[Any, list[int]]) -> Visit:
    def post(value: Any, row: int) -> None:
        rows = _rows_of(found, value)
        if rows is not None and (not rows or rows[-1] != row):
            rows.append(row)

    return post


def _rows_of(found: Mapping[Any, list[int]], value: Any) -> list[int] | None:
    if value.__class__ in _FOUND or (value.__class__ is int and value > 1):
        return found.get(value)
    return found.get(scalar(value))


@lru_cache(maxsize=4096)
def values_at(*paths: str) -> Callable[[Any], list[Any]]:
    """Return a function that lists the values at `paths` in one object; where nothing is: an empty list."""
    found: list[Any] = []
    visit = _compiled(dict.fromkeys(paths, lambda value, _: found.append(value)))

    def read(item: Any) -> list[Any]:
        found.clear()
        visit(item, 0)
        return found.copy()

    return read


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


def _compiled(leaves: Mapping[str, Leaf]) -> Visit:
    """Return one visitor that walks each object once for all `leaves`."""
    tree: dict[str, Any] = {}
    for path in sorted(leaves):
        below = tree
        for step in _steps(path):
            below = below.setdefault(step, {})
        below[""] = leaves[path]  # no step is empty, so that a leaf can stand beside deeper paths
    return _node(tree)


def _steps(path: str) -> list[str]:
    return path.replace("[]", ".[]").split(".")


def _node(tree: Mapping[str, Any]) -> Visit:
    parts: list[Visit] = [_leaf(tree[""])] if "" in tree else []
    if "[]" in tree:
        parts.append(_each(_node(tree["[]"])))
    members = {key: below for key, below in tree.items() if key not in ("", "[]")}
    if members:
        # What only ends here is looked up in place: a call for each value would double the time.
        ends = {key: below[""] for key, below in members.items() if list(below) == [""] and isinstance(below[""], dict)}
        parts.append(_members(ends, {key: _node(below) for key, below in members.items() if key not in ends}))
    return parts[0] if len(parts) == 1 else _both(parts)


def _leaf(leaf: Leaf) -> Visit:
    return _post(leaf) if isinstance(leaf, dict) else leaf


def _both(parts: Sequence[Visit]) -> Visit:
    def visit(value: Any, row: int) -> None:
        for part in parts:
            part(value, row)

    return visit


def _each(below: Visit) -> Visit:
    def visit(value: Any, row: int) -> None:
        if value.__class__ is list:
            for item in value:
                below(item, row)

    return visit


def _members(ends: Mapping[str, Posting], inner: Mapping[str, Visit]) -> Visit:
    unset = msgspec.UNSET
    owner: type | None = None  # objects of one list are of one type: the getters are bound once, not looked up
    last: tuple[tuple[Callable[[Any], Any], Posting], ...] = ()
    more: tuple[tuple[Callable[[Any], Any], Visit], ...] = ()

    def visit(value: Any, row: int) -> None:
        nonlocal owner, last, more
        if value.__class__ is not owner:
            owner = type(value)
            last, more = tuple(_getters(owner, ends)), tuple(_getters(owner, inner))
        for get, posted in last:
            found = get(value)
            if found is not unset:
                rows = posted.get(found) if found.__class__ in _FOUND else _rows_of(posted, found)
                if rows is not None and (not rows or rows[-1] != row):
                    rows.append(row)
        for get, below in more:
            found = get(value)
            if found is not unset and found is not None:
                below(found, row)

    return visit


def _getters(owner: Any, members: Mapping[str, T]) -> Iterable[tuple[Callable[[Any], Any], T]]:
    if issubclass(owner, dict):
        for key, below in members.items():
            yield _item_getter(key), below
        return
    attributes = attributes_of(owner)
    for key, below in members.items():
        if key in attributes:
            yield operator.attrgetter(attributes[key]), below


def _item_getter(key: str) -> Callable[[Any], Any]:
    return lambda value: value.get(key)


@lru_cache(maxsize=4096)
def attributes_of(struct: type) -> Mapping[str, str]:
    """Return JSON key → attribute of a msgspec struct type; empty for any other type."""
    keys = getattr(struct, "__struct_encode_fields__", ())
    return dict(zip(keys, getattr(struct, "__struct_fields__", ()), strict=True))
