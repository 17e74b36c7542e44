"""The groups of an aggregation: which series go where, and what their labels are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from diagflow.promql.arrays import Ints
from diagflow.promql.frame import METADATA, Frame
from diagflow.promql.syntax import Aggregate


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups, numbered as they appear."""

    of: Ints
    """The group of each series."""
    first: Ints
    """The first series of each group."""
    order: Ints
    """The series by group, in each group as they come."""
    starts: Ints
    """Where each group begins in that order."""

    def __len__(self) -> int:
        return len(self.first)

    @property
    def sizes(self) -> Ints:
        """How many series each group has."""
        return np.diff(np.append(self.starts, len(self.order)))

    def members(self, number: int) -> Ints:
        """Return the series of a group."""
        start = int(self.starts[number])
        return self.order[start : start + int(self.sizes[number])]

    def in_turn(self) -> tuple[Ints, Iterator[tuple[int, Ints]]]:
        """Return the groups from the biggest to the smallest, and the n-th series of as many of them as have one."""
        by_size = np.argsort(-self.sizes, kind="stable")
        sizes, starts = self.sizes[by_size], self.starts[by_size]
        some = np.searchsorted(-sizes, -np.arange(int(sizes[0])))
        return by_size, ((int(n), self.order[starts[:n] + number]) for number, n in enumerate(some))

    def reduce(self, function: Any, values: Any) -> Any:
        """Return one row for each group: a ufunc over the rows of its series."""
        return function.reduceat(values[self.order], self.starts, axis=0)


def grouped(labels: Frame, node: Aggregate) -> Groups:
    """Return the groups that an aggregation asks for."""
    names = [n for n in labels.names() if n not in (*METADATA, *node.grouping)] if node.without else list(node.grouping)
    of, first = labels.groups(names)
    order = np.argsort(of, kind="stable")
    starts = np.searchsorted(of[order], np.arange(len(first)))
    return Groups(of, first, order, starts)


def labels_of(labels: Frame, groups: Groups, node: Aggregate) -> Frame:
    """Return the labels of each group."""
    some = labels.take(groups.first)
    return some.drop((*METADATA, *node.grouping)) if node.without else some.keep(node.grouping)
