"""A call of a range function: over which windows, with which arguments, and a window with histograms in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from diagflow.promql.annotations import IGNORED_IN_RANGE, MIXED, MIXED_SCHEMAS, RECONCILED, Annotations
from diagflow.promql.arrays import Bools, Floats, Ints
from diagflow.promql.columns import Columns
from diagflow.promql.frame import Frame
from diagflow.promql.histogram import Histogram
from diagflow.promql.windows import Windows

Outcome = float | Histogram | None
"""What a function makes of a window: a float, a histogram, or no sample."""


@dataclass(slots=True)
class RangeArg:
    """The windows of some series."""

    labels: Frame
    floats: Windows
    hists: Windows | None = None
    """The windows of the series with histograms, which are `hist_rows` of all."""
    hist_rows: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    drops: Bools | None = None
    """Series that lose their name in the end."""
    own: Columns[np.object_] | None = None
    """Histograms with their own hints, where those of `hists` were told from the sample before."""


@dataclass(slots=True)
class RangeCall:
    """A call of a range function."""

    arg: RangeArg
    params: Sequence[Floats]
    """The other arguments: a number for each step."""
    times: Ints
    """When each step is."""
    start: int
    """Where the first argument stands in the expression."""
    notes: Annotations
    lookback: int
    anchored: bool = False
    smoothed: bool = False

    @property
    def seconds(self) -> float:
        """The length of the range."""
        return self.arg.floats.length / 1000


@dataclass(slots=True)
class Window:
    """One window that has histograms: its samples, and where it belongs."""

    call: RangeCall
    row: int
    step: int
    times: Ints
    values: Floats
    hist_times: Ints
    hists: Sequence[Histogram]

    @property
    def name(self) -> str:
        """The name of the metric."""
        return self.call.arg.labels.get(self.row, "__name__")

    @property
    def mixed(self) -> bool:
        """Whether it has floats too."""
        return len(self.values) > 0

    @property
    def end(self) -> int:
        """When the window ends."""
        return int(self.call.arg.floats.moments[self.step])

    def warn(self, message: str) -> None:
        """Warn about the metric."""
        self.call.notes.named("warning", message, self.name, self.call.start)

    def is_mixed(self) -> bool:
        """Return whether it has floats too, and warn if so."""
        if self.mixed:
            self.warn(MIXED)
        return self.mixed

    def ignored(self) -> None:
        """Say that its histograms were ignored."""
        self.call.notes.named("info", IGNORED_IN_RANGE, self.name, self.call.start)

    def mixed_schemas(self) -> None:
        """Say that schemas cannot be put together."""
        self.warn(MIXED_SCHEMAS)

    def reconciled(self, operation: str) -> None:
        """Say that bounds of buckets differed."""
        self.call.notes.inform(f"{RECONCILED} {operation}", self.call.start)

    def merged(self) -> list[tuple[int, float | Histogram]]:
        """Return all samples by time."""
        samples: list[tuple[int, float | Histogram]] = [
            *zip(self.times.tolist(), self.values.tolist(), strict=True),
            *zip(self.hist_times.tolist(), self.hists, strict=True),
        ]
        return sorted(samples, key=lambda sample: sample[0])
