"""Results for people: a table of values, or a line with a small plot for each series."""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import numpy as np

from diagflow.promql.arrays import Floats, Ints
from diagflow.promql.frame import show
from diagflow.promql.histogram import Histogram
from diagflow.promql.numbers import general_to, plain
from diagflow.promql.result import Result, Row

_BARS: Final = "▁▂▃▄▅▆▇█"
_WIDTH: Final = 60
_DIGITS: Final = 6


def as_text(result: Result) -> str:
    """Return a result as lines."""
    if result.kind == "string":
        return result.text + "\n"
    if result.kind == "scalar":
        return plain(result.scalar) + "\n"
    if not result.rows:
        return "no series\n"
    if result.kind == "vector":
        return table([(name_of(row), _text(row.value)) for row in result.rows], ("series", "value"), left=1)
    return _plots(result.rows)


def name_of(row: Row) -> str:
    """Return a series as people write it: `up{job="api"}`."""
    rest = {name: value for name, value in row.labels.items() if name != "__name__"}
    name = row.labels.get("__name__", "")
    return name + (show(rest) if rest or not name else "")


def _text(value: float | Histogram) -> str:
    return str(value) if isinstance(value, Histogram) else plain(value)


def _plots(rows: Sequence[Row]) -> str:
    """Return a line a series, all over the same time and each on its own scale."""
    times = [*(row.times for row in rows), *(row.histogram_times for row in rows)]
    first = min(int(t[0]) for t in times if len(t))
    last = max(int(t[-1]) for t in times if len(t))
    lines = [_line(row, first, last) for row in rows]
    span = f"{_moment(first)} to {_moment(last)}\n"
    return span + table(lines, ("series", "", "least", "greatest", "last"), left=2)


def _line(row: Row, first: int, last: int) -> tuple[str, ...]:
    if not len(row.values):
        return name_of(row), f"{len(row.histograms)} histograms", "", "", str(row.histograms[-1])
    finite = row.values[np.isfinite(row.values)]
    ends = (
        (general_to(float(finite.min()), _DIGITS), general_to(float(finite.max()), _DIGITS))
        if len(finite)
        else ("", "")
    )
    return name_of(row), plot(row.times, row.values, first, last), *ends, general_to(float(row.values[-1]), _DIGITS)


def plot(times: Ints, values: Floats, first: int, last: int) -> str:
    """Return values over time as bars of eight heights, from the least to the greatest; a blank where there is none."""
    width = min(_WIDTH, max(1, len(np.unique(times)) if len(times) else 1))
    place = np.zeros(len(times), np.int64) if last == first else (times - first) * (width - 1) // (last - first)
    finite = np.isfinite(values)
    if not finite.any():
        return " " * width
    low, high = float(values[finite].min()), float(values[finite].max())
    cells = [" "] * width
    for at in np.unique(place[finite]):
        mean = float(values[finite & (place == at)].mean())
        level = 0 if high == low else (mean - low) / (high - low)
        cells[int(at)] = _BARS[min(len(_BARS) - 1, int(level * len(_BARS)))]
    return "".join(cells)


def _moment(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def table(rows: Sequence[Sequence[str]], header: Sequence[str], *, left: int) -> str:
    """Return columns side by side; those after the first `left` are numbers and stand right."""
    lines = [header, *rows]
    widths = [max(_cells(line[number]) for line in lines) for number in range(len(header))]
    return "".join(_joined(line, widths, left) for line in lines)


def _joined(line: Sequence[str], widths: Sequence[int], left: int) -> str:
    parts = [
        text + " " * (width - _cells(text)) if number < left else " " * (width - _cells(text)) + text
        for number, (text, width) in enumerate(zip(line, widths, strict=True))
    ]
    return "  ".join(parts).rstrip() + "\n"


def _cells(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
