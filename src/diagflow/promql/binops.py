"""An operator between samples, floats and histograms (`vectorElemBinop`)."""

from collections.abc import Callable
from dataclasses import dataclass, field
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
    _said: dict[int, tuple[str, str]] = field(default_factory=dict)
    """By step, the last thing that was noticed: Prometheus forgets the others (`lastErr`)."""

    def run(self) -> Outcomes:
        """Return what comes of it; what cannot be done is noted, at each step the last of it."""
        found = self._floats()
        if self.node.op in TRIMS or any(side is not None for side in self.hists):
            self._with_hists(found)
        for note, message in dict.fromkeys(self._said.values()):
            (self.context.notes.warn if note == "warning" else self.context.notes.inform)(message, self.node.start)
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
        some = self.present if self.node.op in TRIMS else self.present & (there(left) | there(right))
        for place in zip(*np.nonzero(some), strict=True):
            self.context.go_on()
            sides = [
                array[place] if array[place] is not None else float(floats[place])
                for array, floats in zip((left, right), self.sides, strict=True)
            ]
            self._put(found, place, *sides)

    def _put(self, found: Outcomes, place: Any, left: Any, right: Any) -> None:
        outcome = self._one(left, right, int(place[1]))
        found.possible[place] = outcome is not None
        if outcome is not None:
            found.hists[place], found.keep[place] = outcome  # type: ignore[index]

    def _one(self, left: Any, right: Any, step: int) -> tuple[Histogram, bool] | None:
        """Return a histogram and whether it is kept, or nothing where the operator does not apply."""
        op, kinds = self.node.op, (isinstance(left, Histogram), isinstance(right, Histogram))
        if kinds == (True, True):
            if op in ("+", "-"):
                return self._added(left, right, step)
            if op in ("==", "!="):
                return left, left.equals(right) == (op == "==")
        elif kinds == (True, False) and op in _WITH_NUMBER:
            return _WITH_NUMBER[op](left, right), True
        elif kinds == (False, True) and op == "*":
            return right.times(left).compact(), True
        words = ["histogram" if kind else "float" for kind in kinds]
        text = f'incompatible sample types encountered for binary operator "{op}": {words[0]} {op} {words[1]}'
        self._said[step] = "info", text
        return None

    def _added(self, left: Histogram, right: Histogram, step: int) -> tuple[Histogram, bool] | None:
        """Return a sum or a difference; contradicting hints have none."""
        plus = self.node.op == "+"
        try:
            added: Added = (add if plus else subtract)(left, right)
        except IncompatibleSchema:
            self._said[step] = "warning", f"incompatible bucket layout encountered for binary operator {self.node.op}"
            return None
        operation = "addition" if plus else "subtraction"
        if added.collision:
            self._said[step] = "warning", f"{COLLISION} {operation}"
            return None
        if added.reconciled:
            self._said[step] = "info", f"{RECONCILED} {operation}"
        value = added.value if plus else added.value.hinted(Hint.GAUGE)
        return value.compact(), True


_WITH_NUMBER: Final[dict[str, Callable[[Histogram, float], Histogram]]] = {
    "*": lambda one, number: one.times(number).compact(),
    "/": lambda one, number: one.over(number).compact(),
    "</": lambda one, number: trim(one, number, upper=True),
    ">/": lambda one, number: trim(one, number, upper=False),
}
