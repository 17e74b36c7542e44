"""What conditions about this machine have in common: there is one entity, and one answer about it."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable

from diagflow.analyze.judgement import Judgement
from diagflow.model import HOST, Entity


class HostSource(ABC):
    """A condition that holds of this machine or does not; judged once."""

    __slots__ = ("_judged",)

    def __init__(self) -> None:
        self._judged: Judgement | None = None

    def candidates(self, among: Collection[Entity] | None = None) -> Iterable[Entity]:
        """Return this machine where the condition holds."""
        return () if self.rest().fails or (among is not None and HOST not in among) else (HOST,)

    def speaks_of(self, entity: Entity) -> bool:
        """True for this machine."""
        return entity == HOST

    def rest(self) -> Judgement:
        """Say whether the condition holds: there is one machine."""
        if self._judged is None:
            self._judged = self._judge()
        return self._judged

    def about(self, entity: Entity) -> Judgement:  # noqa: ARG002  # whatever is asked about is on this machine
        """Say whether the condition holds."""
        return self.rest()

    @abstractmethod
    def _judge(self) -> Judgement:
        """Look."""
