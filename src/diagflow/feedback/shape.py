"""The shape of `-o json`: typed structs from which the published JSON Schema is generated.

Nothing has a default: each key is always there, so that a reader needs no "if it is there". The docstrings and
descriptions are what people read in the schema.
"""

from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

SCHEMA: Final = "diagflow.diagnosis/v1"
CHANGES: Final = "diagflow.changes/v1"

Time = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$",
        description="RFC 3339, UTC; milliseconds only where they are not zero",
        examples=["2026-01-01T00:05:00Z"],
    ),
]
EntityName = Annotated[
    str,
    Meta(
        description="kind[.group]/[namespace/]name; percent-encoded where a name needs it",
        examples=["pod/shop/cart-0", "node/worker-1"],
    ),
]
QueryText = Annotated[str, Meta(description="a query in canonical form", examples=["objects:pods", "promql:sum(up)"])]
CauseAt = Annotated[
    str, Meta(description="id@entity of a cause", examples=["kubernetes.node-pod-capacity@node/worker-1"])
]
Confidence = Annotated[
    float, Meta(ge=0, le=1, description="probability that this is a true root, 0.01 to 0.99, three decimals")
]
Nats = Annotated[
    float,
    Meta(description="weight in nats of log-odds: positive supports, negative refutes, zero decides nothing"),
]
Onset = Annotated[
    tuple[Time | None, Time | None],
    Meta(description="[earliest, latest] moment at which it began; null where unknown"),
]
Refs = Annotated[
    list[str], Meta(description="rows of the catalogue of failures that it covers", examples=[["K8S-007"]])
]
StateName = Literal["data", "empty", "absent", "forbidden", "error"]


class Strict(Struct, kw_only=True, forbid_unknown_fields=True):
    """Base of all: what is not declared is an error."""


class Evidence(Strict):
    """One observation for or against something."""

    query: QueryText
    origin: Annotated[str, Meta(description="who observed it; of several observations of one origin one counts")]
    nats: Nats
    conclusive: Annotated[bool, Meta(description="it settles the matter alone, for or against")]
    text: Annotated[str, Meta(description="one sentence")]
    value: Annotated[Any, Meta(description='the value seen, any JSON; numbers beyond JSON as "NaN", "+Inf", "-Inf"')]
    time: Annotated[Time | None, Meta(description="when it was true; null where unknown")]


class Operation(Strict):
    """One change of this machine."""

    act: Annotated[str, Meta(examples=["set", "unset", "path-add", "path-remove", "go-mod", "env-file", "run"])]
    target: Annotated[str, Meta(description="a variable, a folder, go or toolchain, the path of the go env file")]
    to: Annotated[str, Meta(description="the new value; of env-file, names of the lines to leave out")]
    layers: Annotated[list[str], Meta(examples=[["session", "user", "machine", "go-env"]])]
    words: Annotated[list[str], Meta(description="of run, the command")]


class Instruction(Strict):
    """Something to do: a sentence, and exact commands."""

    text: str
    commands: Annotated[
        list[str],
        Meta(description="for the shell that source.shell names, else for a POSIX shell; arguments are quoted"),
    ]
    operations: Annotated[list[Operation], Meta(description="what the first commands do, as data")]


class Cause(Strict):
    """A cause that is named, folded over its entities."""

    id: Annotated[str, Meta(description="pack.slug, never reused", examples=["kubernetes.node-pod-capacity"])]
    refs: Refs
    role: Annotated[Literal["root", "consequence"], Meta(description="whether another named cause brought it about")]
    explained_by: Annotated[list[CauseAt], Meta(description="the causes that it is a consequence of")]
    entity: Annotated[EntityName, Meta(description="the first of entities")]
    entities: list[EntityName]
    severity: Annotated[str, Meta(examples=["critical", "warning", "info"])]
    onset: Onset
    confidence: Confidence
    uncapped: Annotated[
        float, Meta(ge=0, le=1, description="what the evidence alone says; more than confidence only if provisional")
    ]
    provisional: Annotated[
        list[str],
        Meta(description="rules not yet proven on enough recordings, for whose sake less is said", examples=[[]]),
    ]
    title: str
    explanation: str
    evidence: list[Evidence]
    remedy: Instruction
    check: Annotated[Instruction, Meta(description="how to see that the remedy worked")]
    docs: Annotated[str, Meta(description="link to upstream documentation, or the empty string")]


class Symptom(Strict):
    """Something seen that has causes; never a root."""

    id: str
    refs: Refs
    entity: EntityName
    entities: list[EntityName]
    title: str
    evidence: list[Evidence]
    explained_by: Annotated[list[CauseAt], Meta(description="empty where no named cause explains it")]
    onset: Onset


class Candidate(Strict):
    """A cause that fits and that one more reading would decide."""

    id: str
    refs: Refs
    entity: EntityName
    title: str
    confidence: Confidence
    would_decide: list[QueryText]
    entities: list[EntityName]


class Suspect(Strict):
    """An entity ranked by statistics alone; not a cause."""

    entity: EntityName
    score: float
    why: list[str]


