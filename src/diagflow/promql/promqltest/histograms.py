"""Histograms as tests write them: `schema:1 count:3 sum:5 buckets:[1 2] offset:1` (`buildHistogramFromMap`)."""

import re
from typing import Any, Final

from diagflow.promql.histogram import Hint, Histogram
from diagflow.promql.histogram.value import Buckets
from diagflow.promql.numbers import general, parse_number

_ITEM: Final = re.compile(r"\s*([a-z_]+):(\[[^\]]*\]|[^\s\[\]]+)(?=\s|$)")
_NUMBERS: Final = ("sum", "count", "z_bucket", "z_bucket_w")
_WHOLE: Final = ("schema", "offset", "n_offset")
_LISTS: Final = ("buckets", "n_buckets", "custom_values")


def parse_histogram(text: str) -> tuple[Histogram, bool]:
    """Return a histogram, and whether its counter reset hint was given.

    Raises:
        ValueError: it is none.
    """
    found: dict[str, Any] = {}
    at = 0
    while text[at:].strip():
        item = _ITEM.match(text, at)
        if not item:
            raise ValueError(
                f"unexpected in histogram description: {text[at:].strip()!r}, expected e.g. buckets:[5 10 7]"
            )
        if item[1] in found:
            raise ValueError(f'duplicate key "{item[1]}" in histogram')
        found[item[1]] = _value(item[1], item[2])
        at = item.end()
    histogram = Histogram(
        found.get("schema", 0), found.get("count", 0.0), found.get("sum", 0.0), found.get("z_bucket_w", 0.0),
        found.get("z_bucket", 0.0), _numbered(found, "buckets", "offset"), _numbered(found, "n_buckets", "n_offset"),
        tuple(found.get("custom_values", ())), found.get("counter_reset_hint", Hint.UNKNOWN),
    )  # fmt: skip
    return histogram, "counter_reset_hint" in found


def _value(key: str, text: str) -> Any:
    if key in _LISTS and text.startswith("["):
        return [parse_number(number) for number in text[1:-1].split()]
    if key in _NUMBERS:
        return parse_number(text)
    if key in _WHOLE:
        return int(text)
    if key == "counter_reset_hint":
        return Hint(text)
    raise ValueError(f'bad histogram descriptor found: "{key}"')


def _numbered(found: dict[str, Any], buckets: str, offset: str) -> Buckets:
    return dict(enumerate(found.get(buckets, ()), found.get(offset, 0)))


def show_histogram(one: Histogram) -> str:
    """Return a histogram as a test would write it."""
    parts = [f"schema:{one.schema}"] if one.schema else []
    for name, value in (
        ("count", one.count), ("sum", one.sum), ("z_bucket", one.zero_count), ("z_bucket_w", one.zero_threshold)
    ):  # fmt: skip
        parts += [f"{name}:{general(value)}"] if value != 0 else []
    if one.is_custom:
        parts.append(f"custom_values:[{' '.join(map(general, one.custom))}]")
    if one.hint is not Hint.UNKNOWN:
        parts.append(f"counter_reset_hint:{one.hint.value}")
    parts += _shown("buckets", "offset", one.positive) + _shown("n_buckets", "n_offset", one.negative)
    return "{{" + " ".join(parts) + "}}"


def _shown(name: str, offset: str, buckets: Buckets) -> list[str]:
    filled = [index for index, count in buckets.items() if count != 0]
    if not filled:
        return []
    counts = [general(buckets.get(index, 0.0)) for index in range(min(filled), max(filled) + 1)]
    return [f"{offset}:{min(filled)}"] * (min(filled) != 0) + [f"{name}:[{' '.join(counts)}]"]
