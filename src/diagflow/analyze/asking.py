"""Rules with an `action`: the analyzer looks closer, about the entities that its rules matched."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from diagflow.analyze.answer import Answer
from diagflow.analyze.api import Finding, Observation
from diagflow.analyze.case import Ask, Read, Undeclared
from diagflow.analyze.declared import declared_for, fields_of, fixed_wants
from diagflow.analyze.narrow import PlainObjects
from diagflow.analyze.plan import Plan
from diagflow.analyze.runner import Runner, death_of
from diagflow.analyze.scene import Scene
from diagflow.model import (
    CLUSTER,
    FITTED,
    Entity,
    Evidence,
    Need,
    Onset,
    Outcome,
    Query,
    Reading,
    State,
    Verdict,
)
from diagflow.model.entity import in_order
from diagflow.model.projection import ObjectList
from diagflow.rules.analyzer import Analyzer
from diagflow.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class _Job:
    """One analyzer with one set of arguments, on behalf of all rules that want just that."""

    rule: str
    analyzer: Analyzer
    args: Mapping[str, str]
    entities: tuple[Entity, ...]

    @property
    def query(self) -> Query:
        """The query under which its end is kept."""
        return death_of(self.analyzer, self.args)


def ask_analyzers(plan: Plan, verdicts: Sequence[Verdict], scene: Scene, runner: Runner) -> Iterator[Verdict]:
    """Yield what the analyzers of the rules that matched say."""
    for job in _jobs(plan, verdicts, runner):
        yield from _Asked(job, plan, scene, runner).verdicts()


def _jobs(plan: Plan, verdicts: Sequence[Verdict], runner: Runner) -> Iterator[_Job]:
    matched: dict[str, list[Entity]] = {}
    for verdict in verdicts:
        if verdict.outcome is Outcome.MATCH:
            matched.setdefault(verdict.rule, []).append(verdict.entity)
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[Rule]] = {}
    for rule in (p.rule for p in plan.rules):
        if rule.action and rule.id in matched and rule.action.analyzer in runner.ruleset.analyzers:
            groups.setdefault((rule.action.analyzer, tuple(sorted(rule.action.args.items()))), []).append(rule)
    for (name, args), rules in sorted(groups.items(), key=lambda item: item[0]):
        entities = tuple(sorted({e for rule in rules for e in matched[rule.id]}))
        yield _Job(rules[0].id, runner.ruleset.analyzers[name], dict(args), entities)


class _Asked:
    """One call of one analyzer."""

    def __init__(self, job: _Job, plan: Plan, scene: Scene, runner: Runner) -> None:
        self._job = job
        self._plan = plan
        self._scene = scene
        self._runner = runner
        self._seen: dict[Query, Reading] = {}

    def verdicts(self) -> Iterator[Verdict]:
        """Yield what it says, sorted."""
        lookup = self._scene.lookup
        if lookup.bundle.has(self._job.query):
            yield self._fault(lookup.bundle.get(self._job.query).detail)
            return
        for want in fixed_wants(self._job.analyzer):
            self._look(want.query)
        incident = self._scene.incident
        ask = Ask(incident.now, incident.near, self._job.entities, self._job.args)
        yield from sorted(self._said(self._answer(ask)), key=verdict_order)

    def _answer(self, ask: Ask) -> Answer:
        """Run it, unless it came to its end in an earlier round and reads what it read then."""
        known = self._scene.lookup.memo.answers
        key = (self._job.analyzer.name, self._job.entities, tuple(sorted(self._job.args.items())))
        if key in known:
            answer, seen = known[key]
            if all(_same(self._see(query), reading) for query, reading in seen.items()):
                return answer
        answer = self._runner.run(self._job.analyzer, ask, self._reader())
        if answer.wanted is None:
            known[key] = (answer, dict(self._seen))
        return answer

    def _see(self, query: Query) -> Reading:
        found = self._seen[query] = self._look(query)
        return found

    def _look(self, query: Query) -> Reading:
        if query.kind != "objects":
            return self._scene.lookup.reading(query)
        fields = fields_of(self._job.analyzer, query)
        return self._scene.lookup.objects(query, fields, self._plan.kept_of(query.target) | fields)

    def _reader(self) -> Read:
        def read(query: Query) -> Reading | None:
            declared = declared_for(self._job.analyzer, query)
            if declared is None:
                raise Undeclared(query)
            reading = self._see(query)
            if reading.state is State.ABSENT and not self._scene.lookup.bundle.has(query):
                return None
            return self._plain(reading)

        return read

    def _plain(self, reading: Reading) -> Reading:
        """Objects as kubectl prints them, with the declared fields and no others: other packs change nothing."""
        if not isinstance(reading.data, ObjectList):
            return reading
        return replace(reading, data=PlainObjects(reading.data, fields_of(self._job.analyzer, reading.query)))

    def _said(self, answer: Answer) -> Iterator[Verdict]:
        if answer.fault:
            yield self._fault(answer.fault)
        elif answer.wanted is not None:
            need = Need(answer.wanted, State.ABSENT)
            yield self._verdict(CLUSTER, Outcome.INCONCLUSIVE, needs=(need,), detail="it still reads")
        else:
            yield from (self._finding(f) for f in answer.findings if self._scene.in_scope(f.entity))

    def _fault(self, detail: str) -> Verdict:
        return self._verdict(CLUSTER, Outcome.ERROR, detail=detail)

    def _verdict(self, entity: Entity, outcome: Outcome, **more: Any) -> Verdict:
        return Verdict(self._job.rule, entity, outcome, analyzer=self._job.analyzer.name, **more)

    def _finding(self, finding: Finding) -> Verdict:
        unread = (Need(query, r.state, r.detail) for query, r in self._seen.items() if not r.answered)
        open_questions = tuple(unread) if finding.outcome is Outcome.INCONCLUSIVE else ()
        return self._verdict(
            finding.entity,
            finding.outcome,
            names=finding.names,
            evidence=tuple(_evidence(o, finding.entity) for o in finding.observations),
            needs=open_questions,
            onset=Onset(finding.since, finding.since),
            args=dict(finding.args),
            edges=finding.edges,
            detail=finding.detail,
        )


def _same(one: Reading, other: Reading) -> bool:
    """True for readings of the very same data; those of a list that was cut anew for a question are not."""
    return one.data is other.data and replace(one, data=None) == replace(other, data=None)


def _evidence(seen: Observation, entity: Entity) -> Evidence:
    strength = seen.supports or seen.refutes
    sign = 0 if strength is None else (1 if seen.supports else -1)
    return Evidence(
        query=seen.query,
        origin=f"{seen.origin}@{entity}",
        nats=sign * FITTED.strengths[strength] if strength else 0.0,
        text=seen.text,
        value=seen.value,
        time=seen.time,
        strength=strength,
    )


def verdict_order(verdict: Verdict) -> tuple[Any, ...]:
    """Return the order of verdicts: by rule, analyzer, entity, then what they name."""
    entity = in_order(verdict.entity)
    return verdict.rule, verdict.analyzer, entity, verdict.names, verdict.outcome.value, verdict.detail


def edges_of(verdicts: Iterable[Verdict]) -> list[Any]:
    """Return the relations that analyzers derived."""
    return [edge for verdict in verdicts for edge in verdict.edges]