class RuledOut(Strict):
    """A cause in question that a complete reading conclusively contradicts."""

    id: str
    refs: Refs
    entity: EntityName
    entities: list[EntityName]
    title: str
    reason: str
    evidence: list[Evidence]


class Missing(Strict):
    """What one rule needed and could not see."""

    rule: Annotated[str, Meta(description="id of the rule; the empty string where no single rule asked")]
    needs: QueryText
    state: StateName
    detail: str
    required: Annotated[bool, Meta(description="the rule could not be judged without it")]
    blocking: Annotated[bool, Meta(description="without it, silence proves nothing")]


class Suppressed(Strict):
    """A cause that a suppression hid."""

    id: str
    entity: EntityName
    reason: str
    owner: str
    expires: str


class Others(Strict):
    """Causes found that are not connected with the alert."""

    count: Annotated[int, Meta(ge=0)]


class Step(Strict):
    """One step of the decision path."""

    kind: Annotated[
        str,
        Meta(description="what decided", examples=["rule", "cause", "consequence", "contradiction", "suppressed"]),
    ]
    id: Annotated[str, Meta(description="of the rule or the cause")]
    entity: EntityName
    entities: list[EntityName]
    count: Annotated[int, Meta(ge=0, description="how many steps of this kind were folded into this one")]
    outcome: Annotated[
        str,
        Meta(
            description="of a rule: match, no_match, inconclusive, skipped, error; of a cause: named, below, "
            "consequence, ruled_out, contradicted"
        ),
    ]
    names: Annotated[str, Meta(description="id of the cause or symptom that it is about")]
    confidence: Confidence | None
    evidence: list[Evidence]
    text: str


class Node(Strict):
    """A node of the evidence graph."""

    id: str
    layer: Annotated[str, Meta(examples=["reading", "verdict", "cause", "symptom", "alert"])]
    label: str
    detail: str
    root: bool


class Edge(Strict):
    """A signed edge of the evidence graph, from node to node."""

    source: str
    target: str
    nats: Nats


class Graph(Strict):
    """Readings, verdicts, causes, symptoms, alert: a directed graph without cycles."""

    nodes: list[Node]
    edges: list[Edge]


class Digests(Strict):
    """What the diagnosis was made from: with the same three, a replay gives the same bytes."""

    bundle: str
    rules: Annotated[dict[str, str], Meta(description="digest of each rule that ran, by its id")]
    engine: str


class Diagnosis(Strict):
    """One diagnosis of DiagFlow: ranked causes, what was ruled out, and what could not be seen."""

    schema: Literal["diagflow.diagnosis/v1"]
    status: Annotated[
        Literal["diagnosed", "suspects", "healthy", "unknown"],
        Meta(
            description="diagnosed: a cause is named; suspects: only statistics point somewhere; healthy: nothing "
            "is wrong, and what is needed to say so was read; unknown: could not tell"
        ),
    ]
    now: Annotated[Time, Meta(description="the moment for which the diagnosis was made")]
    source: Annotated[dict[str, Any], Meta(description="who answered, as recorded")]
    causes: Annotated[list[Cause], Meta(description="ranked: the first is the best answer, roots before consequences")]
    symptoms: list[Symptom]
    candidates: list[Candidate]
    suspects: list[Suspect]
    ruled_out: list[RuledOut]
    missing: list[Missing]
    suppressed: list[Suppressed]
    advice: Annotated[list[Cause], Meta(description="best practices and mere risks; empty unless asked for")]
    others: Others
    path: list[Step]
    graph: Graph
    digests: Digests


class Named(Strict):
    """A cause, or a symptom that nothing explains, at one entity."""

    id: str
    entity: EntityName
    since: Annotated[Time, Meta(description="when a scan first named it")]


class Ended(Named):
    """Something that does not stand any more."""

    end: Annotated[
        Literal["over", "gone", "unasked"],
        Meta(
            description="over: everything needed to say so was read; gone: its entity is not there any more; unasked: "
            "no rule looks for it any more"
        ),
    ]


class Gap(Strict):
    """A reading that a rule could not be judged without."""

    needs: QueryText
    state: StateName
    detail: str


class Changes(Strict):
    """What differs from an earlier scan; matched by id and entity."""

    since: Annotated[Time | None, Meta(description="when the earlier scan was made; null: there was none, all is new")]
    new: Annotated[list[Named], Meta(description="not told before; causes and symptoms tell of these alone")]
    ended: list[Ended]
    standing: Annotated[list[Named], Meta(description="as before, and not told again")]
    unseen: Annotated[list[Named], Meta(description="stood, and could not be looked at: not known to be over")]
    lost: Annotated[list[Gap], Meta(description="what could be seen before, or was not needed, and cannot be seen now")]
    regained: Annotated[list[QueryText], Meta(description="what could not be seen before and was read now")]


class ChangedDiagnosis(Diagnosis):
    """A diagnosis of what is new since an earlier scan; status, missing and suppressed are those of the whole scan."""

    schema: Literal["diagflow.changes/v1"]  # type: ignore[assignment]  # everything but its name is the same
    changes: Changes
