r"""Text of unknown encoding, as Windows programs write it.

A byte-order mark decides; else many NULs on odd or even places mean UTF-16 (wsl.exe writes it without a mark); else
what is valid UTF-8 is UTF-8; else the OEM code page (reg, where, cmd), else the ANSI one with replacement characters.
"""

import codecs
from typing import Final

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
_NULS: Final = 0.2  # a share of NULs at one parity that no text in an 8-bit encoding has
_SAMPLE: Final = 4096
_GUESSES: Final = ("cp936", "cp1252")  # for a saved log from a machine that nobody can ask


def bom(data: bytes) -> str:
    """Return the encoding that a byte-order mark names: `utf-8`, `utf-16le`, `utf-16be`, or the empty string."""
    return next((name for mark, name in MARKS if data.startswith(mark)), "")


def decode(data: bytes, oem: int | None = None, ansi: int | None = None) -> tuple[str, str]:
    """Return the text and the encoding that it was in; never fails.

    Args:
        data: what a program printed or what a file holds.
        oem: the machine's OEM code page, such as 936; None when unknown.
        ansi: the machine's ANSI code page.
    """
    marked = bom(data)
    if marked:
        mark = next(m for m, name in MARKS if name == marked)
        return data[len(mark) :].decode(marked, "replace"), marked
    wide = _wide(data)
    if wide:
        return data.decode(wide, "replace"), wide
    pages = [f"cp{page}" for page in (oem, ansi) if page and page != 65001]  # noqa: PLR2004  # that one is UTF-8
    for encoding in ("utf-8", *(pages or _GUESSES)):
        try:
            return data.decode(encoding), encoding
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode(_known(pages), "replace"), _known(pages)


def _wide(data: bytes) -> str:
    sample = data[:_SAMPLE]
    half = len(sample) // 2
    if not half:
        return ""
    if sample[1::2].count(0) > _NULS * half > sample[::2].count(0):
        return "utf-16le"
    return "utf-16be" if sample[::2].count(0) > _NULS * half > sample[1::2].count(0) else ""


def _known(pages: list[str]) -> str:
    for page in reversed(pages):
        try:
            codecs.lookup(page)
        except LookupError:
            continue
        return page
    return "utf-8"
