"""Which conditions the tests of a rule never saw to hold, or never saw to fail."""

from collections.abc import Iterable
from dataclasses import dataclass

from diagflow.analyze.reached import Part, Seen, parts_of
from diagflow.rules import Rule
from diagflow.rules.rule import Position


@dataclass(frozen=True, slots=True)
class Unreached:
    """A part of a rule and what no test made of it.

    Attributes:
        part: a condition, or an operand of its `where`.
        values: True, False, or both.
        position: where it is written.
    """

    part: Part
    values: tuple[bool, ...]
    position: Position | None

    def __str__(self) -> str:
        never = "reached" if len(self.values) > 1 else str(self.values[0]).lower()
        operand = f": `{' '.join(self.part.operand.split())}`" if self.part.operand else ""
        return f"{self.part.what}{operand} was never {never}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the tests of one rule reached: each part has two branches.

    Attributes:
        rule: its id.
        branches: how many there are.
        unreached: what no test reached, as it is written.
    """

    rule: str
    branches: int
    unreached: tuple[Unreached, ...]

    @property
    def reached(self) -> int:
        """How many branches some test reached."""
        return self.branches - sum(len(one.values) for one in self.unreached)


def coverage_of(rule: Rule, seen: Iterable[Seen]) -> Coverage:
    """Return what is lacking of all that could be seen of a rule."""
    parts, known = parts_of(rule), set(seen)
    lacking = ((part, tuple(v for v in (True, False) if (part, v) not in known)) for part in parts)
    unreached = (Unreached(part, values, part.position or rule.position) for part, values in lacking if values)
    return Coverage(rule.id, 2 * len(parts), tuple(unreached))
