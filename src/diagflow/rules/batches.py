"""Many files to what they declare, some at a time."""

from collections.abc import Iterable, Iterator
from typing import Final

from diagflow.rules.ahead import read_ahead
from diagflow.rules.filenames import FileKind
from diagflow.rules.files import Document, declared, document
from diagflow.rules.folders import Source
from diagflow.rules.problem import Problem
from diagflow.rules.ruleset import RuleSet

File = tuple[Source, bytes, Problem | None]

_BATCH: Final = 256 * 1024
"""Bytes whose YAML is in memory at a time, which takes some fifty times as much."""


def contents(files: Iterable[File]) -> Iterator[RuleSet]:
    """Yield what files declare: the YAML of several, then their CEL, then the rest of their rules.

    A processor does one thing at a time faster.
    """
    for some in _batches(files):
        documents = [(source, _document(source, data, problem)) for source, data, problem in some]
        for source, one in documents:
            if source.kind is FileKind.RULES:
                read_ahead(one.root)
        for source, one in documents:
            found = declared(one, source.kind, source.pack, contained=source.contained)
            yield RuleSet(tuple(found.rules), found.causes, found.analyzers, tuple(found.problems), found.places)


def _batches(files: Iterable[File]) -> Iterator[list[File]]:
    some: list[File] = []
    size = 0
    for file in files:
        some.append(file)
        size += len(file[1])
        if size > _BATCH:
            yield some
            some, size = [], 0
    yield some


def _document(source: Source, data: bytes, problem: Problem | None) -> Document:
    file = str(source.path)
    return Document(file, "", None, problem) if problem else document(data, file)
