"""Functions of dates, in UTC."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from diagflow.promql.arrays import Floats

_DAY: Final = 86_400
_LIMIT: Final = 2.0**63
_THURSDAY: Final = 4
_NO_DATE: Final = {
    "year": 292277026596.0, "month": 12.0, "day_of_month": 4.0, "day_of_year": 339.0, "day_of_week": 0.0,
    "days_in_month": 31.0, "hour": 15.0, "minute": 30.0,
}  # fmt: skip
"""What Go says about NaN and numbers beyond an int64."""


def _days(seconds: Any) -> Any:
    return seconds // _DAY


def _month(seconds: Any) -> Any:
    return seconds.astype("datetime64[s]").astype("datetime64[M]")


def _year(seconds: Any) -> Any:
    return seconds.astype("datetime64[s]").astype("datetime64[Y]")


def _day_of(seconds: Any, period: Any) -> Any:
    return _days(seconds) - period.astype("datetime64[D]").astype(np.int64) + 1


def _days_in_month(seconds: Any) -> Any:
    month = _month(seconds)
    return (month + 1).astype("datetime64[D]").astype(np.int64) - month.astype("datetime64[D]").astype(np.int64)


DATES: Final[Mapping[str, Callable[[Any], Any]]] = {
    "year": lambda seconds: _year(seconds).astype(np.int64) + 1970,
    "month": lambda seconds: _month(seconds).astype(np.int64) % 12 + 1,
    "day_of_month": lambda seconds: _day_of(seconds, _month(seconds)),
    "day_of_year": lambda seconds: _day_of(seconds, _year(seconds)),
    "day_of_week": lambda seconds: (_days(seconds) + _THURSDAY) % 7,
    "days_in_month": _days_in_month,
    "hour": lambda seconds: seconds // 3600 % 24,
    "minute": lambda seconds: seconds // 60 % 60,
}
"""Each from whole seconds since 1970."""


def of_date(name: str, values: Floats) -> Floats:
    """Return a part of dates that are seconds since 1970; of what is no date, of the one that Go makes of it."""
    with np.errstate(all="ignore"):
        inside = np.abs(values) < _LIMIT
        seconds = np.where(inside, values, 0).astype(np.int64)  # towards zero, as Go converts
        found: Floats = DATES[name](seconds).astype(np.float64)
    return np.where(inside, found, _NO_DATE[name])
