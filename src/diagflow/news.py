"""What is new in a scan: the earlier one is a handful of names, so that neither readings nor evidence are kept.

The comparison itself is `diagflow.infer.compare`; here stands what it looks at, and the diagnosis of what is new.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from diagflow.analyze.lookup import names_of_kind
from diagflow.engine import Result, conclude, suppressions_of
from diagflow.infer.compare import Sight, compare, told
from diagflow.infer.missing import could_not_tell
from diagflow.model import Entity, Query
from diagflow.model.changes import Changes, Memory, kinds_of
from diagflow.model.diagnosis import Candidate, Diagnosis, Status, Step
from diagflow.rules import RuleSet


@dataclass(frozen=True, slots=True)
class News:
    """What a scan has to tell somebody who knows the one before.

    Attributes:
        diagnosis: of what is new; its status, and what is missing, are those of the whole scan.
        changes: what differs.
        memory: to be remembered until the next scan.
        unsure: silence about anything new proves nothing.
    """

    diagnosis: Diagnosis
    changes: Changes
    memory: Memory
    unsure: bool

    @property
    def exit_status(self) -> int:
        """0 nothing new is wrong, 1 a cause is newly named, 3 could not tell; of a first scan as of any scan."""
        if self.changes.before is None:
            return self.diagnosis.exit_status
        if self.diagnosis.causes:
            return 1
        return 3 if self.unsure or self.diagnosis.symptoms else 0


def news(ruleset: RuleSet, result: Result, before: Memory | None) -> News:
    """Compare a scan with what is remembered of an earlier one of the same source.

    Args:
        ruleset: with which both were made.
        result: of the scan.
        before: None when nothing is remembered: then everything is new.
    """
    whole = result.diagnosis
    changes, memory = compare(before, whole, _sight(ruleset, result, before))
    blind = whole.status is Status.UNKNOWN and not whole.symptoms
    unsure = bool(changes.unseen) or blind or could_not_tell(result.analysis.verdicts, whole.missing)
    status = Status.UNKNOWN if changes.unseen and whole.status is Status.HEALTHY else whole.status
    new = whole if changes.before is None else _of_what_is_new(ruleset, result, changes)
    return News(replace(new, status=status), changes, memory, unsure)


def _sight(ruleset: RuleSet, result: Result, before: Memory | None) -> Sight:
    kinds = kinds_of(before.standing) if before else frozenset()
    kinds |= {entity.kind for _, entity in told(result.diagnosis)}
    lists = {kind: names for kind in sorted(kinds) if (names := names_of_kind(result.bundle, kind)) is not None}
    gaps = [gap.query for gap in before.gaps if gap.told] if before else []
    answered = frozenset(query for query in gaps if result.bundle.get(Query.parse(query)).answered)
    return Sight(result.analysis.verdicts, _names(ruleset), lists, answered)


def _names(ruleset: RuleSet) -> Mapping[str, frozenset[str]]:
    """Return, by the id of a rule, all that it or its analyzer may name."""
    found: dict[str, frozenset[str]] = {}
    for rule in ruleset.rules:
        analyzer = ruleset.analyzers.get(rule.action.analyzer) if rule.action else None
        found[rule.id] = frozenset({rule.names, *(analyzer.names if analyzer else ())} - {""})
    return found


def _of_what_is_new(ruleset: RuleSet, result: Result, changes: Changes) -> Diagnosis:
    """Infer again with nothing but what is new to be named: texts, order and folding are then about that."""
    whole, only = result.diagnosis, frozenset(changes.new)
    suppressions = suppressions_of(result.bundle)
    new = conclude(ruleset, whole.incident, result.bundle, result.analysis, suppressions=suppressions, only=only)
    ids = {name for name, _ in only}
    return replace(
        new,
        candidates=tuple(_fitting(new.candidates, ruleset, ids, {entity for _, entity in only})),
        ruled_out=new.ruled_out if only else (),
        path=tuple(step for step in new.path if _tells_of(step, ids)),
        rules=whole.rules,
        bundle_digest=whole.bundle_digest,
        engine=whole.engine,
    )


def _fitting(
    candidates: Iterable[Candidate], ruleset: RuleSet, ids: set[str], entities: set[Entity]
) -> Iterable[Candidate]:
    """Those that are about what is new, or would explain it."""
    for one in candidates:
        known = ruleset.causes.get(one.id)
        explains = any(effect.what in ids for effect in known.explains) if known else False
        if explains or not entities.isdisjoint(one.entities or (one.entity,)):
            yield one


def _tells_of(step: Step, ids: set[str]) -> bool:
    return step.names in ids or step.id in ids
