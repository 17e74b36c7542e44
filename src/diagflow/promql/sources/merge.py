"""Series from several recordings of overlapping times as one storage."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from diagflow.promql.storage import STALE_NAN, Series, Storage, is_stale


def merged(series: Iterable[Series]) -> Storage:
    """Return one series for each set of labels; of samples at the same time one, and a marker only if it is alone."""
    by_labels: dict[tuple[tuple[str, str], ...], list[Series]] = {}
    for one in series:
        by_labels.setdefault(tuple(sorted(one.labels.items())), []).append(one)
    return Storage(_one(parts) for parts in by_labels.values())


def series_of(storage: Storage) -> Iterator[Series]:
    """Yield the series of a storage with their stale markers; histograms are left out."""
    for table in storage.tables.values():
        for row in range(table.labels.size):
            times, values = table.floats.times_of(row), table.floats.values_of(row)
            if table.stale is not None and len(marks := table.stale.times_of(row)):
                times = np.concatenate([times, marks])
                values = np.concatenate([values, np.full(len(marks), STALE_NAN)])
                order = np.argsort(times, kind="stable")
                times, values = times[order], values[order]
            if len(times):
                yield Series(table.labels.row(row), times, values)


def _one(parts: Sequence[Series]) -> Series:
    if len(parts) == 1:
        return parts[0]
    times = np.concatenate([part.times for part in parts])
    values = np.concatenate([part.values for part in parts])
    order = np.lexsort((is_stale(values), times))
    times, values = times[order], values[order]
    keep = np.concatenate([[True], times[1:] != times[:-1]])
    return Series(parts[0].labels, times[keep], values[keep])
