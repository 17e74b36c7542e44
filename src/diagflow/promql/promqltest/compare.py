"""Is an answer what a test expects (`evalCmd.compareResult`)?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from diagflow.promql.frame import show
from diagflow.promql.histogram import Histogram
from diagflow.promql.numbers import general
from diagflow.promql.promqltest.commands import Eval
from diagflow.promql.promqltest.histograms import show_histogram
from diagflow.promql.promqltest.notation import Sample
from diagflow.promql.result import Result, Row

TOLERANCE: Final = 1e-6
"""How far, relatively, a value may be from the one that a test writes: it may write few digits (`defaultEpsilon`)."""
_LEAST_NORMAL: Final = 2.0**-1022
_GREATEST: Final = 1.7976931348623157e308


def almost(one: float, other: float) -> bool:
    """Return whether two values are equal but for rounding, or are both NaN (`almost.Equal`)."""
    if one == other or (one != one and other != other):  # noqa: PLR0124  # NaN
        return True
    size, apart = abs(one) + abs(other), abs(one - other)
    if one == 0 or other == 0 or size < _LEAST_NORMAL:
        return apart < TOLERANCE * _LEAST_NORMAL
    return apart / min(size, _GREATEST) < TOLERANCE


def alike(expected: Sample, got: Histogram) -> bool:
    """Return whether a histogram is what was expected, empty buckets aside (`compareNativeHistogram`)."""
    if expected.histogram is None:
        return False
    one, other = expected.histogram.compact(), got.compact()
    return (
        one.schema == other.schema
        and almost(one.count, other.count)
        and almost(one.sum, other.sum)
        and (not one.is_custom or one.custom == other.custom)
        and one.zero_threshold == other.zero_threshold
        and almost(one.zero_count, other.zero_count)
        and all(
            mine.keys() == theirs.keys() and all(almost(count, theirs[index]) for index, count in mine.items())
            for mine, theirs in ((one.positive, other.positive), (one.negative, other.negative))
        )
        and (not expected.hint_given or one.hint is other.hint)
    )


def differences(command: Eval, result: Result) -> Iterator[str]:
    """Yield how a result differs from what was expected, as `got ..., want ...`."""
    if result.kind == "string":
        if command.text != result.text:
            yield f"got string {result.text!r}, want {command.text!r}"
    elif result.kind == "scalar":
        if command.scalar is None:
            yield f"got scalar {general(result.scalar)}, want a vector"
        elif not almost(command.scalar, result.scalar):
            yield f"got {general(result.scalar)}, want {general(command.scalar)}"
    elif command.scalar is not None:
        yield f"got a {result.kind}, want scalar {general(command.scalar)}"
    else:
        yield from _series(command, result)


def _series(command: Eval, result: Result) -> Iterator[str]:
    rows = {_key(row.labels): row for row in result.rows}
    if len(rows) < len(result.rows):
        yield "got series with the same labels twice"
    wanted = {_key(labels): (position, labels, samples) for position, (labels, samples) in enumerate(command.series)}
    for place, row in enumerate(result.rows):
        found = wanted.get(_key(row.labels))
        if not found:
            yield f"got {show(row.labels)} {_shown(row)}, want no such series"
        elif command.ordered and found[0] != place:
            yield f"got {show(row.labels)} at position {place + 1}, want it at {found[0] + 1}"
    for key, (_, labels, samples) in wanted.items():
        if key not in rows:
            yield f"got no {show(labels)}, want {' '.join(map(show_sample, samples))}"
        elif result.kind == "vector":
            yield from _one(labels, rows[key].value, samples)
        else:
            yield from _many(command, labels, rows[key], samples)


def _key(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))


def _one(labels: dict[str, str], got: float | Histogram, samples: Sequence[Sample]) -> Iterator[str]:
    if not samples or not _fits(samples[0], got):
        yield f"{show(labels)}: got {_text(got)}, want {show_sample(samples[0]) if samples else 'nothing'}"


def _fits(wanted: Sample, got: float | Histogram) -> bool:
    if isinstance(got, Histogram):
        return alike(wanted, got)
    return wanted.value is not None and almost(wanted.value, got)


def _many(command: Eval, labels: dict[str, str], row: Row, samples: Sequence[Sample]) -> Iterator[str]:
    start, _, step = command.points or (command.start, command.end, command.step)
    wanted = {start + number * step: sample for number, sample in enumerate(samples) if sample != Sample()}
    got = dict(row.samples())
    for time in sorted({*wanted, *got}):
        here = wanted.get(time)
        if time not in got or here is None or not _fits(here, got[time]):
            mine = _text(got[time]) if time in got else "nothing"
            yield f"{show(labels)} at {time / 1000:g}s: got {mine}, want {show_sample(here) if here else 'nothing'}"


def _shown(row: Row) -> str:
    return " ".join(_text(sample) for _, sample in row.samples())


def _text(sample: float | Histogram) -> str:
    return show_histogram(sample) if isinstance(sample, Histogram) else general(sample)


def show_sample(sample: Sample) -> str:
    """Return a sample as a test writes it."""
    if sample.histogram is not None:
        return show_histogram(sample.histogram)
    return "_" if sample.value is None else general(sample.value)
