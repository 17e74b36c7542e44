"""YAML documents as plain values, from the events of the parser.

Nothing here recurses, and aliases count with all that they stand for, so that neither depth nor a bomb of aliases does
harm: the constructor of the library crashes the interpreter on a hundred thousand brackets. Scalars are those of
YAML 1.2: `yes` and times are strings.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import re2
import yaml

from diagflow.bundle.folder.problem import Unreadable

_MAX_DEPTH: Final = 150
_MAX_NODES: Final = 5_000_000
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEAN: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER: Final = re2.compile(r"[-+]?[0-9]{1,18}")
_FLOAT: Final = re2.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,2})?")
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being filled."""

    value: list[Any] | dict[str, Any]
    anchor: str | None
    size: int = 1
    key: str | None = None
    seen: set[str] = field(default_factory=set)


def documents(text: str) -> Iterator[Any]:
    """Yield the documents of a YAML text.

    Raises:
        Unreadable: it is no YAML, too deep, too large, or a key stands twice; what came before was yielded.
    """
    try:
        yield from _built(text)
    except yaml.reader.ReaderError as e:
        raise Unreadable(f"is no YAML: {e.reason}", text.count("\n", 0, e.position) + 1, 1) from None
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise Unreadable(f"is no YAML: {e.problem or e.context}", *where) from None
    except yaml.YAMLError as e:
        raise Unreadable(f"is no YAML: {' '.join(str(e).split())}") from None


def _built(text: str) -> Iterator[Any]:
    builder = _Builder()
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.DocumentStartEvent):
            builder = _Builder(builder.nodes)
        elif isinstance(event, yaml.DocumentEndEvent):
            yield builder.root
        else:
            builder.take(event)


class _Builder:
    """Builds one document."""

    def __init__(self, nodes: int = 0) -> None:
        self.nodes = nodes
        self.root: Any = None
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}

    def take(self, event: Any) -> None:
        """Use one event."""
        if isinstance(event, yaml.ScalarEvent):
            self._put(_key(event) if self._expects_key() else _scalar(event), event, 1, event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            value, size = self._alias(event)
            self._put(value, event, size, None)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = self._stack.pop()
            self._put(closed.value, event, closed.size, closed.anchor)

    def _expects_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1].value, dict) and self._stack[-1].key is None

    def _open(self, event: Any) -> None:
        if self._expects_key():
            raise _at(event, "has a list or a mapping as a key: only strings can be keys")
        if len(self._stack) >= _MAX_DEPTH:
            raise _at(event, f"is nested deeper than {_MAX_DEPTH} levels")
        self._stack.append(_Open({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor))

    def _alias(self, event: Any) -> tuple[Any, int]:
        if event.anchor not in self._anchors:
            raise _at(event, f"uses the alias *{event.anchor}, which is not there")
        return self._anchors[event.anchor]

    def _put(self, value: Any, event: Any, size: int, anchor: str | None) -> None:
        self.nodes += size if isinstance(event, yaml.AliasEvent) else 1
        if self.nodes > _MAX_NODES:
            raise _at(event, "would unfold to millions of values")
        if anchor:
            self._anchors[anchor] = (value, size)
        if not self._stack:
            self.root = value
            return
        into = self._stack[-1]
        into.size += size
        if isinstance(into.value, list):
            into.value.append(value)
        elif into.key is None:
            self._key(into, value, event)
        else:
            into.value[into.key] = value
            into.key = None

    def _key(self, into: _Open, value: Any, event: Any) -> None:
        if not isinstance(value, str):
            raise _at(event, "has a list or a mapping as a key: only strings can be keys")
        if value in into.seen:
            raise _at(event, f"has the key {value[:80]!r} twice")
        into.seen.add(value)
        into.key = value


def _key(event: Any) -> str:
    return str(event.value)


def _scalar(event: Any) -> Any:
    """Return the value of a scalar; only plain ones are anything but strings."""
    text = event.value
    if event.style or (event.tag or "").endswith(":str"):
        return text
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if len(text) <= 40 and _FLOAT.fullmatch(text) else text  # noqa: PLR2004  # longer is no number


def _at(event: Any, what: str) -> Unreadable:
    return Unreadable(what, event.start_mark.line + 1, event.start_mark.column + 1)
