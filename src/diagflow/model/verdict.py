"""What one rule says about one entity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from diagflow.model.entity import Entity
from diagflow.model.evidence import Evidence
from diagflow.model.reading import Query, State
from diagflow.model.topology import Edge


class Outcome(StrEnum):
    """Exactly one of these is the outcome of a rule about an entity."""

    MATCH = "match"
    NO_MATCH = "no_match"
    INCONCLUSIVE = "inconclusive"  # what is required could not be read, or says neither
    SKIPPED = "skipped"  # nobody to ask; `needs` names whom
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Onset:
    """When something began: not before `earliest`, not after `latest`; None is unknown."""

    earliest: datetime | None = None
    latest: datetime | None = None


_UNKNOWN: Final = Onset()
"""One for all, for most verdicts know none."""


@dataclass(frozen=True, slots=True)
class Need:
    """A reading that a rule needs and does not have.

    Attributes:
        query: what it needs.
        state: what became of it.
        detail: one line for people.
        required: False when the rule could be judged without it.
    """

    query: Query
    state: State
    detail: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule, or one analyzer on its behalf, says about one entity.

    Attributes:
        rule: id of the rule.
        entity: what it is about; `cluster/local` when the rule names nothing smaller.
        outcome: exactly one.
        names: id of the cause or symptom that it supports or refutes; empty for none.
        evidence: what was seen, signed: positive for `names`, negative against it, zero as context.
        needs: what could not be read.
        onset: when it began, as far as the readings tell.
        args: values for the templates of the cause's texts (`{container}`, `{image}` ...).
        edges: relations that an analyzer derived (`candidate`).
        analyzer: name of the analyzer that said it; empty for the rule itself.
        detail: one line why it is inconclusive, skipped or an error.
    """

    rule: str
    entity: Entity
    outcome: Outcome
    names: str = ""
    evidence: tuple[Evidence, ...] = ()
    needs: tuple[Need, ...] = ()
    onset: Onset = _UNKNOWN
    args: Mapping[str, Any] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    analyzer: str = ""
    detail: str = ""
