"""The counter reset hints that histograms have once Prometheus stored them.

It stores histograms of a counter in chunks; inside one there is no reset, which is their hint, and about the first one
of a chunk nothing is known (`FloatHistogramAppender.appendable`, `counterResetHint`).
"""

from collections.abc import Iterable, Iterator

from diagflow.promql.histogram.value import Buckets, Hint, Histogram


def stored(histograms: Iterable[Histogram | None]) -> Iterator[Histogram]:
    """Yield histograms of one series, by time, with their hints once stored; `None` is where a float came between."""
    before: Histogram | None = None
    for one in histograms:
        if one is None:
            before = None
            continue
        if one.hint is Hint.GAUGE:
            yield one
            before = None
            continue
        yield one.hinted(Hint.NOT_RESET if before and _continues(before, one) else Hint.UNKNOWN)
        before = one


def _continues(before: Histogram, now: Histogram) -> bool:
    return (
        now.hint is not Hint.RESET
        and now.count >= before.count
        and now.schema == before.schema
        and now.zero_threshold == before.zero_threshold
        and now.custom == before.custom
        and now.zero_count >= before.zero_count
        and _grow(before.positive, now.positive)
        and _grow(before.negative, now.negative)
    )


def _grow(before: Buckets, now: Buckets) -> bool:
    return all(count == 0 if index not in now else now[index] >= count for index, count in before.items())
