"""The result: ranked causes with their evidence, what was ruled out, and what could not be seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from diagflow.model.cause import Instruction
from diagflow.model.entity import Entity
from diagflow.model.evidence import Evidence
from diagflow.model.incident import Incident
from diagflow.model.reading import Query, State
from diagflow.model.text import Text
from diagflow.model.verdict import Onset

NAMED_FROM = 0.5
"""A cause is named from this confidence up; below, it stands in the path (docs/concepts.md)."""


class Status(StrEnum):
    """The diagnosis in one word."""

    DIAGNOSED = "diagnosed"  # a cause is named
    SUSPECTS = "suspects"  # only statistics point somewhere
    HEALTHY = "healthy"  # nothing is wrong, and everything needed to say so could be read
    UNKNOWN = "unknown"  # could not tell


@dataclass(frozen=True, slots=True)
class NamedCause:
    """A cause that is named, folded over its entities.

    Attributes:
        id: of the cause.
        refs: rows of the catalogue it covers.
        root: True for a root, False for a consequence of another named cause.
        explained_by: `id@entity` of the causes it is a consequence of.
        entity: the first of `entities`.
        entities: everything that has this same cause, in order of confidence, then name.
        severity: critical, warning or info.
        onset: when it began.
        confidence: probability that this cause at this entity is a true root, 0.01 to 0.99, three decimals.
        uncapped: what the evidence alone says, where less is said because it rests on `provisional` rules; else None.
        provisional: rules not yet proven on enough recordings, for whose sake less is said.
        title: one filled sentence.
        explanation: what happens and why.
        evidence: for and against, strongest first.
        remedy: the fix for `entity`, filled.
        check: how to check the fix, filled.
        docs: link.
        args: values of the templates, for typed operations.
    """

    id: str
    entity: Entity
    entities: tuple[Entity, ...]
    confidence: float
    title: Text
    explanation: Text
    remedy: Instruction
    check: Instruction
    refs: tuple[str, ...] = ()
    root: bool = True
    explained_by: tuple[str, ...] = ()
    severity: str = "warning"
    onset: Onset = field(default_factory=Onset)
    evidence: tuple[Evidence, ...] = ()
    docs: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    uncapped: float | None = None
    provisional: tuple[str, ...] = ()

    @property
    def by_evidence(self) -> float:
        """The confidence before anything is held back for the sake of rules that are not proven."""
        return self.confidence if self.uncapped is None else self.uncapped


@dataclass(frozen=True, slots=True)
class SeenSymptom:
    """A symptom: never a root; stands under what explains it (`explained_by`: `id@entity`), or alone."""

    id: str
    entity: Entity
    entities: tuple[Entity, ...]
    title: Text
    refs: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    explained_by: tuple[str, ...] = ()
    onset: Onset = field(default_factory=Onset)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cause that fits and that one more reading would decide (`would_decide`: canonical queries)."""

    id: str
    entity: Entity
    title: Text
    confidence: float
    refs: tuple[str, ...] = ()
    would_decide: tuple[Query, ...] = ()
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspect:
    """An entity ranked by statistics alone; never called a cause."""

    entity: Entity
    score: float
    why: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class RuledOut:
    """A cause in question that a complete reading conclusively contradicts.

    `popular` is True of an explanation that circulates and never holds: it is in question whatever was seen.
    """

    id: str
    entity: Entity
    title: Text
    reason: Text
    refs: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    entities: tuple[Entity, ...] = ()
    popular: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """What could not be seen: a reading that a rule needed, with its state and why.

    `required` is True when a rule could not be judged without it; `blocking` when that rule is of class F and the
    entity in scope, so that the silence of the diagnosis proves nothing (exit status 3).
    """

    query: Query
    state: State
    rules: tuple[str, ...]
    detail: str = ""
    required: bool = False
    blocking: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the decision path: what a rule or a decision of the inference said about an entity.

    Attributes:
        kind: `rule` (a verdict), `cause` (a cause weighed), `consequence`, `contradiction`, `suppressed`.
        id: rule or cause.
        entity: about what.
        outcome: the verdict's outcome; for causes `named`, `below`, `consequence`, `ruled_out`, `contradicted`.
        names: the cause or symptom.
        confidence: for causes.
        evidence: what was seen, context included.
        text: one sentence.
    """

    kind: str
    id: str
    entity: Entity
    outcome: str
    text: Text
    names: str = ""
    confidence: float | None = None
    evidence: tuple[Evidence, ...] = ()
    count: int = 1
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node of the evidence graph; `layer` is reading, verdict, cause, symptom or alert."""

    id: str
    layer: str
    label: Text
    detail: Text = field(default_factory=lambda: Text(""))
    root: bool = False


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """An edge of the evidence graph, signed: positive supports, negative refutes, zero is context or `explains`."""

    source: str
    target: str
    nats: float = 0.0


@dataclass(frozen=True, slots=True)
class Graph:
    """Readings → verdicts → causes → symptoms → alert: a DAG."""

    nodes: tuple[GraphNode, ...] = ()
    edges: tuple[GraphEdge, ...] = ()


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A cause that a suppression hid: counted and shown."""

    id: str
    entity: Entity
    reason: str
    owner: str
    expires: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that DiagFlow says about one incident; a pure function of the bundle and the rules.

    Attributes:
        status: in one word.
        incident: what was diagnosed.
        source: who answered, as recorded.
        causes: `causes[0]` is the best answer; roots before consequences.
        symptoms: what was seen that has causes.
        candidates: what fits and one more reading would decide.
        suspects: ranked by statistics alone.
        ruled_out: what was in question and is not the cause.
        missing: what could not be seen.
        suppressed: what suppressions hid.
        advice: best practices, empty unless asked for.
        others: causes found that are not connected to the alert.
        path: how the decision came about.
        graph: the evidence graph.
        rules: digest of each rule that ran, by id.
        bundle_digest: of the readings.
        engine: version of the engine.
    """

    status: Status
    incident: Incident
    source: Mapping[str, Any]
    causes: tuple[NamedCause, ...] = ()
    symptoms: tuple[SeenSymptom, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    missing: tuple[Missing, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    advice: tuple[NamedCause, ...] = ()
    others: int = 0
    path: tuple[Step, ...] = ()
    graph: Graph = field(default_factory=Graph)
    rules: Mapping[str, str] = field(default_factory=dict)
    bundle_digest: str = ""
    engine: str = ""

    @property
    def exit_status(self) -> int:
        """0 nothing is wrong, 1 a cause was named, 3 could not tell."""
        return {Status.HEALTHY: 0, Status.DIAGNOSED: 1}.get(self.status, 3)
