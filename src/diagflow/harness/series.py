"""Series that a case gives, in the notation of promtool's unit tests, and the answers of expressions on them.

Samples are read by the reader of Prometheus' own tests, and expressions are evaluated as on a bundle that holds series:
nothing of either is done here. Only a case with series imports numpy.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from diagflow.model import BadInput, Query, Reading, State
from diagflow.rules.near import did_you_mean

if TYPE_CHECKING:
    from diagflow.promql import Storage
    from diagflow.promql.needs import Need
    from diagflow.promql.promqltest.notation import Sample

KEYS: Final = ("interval", "eval_time", "input_series")
_ITEM: Final = ("series", "values")
_EXAMPLE: Final = "`series: 'up{job=\"x\"}', values: '1x10 0 _ stale'`"
_INTERVAL: Final = "1m"
"""As promtool has it."""

_T = TypeVar("_T")
Wrong = Callable[..., BadInput]
"""Makes an error of a message and the steps (keys and indexes) to its place."""


@dataclass(frozen=True, slots=True)
class GivenSeries:
    """Series with a sample each `interval`, the first of all at time 0.

    Attributes:
        interval: milliseconds between two samples.
        eval_time: milliseconds from time 0 to the moment of the case.
        lines: each series with its samples, as Prometheus' tests write it.
    """

    interval: int
    eval_time: int
    lines: tuple[str, ...]


def series_of(value: Any, wrong: Wrong) -> GivenSeries:
    """Return what stands under `given.series`, checked.

    Args:
        value: as it was written.
        wrong: makes the error.

    Raises:
        BadInput: what is wrong, with its place.
    """
    _check_keys(value, KEYS, wrong)
    items = value.get("input_series")
    if not isinstance(items, list) or not items:
        raise wrong(f"series need `input_series`, a list of such as {_EXAMPLE}", "input_series")
    interval = _duration(value.get("interval", _INTERVAL), wrong, "interval")
    if not interval:
        raise wrong("the interval must be longer than 0: write such as `1m`", "interval")
    lines = tuple(_line(item, number, wrong) for number, item in enumerate(items))
    _check_once(lines, wrong)
    longest = max(len(samples) for _, samples in _parsed(lines))
    last = (longest - 1) * interval
    given = _duration(value["eval_time"], wrong, "eval_time") if "eval_time" in value else last
    return GivenSeries(interval, given, lines)


def _check_keys(value: Any, known: Sequence[str], wrong: Wrong, *steps: str | int) -> None:
    if not isinstance(value, Mapping):
        raise wrong(f"here belongs a mapping with {', '.join(f'`{key}`' for key in known)}", *steps)
    for key in value:
        if key not in known:
            raise wrong(f"`{key}` is not known here: {did_you_mean(str(key), known, limit=9)}", *steps, key)


def _duration(text: Any, wrong: Wrong, key: str) -> int:
    from diagflow.promql.durations import parse_duration  # noqa: PLC0415  # numpy, as all below

    try:
        return parse_duration(str(text))
    except ValueError as e:
        raise wrong(f"{key}: {e}: write such as `30s` or `1h30m`", key) from None


def _line(item: Any, number: int, wrong: Wrong) -> str:
    """Return an item as a line of Prometheus' tests; promtool puts the two together just so."""
    from diagflow.promql.promqltest.notation import parse_metric  # noqa: PLC0415

    at = ("input_series", number)
    _check_keys(item, _ITEM, wrong, *at)
    series, values = (_text(item.get(key), wrong, *at, key) for key in _ITEM)
    _, end = _read(lambda: parse_metric(series), series, wrong, *at, "series")
    if end < len(series):
        raise wrong(f"`{series[end:].strip()}` is no label: samples belong under `values`", *at, "series")
    line = f"{series} {values}"
    _read(lambda: _parsed((line,)), line, wrong, *at, "values")
    return line


def _text(value: Any, wrong: Wrong, *steps: str | int) -> str:
    text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    if not text:
        raise wrong(
            f"`{steps[-1]}` is missing: write such as `series: 'up{{job=\"x\"}}', values: '1x10 0 _ stale'`", *steps
        )
    return text


def _read(read: Callable[[], _T], line: str, wrong: Wrong, *steps: str | int) -> _T:
    from diagflow.promql import PromQLError  # noqa: PLC0415

    try:
        return read()
    except PromQLError as e:
        begin = line[e.position or 0 :].split(maxsplit=1)
        at = f"`{begin[0][:40]}`: " if begin else ""
        raise wrong(f"{steps[-1]}: {at}{e.message}", *steps) from None


@lru_cache(maxsize=64)  # mutants ask for the same world again and again
def _parsed(lines: tuple[str, ...]) -> "tuple[tuple[dict[str, str], list[Sample]], ...]":
    from diagflow.promql.promqltest.notation import parse_series  # noqa: PLC0415

    return tuple(parse_series(line) for line in lines)


def _check_once(lines: tuple[str, ...], wrong: Wrong) -> None:
    seen: dict[frozenset[tuple[str, str]], int] = {}
    for number, (labels, _) in enumerate(_parsed(lines)):
        first = seen.setdefault(frozenset(labels.items()), number)
        if first != number:
            raise wrong(f"series {first + 1} and {number + 1} have the same labels: keep one", "input_series", number)


@lru_cache(maxsize=16)
def _storage(given: GivenSeries, start: int) -> "Storage":
    from diagflow.promql.promqltest.commands import Load  # noqa: PLC0415
    from diagflow.promql.promqltest.loaded import Loaded  # noqa: PLC0415

    loaded = Loaded()
    loaded.load(Load(0, given.interval, _parsed(given.lines), with_nhcb=False), start)
    return loaded.storage


class Metrics:
    """The answers of expressions on the series of a case: all that there is of the metrics that they name."""

    def __init__(self, given: GivenSeries, now: datetime) -> None:
        """Prepare.

        Args:
            given: the series.
            now: the case's moment: `eval_time` after time 0.
        """
        from diagflow.bundle.series import HeldSeries  # noqa: PLC0415

        self._given, self._now = given, now
        all_of_it = Reading(Query.of("series", "given"), State.DATA, now, source="test")
        start = round(now.timestamp() * 1000) - given.eval_time
        self._held = HeldSeries([all_of_it], now, _storage(given, start))

    def answer(self, query: Query) -> Reading:
        """Return the answer to a `promql` query, as a bundle with these series gives it."""
        return self._held.answer(query)

    def unasked(self, queries: Iterable[Query]) -> list[str]:
        """Return the series of metrics that no expression names: a typing mistake, most likely.

        Other series of a metric that is named are not: that they are left out may be what is tested.
        """
        asked = {need for query in queries for need in self._needs(query)}
        return [_shown(labels) for labels, _ in _parsed(self._given.lines) if not any(_names(n, labels) for n in asked)]

    def _needs(self, query: Query) -> "list[Need]":
        from diagflow.bundle.series import times_of  # noqa: PLC0415
        from diagflow.promql.needs import needs  # noqa: PLC0415

        try:
            return needs(query.target, *times_of(query, self._now))
        except BadInput:  # its answer says so
            return []


def _names(need: "Need", labels: Mapping[str, str]) -> bool:
    from diagflow.promql.storage import matches  # noqa: PLC0415

    if need.name:
        return need.name == labels.get("__name__")
    return all(matches(m, labels.get(m.name, "")) for m in need.matchers)


def _shown(labels: Mapping[str, str]) -> str:
    rest = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()) if name != "__name__")
    return labels.get("__name__", "") + (f"{{{rest}}}" if rest else "")
