"""Whole numbers in as few bytes as they need, small ones in one: seven bits a byte, low ones first (LEB128)."""

from typing import Final

import numpy as np

from diagflow.model.errors import BadInput
from diagflow.promql.arrays import Ints

_LONGEST: Final = 10
_MORE: Final = 0x80


def encode(numbers: Ints) -> bytes:
    """Return signed numbers as bytes."""
    left = _zigzag(numbers)
    lengths = np.ones(len(left), np.int64)
    for place in range(1, _LONGEST):
        lengths += left >= np.uint64(1 << (7 * place))
    ends = np.cumsum(lengths)
    out = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    for place in range(int(lengths.max(initial=0))):
        open_ = np.flatnonzero(lengths > place)
        bits = (left[open_] >> np.uint64(7 * place)) & np.uint64(0x7F)
        more = np.where(lengths[open_] > place + 1, _MORE, 0)
        out[ends[open_] - lengths[open_] + place] = bits.astype(np.uint8) | more.astype(np.uint8)
    return out.tobytes()


def decode(body: bytes) -> Ints:
    """Return the numbers.

    Raises:
        BadInput: the last one has no end, or one is too long.
    """
    found = np.frombuffer(body, np.uint8)
    ends = np.flatnonzero(found < _MORE)
    if len(found) and (not len(ends) or ends[-1] != len(found) - 1):
        raise BadInput("the columns of series end in the middle of a number")
    starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
    lengths = ends - starts + 1
    if lengths.max(initial=0) > _LONGEST:
        raise BadInput("the columns of series hold a number that is too long")
    out = np.zeros(len(ends), np.uint64)
    for place in range(int(lengths.max(initial=0))):
        open_ = np.flatnonzero(lengths > place)
        bits = (found[starts[open_] + place] & 0x7F).astype(np.uint64)
        out[open_] |= bits << np.uint64(7 * place)
    signed: Ints = (out >> np.uint64(1)).view(np.int64) ^ -(out & np.uint64(1)).view(np.int64)
    return signed


def _zigzag(numbers: Ints) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Return 0, -1, 1, -2 ... as 0, 1, 2, 3 ..."""
    found: np.ndarray[tuple[int], np.dtype[np.uint64]] = ((numbers << 1) ^ (numbers >> 63)).view(np.uint64)
    return found
