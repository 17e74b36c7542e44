"""Two scans compared: what is new, what is over, and what nobody could look at.

What could not be read is not gone. A cause that is not named any more is over only if everything that its rules
lacked now was lacking already when it was named; a list that is cut off may hold other entries each time, so it never
counts as that.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from diagflow.model import CLUSTER, HOST, Entity, Outcome, State, Verdict
from diagflow.model.changes import Changes, End, Ended, Gap, Key, Memory, Standing
from diagflow.model.diagnosis import Diagnosis, Missing

_TOLD: Final = ("objects", "promql")
"""Kinds of readings that do not come and go with one pod, as logs do."""

_CUT_OFF: Final = frozenset({State.DATA, State.EMPTY})


@dataclass(frozen=True, slots=True)
class Sight:
    """What the present scan looked at.

    Attributes:
        verdicts: of its last round.
        names: id of a rule → ids of all that it, or its analyzer, may name.
        lists: kind → all entities of it, for kinds whose list was read completely.
        answered: of the gaps that there were before (`Gap.query`), those that were read completely now.
    """

    verdicts: tuple[Verdict, ...] = ()
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lists: Mapping[str, frozenset[Entity]] = field(default_factory=dict)
    answered: frozenset[str] = frozenset()


def compare(before: Memory | None, diagnosis: Diagnosis, sight: Sight) -> tuple[Changes, Memory]:
    """Compare a scan with what is remembered of an earlier one.

    A function of its arguments. Matched is by (id, entity): the role, the confidence and the evidence may change
    without a word. A symptom counts while nothing explains it; under a cause it is part of what that cause says.

    Returns:
        What differs, and what is to be remembered now.
    """
    named = list(dict.fromkeys(told(diagnosis)))
    known = {one.key: one for one in before.standing} if before else {}
    new = tuple(key for key in named if key not in known)
    here = set(named)
    standing = tuple(_seen(known[key], sight) for key in named if key in known)
    fates = _Fates(before, diagnosis, sight)
    unseen, ended = fates.of(one for one in known.values() if one.key not in here)
    kept = (*standing, *(_seen(Standing(*key, diagnosis.incident.now), sight) for key in new), *unseen)
    gaps = _gaps(diagnosis.missing, sight, frozenset(one.id for one in kept))
    lost, regained = _difference(before, gaps, sight) if before else ((), ())
    memory = Memory(
        diagnosis.incident.now, kept, (*(replace(gap, detail="") for gap in gaps), *_open(before, gaps, sight))
    )
    return Changes(_time(before), new, ended, standing, unseen, lost, regained), memory


def _time(before: Memory | None) -> datetime | None:
    return before.now if before else None


def told(diagnosis: Diagnosis) -> Iterator[Key]:
    """Yield what a scan tells: causes, and symptoms that nothing explains."""
    for cause in diagnosis.causes:
        yield from ((cause.id, entity) for entity in cause.entities or (cause.entity,))
    for symptom in diagnosis.symptoms:
        if not symptom.explained_by:
            yield from ((symptom.id, entity) for entity in symptom.entities or (symptom.entity,))


def _elsewhere(diagnosis: Diagnosis) -> Iterator[Key]:
    """What is there and not told by itself: symptoms that a cause explains, and what a suppression hides."""
    for symptom in diagnosis.symptoms:
        yield from ((symptom.id, entity) for entity in symptom.entities or (symptom.entity,))
    yield from ((one.id, one.entity) for one in diagnosis.suppressed)


def _seen(one: Standing, sight: Sight) -> Standing:
    return replace(one, there=one.entity in sight.lists.get(one.entity.kind, ()), waits=())


class _Fates:
    """What became of that which stood and is not named now."""

    def __init__(self, before: Memory | None, diagnosis: Diagnosis, sight: Sight) -> None:
        self._sight = sight
        self._elsewhere = frozenset(_elsewhere(diagnosis))
        self._contradicted = frozenset(_contradicted(diagnosis))
        self._gaps = {gap.query for gap in before.gaps if gap.state not in _CUT_OFF} if before else set()
        self._lacking = _lacking(sight)

    def of(self, missed: Iterable[Standing]) -> tuple[tuple[Standing, ...], tuple[Ended, ...]]:
        """Return what could not be looked at, and what has ended."""
        unseen: list[Standing] = []
        ended: list[Ended] = []
        for one in missed:
            if one.key in self._elsewhere:
                continue
            end = self._end(one)
            if end is not None:
                ended.append(Ended(one.id, one.entity, one.since, end))
            else:
                unseen.append(replace(one, waits=self._waits(one)))
        return tuple(unseen), tuple(ended)

    def _end(self, one: Standing) -> End | None:
        listed = self._sight.lists.get(one.entity.kind)
        if one.there and listed is not None and one.entity not in listed:
            return End.GONE
        if not any(one.id in names for names in self._sight.names.values()):
            return End.UNASKED
        return None if self._waits(one) else End.OVER

    def _waits(self, one: Standing) -> tuple[str, ...]:
        """Return what would have to be read to say that it is over: empty when it is."""
        lacking = {
            query: state
            for verdict in self._lacking.get(one.id, ())
            if _concerns(verdict, one.entity)
            for query, state in _needs(verdict)
        }
        as_when_named = self._gaps - set(one.waits)
        waits = {query for query, state in lacking.items() if state in _CUT_OFF or query not in as_when_named}
        if one.key in self._contradicted:
            waits.add(f"contradiction:{one.id}@{one.entity}")
        return tuple(sorted(waits))


def _lacking(sight: Sight) -> dict[str, list[Verdict]]:
    """Return, by what they may name, the verdicts that something was missing for."""
    found: dict[str, list[Verdict]] = {}
    for verdict in sight.verdicts:
        if verdict.needs or verdict.outcome is Outcome.ERROR:
            for name in sight.names.get(verdict.rule, ()):
                found.setdefault(name, []).append(verdict)
    return found


def _concerns(verdict: Verdict, entity: Entity) -> bool:
    """False where a rule says that it lacks something about another thing of the same kind."""
    about = verdict.entity
    return bool(verdict.analyzer) or about in (entity, CLUSTER, HOST) or about.kind != entity.kind


def _needs(verdict: Verdict) -> Iterator[tuple[str, State]]:
    yield from ((str(need.query), need.state) for need in verdict.needs)
    if verdict.outcome is Outcome.ERROR and not verdict.needs:
        yield f"rule:{verdict.rule}@{verdict.entity}", State.ERROR


def _contradicted(diagnosis: Diagnosis) -> Iterator[Key]:
    for step in diagnosis.path:
        if step.outcome == "contradicted":
            yield from ((step.names or step.id, entity) for entity in step.entities or (step.entity,))


def _gaps(missing: Iterable[Missing], sight: Sight, ids: frozenset[str]) -> tuple[Gap, ...]:
    """Return what could not be seen: what people are told of, and whatever concerns something that stands."""
    gaps = {
        query: Gap(query, state)
        for verdict in sight.verdicts
        if sight.names.get(verdict.rule, frozenset()) & ids
        for query, state in _needs(verdict)
    }
    for entry in missing:
        query, needed = str(entry.query), entry.query.kind in _TOLD and (entry.required or entry.blocking)
        if needed or query in gaps:
            gaps[query] = Gap(query, entry.state, entry.detail, told=needed)
    return tuple(gaps[query] for query in sorted(gaps))


def _open(before: Memory | None, gaps: Iterable[Gap], sight: Sight) -> Iterator[Gap]:
    """What could not be seen before and was not asked for now: nobody has seen it yet."""
    now = {gap.query for gap in gaps}
    yield from (g for g in (before.gaps if before else ()) if g.told and g.query not in now | sight.answered)


def _difference(before: Memory, gaps: Iterable[Gap], sight: Sight) -> tuple[tuple[Gap, ...], tuple[Gap, ...]]:
    """Return what is lost and what is regained: only what was really read now counts as seen again."""
    then = {gap.query for gap in before.gaps if gap.told}
    now = {gap.query for gap in gaps if gap.told}
    lost = tuple(gap for gap in gaps if gap.told and gap.query not in then)
    regained = tuple(g for g in before.gaps if g.told and g.query not in now and g.query in sight.answered)
    return lost, regained
