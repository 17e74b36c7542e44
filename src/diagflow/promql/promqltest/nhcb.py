"""Classic histograms as native ones with the same bounds (`load_with_nhcb`, `util/convertnhcb`)."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from diagflow.promql.histogram import CUSTOM, Histogram
from diagflow.promql.promqltest.notation import Sample

_SUFFIXES: Final = ("_bucket", "_sum", "_count")
Labels = tuple[tuple[str, str], ...]
Loaded = Mapping[Labels, Mapping[int, Sample]]
"""Samples by labels and time."""


@dataclass(slots=True)
class _Classic:
    buckets: dict[float, float] = field(default_factory=dict)
    sum: float = 0.0
    count: float | None = None


def converted(series: Loaded) -> Iterator[tuple[Labels, dict[int, Sample]]]:
    """Yield the native histograms that series of buckets make.

    Raises:
        ValueError: counts do not rise from bucket to bucket, or do not fit.
    """
    found: dict[Labels, dict[int, _Classic]] = {}
    for key, samples in series.items():
        labels = dict(key)
        name = labels.get("__name__", "")
        suffix = next((s for s in _SUFFIXES if name.endswith(s)), "")
        edge = _edge(labels.pop("le", "")) if suffix == "_bucket" else 0.0
        if not suffix or math.isnan(edge):
            continue
        labels["__name__"] = name.removesuffix(suffix)
        labels.pop("le", None)
        at = found.setdefault(tuple(sorted(labels.items())), {})
        for time, sample in samples.items():
            if sample.value is not None:
                _put(at.setdefault(time, _Classic()), suffix, edge, sample.value)
    for key, at in found.items():
        yield key, {time: Sample(None, _histogram(classic)) for time, classic in sorted(at.items())}


def _edge(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _put(classic: _Classic, suffix: str, edge: float, value: float) -> None:
    if suffix == "_bucket":
        classic.buckets.setdefault(edge, value)
    elif suffix == "_sum":
        classic.sum = value
    else:
        classic.count = value


def _histogram(classic: _Classic) -> Histogram:
    edges = sorted(classic.buckets)
    counts = [classic.buckets[edge] for edge in edges]
    if classic.count is None and not counts:
        raise ValueError("count must be provided when no buckets are present")
    count = counts[-1] if classic.count is None else classic.count
    if not edges or edges[-1] != math.inf:
        edges, counts = [*edges, math.inf], [*counts, count]
    if any(later < earlier for earlier, later in pairwise(counts)):
        raise ValueError("count is not cumulative")
    if count != counts[-1]:
        raise ValueError(f"count mismatch: count={count} != le={edges[-1]} count={counts[-1]}")
    each = {index: now - before for index, (before, now) in enumerate(zip([0.0, *counts], counts, strict=False))}
    bounds = tuple(edge for edge in edges if edge != math.inf)
    return Histogram(CUSTOM, count, classic.sum, positive=each, custom=bounds).compact()
