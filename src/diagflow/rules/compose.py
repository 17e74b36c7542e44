"""YAML text to nodes that know where they stand.

PyYAML's C parser composes the nodes; scalars keep their text, so that no YAML version decides what `on` or `0o17` is
before a shape (`diagflow.rules.shapes`) has said what it wants. Depth and aliases are bounded before anything walks
them.
"""

import re
from typing import Any, Final

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined,unused-ignore]

from diagflow.rules.near import near
from diagflow.rules.problem import Problem
from diagflow.rules.rule import Position
from diagflow.rules.scalars import shorten

MAX_DEPTH: Final = 48
"""Nesting of lists and mappings; the C parser would otherwise recurse until the stack ends."""

MAX_NODES: Final = 200_000
"""Nodes of a file with its aliases written out."""


# libyaml takes letters, digits, "_" and "-" for names: `.*)` of a pattern and `&&` of a condition are none.
_ANCHOR = re.compile(r"&[A-Za-z0-9_-]")
_ALIAS = re.compile(r"\*[A-Za-z0-9_-]")


_COMPARISON = re.compile(r"""([\w.-]+)["']?[ \t]*:[ \t]*(>=?[^\n,}\]"']*)""")


class _TooDeep(Exception):  # noqa: N818  # caught here
    """Carries the node below which it goes too deep."""

    def __init__(self, node: yaml.Node | None) -> None:
        super().__init__()
        self.node = node


class _Parser(CParser):
    """Composes nodes without resolving tags: an empty tag is one that nobody wrote."""

    # The parser calls it with three arguments for each node and takes what it gives as tag: the meaning of a plain
    # scalar is left to its shape. A method of ours would take a fifth of the time of all parsing.
    resolve = "".format

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def descend_resolver(self, parent: yaml.Node | None, _index: Any) -> None:
        """Count the depth: the parser calls this before each node."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _TooDeep(parent)

    def ascend_resolver(self) -> None:
        """Count the depth."""
        self._depth -= 1


def compose(text: str, file: str) -> tuple[yaml.Node | None, Problem | None]:
    """Return the root node (None for an empty file), or the problem that keeps the text from being YAML."""
    try:
        root = _Parser(text).get_single_node()
    except _TooDeep as e:
        return None, _problem(file, e.node.start_mark if e.node else None, f"nested deeper than {MAX_DEPTH} levels")
    except yaml.MarkedYAMLError as e:
        return None, _syntax(e, text, file)
    except (yaml.YAMLError, UnicodeError, RecursionError, MemoryError) as e:
        return None, _problem(file, None, f"is no YAML: {' '.join(str(e).split())}")
    shared = root is not None and _ALIAS.search(text) and _ANCHOR.search(text)
    return _bounded(root, file) if shared else (root, None)


def _syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    if error.context_mark and "duplicate anchor" in (error.context or ""):
        return _problem(
            file, mark, f"this anchor (`&`) stands twice, first in line {error.context_mark.line + 1}: rename one"
        )
    begun = ""
    if error.context and error.context_mark and mark and error.context_mark.line != mark.line:
        begun = f" ({error.context} that begins in line {error.context_mark.line + 1})"
    hint = _hint(error.problem or "", text, mark)
    return _problem(file, mark, f"is no YAML: {error.problem or error.context}{begun}{hint}")


def _hint(problem: str, text: str, mark: Any) -> str:
    line = _line(text, mark.line) if mark else ""
    if block := _unquoted_comparison(problem, line):
        return block
    if "tab" in problem or "\t" in line[: len(line) - len(line.lstrip())]:
        return ": YAML is indented with blanks, replace the tab"
    if "mapping values" in problem:
        return ": put a text with `: ` in quotes, and keys of one mapping in one column"
    if "cannot start any token" in problem:
        return ": put the text in quotes"
    if "end of stream" in problem:
        return ": close the quote"
    if "expected ',' or" in problem:
        return ": close the bracket, and put texts with `,` or brackets in quotes"
    if "another document" in problem:
        return ": one document a file, remove `---`"
    return ""


def _unquoted_comparison(problem: str, line: str) -> str:
    """Return what is wrong with `KEY: > 25`, which is fine for `threshold` alone."""
    if "expected comment or line break" not in problem and "cannot start any token" not in problem:
        return ""
    found = _COMPARISON.search(line)
    if found is None:
        return ""
    key, value = found.groups()
    meant = near(key, ("threshold",))
    said = f", or did you mean the key `{meant}`?" if meant and meant != key else ""
    return f': an unquoted `>` opens a block of text: write `{shorten(key)}: "{shorten(value.strip())}"`{said}'


def _line(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number] if number < len(lines) else ""


def _bounded(root: Any, file: str) -> tuple[yaml.Node | None, Problem | None]:
    try:
        _Size().measure(root)
    except _TooDeep as e:
        message = (
            f"an alias here makes the file endless, deeper than {MAX_DEPTH} levels or larger than "
            f"{MAX_NODES:,} values: write it out"
        )
        return None, _problem(file, e.node.start_mark if e.node else None, message)
    return root, None


class _Size:
    """Measures nodes with their aliases written out, each node once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, int]] = {}
        self._open: set[int] = set()

    def measure(self, node: yaml.Node) -> tuple[int, int]:
        """Return (number of nodes, depth).

        Raises:
            _TooDeep: the node holds itself, or is too large or too deep.
        """
        key = id(node)
        if key in self._known:
            return self._known[key]
        if key in self._open:
            raise _TooDeep(node)
        self._open.add(key)
        parts = [self.measure(child) for child in _children(node)]
        self._open.discard(key)
        size, depth = 1 + sum(n for n, _ in parts), 1 + max((d for _, d in parts), default=0)
        if size > MAX_NODES or depth > MAX_DEPTH:
            raise _TooDeep(node)
        self._known[key] = size, depth
        return size, depth


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [n for pair in node.value for n in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _problem(file: str, mark: Any, message: str) -> Problem:
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(Position(file, line, column), "", message, code="syntax")
