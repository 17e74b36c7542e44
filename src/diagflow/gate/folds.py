"""Which recordings are judged together by weights that none of them taught."""

from collections.abc import Iterable, Mapping
from typing import Final

from diagflow.gate.outcome import Lesson

FOLDS: Final = 10
"""Parts of the faults: each is judged by weights fitted on the others."""


def folds_of(lessons: Mapping[str, Lesson]) -> dict[str, int]:
    """Return the part of each recording, from 0; fewer than `FOLDS` where fewer can be told apart."""
    groups = sorted(_groups(lesson.marks for lesson in lessons.values()), key=min)
    number = {mark: at % FOLDS for at, group in enumerate(groups) for mark in group}
    return {key: number[min(lesson.marks)] for key, lesson in lessons.items()}


def _groups(several: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Join what shares a mark, also by way of others."""
    groups: list[frozenset[str]] = []
    for marks in several:
        met = [group for group in groups if group & marks]
        groups = [*(group for group in groups if not group & marks), marks.union(*met)]
    return groups
