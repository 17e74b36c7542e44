"""What an evaluation has around it: the samples, the steps, the limits, and what was noticed."""

import time
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from diagflow.promql.annotations import Annotations
from diagflow.promql.arrays import Floats, Ints
from diagflow.promql.errors import TimedOut, TooManySamples
from diagflow.promql.frame import Frame, Symbols
from diagflow.promql.matrix import Matrix
from diagflow.promql.storage import Storage

MAX_SAMPLES: Final = 50_000_000
"""How many samples a query may hold at once, as in Prometheus."""
TIMEOUT: Final = 120.0
"""How many seconds a query may take, as in Prometheus."""
_SPARSE: Final = 4
"""A matrix may have this many cells a sample that is allowed: gaps cost memory too."""


@dataclass(slots=True)
class Context:
    """One query."""

    storage: Storage
    lookback: int
    """Milliseconds that a sample counts."""
    subquery_step: int
    """The step of a subquery that names none, in milliseconds."""
    late_names: bool
    """Names are removed in the end (the experimental `promql-delayed-name-removal`)."""
    max_samples: int = MAX_SAMPLES
    timeout: float = TIMEOUT
    notes: Annotations = field(default_factory=Annotations)
    symbols: Symbols = field(init=False)
    _deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self.symbols = Symbols(self.storage.symbols)
        self._deadline = time.monotonic() + self.timeout

    def no_labels(self, size: int = 0) -> Frame:
        """Return series without labels."""
        return Frame(self.symbols, {}, size)

    def go_on(self) -> None:
        """Check that there is time left.

        Raises:
            TimedOut: there is none.
        """
        if time.monotonic() > self._deadline:
            raise TimedOut("query timed out in expression evaluation")

    def check(self, matrix: Matrix) -> Matrix:
        """Return a matrix that is small enough.

        Raises:
            TooManySamples: it is not.
        """
        if matrix.present.size > self.max_samples and matrix.samples() > self.max_samples:
            self.refuse()
        return matrix

    def check_value(self, value: "Value") -> "Value":
        """Return a value that is small enough."""
        return self.check(value) if isinstance(value, Matrix) else value

    def room(self, series: int, steps: int) -> None:
        """Check that a matrix may be made.

        Raises:
            TooManySamples: it would be too big.
        """
        if series * steps > self.max_samples * _SPARSE:
            self.refuse()

    def steps_fit(self, steps: int) -> None:
        """Check that so many steps may be evaluated.

        Raises:
            TooManySamples: they may not.
        """
        if steps > self.max_samples:
            self.refuse()

    @staticmethod
    def refuse() -> None:
        """Refuse a query that is too big."""
        raise TooManySamples("query processing would load too many samples into memory in query execution")


@dataclass(frozen=True, slots=True)
class Steps:
    """When an expression is evaluated, in milliseconds. An instant query has one step."""

    start: int
    end: int
    interval: int

    @property
    def times(self) -> Ints:
        """All steps."""
        return np.arange(self.start, self.end + 1, self.interval, dtype=np.int64)

    def __len__(self) -> int:
        return max(0, (self.end - self.start) // self.interval + 1)

    @property
    def once(self) -> bool:
        """Whether there is one step only."""
        return self.start == self.end

    def first(self) -> "Steps":
        """Return only the first step."""
        return Steps(self.start, self.start, self.interval)


@dataclass(frozen=True, slots=True)
class Scalars:
    """A number for each step."""

    values: Floats


@dataclass(frozen=True, slots=True)
class String:
    """A text."""

    value: str


Value = Matrix | Scalars | String
"""What an expression evaluates to."""
