"""The text of a rule file: read, decoded and made fit for a YAML parser, without moving any character."""

import os
import re
import stat
from pathlib import Path
from typing import Final

from diagflow.rules.problem import Problem
from diagflow.rules.rule import Position

MAX_BYTES: Final = 4 * 1024 * 1024
"""Larger files are refused: 1,000 bilingual rules take half a megabyte."""

_BREAK = re.compile(r"\r\n|\r|\n")

# Besides what YAML forbids: line separators that YAML 1.1 parsers count as line breaks and editors do not, byte order
# marks within the text, and the two characters that stand in for ">" and "!" (below).
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\uf8f0\uf8f1]")

# `threshold: > 15` is not valid YAML (">" opens a folded block there, "!=" a tag), but it is how people write it. The
# operator's first character is replaced by a letter of the private use area of the same width, and put back by
# `restore`. What is left alone is a real block header: ">", ">-" and ">+" with nothing behind.
_THRESHOLD = re.compile(
    r"""(threshold(?<![\w-]threshold)["']?[ \t]*:[ \t]*)(?:(>)(?![-+]?[ \t]*(?:\#.*)?\r?$)|(!)(?==))""", re.MULTILINE
)
_STAND_IN: Final = {">": "\uf8f0", "!": "\uf8f1"}
_BACK: Final = {ord(letter): operator for operator, letter in _STAND_IN.items()}


def decode(data: bytes, file: str) -> tuple[str, Problem | None]:
    """Return the text of a file, or a problem; line and column of every character stay what they are in the file."""
    if len(data) > MAX_BYTES:
        return "", _problem(file, 1, 1, f"the file has {len(data):,} bytes: split it, at most {MAX_BYTES:,} are read")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "", _problem(file, 1, 1, "the file is UTF-16: save it as UTF-8")
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as e:
        line, column = line_column(data[: e.start].decode("utf-8"), e.start)
        return "", _problem(file, line, column, f"the byte 0x{data[e.start]:02x} is not UTF-8: save the file as UTF-8")
    return (text, None) if not (bad := _FORBIDDEN.search(text)) else ("", _forbidden(file, text, bad.start()))


def protect(text: str) -> str:
    """Make unquoted comparisons behind `threshold:` valid YAML; no character moves."""
    return _THRESHOLD.sub(lambda m: m[1] + _STAND_IN[m[2] or m[3]], text)


def restore(value: str) -> str:
    """Undo `protect` in a scalar."""
    if value.isascii() or not ("\uf8f0" in value or "\uf8f1" in value):
        return value
    return value.translate(_BACK)


def line_column(text: str, offset: int) -> tuple[int, int]:
    """Return line and column (from 1) of an offset."""
    breaks = [m.end() for m in _BREAK.finditer(text, 0, offset)]
    return len(breaks) + 1, offset - (breaks[-1] if breaks else 0) + 1


def read_bytes(path: Path) -> tuple[bytes, Problem | None]:
    """Return the bytes of a file (at most one more than `MAX_BYTES`), or a problem that says why there are none."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would never end
            return b"", _problem(str(path), 1, 1, "cannot be read: it is no file")
        return _first_bytes(path, min(status.st_size, MAX_BYTES) + 1), None
    except OSError as e:
        return b"", _problem(str(path), 1, 1, f"cannot be read: {e.strerror or e}")
    except ValueError as e:  # a path with a NUL
        return b"", _problem(str(path), 1, 1, f"cannot be read: {e}")


def _first_bytes(path: Path, size: int) -> bytes:
    # Without a stream around it: a thousand of these are a good part of loading from the cache.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        return os.read(handle, size)
    finally:
        os.close(handle)


def _forbidden(file: str, text: str, offset: int) -> Problem:
    line, column = line_column(text, offset)
    name = f"U+{ord(text[offset]):04X}"
    return _problem(
        file, line, column, f'the character {name} has no place in a rule file: remove it, or write "\\u{name[2:]}"'
    )


def _problem(file: str, line: int, column: int, message: str) -> Problem:
    return Problem(Position(file, line, column), "", message, code="unreadable")
