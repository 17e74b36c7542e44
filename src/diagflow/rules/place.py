"""From a place within a value to its place in the file, whatever quotes or block style the value is written in."""

from typing import Final

import yaml

from diagflow.rules.rule import Position
from diagflow.rules.source import line_column

_ESCAPES: Final = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/", "'": "'"}


def within(node: yaml.Node, value: str, line: int, column: int, text: str, file: str) -> Position:
    """Return where in the file a line and column (from 1) of a value are; where it begins if that is unclear."""
    offset = _offset_of(value, line, column)
    at = _in_source(node, value, offset, text)
    if at is None:
        return Position(file, node.start_mark.line + 1, node.start_mark.column + 1)
    return Position(file, *line_column(text, at))


def _offset_of(value: str, line: int, column: int) -> int:
    lines = value.split("\n")
    before = sum(len(one) + 1 for one in lines[: line - 1])
    return min(before + column - 1, len(value))


def _in_source(node: yaml.Node, value: str, offset: int, text: str) -> int | None:
    style = getattr(node, "style", None) or ""
    at, end = node.start_mark.index, min(node.end_mark.index, len(text))
    at = _begin(text, at, end, style)
    for character in value[:offset]:
        found = _step(text, at, end, character, style)
        if found is None:
            return None
        at = found
    # Behind a line break of a block stands the indentation.
    return _skip_blank(text, at, end) if offset < len(value) and not value[offset].isspace() else min(at, end)


def _begin(text: str, at: int, end: int, style: str) -> int:
    if style in ("|", ">"):
        newline = text.find("\n", at, end)
        return newline + 1 if newline >= 0 else end
    return at + 1 if style in ("'", '"') else at


def _step(text: str, at: int, end: int, character: str, style: str) -> int | None:
    if character.isspace():
        return _skip_escape(text, at) if style == '"' and text[at : at + 1] == "\\" else _skip_blank(text, at, end)
    at = _skip_blank(text, at, end)
    if text[at : at + 1] == character:
        return at + (2 if style == "'" and character == "'" else 2 if style == '"' and character == "\\" else 1)
    if style == '"' and text[at : at + 1] == "\\" and _ESCAPES.get(text[at + 1 : at + 2]) == character:
        return at + 2
    return None


def _skip_escape(text: str, at: int) -> int | None:
    return at + 2 if text[at + 1 : at + 2] in _ESCAPES else None


def _skip_blank(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at
