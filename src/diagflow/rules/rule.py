"""A rule as the engine sees it: YAML, checked and compiled (docs/rules.md is the format)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from diagflow.model import Query, Strength, Text


class Effect(StrEnum):
    """What a match of a rule does to the thing that it names."""

    SUPPORTS = "supports"
    REFUTES = "refutes"
    SYMPTOM = "symptom"
    ADVICE = "advice"
    ASKS = "asks"  # names nothing: hands over to its analyzer


@dataclass(frozen=True, slots=True)
class Position:
    """Where something stands in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A comparison with a number: `op` is one of > >= < <= == !=."""

    op: str
    value: float


@dataclass(frozen=True, slots=True)
class Weight:
    """What a match of a condition weighs: `sign` +1 supports, -1 refutes, 0 is context.

    It is about what the rule names, whatever the rule's effect: a trigger of a rule that refutes a cause has the
    sign -1.
    """

    sign: int = 0
    strength: Strength = Strength.STRONG


@dataclass(frozen=True, slots=True)
class Related:
    """Objects bound to `related.NAME`: those of `kind` in `relation` to the object.

    Attributes:
        name: the name in CEL.
        relation: how they hang together (`diagflow.model.topology`).
        kind: kind of the other objects.
        direction: along the relation (`dependencies`) or against it.
        fields: paths that the conditions read of each of them, computed.
    """

    name: str
    relation: str
    kind: str
    direction: str = "dependencies"
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MetricInput:
    """One PromQL expression; a sample for which the comparison holds is a match about the entity of its labels."""

    expr: str
    threshold: Threshold | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    metric: str = ""

    @property
    def query(self) -> Query:
        """The instant query for the left side of the comparison."""
        return Query.of("promql", self.expr)


@dataclass(frozen=True, slots=True)
class ObjectInput:
    """Objects of one kind that hold certain values (`when`) and a CEL condition (`where`).

    Attributes:
        kind: singular, lower case, with group where ambiguous.
        when: path → accepted values, as strings (`true`, `137`, `Pending`); of containers: `container.*`.
        where: CEL source; empty is true.
        each: `container` or empty.
        since: CEL source of the onset timestamp.
        related: bound objects.
        exists: False when the object must be missing.
        fields: all paths that this input reads, computed from `when`, `where`, `since`, `extract`.
    """

    kind: str
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    where: str = ""
    each: str = ""
    since: str = ""
    related: tuple[Related, ...] = ()
    exists: bool = True
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EventInput:
    """Events with one of `reasons`, about objects of kind `on`, whose message matches one of `patterns`."""

    reasons: tuple[str, ...]
    on: str = ""
    patterns: tuple[str, ...] = ()
    where: str = ""
    within: float = 3600.0
    min_count: int = 1


@dataclass(frozen=True, slots=True)
class LogInput:
    """Log lines of containers that match one of `patterns`.

    Attributes:
        patterns: RE2.
        of: picks the pods; None for those in trouble.
        previous: `true`, `false` or `any`: of which run of the container.
        tail: lines that are read.
        last: lines at the end in which a match must begin, those that go on with another not counted; 0 for all.
    """

    patterns: tuple[str, ...]
    of: ObjectInput | None = None
    previous: str = "any"
    tail: int = 200
    last: int = 0


@dataclass(frozen=True, slots=True)
class HostLogInput:
    """Lines of what a command of this machine printed that match one of `patterns` and the CEL condition `where`.

    Attributes:
        patterns: RE2.
        where: CEL source over `line`, `args` and `facts`; empty is true.
        facts: names of the facts bound to `facts`.
    """

    patterns: tuple[str, ...]
    where: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeLogInput:
    """Lines of a node's log that match one of `patterns` and the CEL condition `where`.

    Attributes:
        patterns: RE2.
        where: CEL source over `line`, `args`; empty is true.
        within: seconds before now, or before the last line of the log, in which a line counts.
        boot: `last` or `any`: of which run of the kernel.
    """

    patterns: tuple[str, ...]
    where: str = ""
    within: float = 3600.0
    boot: str = "last"


@dataclass(frozen=True, slots=True)
class ChangeInput:
    """Changes of one of `kinds` at most `within` seconds before the onset."""

    kinds: tuple[str, ...]
    within: float = 3600.0
    where: str = ""


@dataclass(frozen=True, slots=True)
class FactInput:
    """A fact of the host for which the CEL condition `where` holds.

    Attributes:
        name: bound to `fact`.
        where: CEL source over `fact` and `facts`; empty is true.
        facts: names of further facts, bound to `facts`.
    """

    name: str
    where: str = ""
    facts: tuple[str, ...] = ()


Input = MetricInput | ObjectInput | EventInput | LogInput | HostLogInput | NodeLogInput | ChangeInput | FactInput


@dataclass(frozen=True, slots=True)
class Combination:
    """`all`, `any` or `not` of conditions (`not` has exactly one).

    Where the whole weighs (`weight.sign` is not 0), its parts are context unless they say otherwise; otherwise
    each part weighs for itself, except below `not`.
    """

    op: str
    conditions: tuple["Condition | Combination", ...]
    weight: Weight = field(default_factory=Weight)
    required: bool = False
    text: Text | None = None
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One input with what a match of it means.

    Attributes:
        input: what is read and when it matches.
        weight: what a match weighs.
        required: a dependency without which a match is inconclusive; triggers always are.
        origin: who observed it (evidence of one origin about one entity counts once).
        half_life: seconds after which it counts half; 0 for never.
        text: what was seen; None for a generated sentence.
        extract: argument name → CEL source.
        entity: template of the entity; empty for the rule's.
        hold: seconds that it must have held since `since` (`for`); 0 for metrics, where it is in the expression.
    """

    input: Input
    weight: Weight = field(default_factory=Weight)
    required: bool = False
    origin: str = ""
    half_life: float = 0.0
    text: Text | None = None
    extract: Mapping[str, str] = field(default_factory=dict)
    entity: str = ""
    hold: float = 0.0
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """The analyzer that looks closer, with its arguments: `check-scheduler-config --nodes=affected`."""

    analyzer: str
    args: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, ready to run.

    Attributes:
        id: `AREA-GROUP-NNN`.
        pack: name of the pack it came with; empty for `--rules PATH`.
        title: a short name.
        effect: what a match does.
        names: id of the cause, symptom or advice; empty for `ASKS`.
        trigger: all triggers as one combination.
        dependencies: conditions that add evidence or context to a match.
        entity: template of the entity; empty for the object's own.
        action: the analyzer, if any.
        severity_class: `F` or `R`.
        digest: over the compiled form (not over comments or positions).
        position: where it is written.
        places: where the values of `cause`, `refutes`, `symptom`, `advice` and `action` are written.
    """

    id: str
    trigger: Combination
    title: Text
    effect: Effect = Effect.SUPPORTS
    names: str = ""
    pack: str = ""
    dependencies: tuple[Condition | Combination, ...] = ()
    entity: str = ""
    action: Action | None = None
    severity_class: str = "F"
    digest: str = ""
    position: Position | None = None
    places: Mapping[str, Position] = field(default_factory=dict)
