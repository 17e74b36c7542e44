"""How the decision came about: what the rules said, then how each candidate was weighed."""

from collections.abc import Iterable, Mapping

from diagflow.infer.explain import Explained, is_symptom
from diagflow.infer.fold import name_of
from diagflow.infer.weigh import Weighed
from diagflow.model import Cause, Entity, Outcome, Text, Verdict
from diagflow.model.diagnosis import NAMED_FROM, Step
from diagflow.model.entity import in_order

CONTRADICTED = "contradicted"
_TOLD = (Outcome.MATCH, Outcome.INCONCLUSIVE, Outcome.ERROR)
"""Outcomes that belong in the path; an analyzer's `no_match` does too: it looked and found no fault."""


def decision_path(
    verdicts: Iterable[Verdict], weighed: Iterable[Weighed], explained: Explained, causes: Mapping[str, Cause]
) -> tuple[Step, ...]:
    """Return the steps: verdicts by rule, folded over entities, then candidates by id."""
    return (*_verdict_steps(verdicts), *_cause_steps(weighed, explained, causes))


def _verdict_steps(verdicts: Iterable[Verdict]) -> Iterable[Step]:
    groups: dict[tuple[str, str, str, str, bool], list[Verdict]] = {}
    for v in verdicts:
        if v.outcome in _TOLD or (v.analyzer and v.outcome is Outcome.NO_MATCH):
            against = bool(v.evidence) and all(e.nats <= 0 for e in v.evidence) and any(e.nats < 0 for e in v.evidence)
            groups.setdefault((v.rule, v.analyzer, str(v.outcome), v.names, against), []).append(v)
    for key in sorted(groups):
        yield _verdict_step(sorted(groups[key], key=lambda v: in_order(v.entity)), against=key[4])


def _verdict_step(group: list[Verdict], *, against: bool) -> Step:
    first = group[0]
    return Step(
        kind="analyzer" if first.analyzer else "rule",
        id=first.rule,
        entity=first.entity,
        outcome=str(first.outcome),
        text=_sentence(first, len(group), against=against),
        names=first.names,
        evidence=first.evidence,
        count=len(group),
        entities=_entities(v.entity for v in group),
    )


def _sentence(verdict: Verdict, count: int, *, against: bool) -> Text:
    who = f"{verdict.rule} ({verdict.analyzer})" if verdict.analyzer else verdict.rule
    more_en = f" and {count - 1} more" if count > 1 else ""
    more_zh = f" 等 {count} 个" if count > 1 else ""
    said_en, said_zh = _said(verdict, against=against)
    detail = f": {verdict.detail}" if verdict.detail else ""
    return Text(
        f"{who} {said_en} about {verdict.entity}{more_en}{detail}",
        f"{who}：{verdict.entity}{more_zh} {said_zh}{detail}",
    )


def _said(verdict: Verdict, *, against: bool) -> tuple[str, str]:
    if verdict.outcome is Outcome.MATCH:
        if not verdict.names:
            return "matched and asks its analyzer", "匹配，转交分析器"
        name = verdict.names
        return (f"speaks against {name}", f"不支持 {name}") if against else (f"matched: {name}", f"匹配：{name}")
    return {
        Outcome.NO_MATCH: ("found no fault", "未发现故障"),
        Outcome.INCONCLUSIVE: ("could not tell", "无法判断"),
        Outcome.ERROR: ("failed", "出错"),
        Outcome.SKIPPED: ("was skipped", "已跳过"),
    }[verdict.outcome]


def _cause_steps(weighed: Iterable[Weighed], explained: Explained, causes: Mapping[str, Cause]) -> Iterable[Step]:
    groups: dict[tuple[str, str, float], list[Weighed]] = {}
    for one in weighed:
        groups.setdefault((one.id, _decision(one, explained), one.confidence), []).append(one)
    for (cause_id, outcome, confidence), group in sorted(groups.items()):
        first = min(group, key=lambda w: in_order(w.entity))
        yield Step(
            kind="symptom" if is_symptom(causes, cause_id) else "cause",
            id=cause_id,
            entity=first.entity,
            outcome=outcome,
            text=_decided(first, outcome, len(group), explained),
            names=cause_id,
            confidence=confidence,
            evidence=first.evidence if outcome == CONTRADICTED else (),
            count=len(group),
            entities=_entities(w.entity for w in group),
        )


def _decision(one: Weighed, explained: Explained) -> str:
    if one.contradicted:
        return CONTRADICTED
    if one.refuted:
        return "ruled_out"
    if one.confidence < NAMED_FROM:
        return "below"
    return "consequence" if explained.parents.get(one.key) else "named"


def _decided(one: Weighed, outcome: str, count: int, explained: Explained) -> Text:
    more_en = f" and {count - 1} more" if count > 1 else ""
    more_zh = f" 等 {count} 个" if count > 1 else ""
    parents = ", ".join(name_of(p) for p in explained.parents.get(one.key, ()))
    en, zh = {
        "named": (f"stands with confidence {one.confidence}", f"成立，置信度 {one.confidence}"),
        "consequence": (f"is a consequence of {parents}", f"是 {parents} 的后果"),
        "below": (
            f"stays below {NAMED_FROM} with confidence {one.confidence}",
            f"置信度 {one.confidence}，低于 {NAMED_FROM}，不作结论",
        ),
        "ruled_out": ("is ruled out by conclusive evidence", "被决定性证据排除"),
        CONTRADICTED: (
            "has conclusive evidence for and against it: a contradiction, so it is not named",
            "决定性证据互相矛盾，因此不作结论",
        ),
    }[outcome]
    return Text(f"{one.id} at {one.entity}{more_en} {en}", f"{one.id}（{one.entity}{more_zh}）{zh}")


MOST_LISTED = 20
"""Entities listed in one step; the count says the rest."""


def _entities(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    return tuple(sorted(set(entities), key=in_order)[:MOST_LISTED])
