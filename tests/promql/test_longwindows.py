import math

import numpy as np
import pytest

from diagflow.promql import Series, Storage, evaluate, longwindows

RNG = np.random.default_rng(3)
COUNT = 1500
TIMES = np.arange(COUNT, dtype=np.int64) * 1000
FLOATS = {
    "walk": RNG.normal(size=COUNT).cumsum(),
    "flat": np.full(COUNT, 4.0),
    "nans": np.where(RNG.random(COUNT) < 0.1, math.nan, RNG.normal(size=COUNT)),
    "infinite": np.where(np.arange(COUNT) == 700, math.inf, 1.0),
    "cancels": np.tile([1e17, 1.0, -1e17], COUNT // 3),
    "big": np.full(COUNT, 1.5e308),
}
STORAGE = Storage([Series({"__name__": "m", "kind": kind}, TIMES, values) for kind, values in FLOATS.items()])


@pytest.mark.parametrize(
    "expression",
    [
        *(f"{name}_over_time(m[20m])" for name in ("sum", "avg", "min", "max", "stddev", "stdvar")),
        "changes(m[20m])", "resets(m[20m])", "deriv(m[20m])", "predict_linear(m[20m], 600)",
        "double_exponential_smoothing(m[20m], 0.3, 0.2)", "ts_of_max_over_time(m[20m])", "ts_of_min_over_time(m[20m])",
        "integral(m[20m])", "integral(m[20m], 0)", "integral(m[20m], 1)",
    ],
)  # fmt: skip
def test_long_windows_give_what_short_ones_do(expression: str, monkeypatch: pytest.MonkeyPatch) -> None:
    times = (1_300_000, 1_499_000, 100_000)
    long = evaluate(STORAGE, expression, *times, experimental=True)
    monkeypatch.setattr(longwindows, "_LONG", 1 << 40)
    for got, wanted in zip(long.rows, evaluate(STORAGE, expression, *times, experimental=True).rows, strict=True):
        assert got.labels == wanted.labels
        assert got.values == pytest.approx(wanted.values, rel=1e-9, nan_ok=True), got.labels


def test_a_sum_of_many_samples_in_one_window() -> None:
    result = evaluate(STORAGE, "sum_over_time(vector(time())[2d:1s])", 10**9, timeout=30)
    assert result.rows[0].values == pytest.approx(sum(range(827_201, 1_000_001)))
