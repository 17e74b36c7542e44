"""Kubernetes quantities as whole numbers, the way the scheduler compares them."""

import re
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Any, Final

_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d{1,3})|(n|u|m|k|M|G|T|P|E|[KMGTPE]i))?")
_SUFFIXES: Final = {
    **{s: Decimal(10) ** (3 * i) for i, s in enumerate(("n", "u", "m", "", "k", "M", "G", "T", "P", "E"), start=-3)},
    **{f"{s}i": Decimal(1024) ** i for i, s in enumerate("KMGTPE", start=1)},
}
_BINARY: Final = (("Ti", 1024**4), ("Gi", 1024**3), ("Mi", 1024**2), ("Ki", 1024))
_BYTES: Final = ("memory", "ephemeral-storage", "storage")


def _exact(text: str) -> Decimal | None:
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        return None
    number, exponent, suffix = match.groups()
    return Decimal(number) * (Decimal(f"1{exponent}") if exponent else _SUFFIXES[suffix or ""])


def amount(resource: str, value: Any) -> int:
    """Return a quantity rounded up to the scheduler's unit: thousandths of a core for `cpu`, else whole units.

    What is no quantity counts as 0: the API server would have refused it.
    """
    return _units(str(value), 1000 if resource == "cpu" else 1)


@lru_cache(maxsize=8192)
def _units(text: str, factor: int) -> int:
    exact = _exact(text)
    return 0 if exact is None else int((exact * factor).to_integral_value(ROUND_CEILING))


def show(resource: str, units: int) -> str:
    """Return an amount as people write it: `1500m`, `2`, `16Mi`, `3`."""
    if resource == "cpu":
        return f"{units}m" if units % 1000 else str(units // 1000)
    if resource in _BYTES or resource.startswith("hugepages-"):
        return _show_bytes(units)
    return str(units)


def _show_bytes(units: int) -> str:
    for suffix, size in _BINARY:
        if units and units % size == 0 and units < 10_000 * size:
            return f"{units // size}{suffix}"
    for suffix, size in _BINARY:
        if abs(units) >= size:
            return f"{units / size:.1f}{suffix}"
    return str(units)
