r"""Text of unknown encoding, as Windows programs write it.

A byte-order mark decides; else many NULs on odd or even places mean UTF-16 (wsl.exe writes it without a mark). Else
each line by itself, since go writes UTF-8 where cmd and gcc do not: what is valid UTF-8 is UTF-8; else the OEM code
page (reg, where, cmd), else the ANSI one. What can only be Chinese comes before pages that fit everything: a log may
be from another machine.
"""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
_NULS: Final = 0.2  # a share of NULs at one parity that no text in an 8-bit encoding has
_SAMPLE: Final = 4096
_UTF_8: Final = 65001
_DOUBLE: Final = ("cp932", "cp936", "cp949", "cp950")  # pages of two bytes a character; the others fit any bytes
_ROW: Final = re.compile(r"[^\x00-\x7f]{2}")


def bom(data: bytes) -> str:
    """Return the encoding that a byte-order mark names: `utf-8`, `utf-16le`, `utf-16be`, or the empty string."""
    return next((name for mark, name in MARKS if data.startswith(mark)), "")


def decode(data: bytes, oem: int | None = None, ansi: int | None = None) -> tuple[str, str]:
    """Return the text and the encoding that it was in (the first that is not UTF-8, where lines differ); never fails.

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
    pages = [name for page in (oem, ansi) if (name := _codec(page))]
    lines = [_line(line, pages) for line in data.split(b"\n")]
    return "\n".join(text for text, _ in lines), next((name for _, name in lines if name != "utf-8"), "utf-8")


def _line(line: bytes, pages: list[str]) -> tuple[str, str]:
    for encoding in _candidates(line, pages):
        with suppress(UnicodeDecodeError):
            return line.decode(encoding), encoding
    last = pages[-1] if pages else "cp1252"
    return line.decode(last, "replace"), last


def _candidates(line: bytes, pages: list[str]) -> Iterator[str]:
    """Yield them one by one: most lines fit the first, and to tell whether one is Chinese takes long."""
    yield "utf-8"
    yield from (page for page in pages if page in _DOUBLE)
    if _chinese(line, pages):
        yield "cp936"
    yield from pages


def _chinese(line: bytes, pages: list[str]) -> bool:
    """True for what is Chinese and nothing else: common characters, and where the machine is no Chinese one, in a row.

    Two bytes of a text in a western page make a rare character at best, and hardly ever two in a row.
    """
    try:
        text = line.decode("cp936")
    except UnicodeDecodeError:
        return False
    wide = [c for c in text if not c.isascii()]
    common = sum(bool(c.encode("gb2312", "ignore")) for c in wide)
    return 2 * common > len(wide) and (not pages or _ROW.search(text) is not None)


def _wide(data: bytes) -> str:
    sample = data[:_SAMPLE]
    half = len(sample) // 2
    if not half:
        return ""
    if sample[1::2].count(0) > _NULS * half > sample[::2].count(0):
        return "utf-16le"
    return "utf-16be" if sample[::2].count(0) > _NULS * half > sample[1::2].count(0) else ""


def _codec(page: int | None) -> str:
    """Return Python's name of a code page; the empty string for none, for UTF-8 and for what Python does not know."""
    name = f"cp{page}"
    try:
        return name if page and page != _UTF_8 and codecs.lookup(name) else ""
    except LookupError:
        return ""
