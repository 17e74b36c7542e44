"""Conditions on changes: what was rolled out or configured shortly before the trouble began."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from diagflow.analyze.judgement import NO, Hit, Judgement, failed, silence, some
from diagflow.analyze.observe import observed
from diagflow.analyze.paths import values_at
from diagflow.analyze.references import owners_of
from diagflow.analyze.scene import Scene
from diagflow.analyze.table import Table
from diagflow.analyze.times import parsed
from diagflow.analyze.topology import full_kind
from diagflow.model import BadInput, Entity, Onset, Outcome, Query, Reading, Text
from diagflow.rules.cel import CelError
from diagflow.rules.rule import ChangeInput, Condition

ROLLOUT: Final = "rollout"
_CREATED = values_at("metadata.creationTimestamp")


@dataclass(frozen=True, slots=True)
class Change:
    """One change: of which kind, when (UTC), of what, and what CEL sees of it."""

    kind: str
    time: datetime
    entity: Entity
    query: Query
    plain: Mapping[str, Any]


class ChangeSource:
    """A condition on changes."""

    __slots__ = ("_condition", "_found", "_scene", "_wanted")

    def __init__(self, scene: Scene, condition: Condition, wanted: ChangeInput) -> None:
        self._scene = scene
        self._condition = condition
        self._wanted = wanted
        self._found: dict[Entity, Judgement] | None = None

    @property
    def queries(self) -> Sequence[Query]:
        """The changes of each kind; for rollouts the ReplicaSets too."""
        lists = (self._scene.lookup.query("replicaset"),) if ROLLOUT in self._wanted.kinds else ()
        return (*(Query.of("change", kind) for kind in self._wanted.kinds), *lists)

    def candidates(self, among: Collection[Entity] | None = None) -> Iterable[Entity]:
        """Return the entities that changed."""
        return sorted(e for e in self._by_entity() if among is None or e in among)

    def speaks_of(self, entity: Entity) -> bool:
        """True for entities of a kind that changed."""
        return full_kind(entity) in {full_kind(e) for e in self._by_entity()}

    def rest(self) -> Judgement:
        """Say what it means that nothing changed: one complete source is enough to know."""
        parts = [silence(r) for r in self._readings()]
        return NO if any(p.fails for p in parts) else some(parts)

    def about(self, entity: Entity) -> Judgement:
        """Say whether one entity changed."""
        return self._by_entity().get(entity) or self.rest()

    def _readings(self) -> list[Reading]:
        found = [self._scene.lookup.reading(Query.of("change", kind)) for kind in self._wanted.kinds]
        return [*found, self._replicasets.reading] if ROLLOUT in self._wanted.kinds else found

    @property
    def _replicasets(self) -> Table:
        return self._scene.lookup.table("replicaset")

    def _by_entity(self) -> Mapping[Entity, Judgement]:
        if self._found is None:
            self._found = {}
            for change in sorted(self._changes(), key=lambda c: (-c.time.timestamp(), str(c.entity), c.kind)):
                judged = self._judge(change)
                if judged is not None:
                    self._found.setdefault(change.entity, judged)
        return self._found

    def _changes(self) -> Iterator[Change]:
        for kind in self._wanted.kinds:
            reading = self._scene.lookup.reading(Query.of("change", kind))
            for plain in reading.data or () if reading.readable else ():
                change = _change(kind, plain, reading.query)
                if change is not None:
                    yield change
        if ROLLOUT in self._wanted.kinds and self._replicasets.reading.readable:
            yield from rollouts(self._replicasets)

    def _judge(self, change: Change) -> Judgement | None:
        onset = self._scene.incident.onset or self._scene.now
        window = timedelta(seconds=self._scene.incident.window(self._wanted.within))
        if not onset - window <= change.time <= self._scene.now:
            return None
        subject = self._scene.subject(change=change.plain)
        verdict = subject.holds(self._wanted.where)
        args = subject.extracted(self._condition.extract)
        for fault in (verdict, args):
            if isinstance(fault, CelError):
                return failed(fault.message)
        return self._hit(change, args if isinstance(args, dict) else {}) if verdict else None

    def _hit(self, change: Change, more: Mapping[str, Any]) -> Judgement:
        what = str(change.plain.get("what") or "")
        args = {"what": what, "change": change.kind, **more}
        said = f": {what}" if what else ""
        text = Text(f"{change.kind} of {change.entity}{said}", f"{change.entity} 的变更（{change.kind}）{said}")
        evidence = observed(
            self._condition,
            change.entity,
            change.query,
            self._scene.now,
            lambda: text,
            value=what or None,
            time=change.time,
            args=args,
        )
        return Judgement(Outcome.MATCH, (Hit(change.entity, (evidence,), args, Onset(change.time, change.time)),))


def _change(kind: str, plain: Any, query: Query) -> Change | None:
    if not isinstance(plain, Mapping):
        return None
    time = parsed(plain.get("time"))
    try:
        entity = Entity.parse(str(plain.get("entity") or ""))
    except BadInput:
        return None
    return Change(kind, time, entity, query, plain) if time else None


def rollouts(table: Table) -> Iterator[Change]:
    """Yield the rollout of each Deployment that has more than one ReplicaSet: the birth of the newest."""
    by_owner: dict[Entity, list[tuple[datetime, Entity]]] = {}
    for entity, item in zip(table.entities, table.rows, strict=True):
        created = parsed(next(iter(_CREATED(item)), None))
        for owner in owners_of(item, entity.namespace) if created else ():
            by_owner.setdefault(owner, []).append((created, entity))  # type: ignore[arg-type]
    for owner, found in sorted(by_owner.items()):
        if len(found) > 1:
            time, newest = max(found)
            plain = {"kind": ROLLOUT, "time": time.isoformat(), "entity": str(owner), "what": f"new {newest}"}
            yield Change(ROLLOUT, time, owner, table.reading.query, plain)
