"""From the diagnosis to the report: chooses the words, the order and what is folded."""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Final

from msgspec.structs import replace

from diagflow.feedback import phrases, visible
from diagflow.feedback.blind import ask, unseen
from diagflow.feedback.clock import Clock
from diagflow.feedback.effects import Entry, ordered
from diagflow.feedback.plain import rfc3339
from diagflow.feedback.report import (
    MOST,
    Decision,
    Effect,
    Excluded,
    Finding,
    Fits,
    Hidden,
    Moment,
    Report,
    Seen,
    Steps,
    Suspected,
)
from diagflow.feedback.shells import commands
from diagflow.feedback.timeline import alert_name, timeline
from diagflow.feedback.words import words
from diagflow.model import HOST, Act, Entity, Evidence, Instruction, Layer, Operation, State, Text
from diagflow.model.diagnosis import Candidate, Diagnosis, NamedCause, RuledOut, Status, Step, Suppressed, Suspect

_TEXT_LIMIT: Final = 1200
"""Characters of one sentence; whoever needs the whole of a 10 kB log line takes `-o json`."""
_LIGHT: Final = 0.005
"""Below, two digits show a weight as zero."""


def build(diagnosis: Diagnosis, lang: str = "en", tz: tzinfo | None = None) -> Report:
    """Return what people are shown.

    Args:
        diagnosis: what was found.
        lang: "en" or "zh".
        tz: the zone for times; None is the system's.

    Raises:
        BadInput: no such language.
    """
    return _Builder(diagnosis, lang, tz).report()


