"""Series as columns of few bytes: nothing is lost, little is needed."""

import zlib

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from diagflow.model import BadInput
from diagflow.model.series import SeriesBlock
from diagflow.promql import STALE_NAN, Series
from diagflow.promql.needs import needs
from diagflow.promql.sources import varints
from diagflow.promql.sources.merge import merged, series_of
from diagflow.promql.sources.packed import pack, unpack

INTS = arrays(np.int64, st.integers(0, 30), elements=st.integers(-(2**63), 2**63 - 1))
WRONG = [(0, [3]), (0, [-2]), (1, b"\x80"), (2, [1]), (2, [-1]), (3, [5]), (3, []), (5, b"\x01" * 7), (6, b"1")]
"""By the number of a column, what cannot stand there."""
FLOATS = arrays(
    np.float64, st.integers(1, 20), elements=st.floats() | st.integers(-(10**6), 10**6).map(lambda n: n / 100)
)


@given(INTS)
def test_numbers_come_back(numbers: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
    assert (varints.decode(varints.encode(numbers)) == numbers).all()


@given(st.lists(FLOATS, max_size=5), st.integers(0, 2**40))
def test_series_come_back_bit_by_bit(columns: list[np.ndarray[tuple[int], np.dtype[np.float64]]], start: int) -> None:
    given_ = [
        Series({"__name__": "m", "n": f"{n:02}"}, start + np.arange(len(values)) * (n % 2 + 1), values)
        for n, values in enumerate(columns)
    ]
    found = unpack(pack(given_))
    assert [one.labels for one in found] == [one.labels for one in given_]
    for one, other in zip(found, given_, strict=True):
        assert one.times.tolist() == other.times.tolist()
        assert one.values.tobytes() == other.values.tobytes()


def test_what_is_no_block_is_refused() -> None:
    block = pack([Series({"a": "b"}, np.array([1, 2]), np.array([1.5, 2.5]))])
    columns = msgspec.msgpack.decode(block.columns)
    for place, wrong in WRONG:
        broken = [wrong if n == place else part for n, part in enumerate(columns)]
        with pytest.raises(BadInput):
            unpack(SeriesBlock(block.labels, msgspec.msgpack.encode(broken), 2))
    with pytest.raises(BadInput):
        unpack(SeriesBlock(block.labels, b"nonsense", 2))
    with pytest.raises(BadInput):
        varints.decode(b"\xff" * 10 + b"\x01")


def test_what_targets_usually_say_takes_less_than_three_bytes_a_sample() -> None:
    """Counters, some of them constant, bytes of memory in pages, seconds of CPU, one part of ten random floats."""
    random = np.random.default_rng(1)
    series = []
    for target in range(20):
        times = 1_700_000_000_000 + np.cumsum(30_000 + random.integers(-5, 6, 41))
        for n in range(100):
            steps = random.poisson(20 * (n % 4), 41)
            kinds = [
                np.cumsum(steps).astype(float) + 10**6,
                1e9 + 4096.0 * random.integers(0, 5000, 41),
                np.round(np.cumsum(random.random(41)), 2),
            ]
            values = random.random(41) if n % 10 == 9 else kinds[n % 3]
            series.append(Series({"__name__": f"m{n}", "instance": str(target)}, times, values))
    block = pack(series)
    assert block.samples == 20 * 100 * 41
    assert len(block.columns) / block.samples < 3
    assert len(zlib.compress(block.columns)) / block.samples < 2.5


def test_the_same_series_from_two_recordings_is_one() -> None:
    one = Series({"a": "b"}, np.array([1, 2, 3]), np.array([1.0, 2.0, STALE_NAN]))
    two = Series({"a": "b"}, np.array([2, 3, 5]), np.array([2.0, 3.0, STALE_NAN]))
    (found,) = series_of(merged([one, two]))
    assert found.times.tolist() == [1, 2, 3, 5]
    assert found.values[:3].tolist() == [1.0, 2.0, 3.0]
    assert np.isnan(found.values[3])


@pytest.mark.parametrize(
    ("expression", "read"),
    [
        ("up", [('{__name__="up"}', -300, 0, 0)]),
        ('up{job=~"a|\\"b"} offset 1m', [('{__name__="up",job=~"a|\\"b"}', -360, -60, 0)]),
        ("rate(up[10m]) + up", [('{__name__="up"}', -600, 0, 0), ('{__name__="up"}', -300, 0, 0)]),
        ("up @ -60", [('{__name__="up"}', -360, -60, 0)]),
        ("max_over_time(up[5m:30s])", [('{__name__="up"}', -600, 0, 30)]),
        ("max_over_time(rate(up[5m])[1h:] offset 1h)", [('{__name__="up"}', -7500, -3600, 0)]),
        ("sum by (job) (-(up)) > bool on() vector(time())", [('{__name__="up"}', -300, 0, 0)]),
        ('{"a.b", "c.d"="e"}', [('{__name__="a.b","c.d"="e"}', -300, 0, 0)]),
    ],
)
def test_what_an_expression_reads(expression: str, read: list[tuple[str, int, int, int]]) -> None:
    found = [(n.text, n.start // 1000, n.end // 1000, n.step // 1000) for n in needs(expression, 0)]
    assert found == read
    assert all(needs(n.text, 0)[0].matchers == n.matchers for n in needs(expression, 0))


def test_what_an_expression_reads_over_time() -> None:
    (need,) = needs("up", 0, 60_000, 15_000)
    assert (need.start, need.end, need.step) == (-300_000, 60_000, 15_000)
