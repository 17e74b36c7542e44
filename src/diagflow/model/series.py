"""Samples of many series as a reading holds them: labels to look at, and columns that only PromQL opens."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeriesBlock:
    """Series with their samples; nothing here needs numpy.

    Attributes:
        labels: of each series, the name of the metric as `__name__`; sorted. One without a sample is of native
            histograms, which are not recorded.
        columns: timestamps and values, as `diagflow.promql.sources.packed` writes them.
        samples: how many there are.
    """

    labels: tuple[Mapping[str, str], ...] = ()
    columns: bytes = b""
    samples: int = 0

    def __len__(self) -> int:
        return len(self.labels)
