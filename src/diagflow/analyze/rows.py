"""A few values of each object in a long list, read without making the objects.

A row has the values at some paths, in the order of the paths; None where nothing is. A path may step into lists: the
value at `spec.containers[].ports` is a list with the ports of each container, None where a container has none.

It is read column by column: how a key is read is then found once for all objects.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from diagflow.analyze.paths import attributes_of

Row = tuple[Any, ...]

_UNSET = msgspec.UNSET
_LIST = "[]"
_Steps = tuple[str, ...]


class Columns:
    """The values at each path of a list of objects, structs or dicts; kept for the next time that somebody asks."""

    __slots__ = ("_known",)

    def __init__(self, objects: Sequence[Any]) -> None:
        self._known: dict[_Steps, Sequence[Any]] = {(): objects}

    def rows(self, paths: Sequence[str]) -> Iterator[Row]:
        """Yield the row of each object."""
        steps = (tuple(p.replace(_LIST, "." + _LIST).split(".")) for p in paths)
        return zip(*(_column(self._known, each) for each in steps), strict=True)


def _column(known: dict[_Steps, Sequence[Any]], steps: _Steps) -> Iterable[Any]:
    if _LIST not in steps:
        return _plain(known, steps)
    at = steps.index(_LIST)
    return _in_lists(_plain(known, steps[:at]), steps[at + 1 :])


def _plain(known: dict[_Steps, Sequence[Any]], steps: _Steps) -> Sequence[Any]:
    if steps not in known:
        known[steps] = _members(_plain(known, steps[:-1]), steps[-1])
    return known[steps]


def _members(values: Sequence[Any], key: str) -> Sequence[Any]:
    getters = {kind: _getter(kind, key) for kind in set(map(type, values))}
    if len(getters) == 1:  # as almost always: all objects of a list are of one type
        return [None if v is _UNSET else v for v in map(next(iter(getters.values())), values)]
    return [None if (v := getters[type(value)](value)) is _UNSET else v for value in values]


def _getter(kind: Any, key: str) -> Callable[[Any], Any]:
    if issubclass(kind, dict):
        return operator.methodcaller("get", key)
    attribute = attributes_of(kind).get(key)
    return _nothing if attribute is None else operator.attrgetter(attribute)


def _nothing(_: Any) -> None:
    return None


def _in_lists(lists: Iterable[Any], steps: _Steps) -> Iterator[Any]:
    """Yield the values in each list, made when their row is: thousands of short lists at once are slow."""
    if len(steps) > 1:
        for each in lists:
            yield [_at(item, steps) for item in each] if each.__class__ is list else None
        return
    getters = _Getters(steps[0])
    for each in lists:
        if each.__class__ is list:
            yield [None if (v := getters[item.__class__](item)) is _UNSET else v for item in each]
        else:
            yield None


class _Getters(dict[type, Callable[[Any], Any]]):
    """How a key is read from objects of each type."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        found = self[kind] = _getter(kind, self._key)
        return found


def _at(value: Any, steps: _Steps) -> Any:
    for position, step in enumerate(steps):
        if step == _LIST:
            return next(_in_lists([value], steps[position + 1 :]))
        value = _getter(type(value), step)(value)
        if value is None or value is _UNSET:
            return None
    return value
