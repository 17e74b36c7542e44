"""Who issued a certificate, read from its bytes: Python tells that of certificates only that it trusts.

A certificate is SEQUENCE { SEQUENCE { [0] version, serial, algorithm, issuer, ... } ... } (RFC 5280).
"""

from collections.abc import Iterator
from typing import Final

_NAMES: Final = {b"\x55\x04\x03": "CN", b"\x55\x04\x0a": "O"}
_CONSTRUCTED: Final = 0x20
_VERSION: Final = 0xA0
_LONG: Final = 0x80
_BMP: Final = 30
_MOST_LENGTH: Final = 4


def issuer_of(certificate: bytes) -> dict[str, str]:
    """Return `CN` and `O` of the issuer; nothing for what is no certificate."""
    try:
        _, whole = next(_items(certificate))
        _, signed = next(_items(whole))
        fields = [item for item in _items(signed) if item[0] != _VERSION]
        return _name(fields[2][1])  # serial number, algorithm, issuer
    except (StopIteration, IndexError, ValueError):
        return {}


def _name(data: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for _, group in _items(data):
        for _, pair in _items(group):
            (_, kind), (tag, value) = list(_items(pair))[:2]
            if kind in _NAMES:
                found.setdefault(_NAMES[kind], value.decode("utf-16-be" if tag == _BMP else "utf-8", "replace"))
    return found


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Return tag and content of each element.

    Raises:
        ValueError: the data ends in the middle of one.
    """
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & _LONG:
            count = length & ~_LONG
            if not 0 < count <= _MOST_LENGTH:
                raise ValueError("a length of no use")
            length, at = int.from_bytes(data[at : at + count], "big"), at + count
        if at + length > len(data):
            raise ValueError("cut off")
        yield tag, data[at : at + length]
        at += length
