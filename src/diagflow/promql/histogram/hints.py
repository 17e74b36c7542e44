"""Histograms as they are once Prometheus stored them: what they say about counter resets, and their empty buckets.

It stores histograms of a series in chunks. Inside one of a counter there is no reset, which is their hint, and about
the first one of a chunk nothing is known. All histograms of a chunk have the same buckets: those that any of them has
(`FloatHistogramAppender.appendable`, `appendableGauge`, `recode`, `counterResetHint`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from diagflow.promql.histogram.value import Buckets, Hint, Histogram


def stored(histograms: Iterable[Histogram | None]) -> Iterator[Histogram]:
    """Yield histograms of one series, by time, as they are once stored; `None` is where a float came between."""
    chunk: list[Histogram] = []
    for one in histograms:
        if chunk and (one is None or not _same_chunk(chunk[-1], one)):
            yield from _chunk(chunk)
            chunk = []
        if one is not None:
            chunk.append(one)
    yield from _chunk(chunk)


def _chunk(chunk: Sequence[Histogram]) -> Iterator[Histogram]:
    positive, negative = _zeros([one.positive for one in chunk]), _zeros([one.negative for one in chunk])
    for number, one in enumerate(chunk):
        hint = Hint.GAUGE if one.hint is Hint.GAUGE else Hint.NOT_RESET if number else Hint.UNKNOWN
        if len(one.positive) == len(positive) and len(one.negative) == len(negative):
            yield one.hinted(hint)
        else:
            yield replace(one, positive={**positive, **one.positive}, negative={**negative, **one.negative}, hint=hint)


def _zeros(buckets: Sequence[Buckets]) -> Buckets:
    return dict.fromkeys(sorted(set().union(*buckets)), 0.0)


def _same_chunk(before: Histogram, now: Histogram) -> bool:
    if Hint.GAUGE in (before.hint, now.hint):
        return before.hint is now.hint and _same_kind(before, now)
    return _continues(before, now)


def _same_kind(before: Histogram, now: Histogram) -> bool:
    return now.schema == before.schema and now.zero_threshold == before.zero_threshold and now.custom == before.custom


def _continues(before: Histogram, now: Histogram) -> bool:
    return (
        now.hint is not Hint.RESET
        and now.count >= before.count
        and _same_kind(before, now)
        and now.zero_count >= before.zero_count
        and _grow(before.positive, now.positive)
        and _grow(before.negative, now.negative)
    )


def _grow(before: Buckets, now: Buckets) -> bool:
    return all(count == 0 if index not in now else now[index] >= count for index, count in before.items())
