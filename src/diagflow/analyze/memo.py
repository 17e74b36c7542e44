"""What one run remembers from round to round: lists that were indexed, and objects that were bound for CEL.

All of it follows from the readings alone, so nothing depends on whether it was remembered or made anew.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field

from diagflow.analyze.table import Table
from diagflow.model import Entity
from diagflow.rules.cel import Activation


@dataclass(slots=True)
class Memo:
    """Remembered by the identity of the data, which each table keeps alive.

    Attributes:
        tables: id of a list of objects → its table.
        bound: (id of a table, row, container) → what was bound.
        reverse: what a relation is made of (a link, ids of lists) → the entities that name each entity.
    """

    tables: dict[int, Table] = field(default_factory=dict)
    bound: dict[tuple[int, int, int], Activation] = field(default_factory=dict)
    reverse: dict[Hashable, dict[Entity, list[Entity]]] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget."""
        self.bound.clear()
        self.reverse.clear()
        self.tables.clear()
