"""What a query answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from diagflow.promql.arrays import Floats, Ints
from diagflow.promql.histogram import Histogram


@dataclass(frozen=True, slots=True)
class Row:
    """A series of a result: its labels and its samples, floats and histograms each by time (milliseconds)."""

    labels: Mapping[str, str]
    times: Ints
    values: Floats
    histogram_times: Ints
    histograms: tuple[Histogram, ...] = ()

    @property
    def value(self) -> float | Histogram:
        """The sample of a series of a vector."""
        return self.histograms[0] if self.histograms else float(self.values[0])

    def samples(self) -> Iterator[tuple[int, float | Histogram]]:
        """Yield all samples by time."""
        both: list[tuple[int, float | Histogram]] = [
            *zip(self.times.tolist(), self.values.tolist(), strict=True),
            *zip(self.histogram_times.tolist(), self.histograms, strict=True),
        ]
        yield from sorted(both, key=lambda sample: sample[0])


@dataclass(frozen=True, slots=True)
class Result:
    """An answer.

    A `string` is `text`; a `scalar` has one row, a `vector` one sample a row, a `matrix` any number of samples a row.
    """

    kind: Literal["scalar", "string", "vector", "matrix"]
    rows: tuple[Row, ...] = ()
    text: str = ""
    warnings: tuple[str, ...] = ()
    """As the API of Prometheus prints them."""
    infos: tuple[str, ...] = ()

    @property
    def scalar(self) -> float:
        """The number of a scalar."""
        return float(self.rows[0].values[0])
