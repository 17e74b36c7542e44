"""What `histogram_quantile` had to fix in classic histograms, counted as Prometheus counts it."""

from functools import reduce
from typing import Final

from diagflow.promql.annotations import Fix
from diagflow.promql.buckets import Classic
from diagflow.promql.instantcall import InstantCall

_WORD: Final = 1 << 64


class Fixes:
    """The fixes of one call, by metric and step; buckets that were fixed for one quantile are not fixed again."""

    def __init__(self, call: InstantCall, start: int) -> None:
        self._call = call
        self.start = start
        """Where the histograms stand in the expression."""
        self._found: dict[str, dict[int, list[Fix]]] = {}
        self._done: set[tuple[int, int, int]] = set()

    def add(self, part: Classic, row: int, step: int, fix: tuple[float, float, float]) -> None:
        """Add a fix of one histogram at one step."""
        if (id(part), row, step) in self._done:
            return
        self._done.add((id(part), row, step))
        name = part.labels.get(row, "__name__") if self._call.context.late_names else ""
        time = int(self._call.times[step])
        self._found.setdefault(name, {}).setdefault(step, []).append(Fix(*fix, time, time))

    def note(self) -> None:
        """Say what was fixed."""
        for name, by_step in self._found.items():
            whole = reduce(Fix.with_, [fix for fixes in by_step.values() for fix in fixes])
            counts = {step: len(fixes) for step, fixes in by_step.items()}
            self._call.context.notes.fixed(name, whole.counted(self._count(counts)), self.start)

    def _count(self, counts: dict[int, int]) -> int:
        """Return the number Prometheus prints: each later step merges what was merged before with itself."""
        first = min(counts)
        total = counts[first]
        for step in range(first + 1, len(self._call.times)):
            total = 2 * (total + counts.get(step, 0)) % _WORD
        return (total + _WORD // 2) % _WORD - _WORD // 2
