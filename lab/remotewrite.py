"""Samples as a request of remote write 2.0, native histograms and stale markers included.

Written by hand: it is one message of protobuf, and a body that snappy need not make smaller.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest

import numpy as np

from diagflow.promql import Histogram, Series
from diagflow.promql.histogram.value import Hint

HEADERS = {
    "Content-Type": "application/x-protobuf;proto=io.prometheus.write.v2.Request",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "2.0.0",
}
_SYMBOLS, _SERIES = 4, 5  # fields of Request
_LABELS, _SAMPLES, _HISTOGRAMS = 1, 2, 3  # fields of TimeSeries
_HINTS = {Hint.UNKNOWN: 0, Hint.RESET: 1, Hint.NOT_RESET: 2, Hint.GAUGE: 3}
_VARINT, _DOUBLE, _BYTES = 0, 1, 2
_TIME_BYTES = 6
"""A timestamp of our time in milliseconds, as a varint."""


def request(series: Iterable[Series]) -> bytes:
    """Returns the body of a request with all these samples, ready to be sent."""
    symbols: dict[str, int] = {"": 0}
    parts = [_bytes(_SERIES, _series(one, symbols)) for one in series]
    return _snappy(b"".join([*(_bytes(_SYMBOLS, text.encode()) for text in symbols), *parts]))


def in_time(series: Sequence[Series], every: int) -> Iterator[list[Series]]:
    """Yields the samples of each span of `every` milliseconds, as Prometheus takes them: in the order of time.

    Of one series in one request it takes numbers before histograms, so requests end where one follows the other.
    """
    ends = [int(times[end]) for one in series for times in (one.times, one.histogram_times) if len(times)
            for end in (0, -1)]  # fmt: skip
    for start in range(min(ends, default=0), max(ends, default=-1) + 1, every):
        runs = [list(_runs(one, start, start + every)) for one in series]
        for some in zip_longest(*runs):
            yield [one for one in some if one is not None]


def _runs(one: Series, start: int, end: int) -> Iterator[Series]:
    """Yields the samples of a time in parts that have only numbers, or only histograms."""
    some = _between(one, start, end)
    if not some.histograms or not len(some.times):
        yield from [some] if some.histograms or len(some.times) else []
        return
    times = np.sort(np.concatenate([some.times, some.histogram_times]))
    histogram = np.isin(times, some.histogram_times)
    edges = times[1:][histogram[1:] != histogram[:-1]].tolist()
    for low, high in pairwise([start, *edges, end]):
        yield _between(some, low, high)


def _between(one: Series, start: int, end: int) -> Series:
    first, last = np.searchsorted(one.times, (start, end))
    low, high = np.searchsorted(one.histogram_times, (start, end))
    return replace(
        one,
        times=one.times[first:last],
        values=one.values[first:last],
        histogram_times=one.histogram_times[low:high],
        histograms=one.histograms[low:high],
    )


def _series(one: Series, symbols: dict[str, int]) -> bytes:
    refs = [symbols.setdefault(text, len(symbols)) for pair in sorted(one.labels.items()) for text in pair]
    histograms = zip(one.histogram_times.tolist(), one.histograms, strict=True)
    return b"".join(
        [
            _bytes(_LABELS, b"".join(map(_varint, refs))),
            _samples(one),
            *(_bytes(_HISTOGRAMS, _histogram(time, histogram)) for time, histogram in histograms),
        ]
    )


def _samples(one: Series) -> bytes:
    """Returns all floats at once: each is a value and a timestamp, and takes the same number of bytes."""
    rows = np.zeros((len(one.times), 12 + _TIME_BYTES), np.uint8)
    rows[:, 0], rows[:, 1] = _SAMPLES << 3 | _BYTES, 10 + _TIME_BYTES
    rows[:, 2], rows[:, 11] = 1 << 3 | _DOUBLE, 2 << 3 | _VARINT
    rows[:, 3:11] = np.ascontiguousarray(one.values, np.float64).view(np.uint8).reshape(-1, 8)
    for byte in range(_TIME_BYTES):
        more = 128 if byte < _TIME_BYTES - 1 else 0
        rows[:, 12 + byte] = (one.times >> (7 * byte)) & 127 | more
    return rows.tobytes()


def _histogram(time: int, one: Histogram) -> bytes:
    """Returns a histogram with counts that are floats."""
    return b"".join(
        [
            _double(2, one.count),
            _double(3, one.sum),
            _number(4, _signed(one.schema)),
            _double(5, one.zero_threshold),
            *([] if one.is_custom else [_double(7, one.zero_count)]),
            *_buckets(8, 10, one.negative),
            *_buckets(11, 13, one.positive),
            _number(14, _HINTS[one.hint]),
            _number(15, time),
            _bytes(16, struct.pack(f"<{len(one.custom)}d", *one.custom)),
        ]
    )


def _buckets(spans: int, counts: int, buckets: Mapping[int, float]) -> Iterator[bytes]:
    """Yields spans of buckets side by side, and their counts; a span says how far it is from the one before."""
    edge, begun = 0, -1
    indexes = sorted(buckets)
    for number, index in enumerate(indexes):
        if begun < 0:
            begun = number
        if number + 1 == len(indexes) or indexes[number + 1] != index + 1:
            offset, edge = indexes[begun] - edge, index + 1
            yield _bytes(spans, _number(1, _signed(offset)) + _number(2, number + 1 - begun))
            begun = -1
    yield _bytes(counts, struct.pack(f"<{len(indexes)}d", *(buckets[index] for index in indexes)))


def _signed(number: int) -> int:
    """Returns a number as zigzag: the sign is the last bit."""
    return number << 1 if number >= 0 else (-number << 1) - 1


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3 | _VARINT) + _varint(number)


def _double(field: int, number: float) -> bytes:
    return _varint(field << 3 | _DOUBLE) + struct.pack("<d", number)


def _bytes(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | _BYTES) + _varint(len(body)) + body


def _snappy(body: bytes) -> bytes:
    """Returns a body in the format of snappy, as one literal: nothing is compressed."""
    return _varint(len(body)) + b"\xfc" + (len(body) - 1).to_bytes(4, "little") + body
