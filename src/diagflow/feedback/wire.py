"""A diagnosis as the JSON that other programs read.

The bytes depend on the diagnosis and the language alone: keys are sorted, times are UTC, fractions have three decimals.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from diagflow import model
from diagflow.feedback import shape
from diagflow.feedback.plain import plain, rfc3339
from diagflow.feedback.shells import commands
from diagflow.model import diagnosis as made
from diagflow.model.changes import Changes, Standing


def to_wire(diagnosis: made.Diagnosis, lang: str = "en") -> dict[str, Any]:
    """Return the diagnosis as plain JSON values.

    Args:
        diagnosis: what to write.
        lang: "en" or "zh", for every text in it.

    Returns:
        An object that the published schema accepts, its keys sorted at every depth.

    Raises:
        TypeError: a value of the evidence or of the source is nothing that JSON knows.
    """
    wire: dict[str, Any] = plain(_Wire(lang, diagnosis.source).diagnosis(diagnosis))
    return wire


def to_changed_wire(diagnosis: made.Diagnosis, changes: Changes, lang: str = "en") -> dict[str, Any]:
    """Return a diagnosis of what is new, with what else differs, as plain JSON values; as `to_wire` otherwise."""
    block: dict[str, Any] = plain(_changes(changes, diagnosis.incident.now))
    return dict(sorted({**to_wire(diagnosis, lang), "schema": shape.CHANGES, "changes": block}.items()))


def _three(value: float) -> float:
    return round(value, 3) + 0.0  # + 0.0: minus zero is zero


def _time(time: datetime | None) -> str | None:
    return None if time is None else rfc3339(time)


def _names(entities: Iterable[model.Entity]) -> list[str]:
    return [str(entity) for entity in entities]


def _onset(onset: model.Onset) -> tuple[str | None, str | None]:
    return _time(onset.earliest), _time(onset.latest)


class _Wire:
    """One method a struct of `shape`, all in one language."""

    def __init__(self, lang: str, source: Mapping[str, Any]) -> None:
        self._lang = lang
        self._source = source

    def _text(self, text: model.Text) -> str:
        return text.lang(self._lang)

    def diagnosis(self, d: made.Diagnosis) -> shape.Diagnosis:
        return shape.Diagnosis(
            schema=shape.SCHEMA,
            status=d.status.value,
            now=rfc3339(d.incident.now),
            source=dict(d.source),
            causes=[self._cause(c) for c in d.causes],
            symptoms=[self._symptom(s) for s in d.symptoms],
            candidates=[self._candidate(c) for c in d.candidates],
            suspects=[self._suspect(s) for s in d.suspects],
            ruled_out=[self._ruled_out(r) for r in d.ruled_out],
            missing=[one for m in d.missing for one in _missing(m)],
            suppressed=[_suppressed(s) for s in d.suppressed],
            advice=[self._cause(c) for c in d.advice],
            others=shape.Others(count=d.others),
            path=[self._step(s) for s in d.path],
            graph=self._graph(d.graph),
            digests=shape.Digests(bundle=d.bundle_digest, rules=dict(d.rules), engine=d.engine),
        )

    def _cause(self, c: made.NamedCause) -> shape.Cause:
        return shape.Cause(
            id=c.id,
            refs=list(c.refs),
            role="root" if c.root else "consequence",
            explained_by=list(c.explained_by),
            entity=str(c.entity),
            entities=_names(c.entities or (c.entity,)),
            severity=c.severity,
            onset=_onset(c.onset),
            confidence=_three(c.confidence),
            uncapped=_three(c.by_evidence),
            provisional=list(c.provisional),
            title=self._text(c.title),
            explanation=self._text(c.explanation),
            evidence=self._evidence(c.evidence),
            remedy=self._instruction(c.remedy),
            check=self._instruction(c.check),
            docs=c.docs,
        )

    def _evidence(self, evidence: Iterable[model.Evidence]) -> list[shape.Evidence]:
        return [
            shape.Evidence(
                query=str(e.query),
                origin=e.origin,
                nats=_three(e.nats),
                conclusive=e.conclusive,
                text=self._text(e.text),
                value=e.value,
                time=_time(e.time),
            )
            for e in evidence
        ]

    def _instruction(self, i: model.Instruction) -> shape.Instruction:
        return shape.Instruction(
            text=self._text(i.text),
            commands=[*commands(i.operations, self._source), *(self._text(c) for c in i.commands)],
            operations=[_operation(o) for o in i.operations],
        )

    def _symptom(self, s: made.SeenSymptom) -> shape.Symptom:
        return shape.Symptom(
            id=s.id,
            refs=list(s.refs),
            entity=str(s.entity),
            entities=_names(s.entities or (s.entity,)),
            title=self._text(s.title),
            evidence=self._evidence(s.evidence),
            explained_by=list(s.explained_by),
            onset=_onset(s.onset),
        )

    def _candidate(self, c: made.Candidate) -> shape.Candidate:
        return shape.Candidate(
            id=c.id,
            refs=list(c.refs),
            entity=str(c.entity),
            title=self._text(c.title),
            confidence=_three(c.confidence),
            would_decide=[str(q) for q in c.would_decide],
            entities=[str(e) for e in c.entities or (c.entity,)],
        )

    def _suspect(self, s: made.Suspect) -> shape.Suspect:
        return shape.Suspect(entity=str(s.entity), score=_three(s.score), why=[self._text(w) for w in s.why])

    def _ruled_out(self, r: made.RuledOut) -> shape.RuledOut:
        return shape.RuledOut(
            id=r.id,
            refs=list(r.refs),
            entity=str(r.entity),
            entities=_names(r.entities or (r.entity,)),
            title=self._text(r.title),
            reason=self._text(r.reason),
            evidence=self._evidence(r.evidence),
        )

    def _step(self, s: made.Step) -> shape.Step:
        return shape.Step(
            kind=s.kind,
            id=s.id,
            entity=str(s.entity),
            entities=_names(s.entities or (s.entity,)),
            count=s.count,
            outcome=s.outcome,
            names=s.names,
            confidence=None if s.confidence is None else _three(s.confidence),
            evidence=self._evidence(s.evidence),
            text=self._text(s.text),
        )

    def _graph(self, g: made.Graph) -> shape.Graph:
        nodes = [
            shape.Node(id=n.id, layer=n.layer, label=self._text(n.label), detail=self._text(n.detail), root=n.root)
            for n in g.nodes
        ]
        edges = [shape.Edge(source=e.source, target=e.target, nats=_three(e.nats)) for e in g.edges]
        return shape.Graph(nodes=nodes, edges=edges)


def _missing(m: made.Missing) -> Iterable[shape.Missing]:
    """One entry a rule: readers look for their rule, not for a list that holds it."""
    for rule in m.rules or ("",):
        yield shape.Missing(
            rule=rule,
            needs=str(m.query),
            state=m.state.value,
            detail=m.detail,
            required=m.required,
            blocking=m.blocking,
        )


def _operation(o: model.Operation) -> shape.Operation:
    return shape.Operation(
        act=o.act.value, target=o.target, to=o.to, layers=[layer.value for layer in o.where()], words=list(o.words)
    )


def _suppressed(s: made.Suppressed) -> shape.Suppressed:
    return shape.Suppressed(id=s.id, entity=str(s.entity), reason=s.reason, owner=s.owner, expires=s.expires)


def _changes(c: Changes, now: datetime) -> shape.Changes:
    return shape.Changes(
        since=_time(c.before),
        new=[shape.Named(id=name, entity=str(entity), since=rfc3339(now)) for name, entity in c.new],
        ended=[shape.Ended(id=e.id, entity=str(e.entity), since=rfc3339(e.since), end=e.end.value) for e in c.ended],
        standing=[_standing(s) for s in c.standing],
        unseen=[_standing(s) for s in c.unseen],
        lost=[shape.Gap(needs=g.query, state=g.state.value, detail=g.detail) for g in c.lost],
        regained=[g.query for g in c.regained],
    )


def _standing(s: Standing) -> shape.Named:
    return shape.Named(id=s.id, entity=str(s.entity), since=rfc3339(s.since))
