"""What every kind of input can say; `diagflow.analyze.combine` puts it together."""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from diagflow.analyze.judgement import Judgement
from diagflow.model import Entity, Query


class Source(Protocol):
    """One condition, ready to be asked."""

    @property
    def queries(self) -> Sequence[Query]:
        """The readings it looks at."""
        ...

    def candidates(self, among: Collection[Entity] | None = None) -> Iterable[Entity]:
        """Return the entities about which it may hold, each once, in order; only those of `among`, if given."""
        ...

    def about(self, entity: Entity) -> Judgement:
        """Say whether it holds about one entity."""
        ...

    def speaks_of(self, entity: Entity) -> bool:
        """True when it is about entities such as this one; else it may speak of others that this one depends on."""
        ...

    def rest(self) -> Judgement:
        """Say what it means that an entity is not among the candidates: it fails, or cannot be told."""
        ...
