"""One rule: its triggers about each candidate, its dependencies about each match, its verdicts."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from diagflow.analyze.combine import Conditions, filled
from diagflow.analyze.judgement import Hit, Judgement, sooner
from diagflow.analyze.observe import observed
from diagflow.analyze.plan import Prepared
from diagflow.analyze.scene import Scene
from diagflow.analyze.terms import Node, Term
from diagflow.model import Entity, Evidence, Need, Outcome, Text, Verdict
from diagflow.model.entity import in_order
from diagflow.rules.rule import Condition, Effect, MetricInput, Rule

MOST_EVIDENCE: Final = 40
"""Observations kept of one verdict: a rule may match a thousand samples."""

_UNTOLD: Final = (Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.SKIPPED)
"""The worst first: of all that could not be told about a rule, one verdict says the worst."""

Judged = tuple[Entity, Judgement]


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges rules in one scene; conditions are shared between them."""

    scene: Scene
    conditions: Conditions

    def verdicts(self, prepared: Prepared, among: Collection[Entity] | None = None) -> list[Verdict]:
        """Return the verdicts of one rule: one a matching entity, and one about the rest.

        Args:
            prepared: the rule.
            among: the entities in question; None for all.
        """
        rule = prepared.rule
        judged = list(self._judged(prepared, among))
        matches = [self._match(prepared, entity, hits) for entity, hits in self._targets(rule, judged, among)]
        return [*matches, *_rest(prepared, judged, matched=bool(matches))]

    def _judged(self, prepared: Prepared, among: Collection[Entity] | None) -> Iterator[Judged]:
        rule, trigger = prepared.rule, prepared.trigger
        # A rule about another entity than its objects' is looked at everywhere, and its verdicts are picked.
        own, own_is_one = prepared.whole, False
        for entity, judgement in self.conditions.judged(trigger, None if rule.entity else among):
            own_is_one = own_is_one or entity == own
            if rule.entity or self.scene.in_scope(entity):
                yield entity, judgement
        if not own_is_one:
            yield own, self.conditions.rest(trigger)

    def _targets(
        self, rule: Rule, judged: Iterable[Judged], among: Collection[Entity] | None
    ) -> list[tuple[Entity, list[tuple[Hit, Judgement]]]]:
        """Group the hits by the entity that the rule's verdict is about."""
        found: dict[Entity, list[tuple[Hit, Judgement]]] = {}
        for _, judgement in judged:
            for hit in judgement.hits:
                target = filled(rule.entity, hit) if rule.entity else hit.entity
                if target is not None and self.scene.in_scope(target) and (among is None or target in among):
                    found.setdefault(target, []).append((hit, judgement))
        return sorted(found.items(), key=lambda target: in_order(target[0]))

    def _match(self, prepared: Prepared, entity: Entity, found: Sequence[tuple[Hit, Judgement]]) -> Verdict:
        rule = prepared.rule
        hits = [hit for hit, _ in found]
        evidence = [e for hit in hits for e in hit.evidence]
        needs = [replace(need, required=False) for _, judgement in found for need in judgement.needs]
        lacking: list[Need] = []
        for term in prepared.dependencies:
            judged = self._dependency(term, entity, hits)
            evidence += [e for hit in judged.hits for e in hit.evidence] or self._nothing(term.node, entity, judged)
            if not (judged.holds or judged.fails):
                required = term.node.required
                (lacking if required else needs).extend(replace(n, required=required) for n in judged.needs)
        onset = hits[0].onset
        for hit in hits[1:]:
            onset = sooner(onset, hit.onset)
        return Verdict(
            rule=rule.id,
            entity=entity,
            outcome=Outcome.INCONCLUSIVE if lacking else Outcome.MATCH,
            names=rule.names,
            evidence=_weighing(rule, evidence),
            needs=tuple(dict.fromkeys([*lacking, *needs])),
            onset=onset,
            args=dict(hits[0].args),
            detail="what it requires could not be read" if lacking else "",
        )

    def _dependency(self, term: Term, entity: Entity, hits: Sequence[Hit]) -> Judgement:
        """Look at the entity of the verdict, then at what was seen to come to it."""
        judged = self.conditions.about(term, Hit(entity, args=hits[0].args), wide=True)
        if judged.fails and hits[0].entity != entity:
            return self.conditions.about(term, Hit(hits[0].entity, args=hits[0].args), wide=True)
        return judged

    def _nothing(self, node: Node, entity: Entity, judged: Judgement) -> list[Evidence]:
        """Context that was read and holds nothing is shown as just that."""
        if not (
            isinstance(node, Condition)
            and isinstance(node.input, MetricInput)
            and judged.fails
            and not node.weight.sign
        ):
            return []
        expr = node.input.expr
        text = Text(
            f"{expr}: the metric is there, but no series has these labels",
            f"{expr}：有此指标，但没有符合这些标签的时间序列",
        )
        return [observed(replace(node, text=None), entity, node.input.query, self.scene.now, lambda: text)]


def _weighing(rule: Rule, evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """A rule that names nothing, weighs nothing."""
    kept: list[Evidence] = []
    for item in evidence:
        if item not in kept and len(kept) < MOST_EVIDENCE:
            kept.append(item)
    if rule.effect is Effect.ASKS:
        return tuple(replace(e, nats=0.0, strength=None) for e in kept)
    return tuple(kept)


def _rest(prepared: Prepared, judged: Sequence[Judged], *, matched: bool) -> Iterator[Verdict]:
    """Yield the one verdict about what could not be told; without that and without a match, that nothing matched."""
    rule, own = prepared.rule, prepared.whole
    untold = [(e, j) for e, j in judged if not (j.holds or j.fails)]
    for outcome in _UNTOLD[:2] if matched else _UNTOLD:
        worst = [(e, j) for e, j in untold if j.outcome is outcome]
        if worst:
            yield _untold(rule, outcome, worst, own)
            return
    if not matched:
        yield Verdict(rule.id, own, Outcome.NO_MATCH, names=rule.names)


def _untold(rule: Rule, outcome: Outcome, untold: Sequence[Judged], own: Entity) -> Verdict:
    about = [e for e, _ in untold if e != own]
    entity = about[0] if len(about) == 1 else own
    more = f" (and {len(about) - 1} more)" if len(about) > 1 else ""
    detail = next((j.detail for _, j in untold if j.detail), "")
    return Verdict(
        rule=rule.id,
        entity=entity,
        outcome=outcome,
        # Only where something was seen does the rule's cause fit; a list that nobody could read fits everything.
        names=rule.names if entity != own else "",
        needs=tuple(dict.fromkeys(need for _, j in untold for need in j.needs)),
        detail=f"{detail}{more}" if detail else "",
    )
