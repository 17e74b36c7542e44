"""JSON and MessagePack decoded into types, safely from any thread.

msgspec describes a type when it is first used, and keeps the description. A second thread that uses the type meanwhile
takes the half-made one, and the process crashes (0.22: `StructInfo_Convert` in its _core.c stores it before its fields
are known, and runs Python code until they are). Here types are described one after the other, and used when they are
ready; nobody else calls what may describe one.
"""

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T")

_describing: Final = threading.Lock()


def json_decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """Return a decoder that any thread may use.

    Raises:
        TypeError: nothing can be decoded into `kind`.
    """
    with _describing:
        return msgspec.json.Decoder(kind)


def msgpack_decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    """Return a decoder that any thread may use. Raises as `json_decoder`."""
    with _describing:
        return msgspec.msgpack.Decoder(kind)


_json_kept: Final[Callable[[Any], msgspec.json.Decoder[Any]]] = lru_cache(maxsize=256)(json_decoder)
_msgpack_kept: Final[Callable[[Any], msgspec.msgpack.Decoder[Any]]] = lru_cache(maxsize=256)(msgpack_decoder)


def from_json(body: Any, kind: type[T]) -> T:
    """Decode JSON bytes into a type that stays: its decoder is kept.

    Raises:
        msgspec.DecodeError, UnicodeDecodeError, RecursionError: the bytes are no such thing.
    """
    found: T = _json_kept(kind).decode(body)
    return found


def from_msgpack(body: Any, kind: type[T]) -> T:
    """Decode MessagePack bytes into a type that stays. Raises as `from_json`."""
    found: T = _msgpack_kept(kind).decode(body)
    return found


def converted(value: Any, kind: type[T]) -> T:
    """Return plain data as a type that stays.

    Raises:
        msgspec.ValidationError: it is no such thing.
    """
    _json_kept(kind)  # describes it
    return msgspec.convert(value, kind)
