"""What a test has loaded, as a storage."""

import numpy as np

from diagflow.promql.histogram import stored
from diagflow.promql.promqltest.commands import Load
from diagflow.promql.promqltest.nhcb import Labels, converted
from diagflow.promql.promqltest.notation import Sample
from diagflow.promql.storage import Series, Storage


class Loaded:
    """The series of all `load` commands since the last `clear`."""

    def __init__(self) -> None:
        self._series: dict[Labels, dict[int, Sample]] = {}
        self._storage: Storage | None = None

    def load(self, command: Load, start: int = 0) -> None:
        """Add what a command loads.

        Args:
            command: the command.
            start: when its first samples are, in milliseconds.

        Raises:
            ValueError: classic histograms cannot be converted.
        """
        fresh: dict[Labels, dict[int, Sample]] = {}
        for labels, samples in command.series:
            times = (start + number * command.step for number in range(len(samples)))
            kept = {t: s for t, s in zip(times, samples, strict=True) if s.value is not None or s.histogram}
            fresh[tuple(sorted(labels.items()))] = kept
        if command.with_nhcb:
            fresh.update(converted(fresh))
        for key, by_time in fresh.items():
            at = self._series.setdefault(key, {})
            for time, sample in by_time.items():
                at.setdefault(time, sample)
        self._storage = None

    @property
    def storage(self) -> Storage:
        """Everything that was loaded."""
        if self._storage is None:
            self._storage = Storage(_series(key, samples) for key, samples in self._series.items())
        return self._storage


def _series(key: Labels, samples: dict[int, Sample]) -> Series:
    ordered = sorted(samples.items())
    floats = [(time, sample.value) for time, sample in ordered if sample.histogram is None]
    hists = [time for time, sample in ordered if sample.histogram is not None]
    return Series(
        dict(key),
        np.array([time for time, _ in floats], np.int64),
        np.array([value for _, value in floats], np.float64),
        np.array(hists, np.int64),
        list(stored(sample.histogram for _, sample in ordered)),
    )
