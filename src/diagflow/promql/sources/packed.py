"""Series as columns of few bytes, and back, bit by bit the same.

Timestamps: those that series share stand once, as differences of differences. Values that are whole numbers of some
decimal unit (counters, bytes, hundredths of seconds) are differences in that unit; others are XOR the value before: as
numbers where they seldom change, else all first bytes together, all second bytes ..., so that a packer finds those that
hardly change. There is no packer in here: the file of a bundle is packed as a whole, and what a packer makes differs
between its versions, which the digest of a bundle must not.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import numpy as np

from diagflow.model.errors import BadInput
from diagflow.model.series import SeriesBlock
from diagflow.model.typed import from_msgpack
from diagflow.promql.arrays import Floats, Ints
from diagflow.promql.sources import varints
from diagflow.promql.storage import Series

_BITS: Final = -1
_SELDOM: Final = -2
_UNITS: Final = (0, 1, 2, 3, 6)
_EXACT: Final = 2.0**53
_NUMBER: Final = 9
_RAW: Final = 8
"""Bytes that a changed value takes, as a number (one more than a value that stays) and as it is."""


class _Columns(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """How the numbers are laid out.

    `units` has a decimal exponent for each series, -1 for bits, -2 for bits that seldom change.
    """

    lengths: list[int]
    times: bytes
    shared: list[int]
    units: list[int]
    factors: list[int]
    whole: bytes
    bits: bytes


def pack(series: Iterable[Series]) -> SeriesBlock:
    """Return series (floats and stale markers; no histograms) as a block, sorted by labels."""
    ordered = sorted(series, key=lambda one: sorted(one.labels.items()))
    times, shared = _distinct([np.asarray(one.times, np.int64) for one in ordered])
    units: list[int] = []
    factors: list[int] = []
    whole: list[Ints] = []
    bits: list[Ints] = []
    for one in ordered:
        values = np.ascontiguousarray(one.values, np.float64)
        unit, numbers = _in_units(values)
        factor = max(int(np.gcd.reduce(numbers)), 1) if unit >= 0 and len(numbers) else 1
        units.append(unit)
        factors.append(factor)
        (bits if unit == _BITS else whole).append(numbers // factor)
    columns = _Columns(
        lengths=[len(these) for these in times],
        times=varints.encode(_joined([_twice(these) for these in times])),
        shared=shared,
        units=units,
        factors=factors,
        whole=varints.encode(_joined(whole)),
        bits=np.ascontiguousarray(_joined(bits).view(np.uint8).reshape(-1, 8).T).tobytes(),
    )
    labels = tuple(dict(sorted(one.labels.items())) for one in ordered)
    return SeriesBlock(labels, msgspec.msgpack.encode(columns), sum(len(one.times) for one in ordered))


def unpack(block: SeriesBlock) -> list[Series]:
    """Return the series of a block.

    Raises:
        BadInput: the columns are none.
    """
    if not block.labels:
        return []
    try:
        return _unpacked(block, from_msgpack(block.columns, _Columns))
    except (msgspec.DecodeError, ValueError, IndexError, OverflowError) as e:
        raise BadInput(f"the columns of series cannot be read: {e}") from None


def _unpacked(block: SeriesBlock, columns: _Columns) -> list[Series]:
    size = len(block.labels)
    if not all(len(part) == size for part in (columns.shared, columns.units, columns.factors)):
        raise ValueError("they are not of as many series as have labels")
    if min(columns.lengths, default=0) < 0 or min(columns.shared, default=0) < 0:
        raise ValueError("a number is below zero")
    times = [np.cumsum(np.cumsum(these)) for these in _split(varints.decode(columns.times), columns.lengths)]
    lengths = [columns.lengths[number] for number in columns.shared]
    whole = [n for n, unit in zip(lengths, columns.units, strict=True) if unit != _BITS]
    bits = [n for n, unit in zip(lengths, columns.units, strict=True) if unit == _BITS]
    planes = np.frombuffer(columns.bits, np.uint8).reshape(8, -1)
    of_bits = iter(_split(np.ascontiguousarray(planes.T).reshape(-1).view(np.int64), bits))
    of_whole = iter(_split(varints.decode(columns.whole), whole))
    found = []
    for number, labels in enumerate(block.labels):
        unit = columns.units[number]
        if unit in (_BITS, _SELDOM):
            numbers = next(of_bits if unit == _BITS else of_whole)
            values = np.bitwise_xor.accumulate(numbers).view(np.float64)
        elif unit in _UNITS:
            values = np.cumsum(next(of_whole)) * columns.factors[number] / 10.0**unit
        else:
            raise ValueError(f"10^-{unit} is no unit")
        found.append(Series(labels, times[columns.shared[number]], values))
    return found


def _distinct(times: Sequence[Ints]) -> tuple[list[Ints], list[int]]:
    """Return the timestamps that differ, and which of them each series has."""
    known: dict[bytes, int] = {}
    shared = [known.setdefault(these.tobytes(), len(known)) for these in times]
    return [np.frombuffer(body, np.int64) for body in known], shared


def _twice(times: Ints) -> Ints:
    """Return differences of differences: zero where samples come at a steady pace."""
    return _steps(_steps(times))


def _steps(numbers: Ints) -> Ints:
    """Return the first number, and how far each other is from the one before."""
    out = numbers.copy()
    out[1:] -= numbers[:-1]
    return out


def _in_units(values: Floats) -> tuple[int, Ints]:
    """Return the decimal unit in which all values are whole, and their differences in it; else bits."""
    if not (np.abs(values) < _EXACT).all() or (np.signbit(values) & (values == 0)).any():
        return _in_bits(values)
    for unit in _UNITS:
        scaled = np.rint(values * 10.0**unit)
        if (np.abs(scaled) < _EXACT).all() and (scaled / 10.0**unit == values).all():
            return unit, _steps(scaled.astype(np.int64))
    return _in_bits(values)


def _in_bits(values: Floats) -> tuple[int, Ints]:
    """Return each value XOR the one before, and whether these are best kept as numbers."""
    bits = values.view(np.int64)
    out = bits.copy()
    out[1:] ^= bits[:-1]
    return (_SELDOM if np.count_nonzero(out) * _NUMBER + len(out) < len(out) * _RAW else _BITS), out


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _split(numbers: Ints, lengths: Sequence[int]) -> list[Ints]:
    ends = np.cumsum(np.asarray(lengths, np.int64))
    if len(numbers) != (int(ends[-1]) if len(ends) else 0):
        raise ValueError(f"they hold {len(numbers)} numbers where {int(ends[-1]) if len(ends) else 0} should be")
    return [numbers[end - length : end] for end, length in zip(ends.tolist(), lengths, strict=True)]
