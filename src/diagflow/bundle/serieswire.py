"""A block of series as bytes: the texts of labels once each, and the columns as they are."""

import msgspec

from diagflow.bundle import limits
from diagflow.model.series import SeriesBlock
from diagflow.model.typed import from_msgpack


class _Wire(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """`rows` are the labels of each series: name, value, name, value ... as numbers of `texts`."""

    texts: list[str]
    rows: list[list[int]]
    samples: int
    columns: bytes


def encode(block: SeriesBlock) -> bytes:
    """Return the bytes; the same block gives the same."""
    texts = sorted({text for labels in block.labels for item in labels.items() for text in item})
    codes = {text: code for code, text in enumerate(texts)}
    rows = [[codes[text] for item in labels.items() for text in item] for labels in block.labels]
    return msgspec.msgpack.encode(_Wire(texts, rows, block.samples, block.columns))


def decode(body: bytes) -> SeriesBlock:
    """Return the block.

    Raises:
        msgspec.DecodeError: the bytes are none.
        ValueError: they contradict themselves.
    """
    wire = from_msgpack(body, _Wire)
    if not 0 <= wire.samples <= limits.MAX_BYTES or any(len(row) % 2 for row in wire.rows):
        raise ValueError("labels without a value, or an impossible number of samples")
    if min((code for row in wire.rows for code in row), default=0) < 0:
        raise ValueError("a label is none of the texts")
    return SeriesBlock(tuple(_labels(wire.texts, row) for row in wire.rows), wire.columns, wire.samples)


def _labels(texts: list[str], row: list[int]) -> dict[str, str]:
    try:
        return {texts[name]: texts[value] for name, value in zip(row[::2], row[1::2], strict=True)}
    except IndexError:
        raise ValueError("a label is none of the texts") from None
