"""Files as documents: JSON, JSON after JSON, YAML."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from diagflow.bundle.blobs import MALFORMED, decode_json
from diagflow.bundle.folder import yamldocs
from diagflow.bundle.folder.problem import Unreadable, position
from diagflow.model import BadInput

SUFFIXES: Final = frozenset({".json", ".yaml", ".yml", ".jsonl", ".ndjson"})
_OFFSET: Final = re.compile(r"^(?:JSON is malformed: )?(.*) \(byte ([0-9]+)\)$")
_BLANK: Final = re.compile(r"\s*")
_DECODER: Final = json.JSONDecoder()


def documents(body: bytes, suffix: str) -> Iterator[Any]:
    """Yield the documents of a file; an empty file has none.

    Raises:
        Unreadable: the file, or the rest of it, cannot be decoded; what came before was yielded.
    """
    if not body.strip():
        raise Unreadable("is empty: write it again")
    if suffix in (".yaml", ".yml") and body.lstrip()[:1] not in (b"{", b"["):
        yield from yamldocs.documents(_text(body))
        return
    try:
        yield decode_json(body)
    except BadInput as e:
        yield from _sequence(body, str(e))


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as e:
        line, column = position(body[: e.start].decode(errors="replace") + "?", e.start)
        raise Unreadable("is no UTF-8 text", line, column) from None


def _sequence(body: bytes, reason: str) -> Iterator[Any]:
    """Yield JSON documents that follow each other, as JSON lines and as `kubectl get --watch -o json` prints them."""
    text = _text(body)
    ends = [e for e in (_end(text, 0),) if e]
    if not ends or not text[ends[0] :].strip():
        raise _unreadable(text, reason)
    start = 0
    while start < len(text):
        end = _end(text, start)
        if end is None:
            line, column = position(text, start)
            raise Unreadable("is no JSON from here on: is it cut off?", line, column)
        yield _decoded(text[start:end], text, start)
        start = _skip(text, end)


def _end(text: str, start: int) -> int | None:
    try:
        return _DECODER.raw_decode(text, _skip(text, start))[1]
    except (ValueError, RecursionError):
        return None


def _skip(text: str, start: int) -> int:
    found = _BLANK.match(text, start)
    return found.end() if found else start


def _decoded(part: str, text: str, start: int) -> Any:
    try:
        return decode_json(part.encode())
    except (BadInput, *MALFORMED, UnicodeEncodeError) as e:
        line, column = position(text, start)
        raise Unreadable(f"is no JSON: {e}", line, column) from None


def _unreadable(text: str, reason: str) -> Unreadable:
    """Say where JSON is broken."""
    if "recursion" in reason:
        return Unreadable("is nested too deep")
    found = _OFFSET.match(reason)
    if found:
        offset = len(text.encode()[: int(found.group(2))].decode(errors="replace"))
        return Unreadable(f"is no JSON: {found.group(1)}", *position(text, offset))
    try:
        json.loads(text)
    except json.JSONDecodeError as e:
        return Unreadable(f"is no JSON: {e.msg}", e.lineno, e.colno)
    except (ValueError, RecursionError):
        return Unreadable(f"is no JSON: {reason}")
    cut = "is cut off" if "truncated" in reason else f"is no JSON: {reason}"
    return Unreadable(cut, *position(text, len(text)))
