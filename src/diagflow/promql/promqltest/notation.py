"""The series notation of Prometheus' tests: `metric{label="value"} 1 2+3x4 _ stale {{schema:1 count:3}}x2`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from diagflow.promql.errors import ParseError
from diagflow.promql.histogram import Histogram, add, subtract
from diagflow.promql.numbers import parse_number
from diagflow.promql.promqltest.histograms import parse_histogram
from diagflow.promql.storage import STALE_NAN
from diagflow.promql.strings import unquote
from diagflow.promql.tokens import NAME, STRING, Token, tokenize

_NAME: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_BRACES: Final = re.compile(r"\{(?!\{)(?:[^\"'`{}]|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\}")
_NUMBER: Final = r"(?:[Ii]nf|[Nn]a[Nn]|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
_FLOATS: Final = re.compile(rf"([+-]?{_NUMBER})(?:([+-]{_NUMBER}))?(?:x([0-9]+))?(?=\s|$)")
_HISTOGRAM: Final = re.compile(r"\{\{(.*?)\}\}(?:([+-])\{\{(.*?)\}\})?(?:x([0-9]+))?(?=\s|$)")
_GAP: Final = re.compile(r"_(?:x([0-9]+))?(?=\s|$)")
_STALE: Final = re.compile(r"stale(?:x([0-9]+))?(?=\s|$)")
_BLANK: Final = re.compile(r"\s*")
_MOST: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of a sequence: a float or a histogram, or neither."""

    value: float | None = None
    histogram: Histogram | None = None
    hint_given: bool = False
    """The histogram says its counter reset hint: then it is compared."""


def parse_series(line: str) -> tuple[dict[str, str], list[Sample]]:
    """Return the labels and the samples of a line.

    Raises:
        ParseError: it is no series.
    """
    labels, at = parse_metric(line)
    samples: list[Sample] = []
    while at < len(line):
        at = _BLANK.match(line, at).end()  # type: ignore[union-attr]  # matches nothing too
        if at < len(line):
            more, at = _item(line, at)
            samples += more
    return labels, samples


def parse_metric(line: str) -> tuple[dict[str, str], int]:
    """Return the labels at the beginning of a line, and where they end."""
    labels: dict[str, str] = {}
    at = 0
    if found := _NAME.match(line):
        labels["__name__"], at = found[0], found.end()
    if braces := _BRACES.match(line, at):
        labels = {**_labels(braces[0], line, at), **labels}
        at = braces.end()
    elif not found and not line.startswith("{{"):
        raise ParseError('this is no series: write `metric{label="value"} 1 2 3`', at, line)
    return {name: value for name, value in labels.items() if value}, at


def _labels(braces: str, line: str, start: int) -> Mapping[str, str]:
    try:
        tokens = tokenize(braces)[1:-2]
    except ParseError as error:
        raise ParseError(error.message, start + (error.position or 0), line) from None
    labels: dict[str, str] = {}
    for item in _split(tokens):
        texts = [unquote(token.text) if token.kind == STRING else token.text for token in item]
        if len(item) == 1 and item[0].kind == STRING:
            labels["__name__"] = texts[0]
        elif len(item) == 3 and item[0].kind in (NAME, STRING) and texts[1] == "=" and item[2].kind == STRING:  # noqa: PLR2004
            labels[texts[0]] = texts[2]
        else:
            at = start + (item[0].start if item else 0)
            raise ParseError('unexpected in label set, expected `label="value"`', at, line)
    return labels


def _split(tokens: list[Token]) -> list[list[Token]]:
    items: list[list[Token]] = [[]]
    for token in tokens:
        if token.word == ",":
            items.append([])
        else:
            items[-1].append(token)
    return items if items[-1] else items[:-1]


def _item(line: str, at: int) -> tuple[list[Sample], int]:
    if found := _GAP.match(line, at):
        return [Sample()] * _times(found[1], line, at, default=1), found.end()
    if found := _STALE.match(line, at):
        return [Sample(STALE_NAN)] * (_times(found[1], line, at) + 1), found.end()
    if found := _FLOATS.match(line, at):
        return _floats(found, line, at), found.end()
    if found := _HISTOGRAM.match(line, at):
        return _histograms(found, line, at), found.end()
    raise ParseError("this is no sample: write a number, `_`, `stale`, `1+2x3` or `{{schema:0 ...}}`", at, line)


def _times(text: str | None, line: str, at: int, *, default: int = 0) -> int:
    times = int(text) if text else default
    if times > _MOST:
        raise ParseError(f"more than {_MOST:,} samples in one item", at, line)
    return times


def _floats(found: re.Match[str], line: str, at: int) -> list[Sample]:
    value, change = parse_number(found[1]), parse_number(found[2]) if found[2] else 0.0
    if found[2] and not found[3]:
        raise ParseError("a step needs a number of times: write `1+2x3`", at, line)
    samples = []
    for _ in range(_times(found[3], line, at) + 1):
        samples.append(Sample(value))
        value += change
    return samples


def _histograms(found: re.Match[str], line: str, at: int) -> list[Sample]:
    try:
        value, given = parse_histogram(found[1])
        times = _times(found[4], line, at)
        if not found[2]:
            return [Sample(None, value, given)] * (times + 1)
        change, given = parse_histogram(found[3])
    except ValueError as error:
        raise ParseError(str(error), at, line) from None
    samples = [Sample(None, value, given)]
    for _ in range(times):
        value = (add if found[2] == "+" else subtract)(value, change).value
        samples.append(Sample(None, value, given))
    return samples
