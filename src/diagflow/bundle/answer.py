"""When one recorded answer also answers another question."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from diagflow.model import Query, Reading, State
from diagflow.model.projection import ObjectList, covers, reader_of

_NAMESPACE = reader_of("metadata.namespace")


def wider(query: Query, recorded: Iterable[Query]) -> Iterator[Query]:
    """Yield the recorded queries whose answer contains the answer to `query`, the nearest first."""
    if query.kind == "objects" and query.param("namespace"):
        yield _without(query, "namespace")
    elif query.kind == "log":
        same = [
            q for q in recorded if q.kind == "log" and _without(q, "tail") == _without(query, "tail") and q != query
        ]
        yield from sorted(same, key=lambda q: (_tail(q) < _tail(query), abs(_tail(q) - _tail(query))))


def narrowed(reading: Reading, query: Query) -> Reading | None:
    """Return the answer to `query` that `reading`, the answer to a wider query, contains; None if it does not."""
    if query.kind == "objects":
        return _of_namespace(reading, query)
    if query.kind == "log" and reading.answered:
        return _last_lines(reading, query)
    return None


def lacking(reading: Reading, fields: frozenset[str]) -> list[str]:
    """Return those of `fields` that were not kept of the objects of a reading, sorted."""
    if not isinstance(reading.data, ObjectList) or covers(reading.fields, fields):
        return []
    return sorted(f for f in fields if not covers(reading.fields, (f,)))


def _without(query: Query, name: str) -> Query:
    return Query(query.kind, query.target, tuple(p for p in query.params if p[0] != name))


def _tail(query: Query) -> int:
    """Return how many lines were asked for; all of them is more than any number."""
    text = query.param("tail")
    return int(text) if text.isascii() and text.isdigit() else 1 << 62


def _of_namespace(reading: Reading, query: Query) -> Reading | None:
    """Filter; what is incomplete as a whole is incomplete for one namespace, but who may not list all may list one."""
    if reading.state in (State.FORBIDDEN, State.ERROR):
        return None
    if not isinstance(reading.data, ObjectList):
        return replace(reading, query=query)
    kept: list[Any] = [o for o in reading.data.items if _NAMESPACE(o) == [query.param("namespace")]]
    data = ObjectList(kept, reading.data.fields, reading.data.kind)
    return replace(reading, query=query, data=data, state=State.DATA if kept else State.EMPTY)


def _last_lines(reading: Reading, query: Query) -> Reading | None:
    lines = reading.data.splitlines(keepends=True) if isinstance(reading.data, str) else []
    if _tail(reading.query) < _tail(query) and len(lines) >= _tail(reading.query):
        return None  # it was cut where the question goes on
    return replace(reading, query=query, data="".join(lines[-_tail(query) :]) if reading.data else reading.data)
