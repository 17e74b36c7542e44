"""An operator between samples, floats and histograms (`vectorElemBinop`)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from diagflow.promql.annotations import COLLISION, RECONCILED
from diagflow.promql.arrays import Bools, Floats, Objects, there
from diagflow.promql.check import COMPARISONS
from diagflow.promql.context import Context
from diagflow.promql.histogram import Added, Hint, Histogram, IncompatibleSchema, add, subtract
from diagflow.promql.histogram.trim import trim
from diagflow.promql.operators import arithmetic, compare
from diagflow.promql.syntax import Binary

TRIMS: Final = ("</", ">/")


@dataclass(slots=True)
class Outcomes:
    """What came of an operator at each place."""

    values: Floats
    keep: Bools
    """Where a comparison holds, and everywhere else where there is no comparison."""
    possible: Bools
    """Where the operator can be applied to what stands there."""
    hists: Objects | None = None


@dataclass(slots=True)
class Operation:
    """An operator between two arrays of samples of the same shape."""

    context: Context
    node: Binary
    present: Bools
    sides: tuple[Floats, Floats]
    hists: tuple[Objects | None, Objects | None]

    def run(self) -> Outcomes:
        """Return what comes of it; what cannot be done is noted."""
        found = self._floats()
        if any(side is not None for side in self.hists):
            self._with_hists(found)
        elif self.node.op in TRIMS and self.present.any():
            self._incompatible("float", "float")
        return found

    def _floats(self) -> Outcomes:
        op, (left, right) = self.node.op, self.sides
        everywhere = np.ones(left.shape, np.bool_)
        if op in TRIMS:
            return Outcomes(np.zeros(left.shape), everywhere, np.zeros(left.shape, np.bool_))
        if op in COMPARISONS:
            return Outcomes(left, compare(op, left, right), everywhere)
        return Outcomes(arithmetic(op, left, right), everywhere, everywhere)

    def _with_hists(self, found: Outcomes) -> None:
        shape = self.present.shape
        left, right = (np.full(shape, None, object) if side is None else side for side in self.hists)
        found.values, found.keep, found.possible = found.values.copy(), found.keep.copy(), found.possible.copy()
        found.hists = np.full(shape, None, object)
        some = self.present & (there(left) | there(right))
        for place in zip(*np.nonzero(some), strict=True):
            sides = [
                array[place] if array[place] is not None else float(floats[place])
                for array, floats in zip((left, right), self.sides, strict=True)
            ]
            self._put(found, place, *sides)
        if self.node.op in TRIMS and (self.present & ~some).any():
            self._incompatible("float", "float")

    def _put(self, found: Outcomes, place: Any, left: Any, right: Any) -> None:
        outcome = self._one(left, right)
        found.possible[place] = outcome is not None
        if outcome is not None:
            found.hists[place], found.keep[place] = outcome  # type: ignore[index]

    def _one(self, left: float | Histogram, right: float | Histogram) -> tuple[Histogram, bool] | None:
        """Return a histogram and whether it is kept, or nothing where the operator does not apply."""
        op = self.node.op
        if isinstance(left, Histogram) and isinstance(right, Histogram):
            if op in ("+", "-"):
                return self._added(left, right)
            if op in ("==", "!="):
                return left, left.equals(right) == (op == "==")
            self._incompatible("histogram", "histogram")
            return None
        if isinstance(left, Histogram) and isinstance(right, float):
            change = _WITH_NUMBER.get(op)
            if change:
                return change(left, right), True
            self._incompatible("histogram", "float")
            return None
        if isinstance(right, Histogram) and isinstance(left, float) and op == "*":
            return right.times(left).compact(), True
        self._incompatible("float", "histogram")
        return None

    def _added(self, left: Histogram, right: Histogram) -> tuple[Histogram, bool] | None:
        plus = self.node.op == "+"
        try:
            added: Added = (add if plus else subtract)(left, right)
        except IncompatibleSchema:
            text = f"incompatible bucket layout encountered for binary operator {self.node.op}"
            self.context.notes.warn(text, self.node.start)
            return None
        operation = "addition" if plus else "subtraction"
        if added.reconciled:
            self.context.notes.inform(f"{RECONCILED} {operation}", self.node.start)
        if added.collision:
            self.context.notes.warn(f"{COLLISION} {operation}", self.node.start)
        value = added.value if plus else added.value.hinted(Hint.GAUGE)
        return value.compact(), True

    def _incompatible(self, left: str, right: str) -> None:
        text = f'incompatible sample types encountered for binary operator "{self.node.op}"'
        self.context.notes.inform(f"{text}: {left} {self.node.op} {right}", self.node.start)


_WITH_NUMBER: Final[dict[str, Callable[[Histogram, float], Histogram]]] = {
    "*": lambda one, number: one.times(number).compact(),
    "/": lambda one, number: one.over(number).compact(),
    "</": lambda one, number: trim(one, number, upper=True),
    ">/": lambda one, number: trim(one, number, upper=False),
}
