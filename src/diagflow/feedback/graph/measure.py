"""How wide a text will be, without a font: an upper bound for the fonts that browsers use."""

from typing import Final

from rich.cells import cell_len

_PERCENT_OF_EM: Final = (
    "32 40 46 84 64 95 78 27 39 39 50 84 32 36 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 84 84 53 "
    "100 68 69 70 77 63 58 77 75 29 29 66 56 86 75 79 60 79 69 63 61 73 68 99 69 61 69 39 34 39 84 50 "
    "50 61 63 55 63 62 35 63 63 28 28 58 28 97 63 61 63 63 41 52 39 63 59 82 59 59 52 64 34 64 84"
)
"""Advance widths of DejaVu Sans, the widest of the usual sans-serif fonts, from blank to tilde."""
_ASCII: Final = {chr(32 + i): int(w) / 100 for i, w in enumerate(_PERCENT_OF_EM.split())}
_OTHER: Final = 0.75
_WIDE: Final = 1.02
BOLD: Final = 1.16
"""How much wider bold letters are, at most."""


def width(text: str, size: float) -> float:
    """Return the width in pixels of `text` at a font size of `size` pixels."""
    return sum(_ASCII.get(c) or _beyond(c) for c in text) * size


def _beyond(character: str) -> float:
    cells = cell_len(character)
    return _WIDE if cells > 1 else _OTHER if cells else 0.0
