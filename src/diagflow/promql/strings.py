"""String literals (`util/strutil.Unquote`)."""

import re
from typing import Final

_ESCAPE: Final = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)", re.DOTALL)
_SIMPLE: Final = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, "'": 39, '"': 34}
_BYTE: Final = 256


def unquote(literal: str) -> str:
    """Return what a string literal says; bytes that are no UTF-8 become lone surrogates (`surrogateescape`).

    Raises:
        ValueError: it is no string literal, or an escape is unknown.
    """
    quote, body = literal[0], literal[1:-1]
    if quote == "`" or "\\" not in body:
        return body
    out, at = bytearray(), 0
    for escape in _ESCAPE.finditer(body):
        out += body[at : escape.start()].encode("utf-8", "surrogateescape") + _escaped(escape[1], quote)
        at = escape.end()
    out += body[at:].encode("utf-8", "surrogateescape")
    return out.decode("utf-8", "surrogateescape")


def _escaped(escape: str, quote: str) -> bytes:
    if escape[0] in "uU" and len(escape) > 1:
        return chr(int(escape[1:], 16)).encode()
    if escape[0] == "x" and len(escape) > 1:
        return bytes([int(escape[1:], 16)])
    if escape.isdigit() and len(escape) > 1 and int(escape, 8) < _BYTE:
        return bytes([int(escape, 8)])
    if escape not in _SIMPLE or (escape in "'\"" and escape != quote):
        raise ValueError(f"unknown escape sequence \\{escape}")
    return bytes([_SIMPLE[escape]])
