"""Numbers, durations and comparisons, as people write them in rules."""

import math
import re
from typing import Final

from diagflow.rules.rule import Threshold


class Wrong(ValueError):  # noqa: N818  # what messages say
    """A value is not what it should be; the message says what it is and what would be right."""


_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}
_DURATION = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?")
_ORDER: Final = ("y", "w", "d", "h", "m", "s", "ms")
_NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)[ \t]*(.*)")
_COMPARISON = re.compile(r"(>=|<=|==|!=|>|<)[ \t]*(.*)")
_SCALES: Final = {
    "": 1.0,
    "%": 0.01,
    **{unit: 1024.0 ** (i + 1) for i, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"))},
    **{unit: 1000.0 ** (i + 1) for i, unit in enumerate(("k", "M", "G", "T", "P", "E"))},
}
_MAX_SECONDS: Final = 10 * _UNITS["y"]


def duration(text: str) -> float:
    """Return seconds of a duration as Prometheus writes it: `5m`, `1h30m`, `500ms`.

    Raises:
        Wrong: it is none, is zero, or is longer than ten years.
    """
    found = _DURATION.fullmatch(text.replace(" ", "")) if len(text) <= 40 else None  # noqa: PLR2004
    seconds = sum(int(n) * _UNITS[unit] for n, unit in zip(found.groups(), _ORDER, strict=True) if n) if found else 0.0
    if not 0 < seconds <= _MAX_SECONDS:
        raise Wrong(
            f"`{shorten(text)}` is no duration: write a number and a unit, such as `30s`, `5m`, `1h30m` or `7d`"
        )
    return seconds


def show_duration(seconds: float) -> str:
    """Return the canonical form of a duration: 90 seconds are `1m30s`."""
    left, parts = round(seconds * 1000), []
    for unit in ("d", "h", "m", "s", "ms"):
        count, left = divmod(left, round(_UNITS[unit] * 1000))
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts) or "0s"


def threshold(text: str) -> Threshold:
    """Return a comparison: `> 15`, `>=80%`, `< -1.5e3`, `>10Gi`, `<= 1h30m`.

    Raises:
        Wrong: there is no operator, no number, or a unit that nobody knows or everybody reads differently.
    """
    found = _COMPARISON.fullmatch(text.strip())
    if not found:
        raise Wrong(f"`{shorten(text)}` is no comparison: write one of > >= < <= == != and a number, such as `> 15`")
    return Threshold(found[1], quantity(found[2]))


def quantity(text: str) -> float:
    """Return the number of `15`, `80%`, `10Gi`, `2k`, `90s`, `1h30m`.

    Raises:
        Wrong: it is no finite number, or its unit is unknown or ambiguous.
    """
    found = _NUMBER.fullmatch(text)
    if not found:
        raise Wrong(
            f"`{shorten(text)}` is no number: write a number, with a unit if you like, "
            "such as `15`, `80%`, `10Gi` or `90s`"
        )
    number, unit = float(found[1]), found[2].strip()
    if unit == "m":
        raise Wrong(
            f"`{shorten(text)}` may be minutes or thousandths: write `{number * 60:g}s`, or `{number / 1000:g}`"
        )
    if unit not in _SCALES:
        return _signed_duration(text)
    if not math.isfinite(number * _SCALES[unit]):
        raise Wrong(f"`{shorten(text)}` is too large for a number")
    return number * _SCALES[unit]


def _signed_duration(text: str) -> float:
    sign, rest = (-1.0, text[1:]) if text.startswith("-") else (1.0, text.removeprefix("+"))
    try:
        return sign * duration(rest)
    except Wrong:
        units = "%, Ki to Ei, k to E, and durations (ms, s, 1m30s, h, d, w)"
        raise Wrong(f"`{shorten(text)}` has a unit that is not known: known are {units}") from None


def show_number(value: float) -> str:
    """Return a number as PromQL and people write it: 15, 0.8, 1e+20."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)  # noqa: PLR2004


def shorten(text: str, limit: int = 60) -> str:
    """Return the text on one line, cut where it gets long, so that it fits into a message."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 3] + "..."
