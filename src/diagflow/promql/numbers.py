"""Numbers as Go reads and writes them."""

import math
import re
from decimal import Decimal
from typing import Final

_OCTAL: Final = re.compile(r"0[0-7_]+")
_UNDERSCORES: Final = re.compile(r"(0[xX]_?)?[0-9a-fA-F]+(_[0-9a-fA-F]+)*")
_LEAST_EXPONENT, _MOST_EXPONENT = -4, 21


def parse_number(text: str) -> float:
    """Return a number literal's value: `strconv.ParseInt(s, 0, 64)`, else `strconv.ParseFloat`.

    Raises:
        ValueError: it is none.
    """
    sign = -1.0 if text.startswith("-") else 1.0
    body = text.removeprefix("-").removeprefix("+")
    if "_" in body and not _UNDERSCORES.fullmatch(body):
        raise ValueError(f'strconv.ParseFloat: parsing "{text}": invalid syntax')
    try:
        if _OCTAL.fullmatch(body):
            return sign * int(body, 8)
        whole = int(body, 0)
        if whole < 1 << 63:
            return sign * whole
    except ValueError:
        pass
    if body[:2].lower() == "0x":
        return sign * float.fromhex(body.replace("_", ""))
    if "_" in body or body != body.strip():
        raise ValueError(f'strconv.ParseFloat: parsing "{text}": invalid syntax')
    return sign * float(body)


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
    """Return Go's `%g` (and `%v`): the shortest digits, with an exponent from 1e21 up and below 1e-4."""
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
