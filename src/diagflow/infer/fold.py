"""The same cause on many entities is one entry with its entities and a count."""

from collections.abc import Iterable, Mapping

from diagflow.infer.explain import Explained
from diagflow.infer.texts import arguments, filled, filled_name, filled_title
from diagflow.infer.weigh import Key, Weighed
from diagflow.model import CHECK_EMPTY, Cause, Role, Text
from diagflow.model.diagnosis import NamedCause, RuledOut, SeenSymptom
from diagflow.model.entity import in_order

_SEVERITIES = ("critical", "warning", "info")


def name_of(key: Key) -> str:
    """Return `id@entity`, the way one entry of a diagnosis points at another."""
    return f"{key[0]}@{key[1]}"


def fold_causes(
    weighed: Iterable[Weighed], explained: Explained, causes: Mapping[str, Cause]
) -> tuple[NamedCause, ...]:
    """Fold causes by id and role; roots first, then by confidence, severity, number of entities and name."""
    groups: dict[tuple[str, bool], list[Weighed]] = {}
    for one in weighed:
        root = not explained.parents.get(one.key)
        groups.setdefault((one.id, root), []).append(one)
    entries = [_cause(group, root, explained, causes.get(cause_id)) for (cause_id, root), group in groups.items()]
    return tuple(sorted(entries, key=_rank))


def _rank(entry: NamedCause) -> tuple[bool, float, int, int, str, str]:
    severity = _SEVERITIES.index(entry.severity) if entry.severity in _SEVERITIES else len(_SEVERITIES)
    return not entry.root, -entry.by_evidence, severity, -len(entry.entities), entry.id, str(entry.entity)


def _cause(group: list[Weighed], root: bool, explained: Explained, known: Cause | None) -> NamedCause:  # noqa: FBT001
    group = sorted(group, key=_best_first)
    best = group[0]
    parents = sorted({name_of(p) for one in group for p in explained.parents.get(one.key, ())})
    return NamedCause(
        id=best.id,
        entity=best.entity,
        entities=tuple(one.entity for one in group),
        confidence=best.confidence,
        uncapped=best.uncapped if best.provisional else None,
        provisional=best.provisional,
        title=filled_title(known, best.entity, best.args),
        explanation=known.explanation.fill(arguments(best.entity, best.args)) if known else Text(""),
        remedy=filled(known.remedy, best.entity, best.args) if known else CHECK_EMPTY,
        check=filled(known.check, best.entity, best.args) if known else CHECK_EMPTY,
        refs=known.refs if known else (),
        root=root,
        explained_by=() if root else tuple(parents),
        severity=known.severity if known else "warning",
        onset=best.onset,
        evidence=best.evidence,
        docs=known.docs if known else "",
        args=best.args,
    )


def _best_first(one: Weighed) -> tuple[float, tuple[str, ...]]:
    return -one.uncapped, in_order(one.entity)


def fold_symptoms(
    weighed: Iterable[Weighed], explained: Explained, causes: Mapping[str, Cause], entries: Iterable[NamedCause]
) -> tuple[SeenSymptom, ...]:
    """Fold symptoms by id and by the entries that explain them; those that nothing explains come first."""
    entry_of = {(e.id, entity): name_of((e.id, e.entity)) for e in entries for entity in e.entities}
    groups: dict[tuple[tuple[str, ...], str], list[Weighed]] = {}
    for one in weighed:
        above = {entry_of[key] for key in explained.causes_of(one.key, causes) if key in entry_of}
        groups.setdefault((tuple(sorted(above)), one.id), []).append(one)
    return tuple(
        _symptom(sorted(group, key=_best_first), above, causes) for (above, _), group in sorted(groups.items())
    )


def _symptom(group: list[Weighed], above: tuple[str, ...], causes: Mapping[str, Cause]) -> SeenSymptom:
    best, known = group[0], causes.get(group[0].id)
    return SeenSymptom(
        id=best.id,
        entity=best.entity,
        entities=tuple(one.entity for one in group),
        title=filled_title(known, best.entity, best.args),
        refs=known.refs if known else (),
        evidence=best.evidence,
        explained_by=above,
        onset=best.onset,
    )


def fold_ruled_out(weighed: Iterable[Weighed], causes: Mapping[str, Cause]) -> tuple[RuledOut, ...]:
    """Fold what was in question and is conclusively contradicted, by id."""
    groups: dict[str, list[Weighed]] = {}
    for one in weighed:
        groups.setdefault(one.id, []).append(one)
    return tuple(
        _ruled_out(sorted(group, key=lambda w: in_order(w.entity)), causes) for _, group in sorted(groups.items())
    )


def _ruled_out(group: list[Weighed], causes: Mapping[str, Cause]) -> RuledOut:
    first, known = group[0], causes.get(group[0].id)
    against = tuple(e for e in first.evidence if e.nats < 0)
    return RuledOut(
        id=first.id,
        entity=first.entity,
        title=filled_name(known, first.entity, first.args),
        reason=against[0].text if against else Text(""),
        refs=known.refs if known else (),
        evidence=against,
        entities=tuple(one.entity for one in group),
        popular=known is not None and known.role is Role.CLAIM,
    )
