"""The interface of an analyzer: code that looks closer where a rule cannot say it.

An analyzer is a function `run(case: Case) -> list[Finding]`. Its pack declares it in `pack.yaml`, with all that it
reads:

    analyzers:
      - name: check-something
        version: "1"
        run: my_pack.something:run
        names: [my-pack.some-cause]
        inputs:
          - {query: "objects:pods", fields: [status.phase, "spec.containers[].name"]}

It never sees a cluster, a clock or the bundle: `case.read(query)` is all it has, and it returns its findings. Those of
our own distribution run in this process, those of any other in a child process with a deadline and a memory limit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from diagflow.model import Edge, Entity, Outcome, Query, Reading, Strength, Text
from diagflow.rules.analyzer import Analyzer, Input

__all__ = ["Analyzer", "Case", "Finding", "Input", "Observation", "Run"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing an analyzer saw, for or against what it names.

    Attributes:
        query: the reading it was seen in.
        text: one sentence, filled.
        supports: its strength if it speaks for the finding.
        refutes: its strength if it speaks against it; with neither it is context.
        origin: who observed it; observations of one origin count once.
    """

    query: Query
    text: Text
    supports: Strength | None = None
    refutes: Strength | None = None
    origin: str = "state"
    value: Any = None
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What an analyzer says about one entity.

    Attributes:
        entity: what it is about.
        names: id of the cause or symptom; empty only for `no_match`, `inconclusive` and `error`.
        outcome: `match` (the observations speak for or against `names`), `no_match` (looked, nothing there),
            `inconclusive` (could not tell).
        observations: what was seen.
        args: values for the templates of the cause.
        edges: relations that it derived.
        since: when it began (UTC), if known.
    """

    entity: Entity
    names: str = ""
    outcome: Outcome = Outcome.MATCH
    observations: tuple[Observation, ...] = ()
    args: Mapping[str, Any] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    since: datetime | None = None
    detail: str = ""


class Case(Protocol):
    """What an analyzer gets."""

    @property
    def now(self) -> datetime:
        """The moment for which the diagnosis is made (UTC)."""
        ...

    @property
    def near(self) -> bool:
        """True when an alert or a user pointed at something, False in a scan."""
        ...

    @property
    def entities(self) -> Sequence[Entity]:
        """The entities about which its rules matched, in order, without duplicates."""
        ...

    @property
    def args(self) -> Mapping[str, str]:
        """The arguments of the rule's `action`."""
        ...

    def read(self, query: Query | str) -> Reading:
        """Return a declared reading.

        If the bundle has none yet, this call of the analyzer ends here and it runs again from its start when the
        reading is there. Objects come as a list of dicts, as kubectl prints them, with the declared fields.
        """
        ...


Run = Callable[[Case], Sequence[Finding]]
