"""What is remembered of a scan, and what is different in the next one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from diagflow.model.entity import Entity
from diagflow.model.reading import State

Key = tuple[str, Entity]
"""What is told: the id of a cause or symptom, and the entity it is about."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Something that was told and is not known to be over.

    Attributes:
        id: of the cause, or of a symptom that nothing explains.
        entity: what it is about.
        since: when a scan first named it (UTC).
        there: the entity was in a complete list of its kind, so that its absence from a later one means something.
        waits: the gaps (`Gap.query`) for which the last scan could not look at it; empty when that scan named it.
    """

    id: str
    entity: Entity
    since: datetime
    there: bool = False
    waits: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """Its id and entity."""
        return self.id, self.entity


@dataclass(frozen=True, slots=True)
class Gap:
    """What a scan could not see.

    Attributes:
        query: a query in canonical form; `rule:ID@ENTITY` where a rule failed.
        state: what became of it.
        detail: why, in one line; not remembered from scan to scan.
        told: a rule could not be judged without it, so that people are told.
    """

    query: str
    state: State
    detail: str = ""
    told: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a scan: no evidence, only what was told, and what could not be seen."""

    now: datetime
    standing: tuple[Standing, ...] = ()
    gaps: tuple[Gap, ...] = ()


class End(StrEnum):
    """Why something does not stand any more."""

    OVER = "over"  # everything needed to say so was read
    GONE = "gone"  # its entity is not in the complete list of its kind any more
    UNASKED = "unasked"  # no rule looks for it any more


@dataclass(frozen=True, slots=True)
class Ended:
    """Something that does not stand any more."""

    id: str
    entity: Entity
    since: datetime
    end: End


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two scans.

    Attributes:
        before: when the earlier scan was made; None when there was none, and all is new.
        new: what was not told before, in the order of the diagnosis.
        ended: what does not stand any more.
        standing: what stands as before.
        unseen: what stood, and could not be looked at now: not known to be over.
        lost: what could be seen before and now cannot.
        regained: what could not be seen before and now can.
    """

    before: datetime | None = None
    new: tuple[Key, ...] = ()
    ended: tuple[Ended, ...] = ()
    standing: tuple[Standing, ...] = ()
    unseen: tuple[Standing, ...] = ()
    lost: tuple[Gap, ...] = ()
    regained: tuple[Gap, ...] = ()

    @property
    def any(self) -> bool:
        """True when there is something to tell."""
        return bool(self.before is None or self.new or self.ended or self.lost or self.regained)


def kinds_of(standing: Iterable[Standing]) -> frozenset[str]:
    """Return the kinds of the entities."""
    return frozenset(one.entity.kind for one in standing)
