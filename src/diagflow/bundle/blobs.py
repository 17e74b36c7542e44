"""The data of a reading as bytes and back; the same data always gives the same bytes."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import msgspec

from diagflow.bundle import serieswire
from diagflow.model import BadInput, Reading
from diagflow.model.projection import ObjectList, projection
from diagflow.model.series import SeriesBlock
from diagflow.model.typed import json_decoder

OBJECTS: Final = "objects"
LOG: Final = "log"
TEXT: Final = "text/plain"
JSON: Final = "application/json"
COLUMNS: Final = "application/vnd.diagflow.series"

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder()
MALFORMED: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises on input that is not what was expected."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes by their content: `digest` is `sha256:<hex>`, `media` how to read them."""

    digest: str
    size: int
    media: str


def digest_of(body: bytes) -> str:
    """Return `sha256:<hex>`."""
    return "sha256:" + hashlib.sha256(body).hexdigest()


def encode_json(value: Any) -> bytes:
    """Return JSON with sorted keys and no blanks."""
    return _encoder.encode(value)


def decode_json(body: bytes) -> Any:
    """Decode JSON.

    Raises:
        BadInput: it is no JSON.
    """
    try:
        return _decoder.decode(body)
    except MALFORMED as e:
        raise BadInput(str(e)) from None


def normal(reading: Reading) -> Reading:
    """Return the reading as it will be after it was stored and read again, so that live and replay see the same."""
    data = reading.data
    if reading.query.kind == OBJECTS and data is not None:
        objects = data if isinstance(data, ObjectList) else ObjectList(data, reading.fields)
        return replace(reading, data=objects, fields=objects.fields)
    if data is None or isinstance(data, SeriesBlock) or (isinstance(data, str) and reading.query.kind == LOG):
        return reading
    kind = reading.query.kind
    return replace(reading, data=_from_wire(kind, _decoder.decode(_encoder.encode(_to_wire(kind, data)))))


def encode(reading: Reading) -> tuple[bytes, str]:
    """Return the data as bytes and their media type."""
    data = reading.data
    if reading.query.kind == LOG:
        return str(data).encode(errors="replace"), TEXT
    if isinstance(data, ObjectList):
        return data.encode(), JSON
    if isinstance(data, SeriesBlock):
        return serieswire.encode(data), COLUMNS
    return _encoder.encode(_to_wire(reading.query.kind, data)), JSON


def decode(head: Reading, kind: str, media: str, body: bytes) -> Any:
    """Return the data of the reading `head` from its bytes; `kind` is that of the items of a list.

    Raises:
        BadInput: the bytes are not what the reading says.
    """
    try:
        if head.query.kind == OBJECTS:
            return ObjectList(_items(head.fields, body), head.fields, kind)
        if media == COLUMNS:
            return serieswire.decode(body)
        _check_media(head, media)
        return body.decode() if media == TEXT else _from_wire(head.query.kind, _decoder.decode(body))
    except (*MALFORMED, TypeError, ValueError, KeyError) as e:
        raise BadInput(f"the data of {head.query} cannot be read: {e}") from None


def _check_media(head: Reading, media: str) -> None:
    if (media == TEXT) != (head.query.kind == LOG):
        raise TypeError(f"it is of the wrong type, {media[:80]!r}")


def _items(fields: frozenset[str] | None, body: bytes) -> list[Any]:
    items = _list_decoder(fields).decode(body)
    if fields is None and not all(isinstance(item.get("metadata", {}), dict) for item in items):
        raise TypeError("an object has no metadata")
    return items


@lru_cache(maxsize=64)
def _list_decoder(fields: frozenset[str] | None) -> msgspec.json.Decoder[list[Any]]:
    item: Any = projection(fields).item_type
    return json_decoder(list[dict[str, Any]] if fields is None else list[item])


def _to_wire(kind: str, data: Any) -> Any:
    return [_series(s, _number_out) for s in data] if kind == "promql" and isinstance(data, Sequence) else data


def _from_wire(kind: str, data: Any) -> Any:
    if kind != "promql":
        return data
    if not isinstance(data, list):
        raise TypeError("it is no list of series")
    return [_series(s, _number_in) for s in data]


def _series(series: Any, number: Any) -> Any:
    """Turn the values of one series around: JSON has no NaN and no infinity, Prometheus has."""
    out = dict(series)
    if "value" in out:
        out["value"] = number(out["value"])
    if "values" in out:
        out["values"] = [[time, number(value)] for time, value in out["values"]]
    return out


def _number_out(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _number_in(value: Any) -> Any:
    if not isinstance(value, str | int | float):
        raise TypeError("a sample is no number")
    return float(value) if isinstance(value, str) else value
