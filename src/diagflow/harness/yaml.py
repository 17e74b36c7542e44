"""Test files as plain values with the places of their parts; scalars as YAML 1.2 has them, so that times stay text."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from diagflow.model import BadInput
from diagflow.rules.compose import compose
from diagflow.rules.source import decode, read_bytes

_NULL: Final = re.compile(r"~|null|Null|NULL|")
_BOOL: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT: Final = re.compile(r"[-+]?[0-9]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL: Final = {".inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan"), "NaN": float("nan")}


class Document:
    """A YAML file.

    Attributes:
        file: how messages name it.
        value: the plain value.
    """

    def __init__(self, path: Path) -> None:
        """Read a file.

        Raises:
            BadInput: it cannot be read, or is no YAML.
        """
        self.file = str(path)
        data, problem = read_bytes(path)
        text, problem = ("", problem) if problem else decode(data, self.file)
        self._root, problem = (None, problem) if problem else compose(text, self.file)
        if problem:
            raise BadInput(str(problem))
        self.value = plain(self._root, self.file) if self._root is not None else None

    def line_of(self, *steps: str | int) -> int:
        """Return the line (from 1) where the part behind keys and indexes stands; as far as they lead."""
        node = self._root
        line = 1
        for step in (*steps, None):
            if node is None:
                break
            line = node.start_mark.line + 1
            node = _below(node, step) if step is not None else None
        return line

    def wrong(self, message: str, *steps: str | int) -> BadInput:
        """Return an error that says where."""
        return BadInput(f"{self.file}:{self.line_of(*steps)}: {message}")


def _below(node: yaml.Node, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    return None


def plain(node: yaml.Node, file: str) -> Any:
    """Return the value of a node.

    Raises:
        BadInput: a key stands twice, or is no text.
    """
    if isinstance(node, yaml.ScalarNode):
        return node.value if node.style or node.tag else scalar(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [plain(item, file) for item in node.value]
    found: dict[str, Any] = {}
    for key, value in _pairs(node, file):
        if key.value in found:
            raise BadInput(f"{file}:{key.start_mark.line + 1}: `{key.value}` stands here twice: keep one")
        found[key.value] = plain(value, file)
    return found


def _pairs(node: yaml.Node, file: str) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise BadInput(f"{file}:{key.start_mark.line + 1}: a key must be text")
        yield key, value


def scalar(text: str) -> Any:
    """Return what a plain scalar means in the core schema of YAML 1.2."""
    if _NULL.fullmatch(text):
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if text in _SPECIAL:
        return _SPECIAL[text]
    return float(text) if _FLOAT.fullmatch(text) else text
