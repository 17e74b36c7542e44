"""What one run remembers from round to round: indexed lists, objects bound for CEL, what analyzers said.

All of it follows from the readings alone, so nothing depends on whether it was remembered or made anew.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from diagflow.analyze.answer import Answer
from diagflow.analyze.rounds import Rounds
from diagflow.analyze.table import Table
from diagflow.model import Entity, Query, Reading
from diagflow.rules.cel import Activation


@dataclass(slots=True)
class Memo:
    """Remembered by the identity of the data, which each table keeps alive.

    Attributes:
        tables: id of a list of objects → its table.
        bound: (id of a list, row, container) → what was bound.
        reverse: what a relation is made of (a link, the id of a list) → the entities that name each entity.
        answers: what an analyzer was asked → what it said to its end, and the readings that it saw for that.
        rounds: what was judged in the round before.
    """

    tables: dict[int, Table] = field(default_factory=dict)
    bound: dict[tuple[int, int, int], Activation] = field(default_factory=dict)
    reverse: dict[Hashable, dict[Entity, list[Entity]]] = field(default_factory=dict)
    answers: dict[Hashable, tuple[Answer, Mapping[Query, Reading]]] = field(default_factory=dict)
    rounds: Rounds = field(default_factory=Rounds)

    def clear(self) -> None:
        """Forget."""
        self.bound.clear()
        self.reverse.clear()
        self.answers.clear()
        self.tables.clear()
        self.rounds = Rounds()
