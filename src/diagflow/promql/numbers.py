"""Numbers as Go reads and writes them."""

import math
import re
from decimal import Decimal
from typing import Final

_OCTAL: Final = re.compile(r"0[0-7_]+")
_ODD_UNDERSCORE: Final = re.compile(r"(?<![0-9a-fA-FxXoObB])_|_(?![0-9a-fA-F])")
_ODD_DECIMAL: Final = re.compile(r"(?<![0-9])_|_(?![0-9])")
_LEAST_EXPONENT, _MOST_EXPONENT = -4, 6


def parse_number(text: str) -> float:
    """Return a number literal's value: `strconv.ParseInt(s, 0, 64)`, else `strconv.ParseFloat`.

    Raises:
        ValueError: it is none.
    """
    sign = -1.0 if text.startswith("-") else 1.0
    body = text.removeprefix("-").removeprefix("+")
    prefixed = body[:2].lower() in ("0x", "0b", "0o")
    if (_ODD_UNDERSCORE if prefixed else _ODD_DECIMAL).search(body):
        raise ValueError(f'strconv.ParseFloat: parsing "{text}": invalid syntax')
    if (whole := _whole(body)) is not None and whole < 1 << 63:
        return sign * whole
    if prefixed or body != body.strip():
        raise ValueError(f'strconv.ParseFloat: parsing "{text}": invalid syntax')
    value = sign * float(body.replace("_", ""))
    if math.isinf(value) and "n" not in body.lower():
        raise ValueError(f'strconv.ParseFloat: parsing "{text}": value out of range')
    return value


def _whole(body: str) -> int | None:
    try:
        return int(body.replace("_", ""), 8) if _OCTAL.fullmatch(body) else int(body, 0)
    except ValueError:
        return None


def plain(value: float) -> str:
    """Return `strconv.FormatFloat(v, 'f', -1, 64)`: the shortest digits, never an exponent."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def general(value: float) -> str:
    """Return Go's `%g` (and `%v`): the shortest digits, with an exponent from 1e6 up and below 1e-4."""
    if not math.isfinite(value) or value == 0:
        return plain(value)
    exponent = Decimal(repr(value)).adjusted()
    if _LEAST_EXPONENT <= exponent < _MOST_EXPONENT:
        return plain(value)
    digits = "".join(map(str, Decimal(repr(value)).normalize().as_tuple().digits))
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{'-' if value < 0 else ''}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def general_to(value: float, precision: int) -> str:
    """Return Go's `%.{precision}g`."""
    if not math.isfinite(value):
        return plain(value)
    return format(value, f".{precision}g")


def open_metrics(value: float) -> str:
    """Return `labels.FormatOpenMetricsFloat`: whole numbers keep a `.0`."""
    text = general(value)
    return text if not math.isfinite(value) or any(mark in text for mark in ".e") else text + ".0"
