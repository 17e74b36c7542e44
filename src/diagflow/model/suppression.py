"""What somebody decided not to be told about, for a reason and for a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from fnmatch import fnmatchcase
from typing import Any

from diagflow.model.entity import Entity


@dataclass(frozen=True, slots=True)
class Suppression:
    """Hides one cause at the entities that match; what it hid is counted and shown.

    Attributes:
        cause: id of the cause.
        entity: canonical form, `*` and `?` as wildcards.
        reason: why it is hidden.
        owner: who decided it.
        expires: last day (UTC) on which it holds.
    """

    cause: str
    entity: str
    reason: str
    owner: str
    expires: date

    def hides(self, cause: str, entity: Entity, now: datetime) -> bool:
        """True when it holds at `now` for this cause at this entity."""
        return cause == self.cause and fnmatchcase(str(entity), self.entity) and now <= self.end

    @property
    def end(self) -> datetime:
        """The last moment at which it holds."""
        return datetime.combine(self.expires, time.max, UTC)

    def plain(self) -> dict[str, str]:
        """Return it as JSON, as a bundle keeps it."""
        return {
            "cause": self.cause,
            "entity": self.entity,
            "reason": self.reason,
            "owner": self.owner,
            "expires": self.expires.isoformat(),
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Suppression":
        """Read back what `plain` gave."""
        return cls(
            cause=str(plain["cause"]),
            entity=str(plain["entity"]),
            reason=str(plain["reason"]),
            owner=str(plain["owner"]),
            expires=date.fromisoformat(str(plain["expires"])),
        )
