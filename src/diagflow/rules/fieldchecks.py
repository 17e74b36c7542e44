"""Paths at which nothing ever stands, because a name is misspelt: a check of lint."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from diagflow.rules.fields import Misread, is_known, misread, misread_container
from diagflow.rules.problem import Problem, Severity
from diagflow.rules.reads import reads
from diagflow.rules.rule import Condition, EventInput, LogInput, ObjectInput, Position
from diagflow.rules.ruleset import RuleSet
from diagflow.rules.source import decode, line_column, read_bytes
from diagflow.rules.walk import conditions

_CONTAINER: Final = "container."


@dataclass(frozen=True, slots=True)
class _Found:
    wrong: Misread
    known: bool


def unknown_fields(ruleset: RuleSet) -> Iterator[Problem]:
    """A field that a kind does not have is never there, so a condition on it never holds.

    An error where all fields of the kind are known, else a warning. The rule is used all the same: a server may be
    newer than what we know.
    """
    for rule in ruleset.rules:
        for condition in conditions(rule):
            for found in dict.fromkeys(_of_condition(condition)):
                severity = Severity.ERROR if found.known else Severity.WARNING
                place = _place(condition.position or rule.position, found.wrong.word)
                yield Problem(place, rule.id, found.wrong.message, severity, "unknown-field")


def _of_condition(condition: Condition) -> Iterator[_Found]:
    sources = [*condition.extract.values()]
    match condition.input:
        case ObjectInput() as wanted:
            yield from _of_objects(wanted, [wanted.where, wanted.since, *sources])
        case LogInput(of=ObjectInput() as wanted):
            yield from _of_objects(wanted, [wanted.where, wanted.since])
        case EventInput(where=where):
            yield from _all("event", _paths([where, *sources], "event"))


def _of_objects(wanted: ObjectInput, sources: list[str]) -> Iterator[_Found]:
    for path in wanted.when:
        inside = path.startswith(_CONTAINER)
        kind = "" if inside else wanted.kind
        yield from _all(kind, [path.removeprefix(_CONTAINER)] if inside else [path], value=True)
    yield from _all(wanted.kind, _paths(sources, "object"))
    yield from _all("", _paths(sources, "container"))
    for one in wanted.related:
        yield from _all(one.kind, sorted(one.fields))


def _all(kind: str, paths: Iterable[str], *, value: bool = False) -> Iterator[_Found]:
    """Yield what is wrong with paths into a kind; the empty one is a container."""
    for path in paths:
        wrong = misread(kind, path, value=value) if kind else misread_container(path, value=value)
        if wrong:
            yield _Found(wrong, known=not kind or is_known(kind))


def _paths(sources: Iterable[str], variable: str) -> Iterator[str]:
    for source in filter(None, sources):
        yield from sorted(reads(source).paths.get(variable, ()))


def _place(condition: Position | None, word: str) -> Position:
    """Return where a word first stands from the beginning of a condition on: the name of a field that nobody knows."""
    if condition is None:
        return Position("", 1, 1)
    data, lost = read_bytes(Path(condition.file)) if Path(condition.file).is_file() else (b"", None)
    text, lost = ("", lost) if lost else decode(data, condition.file)
    lines = text.splitlines(keepends=True)
    begin = sum(map(len, lines[: condition.line - 1])) + condition.column - 1
    found = None if lost else re.compile(rf"\b{re.escape(word)}\b").search(text, begin)
    return Position(condition.file, *line_column(text, found.start())) if found else condition
