"""What an analyzer gets, in this process and in a child alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from diagflow.model import Entity, Query, Reading


class NotYet(BaseException):
    """Ends a call of an analyzer whose reading is not there yet.

    No `Exception`: an analyzer that catches those must not go on with half of what it needs.
    """

    def __init__(self, query: Query) -> None:
        super().__init__(str(query))
        self.query = query


class Undeclared(BaseException):
    """Ends a call of an analyzer that reads what its pack does not declare."""

    def __init__(self, query: Query) -> None:
        super().__init__(str(query))
        self.query = query


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of an analyzer.

    Attributes:
        now: the moment of the diagnosis (UTC).
        near: an alert or a user pointed at something.
        entities: about which its rules matched, in order, each once.
        args: the arguments of the rules' `action`.
    """

    now: datetime
    near: bool
    entities: tuple[Entity, ...]
    args: Mapping[str, str]


Read = Callable[[Query], Reading | None]
"""Gives a reading, None for one that is not there yet; raises `Undeclared`."""


class LiveCase:
    """A `diagflow.analyze.api.Case` on top of `read`.

    Attributes:
        ended: what ended the call; None as long as it may go on.
    """

    __slots__ = ("_ask", "_read", "ended")

    def __init__(self, ask: Ask, read: Read) -> None:
        self._ask = ask
        self._read = read
        self.ended: NotYet | Undeclared | None = None

    @property
    def now(self) -> datetime:
        """The moment for which the diagnosis is made (UTC)."""
        return self._ask.now

    @property
    def near(self) -> bool:
        """True when an alert or a user pointed at something."""
        return self._ask.near

    @property
    def entities(self) -> Sequence[Entity]:
        """The entities about which its rules matched."""
        return self._ask.entities

    @property
    def args(self) -> Mapping[str, str]:
        """The arguments of the rules' `action`."""
        return self._ask.args

    def read(self, query: Query | str) -> Reading:
        """Return a declared reading, or end this call (see `diagflow.analyze.api`)."""
        wanted = Query.parse(query) if isinstance(query, str) else query
        if self.ended is not None:
            raise self.ended
        try:
            reading = self._read(wanted)
        except Undeclared as e:
            self.ended = e
            raise
        if reading is None:
            self.ended = NotYet(wanted)
            raise self.ended
        return reading
