"""The hash of a label set, as Prometheus has it (`labels.Labels.Hash` of string labels): xxHash64 of its encoding."""

from collections.abc import Mapping
from typing import Final

_MASK: Final = (1 << 64) - 1
_P1, _P2, _P3, _P4, _P5 = (
    0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5,
)  # fmt: skip
_STRIPE, _WORD, _HALF_WORD, _LONG = 32, 8, 4, 255


def label_hash(labels: Mapping[str, str]) -> int:
    """Return the hash of a label set."""
    data = b"".join(_sized(part) for name, value in sorted(labels.items()) for part in (name, value))
    return xxhash64(data)


def _sized(text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    if len(raw) < _LONG:
        return bytes([len(raw)]) + raw
    return bytes([_LONG]) + len(raw).to_bytes(3, "little") + raw


def xxhash64(data: bytes) -> int:
    """Return xxHash64 with the seed 0."""
    at, size = 0, len(data)
    if size >= _STRIPE:
        lanes = [(_P1 + _P2) & _MASK, _P2, 0, -_P1 & _MASK]
        while at + _STRIPE <= size:
            for lane in range(4):
                lanes[lane] = _round(lanes[lane], _int(data, at + lane * _WORD, _WORD))
            at += _STRIPE
        found = sum(_rotated(value, turn) for value, turn in zip(lanes, (1, 7, 12, 18), strict=True)) & _MASK
        for value in lanes:
            found = ((found ^ _round(0, value)) * _P1 + _P4) & _MASK
    else:
        found = _P5
    return _mixed(_tail((found + size) & _MASK, data, at))


def _int(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _rotated(value: int, by: int) -> int:
    return ((value << by) | (value >> (64 - by))) & _MASK


def _round(total: int, value: int) -> int:
    return _rotated((total + value * _P2) & _MASK, 31) * _P1 & _MASK


def _tail(found: int, data: bytes, at: int) -> int:
    while at + _WORD <= len(data):
        found = (_rotated(found ^ _round(0, _int(data, at, _WORD)), 27) * _P1 + _P4) & _MASK
        at += _WORD
    if at + _HALF_WORD <= len(data):
        found = (_rotated(found ^ (_int(data, at, _HALF_WORD) * _P1 & _MASK), 23) * _P2 + _P3) & _MASK
        at += _HALF_WORD
    for byte in data[at:]:
        found = _rotated(found ^ (byte * _P5 & _MASK), 11) * _P1 & _MASK
    return found


def _mixed(found: int) -> int:
    found = (found ^ (found >> 33)) * _P2 & _MASK
    found = (found ^ (found >> 29)) * _P3 & _MASK
    return found ^ (found >> 32)
