"""What is sent by remote write, without a server."""

import numpy as np
from lab import remotewrite
from tests.promql import samples

from diagflow.promql import Histogram, Series


def test_samples_go_by_time_and_numbers_apart_from_histograms() -> None:
    hists = [Histogram(0, float(n), float(n), positive={1: float(n)}) for n in range(1, 4)]
    mixed = Series({"__name__": "m"}, np.array([0, 30]), np.array([1.0, 2.0]), np.array([10, 20, 40]), hists)
    late = Series({"__name__": "n"}, np.array([100]), np.array([3.0]))
    sent = [
        [(one.labels["__name__"], one.times.tolist(), one.histogram_times.tolist()) for one in some]
        for some in remotewrite.in_time([mixed, late], 100)
    ]
    assert sent == [[("m", [0], [])], [("m", [], [10, 20])], [("m", [30], [])], [("m", [], [40])], [("n", [100], [])]]


def test_every_sample_is_sent_once() -> None:
    series = samples.series()
    sent = [one for some in remotewrite.in_time(series, 600_000) for one in some]
    for count in (lambda one: len(one.times), lambda one: len(one.histograms)):
        assert sum(map(count, sent)) == sum(map(count, series))


def test_a_request_is_a_literal_of_snappy_with_symbols_and_series() -> None:
    body = remotewrite.request([Series({"a": "b"}, np.array([1_700_000_000_000]), np.array([1.0]))])
    size, tag, literal = body[0], body[1], body[6:]
    assert (size, tag, int.from_bytes(body[2:6], "little") + 1) == (len(literal), 0xFC, len(literal))
    assert literal.startswith(b"\x22\x00\x22\x01a\x22\x01b\x2a")  # symbols "", "a", "b", then a series
