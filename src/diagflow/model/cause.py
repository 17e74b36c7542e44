"""What can be wrong: a stable id with all that a person needs to act on it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from diagflow.model.operation import Operation
from diagflow.model.text import Text
from diagflow.model.topology import Direction


class Role(StrEnum):
    """Whether something can be a root."""

    CAUSE = "cause"
    SYMPTOM = "symptom"  # leads to causes, is never a root
    ADVICE = "advice"  # a best practice or a mere risk: only shown when asked for
    CLAIM = "claim"  # a popular explanation that never holds: it can only be ruled out


@dataclass(frozen=True, slots=True)
class Explains:
    """What a cause or symptom brings about, and on which entities.

    Attributes:
        what: id of the cause or symptom that it brings about.
        via: relations to follow from the cause's entity, up to four steps; empty for the same entity only. The
            same entity is always included.
        direction: against the edges (`dependents`: node -> its pods) or along them (`dependencies`: pod -> owner).
    """

    what: str
    via: frozenset[str] = frozenset()
    direction: Direction = Direction.DEPENDENTS


@dataclass(frozen=True, slots=True)
class Instruction:
    """Something to do, as templates until it is filled.

    Attributes:
        text: a sentence.
        commands: exact commands; arguments are quoted for a POSIX shell.
        operations: what is done to this machine; rendered for the user's shell, and stands before the commands.
    """

    text: Text
    commands: tuple[Text, ...] = ()
    operations: tuple[Operation, ...] = ()


CHECK_EMPTY: Final = Instruction(Text(""))


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause or a symptom, by a stable id that is never reused.

    Attributes:
        id: `pack.slug`.
        title: one sentence that says it is so, a template.
        name: a few words for it that assert nothing ("disk pressure"), for when it is ruled out or open; the title
            where nobody gave one.
        explanation: what happens, why, what else looks the same and how it was told apart.
        remedy: the exact fix for the very object.
        check: how to see that the fix worked.
        docs: link to upstream documentation.
        refs: rows of the catalogue of failures that it covers (`K8S-007`).
        severity: `critical`, `warning` or `info`.
        role: whether it can be a root.
        explains: what it brings about.
    """

    id: str
    title: Text
    name: Text = field(default_factory=lambda: Text(""))
    explanation: Text = field(default_factory=lambda: Text(""))
    remedy: Instruction = CHECK_EMPTY
    check: Instruction = CHECK_EMPTY
    docs: str = ""
    refs: tuple[str, ...] = ()
    severity: str = "warning"
    role: Role = Role.CAUSE
    explains: tuple[Explains, ...] = ()
