"""An expression at every step of a range: one range query, and where that is refused, one of each half.

Prometheus evaluates a rule at one moment after the other. A range query gives the same, as its evaluator treats each
step by itself; only `@ start()` and `@ end()` mean another moment in it. An error of one step is one of the whole
query, therefore the halves.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from diagflow.promql import PromQLError, Result, Storage, evaluate
from diagflow.promql.arrays import Bools, Floats
from diagflow.promql.context import Steps
from diagflow.promql.syntax import Moved, Node, Range, children

Labels = Mapping[str, str]
Key = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Sampled:
    """What an expression gave: a row a label set, a column a step.

    Attributes:
        steps: when.
        labels: of each row.
        present: where a row has a sample.
        values: the samples; NaN for a native histogram.
        failed: the steps at which it could not be evaluated.
        errors: why not, and how often.
        notes: warnings of the evaluation.
    """

    steps: Steps
    labels: Sequence[Labels]
    present: Bools
    values: Floats
    failed: Bools
    errors: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def some(self) -> Bools:
        """The steps with any sample."""
        return np.asarray(self.present.any(axis=0), np.bool_)

    def fail(self, steps: Bools, why: str) -> None:
        """Take back what some steps gave: an error is their answer."""
        if count := int(np.count_nonzero(steps & ~self.failed)):
            self.errors[why] = self.errors.get(why, 0) + count
        self.failed |= steps
        self.present[:, steps] = False


def sampled(storage: Storage, tree: Node, steps: Steps, *, offset: int = 0, subquery_step: int = 60_000) -> Sampled:
    """Evaluate an expression at each step; it looks back by `offset` milliseconds, which its times do not show."""
    gathering = Gathering(tree, steps, offset=offset, subquery_step=subquery_step)
    gathering.ask_all(storage)
    return gathering.sampled()


def pinned_to_ends(tree: Node) -> bool:
    """Return whether an expression uses `@ start()` or `@ end()`, which mean the range's."""
    return any(isinstance(node, Moved) and node.at in ("start", "end") for node in nodes(tree))


def nodes(tree: Node) -> Iterator[Any]:
    """Yield all nodes of an expression, the selectors of its ranges among them."""
    yield tree
    if isinstance(tree, Range):
        yield tree.selector
    for child in children(tree):
        yield from nodes(child)


class Gathering:
    """Collects the answers to parts of a range.

    Attributes:
        steps: the range.
    """

    def __init__(self, tree: Node, steps: Steps, *, offset: int = 0, subquery_step: int = 60_000) -> None:
        self.steps = steps
        self._tree = tree
        self._offset = offset
        self._subquery_step = subquery_step
        self._rows: dict[Key, tuple[Bools, Floats]] = {}
        self._labels: list[Labels] = []
        self._failed = np.zeros(len(steps), np.bool_)
        self._errors: dict[str, int] = {}
        self._notes: dict[str, None] = {}

    def ask_all(self, storage: Storage) -> None:
        """Ask for all steps."""
        if pinned_to_ends(self._tree):
            for time in self.steps.times.tolist():
                self.ask(storage, time, time)
        else:
            self.ask(storage, self.steps.start, int(self.steps.times[-1]))

    def ask(self, storage: Storage, first: int, last: int) -> None:
        """Ask for a part; where that is refused, for its halves, down to the steps that fail."""
        step = self.steps.interval
        start, end = first - self._offset, last - self._offset
        try:
            self._add(
                evaluate(storage, self._tree, start, end, step, subquery_step=self._subquery_step, timeout=math.inf)
            )
        except PromQLError as error:
            if first == last:
                self._failed[(first - self.steps.start) // step] = True
                self._errors[str(error)] = self._errors.get(str(error), 0) + 1
                return
            middle = first + (last - first) // step // 2 * step
            self.ask(storage, first, middle)
            self.ask(storage, middle + step, last)

    def _add(self, result: Result) -> None:
        self._notes.update(dict.fromkeys(result.warnings))
        start, step, count = self.steps.start - self._offset, self.steps.interval, len(self.steps)
        for row in result.rows:
            present, values = self._row(row.labels, count)
            at = (row.times - start) // step
            present[at] = True
            values[at] = row.values
            if len(row.histogram_times):
                present[(row.histogram_times - start) // step] = True

    def _row(self, labels: Labels, count: int) -> tuple[Bools, Floats]:
        key = tuple(sorted(labels.items()))
        found = self._rows.get(key)
        if found is None:
            found = self._rows[key] = np.zeros(count, np.bool_), np.full(count, np.nan)
            self._labels.append(labels)
        return found

    def sampled(self, until: int | None = None) -> Sampled:
        """Return all of it, or what came up to a moment that is a step."""
        steps = self.steps if until is None else Steps(self.steps.start, until, self.steps.interval)
        count, width = len(self._rows), len(steps)
        present = np.array([one[:width] for one, _ in self._rows.values()], np.bool_).reshape(count, width)
        values = np.array([one[:width] for _, one in self._rows.values()], np.float64).reshape(count, width)
        failed, errors = self._failed[:width].copy(), dict(self._errors)
        return Sampled(steps, list(self._labels), present, values, failed, errors, tuple(self._notes))


def relabelled(found: Sampled, labels: Sequence[Labels], same: str) -> Sampled:
    """Return the rows with other labels; where two that have the same then meet at a step, that step fails.

    Args:
        found: the rows.
        labels: the new ones, one set a row.
        same: the error of two rows with one label set.
    """
    keys = [tuple(sorted((name, value) for name, value in one.items() if value)) for one in labels]
    groups: dict[Key, list[int]] = {}
    for number, key in enumerate(keys):
        groups.setdefault(key, []).append(number)
    if len(groups) == len(keys):
        made = Sampled(found.steps, [dict(key) for key in keys], found.present, found.values, found.failed)
    else:
        made = _together(found, groups, same)
    made.errors = {**found.errors, **made.errors}
    made.notes = found.notes
    return made


def _together(found: Sampled, groups: Mapping[Key, list[int]], same: str) -> Sampled:
    present = np.array([found.present[rows].any(axis=0) for rows in groups.values()])
    values = np.array([_first(found, rows) for rows in groups.values()])
    made = Sampled(found.steps, [dict(key) for key in groups], present, values, found.failed.copy())
    for rows in groups.values():
        if (twice := np.count_nonzero(found.present[rows], axis=0) > 1).any():
            made.fail(twice, same)
    return made


def _first(found: Sampled, rows: Sequence[int]) -> Floats:
    """Return one value a step: that of the row that has one."""
    values = np.full(len(found.steps), np.nan)
    for row in reversed(rows):
        values[found.present[row]] = found.values[row, found.present[row]]
    return values
