"""The operands of `&&`, `||`, `!` and `?:` in a CEL condition, each an expression that can be evaluated by itself.

Split in the text, since the syntax tree has no places of operands; what is in brackets stays whole, loops among it:
their variables mean nothing outside.
"""

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from diagflow.rules.cel import BadExpression, CelError, program

AND: Final = "&&"
OR: Final = "||"
NOT: Final = "!"
CHOICE: Final = "?:"

_TOKEN: Final = re.compile(
    r"""(?P<raw>[bB]?[rR][bB]?(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"[^"\n]*"|'[^'\n]*'))
    | (?P<text>[bB]?(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    | (?P<comment>//[^\n]*) | (?P<word>\w+)
    | (?P<open>[(\[{]) | (?P<close>[)\]}]) | (?P<op>&&|\|\||[?:])""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Operand:
    """A condition: an operator with its operands, or one without an operator.

    Attributes:
        source: as written.
        op: `&&`, `||`, `!`, `?:`, or empty.
        parts: the operands.
    """

    source: str
    op: str = ""
    parts: tuple["Operand", ...] = ()

    def leaves(self) -> Iterator["Operand"]:
        """Yield the operands that have no operator, in order."""
        if not self.op:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def reached(self, holds: Callable[[str], bool | CelError]) -> Generator[tuple["Operand", bool], None, bool | None]:
        """Yield the leaves that decide, from left to right, each with what it comes to.

        Args:
            holds: evaluates a condition.

        Returns:
            What the whole comes to; None where that cannot be told.
        """
        if self.op == CHOICE:
            chosen = yield from self.parts[0].reached(holds)
            return None if chosen is None else (yield from self.parts[1 if chosen else 2].reached(holds))
        value: bool | None = None
        for part in self.parts:
            value = yield from part.reached(holds)
            if value is None or value is (self.op == OR):
                break
        if not self.op:
            found = holds(self.source)
            if not isinstance(found, CelError):
                value = found
                yield self, found
        return not value if self.op == NOT and value is not None else value


@lru_cache(maxsize=4096)
def operands(source: str) -> Operand:
    """Return the operands of a condition; the whole as one where a part of it means nothing by itself."""
    found = _split(source)
    return found if all(_compiles(leaf.source) for leaf in found.leaves()) else Operand(source.strip())


def _compiles(source: str) -> bool:
    try:
        program(source).check()
    except BadExpression:
        return False
    return True


def _split(source: str) -> Operand:
    source = source.strip()
    outside = list(_outside(source))
    if any(op == "?" for op, _ in outside):
        return _choice(source, outside)
    for op in (OR, AND):
        if cuts := [at for found, at in outside if found == op]:
            return Operand(source, op, tuple(_split(part) for part in _cut(source, cuts, len(op))))
    inner = _inside(source.removeprefix("!").lstrip())
    if inner is None:
        return Operand(source)
    part = _split(inner)
    if not source.startswith("!"):
        return part
    return Operand(source, NOT, (part,)) if part.op else Operand(source)


def _outside(source: str) -> Iterator[tuple[str, int]]:
    """Yield the operators outside of brackets, texts and comments, with their places."""
    depth = 0
    for token in _TOKEN.finditer(source):
        depth += {"open": 1, "close": -1}.get(token.lastgroup or "", 0)
        if token.lastgroup == "op" and not depth:
            yield token.group(), token.start()


def _choice(source: str, outside: list[tuple[str, int]]) -> Operand:
    begin = next(at for op, at in outside if op == "?")
    open_, end = 0, len(source)
    for op, at in outside:
        open_ += {"?": 1, ":": -1}.get(op, 0)
        if op == ":" and not open_:
            end = at
            break
    return Operand(source, CHOICE, tuple(_split(part) for part in _cut(source, [begin, end], 1)))


def _cut(source: str, cuts: list[int], width: int) -> list[str]:
    begins = [0, *(at + width for at in cuts)]
    return [source[begin:end] for begin, end in zip(begins, [*cuts, len(source)], strict=True)]


def _inside(source: str) -> str | None:
    """Return what is in the brackets around a source; None where they are not around all of it."""
    if not source.startswith("("):
        return None
    depth = 0
    for token in _TOKEN.finditer(source):
        depth += {"open": 1, "close": -1}.get(token.lastgroup or "", 0)
        if not depth:
            return source[1 : token.start()] if token.end() == len(source) else None
    return None