class _Builder:
    """One method a part of the report, all in one language and zone."""

    def __init__(self, diagnosis: Diagnosis, lang: str, tz: tzinfo | None) -> None:
        self._d = diagnosis
        self._lang = lang
        self._words = words(lang)
        self._clock = Clock(diagnosis.incident.now, tz, self._words)

    def report(self) -> Report:
        d, w = self._d, self._words
        under = ordered(d)
        entries = {id(e): e for _, found in under.roots for e in found}  # one may have several roots
        effects = {key: self._effect(e) for key, e in entries.items()}
        return Report(
            words=w,
            lang=self._lang,
            status=d.status.value,
            headline=self._headline(),
            reasons=tuple(self._reasons()),
            alert=alert_name(d),
            cluster=phrases.cluster(d.source),
            place=self._place(),
            now=Moment(self._clock.full(), rfc3339(d.incident.now)),
            zone=self._clock.zone(),
            findings=tuple(self._finding(cause, [effects[id(e)] for e in found]) for cause, found in under.roots),
            contradictions=tuple(self._contradiction(s) for s in d.path if _contradicted(s)),
            symptoms=tuple(self._effect(s) for s in under.alone),
            candidates=tuple(self._fits(c) for c in d.candidates),
            suspects=tuple(self._suspected(s) for s in d.suspects),
            ruled_out=tuple(self._excluded(r) for r in d.ruled_out),
            unseen=unseen(d.missing, w),
            ask=ask(d.missing, w),
            suppressed=tuple(self._hidden(s) for s in d.suppressed),
            advice=tuple(self._finding(c, ()) for c in d.advice),
            others=d.others,
            path=tuple(self._decision(s) for s in d.path),
            timeline=timeline(d, self._lang, self._clock, w),
            graph=d.graph,
            bundle=phrases.label(d.bundle_digest),
            rules=tuple((phrases.label(k), phrases.label(v)) for k, v in sorted(d.rules.items())),
            engine=phrases.label(d.engine),
        )

    def _place(self) -> str:
        w, name = self._words, phrases.cluster(self._d.source)
        here = w.this_machine if self._d.source.get("kind") == "host" else w.this_cluster
        return w.cluster.format(name=name) if name else here

    def _named(self, entity: Entity) -> str:
        return self._words.host if entity == HOST else phrases.name(entity)

    def _headline(self) -> str:
        d, w = self._d, self._words
        if d.status is Status.HEALTHY:
            return w.healthy
        if d.causes:
            return self._line(d.causes[0].title)
        if d.status is Status.SUSPECTS and d.suspects:
            return w.suspects.format(entity=phrases.name(d.suspects[0].entity))
        return w.unknown

    def _reasons(self) -> Iterable[str]:
        """Why there is no answer, the strongest reason first."""
        d, w = self._d, self._words
        if d.status is not Status.UNKNOWN:
            return
        contradictions = sum(_contradicted(s) for s in d.path)
        blocking = len({m.query for m in d.missing if m.blocking})
        alone = sum(not s.explained_by for s in d.symptoms)
        counted = (
            (contradictions, w.because_contradiction),
            (blocking, w.because_missing),
            (len(d.candidates), w.because_candidates),
            (alone, w.because_symptoms),
        )
        yield from (plural.of(n) for n, plural in counted if n)
        if not any(n for n, _ in counted):
            alert = alert_name(d)
            if d.missing and all(m.state is State.ABSENT for m in d.missing) and not any(s.evidence for s in d.path):
                yield w.because_blind
                return
            yield w.because_alert.format(alert=alert) if alert else w.because_nothing

    def _finding(self, c: NamedCause, effects: Sequence[Effect]) -> Finding:
        return Finding(
            id=phrases.label(c.id),
            refs=tuple(phrases.label(r) for r in c.refs),
            title=self._line(c.title),
            entity=self._named(c.entity),
            entities=_names(c.entities or (c.entity,)),
            count=max(len(c.entities), 1),
            more=phrases.more_things(c.entities, self._words),
            sure=phrases.sure(c.confidence, self._words, provisional=bool(c.provisional)),
            percent=round(c.confidence * 100),
            provisional=self._provisional(c),
            severity=c.severity if c.severity in self._words.severities else "",
            severity_word=self._words.severities.get(c.severity, phrases.label(c.severity)),
            since=self._clock.onset(c.onset),
            explanation=visible.paragraphs(c.explanation.lang(self._lang)),
            seen=self._seen(c.evidence),
            effects=tuple(effects),
            remedy=self._steps(c.remedy),
            check=self._steps(c.check),
            docs=phrases.label(c.docs),
        )

    def _provisional(self, c: NamedCause) -> str:
        if not c.provisional:
            return ""
        rules = self._words.comma.join(phrases.label(rule) for rule in c.provisional)
        return self._words.provisional.format(rules=rules, percent=f"{c.by_evidence * 100:.0f}")

    def _contradiction(self, s: Step) -> Finding:
        return Finding(
            id=phrases.label(s.names or s.id),
            refs=(),
            title=self._line(s.text),
            entity=self._named(s.entity),
            entities=_names(s.entities or (s.entity,)),
            count=max(len(s.entities), 1),
            more=phrases.more_things(s.entities, self._words),
            sure="" if s.confidence is None else phrases.sure(s.confidence, self._words),
            percent=round((s.confidence or 0.0) * 100),
            seen=self._seen(s.evidence),
        )

    def _effect(self, e: Entry) -> Effect:
        return Effect(
            title=self._line(e.title),
            more=phrases.more_things(e.entities, self._words),
            entities=_names(e.entities or (e.entity,)),
            count=max(len(e.entities), 1),
            seen=self._seen(e.evidence),
            since=self._clock.onset(e.onset),
        )

    def _seen(self, evidence: Iterable[Evidence]) -> tuple[Seen, ...]:
        """Show the same words once, as they weigh most: two conditions of a rule may have seen the same."""
        found: dict[Seen, Seen] = {}
        for e in sorted(evidence, key=lambda e: -abs(e.nats)):  # stable: what weighs alike keeps its place
            one = self._observation(e)
            found.setdefault(replace(one, nats="", conclusive=False), one)
        return tuple(found.values())

    def _observation(self, e: Evidence) -> Seen:
        text, number = self._line(e.text), isinstance(e.value, (int, float))
        value = phrases.value(e.value)
        value = "" if value in text else value
        return Seen(
            sign=_sign(e.nats),
            nats="" if _sign(e.nats) == "context" else f"{e.nats:+.2g}",
            text=text,
            value=value if number else "",
            quote="" if number else value,
            time=self._moment(e.time),
            query=phrases.label(visible.one_line(str(e.query))),
            conclusive=e.conclusive,
        )

    def _moment(self, time: datetime | None) -> Moment | None:
        return None if time is None else Moment(self._clock.moment(time), rfc3339(time))

    def _steps(self, i: Instruction) -> Steps:
        every = (*commands(i.operations, self._d.source), *(c.lang(self._lang) for c in i.commands))
        shown = (visible.command(c) for c in every)
        text = self._line(i.text)
        if _this_window_only(i.operations):
            text = self._words.this_window.format(text=text)
        if any(o.act is not Act.RUN and Layer.MACHINE in o.where() for o in i.operations):
            text = self._words.administrator.format(text=text)
        return Steps(text, tuple(c for c in shown if c.strip()))

    def _excluded(self, r: RuledOut) -> Excluded:
        return Excluded(
            title=self._line(r.title),
            entity=self._named(r.entity),
            more=phrases.more_things(r.entities, self._words),
            reason=self._line(r.reason),
            seen=self._seen(r.evidence),
            popular=r.popular,
        )

    def _fits(self, c: Candidate) -> Fits:
        return Fits(
            title=self._line(c.title) + phrases.more_things(c.entities or (c.entity,), self._words),
            entity=self._named(c.entity),
            sure=phrases.sure(c.confidence, self._words) if c.confidence else "",
            would_decide=tuple(phrases.query(q, self._words) for q in c.would_decide),
        )

    def _suspected(self, s: Suspect) -> Suspected:
        return Suspected(phrases.name(s.entity), f"{s.score:.2f}", tuple(self._line(w) for w in s.why))

    def _hidden(self, s: Suppressed) -> Hidden:
        why = self._words.suppressed_by.format(
            reason=visible.one_line(s.reason), owner=visible.one_line(s.owner), expires=visible.one_line(s.expires)
        )
        return Hidden(phrases.label(s.id), phrases.name(s.entity), why)

    def _decision(self, s: Step) -> Decision:
        more = phrases.more_things(s.entities, self._words)
        repeated = self._words.repeated.format(n=f"{s.count:,}") if s.count > 1 else ""
        return Decision(
            kind=self._words.kinds_of_step.get(s.kind, phrases.label(s.kind)),
            id=phrases.label(s.id),
            entity=self._named(s.entity),
            more=more or repeated,
            outcome=phrases.label(s.outcome),
            outcome_word=self._words.outcomes.get(s.outcome, phrases.label(s.outcome)),
            text=self._line(s.text),
            sure="" if s.confidence is None else phrases.sure(s.confidence, self._words),
            seen=self._seen(s.evidence),
        )

    def _line(self, text: Text) -> str:
        return visible.clip(visible.one_line(text.lang(self._lang)), _TEXT_LIMIT, self._words.clipped)


def _this_window_only(operations: Iterable[Operation]) -> bool:
    """True when a variable goes from the session alone: nobody saw what set it, and it will do so again."""
    return any(o.act is Act.UNSET and o.where() == (Layer.SESSION,) for o in operations)


def _contradicted(step: Step) -> bool:
    return step.kind == "contradiction" or step.outcome == "contradicted"


def _names(entities: Sequence[Entity]) -> tuple[str, ...]:
    return tuple(phrases.name(e) for e in entities[:MOST])


def _sign(nats: float) -> str:
    if abs(nats) < _LIGHT:
        return "context"
    return "for" if nats > 0 else "against"
