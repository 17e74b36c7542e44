"""What an analysis gives."""

from dataclasses import dataclass, field

from diagflow.model import Query, Topology, Verdict, Want
from diagflow.model.topology import Edges


@dataclass(frozen=True, slots=True)
class Analysis:
    """The verdicts of one round, and what more is wanted.

    Attributes:
        verdicts: by rule, entity, name and analyzer.
        wants: readings that were looked for and never asked, in order; when there are none, the verdicts are final.
        topology: relations between entities, those that analyzers derived included.
        consulted: the queries that were looked at.
    """

    verdicts: tuple[Verdict, ...]
    wants: tuple[Want, ...] = ()
    topology: Topology = field(default_factory=lambda: Edges(()))
    consulted: frozenset[Query] = frozenset()
