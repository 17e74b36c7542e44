"""What every human format shows, in one language: the diagnosis ordered, folded and made safe to look at.

The renderers lay it out and escape it for their medium; none looks at the diagnosis itself. All text here has
passed `visible`, so no renderer can forget it.

Structs, as dataclasses of this many take ten milliseconds to make at the start of each command.
"""

from typing import Final

from msgspec import Struct, field

from diagflow.feedback.words import Words
from diagflow.model.diagnosis import Graph

MOST: Final = 200
"""Entities that people are shown by name; JSON has them all."""


class Moment(Struct, frozen=True):
    """A time for people, and for programs (RFC 3339, UTC)."""

    text: str
    iso: str


class Seen(Struct, frozen=True):
    """One observation.

    Attributes:
        sign: `for`, `against` or `context`.
        nats: weight, two digits, signed; empty for context.
        text: one sentence.
        value: the number seen, empty where the sentence says it.
        quote: the text or structure seen, in the words of whoever said it; empty where the sentence says it.
        time: when, None for unknown.
        query: what was asked.
        conclusive: it settles the matter.
    """

    sign: str
    nats: str
    text: str
    value: str
    quote: str
    time: Moment | None
    query: str
    conclusive: bool


class Effect(Struct, frozen=True):
    """What a cause brought about, or a symptom that stands alone.

    Attributes:
        title: one sentence about the first entity.
        more: how many more entities have the same (" (and 17 more pods)"), empty for none.
        entities: the first of them, at most `MOST`.
        count: how many there are.
        seen: what was seen of it.
        since: when it began, empty for unknown.
    """

    title: str
    more: str
    entities: tuple[str, ...]
    count: int
    seen: tuple[Seen, ...]
    since: str


class Steps(Struct, frozen=True):
    """Something to do: a sentence, and commands exactly as to be typed."""

    text: str = ""
    commands: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text or self.commands)


class Finding(Struct, frozen=True):
    """A root cause with all that a person needs to act on it; or advice, or a contradiction.

    Attributes:
        entities: the first of them, at most `MOST`; `count` says how many there are.
        sure: the confidence in words and as a number; empty where it has none.
        percent: the confidence from 0 to 100.
        provisional: why less is said than the evidence says; empty where nothing is held back.
        severity: critical, warning or info, for a colour; empty for any other.
        severity_word: the same for people.
        explanation: paragraphs.
    """

    id: str
    refs: tuple[str, ...]
    title: str
    entity: str
    entities: tuple[str, ...]
    count: int
    more: str
    sure: str = ""
    percent: int = 0
    provisional: str = ""
    severity: str = ""
    severity_word: str = ""
    since: str = ""
    explanation: tuple[str, ...] = ()
    seen: tuple[Seen, ...] = ()
    effects: tuple[Effect, ...] = ()
    remedy: Steps = field(default_factory=Steps)
    check: Steps = field(default_factory=Steps)
    docs: str = ""


class Excluded(Struct, frozen=True):
    """What is not the cause, and why; `popular` is what people often blame."""

    title: str
    entity: str
    more: str
    reason: str
    seen: tuple[Seen, ...]
    popular: bool = False


class Unseen(Struct, frozen=True):
    """A reading that could not be had.

    Attributes:
        what: the reading, for people.
        state: what became of it, in a word.
        rules: the rules that wait for it.
        blocking: without it, silence proves nothing.
        required: a rule could not be judged without it.
        idle: one of many that are not there to be read: kinds that the cluster has not, metrics that nobody records.
    """

    what: str
    query: str
    state: str
    detail: str
    rules: tuple[str, ...]
    blocking: bool
    required: bool
    idle: bool = False


class Fits(Struct, frozen=True):
    """A cause that one more reading would decide."""

    title: str
    entity: str
    sure: str
    would_decide: tuple[str, ...]


class Suspected(Struct, frozen=True):
    """An entity that statistics point at."""

    entity: str
    score: str
    why: tuple[str, ...]


class Hidden(Struct, frozen=True):
    """What a suppression hid."""

    id: str
    entity: str
    why: str


class Decision(Struct, frozen=True):
    """One step of the path."""

    kind: str
    id: str
    entity: str
    more: str
    outcome: str
    outcome_word: str
    text: str
    sure: str
    seen: tuple[Seen, ...]


class Happening(Struct, frozen=True):
    """A moment of the timeline: `kind` is onset, alert, evidence, change or now."""

    time: Moment
    kind: str
    what: str
    times: int = 1


class Report(Struct, frozen=True):
    """A diagnosis for people."""

    words: Words
    lang: str
    status: str
    headline: str
    reasons: tuple[str, ...]
    alert: str
    cluster: str
    place: str
    now: Moment
    zone: str
    findings: tuple[Finding, ...]
    contradictions: tuple[Finding, ...]
    symptoms: tuple[Effect, ...]
    candidates: tuple[Fits, ...]
    suspects: tuple[Suspected, ...]
    ruled_out: tuple[Excluded, ...]
    unseen: tuple[Unseen, ...]
    ask: tuple[Steps, ...]
    suppressed: tuple[Hidden, ...]
    advice: tuple[Finding, ...]
    others: int
    path: tuple[Decision, ...]
    timeline: tuple[Happening, ...]
    graph: Graph
    bundle: str
    rules: tuple[tuple[str, str], ...]
    engine: str
