import numpy as np
import pytest

from diagflow.model import BadInput
from diagflow.promql import STALE_NAN, Series, Storage, evaluate
from diagflow.promql.storage import is_stale
from diagflow.promql.syntax import Matcher

TIMES = np.arange(0, 600_000, 30_000)


def series(number: int, times: np.ndarray = TIMES, name: str = "m") -> Series:
    return Series(
        {"__name__": name, "i": str(number), "job": f"j{number % 3}"}, times, np.arange(float(len(times))) + number
    )


def test_series_with_the_same_timestamps_share_them() -> None:
    storage = Storage(series(number) for number in range(1000))
    samples = 1000 * len(TIMES)
    assert storage.nbytes / samples < 10
    irregular = Storage(series(number, TIMES + number) for number in range(1000))
    assert irregular.nbytes / samples < 20


def test_matchers() -> None:
    table = Storage(series(number) for number in range(9)).tables["m"]

    def found(*matchers: Matcher) -> list[int]:
        return [int(table.labels.get(int(row), "i")) for row in table.rows(matchers)]

    assert found(Matcher("job", "=", "j1")) == [1, 4, 7]
    assert found(Matcher("job", "!=", "j1"), Matcher("i", "=~", "[0-4]")) == [0, 2, 3]
    assert found(Matcher("i", "!~", "[0-7]")) == [8]
    assert found(Matcher("i", "=~", "1|2."), Matcher("job", "=~", "j.*")) == [1]
    assert found(Matcher("none", "=", "")) == list(range(9))
    assert found(Matcher("none", "=~", ".+")) == []
    assert found(Matcher("job", "=", "never seen")) == []


def test_a_stale_marker_is_one_pattern_of_bits() -> None:
    assert is_stale(np.array([STALE_NAN, np.nan, 1.0])).tolist() == [True, False, False]


def test_a_stale_series_is_gone_at_once_and_a_silent_one_after_the_lookback() -> None:
    ended = Series({"__name__": "a"}, np.array([0, 60_000]), np.array([1.0, STALE_NAN]))
    silent = Series({"__name__": "b"}, np.array([0]), np.array([1.0]))
    storage = Storage([ended, silent])
    assert len(evaluate(storage, "a", 59_999).rows) == 1
    assert not evaluate(storage, "a", 60_000).rows
    assert len(evaluate(storage, "b", 299_999).rows) == 1
    assert not evaluate(storage, "b", 300_000).rows
    assert evaluate(storage, "count_over_time(a[5m])", 60_000).rows[0].value == 1


def test_what_cannot_be_stored() -> None:
    with pytest.raises(BadInput, match="do not rise"):
        Storage([Series({"__name__": "a"}, np.array([2, 1]), np.zeros(2))])
    with pytest.raises(BadInput, match=r'two series have the labels \{__name__="m", i="1"'):
        Storage([series(1), series(1)])


def test_a_query_leaves_the_storage_as_it_is() -> None:
    storage = Storage([series(1)])
    before = len(storage.symbols)
    evaluate(storage, 'label_replace(m, "new", "value", "", "")', 0)
    assert len(storage.symbols) == before


def test_bounds() -> None:
    assert Storage([series(1)]).bounds() == (0, 570_000)
    with pytest.raises(BadInput, match="no samples"):
        Storage().bounds()
