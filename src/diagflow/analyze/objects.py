"""Conditions on the state of objects: the index first, CEL only on the rows that it leaves."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from diagflow.analyze.containers import PREFIX, is_container_path
from diagflow.analyze.judgement import NO, Hit, Judgement, failed, some, unread
from diagflow.analyze.observe import observed
from diagflow.analyze.paths import scalar, value_in, values_at
from diagflow.analyze.plan import paths_in_object
from diagflow.analyze.readvalues import sentence, values_read
from diagflow.analyze.scene import Scene
from diagflow.analyze.sieve import FEW, may_hold
from diagflow.analyze.subject import Subject
from diagflow.analyze.table import Table
from diagflow.analyze.times import parsed
from diagflow.analyze.topology import full_kind
from diagflow.model import Direction, Entity, Onset, Outcome, Query, Text
from diagflow.model.entity import in_order
from diagflow.rules.cel import MISSING, CelError
from diagflow.rules.rule import Condition, ObjectInput, Related

MOST_RELATED: Final = 256
"""Objects bound to `related.NAME`; more is an error, so that no rule can hang the engine."""

ONE_OF: Final = 8
"""Where the index leaves one row of so many, or few at all, they are looked at one by one, without the sieve."""

MOST_OWNERS: Final = 3
"""Owners are followed so far up or down: pod, job, cronjob."""


class ObjectSource:
    """A condition on objects of one kind."""

    __slots__ = (
        "_candidates",
        "_condition",
        "_each",
        "_judged",
        "_of_containers",
        "_scene",
        "_table",
        "_wanted",
        "_when",
    )

    def __init__(self, scene: Scene, condition: Condition, wanted: ObjectInput) -> None:
        self._scene = scene
        self._condition = condition
        self._wanted = wanted
        self._table: Table | None = None
        self._of_containers = [(path, frozenset(v)) for path, v in wanted.when.items() if is_container_path(path)]
        self._each = bool(wanted.each) or bool(self._of_containers)
        self._when: list[_Seen] | None = None
        self._judged: dict[int, Judgement] = {}
        self._candidates: set[int] | None = None

    @property
    def queries(self) -> Sequence[Query]:
        """The list that it looks at."""
        return (self._scene.lookup.query(self._wanted.kind),)

    @property
    def table(self) -> Table:
        """The objects; wanted from the first look on."""
        if self._table is None:
            self._table = self._scene.lookup.table(self._wanted.kind, self._wanted.fields)
        return self._table

    def candidates(self, among: Collection[Entity] | None = None) -> Iterable[Entity]:
        """Return the objects with the values of `when`; with `exists: false`, what is named and is not there."""
        if not self.table.readable:
            return ()
        if not self._wanted.exists:
            named = (e for e in self._scene.incident.entities if self.speaks_of(e))
            return [e for e in named if self.table.row_of(e) is None]
        if among is not None:
            named = (e for e in among if self.speaks_of(e) and self.table.row_of(e) is not None)
            return sorted(named, key=in_order)
        return self.table.entities_of(self._rows())

    def judged(self, among: Collection[Entity] | None = None) -> Iterator[tuple[Entity, Judgement]]:
        """Yield the candidates, each with whether it holds about it; the rows are at hand, so nothing is looked up."""
        if among is not None or not self._wanted.exists or not self.table.readable:
            yield from ((entity, self.about(entity)) for entity in self.candidates(among))
            return
        for row in self._rows():
            entity = self.table.entity(row)
            yield entity, self._known(entity, row)

    def _known(self, entity: Entity, row: int) -> Judgement:
        found = self._judged.get(row)
        if found is None:
            found = self._judged[row] = self._judge(entity, row)
        return found

    def _rows(self) -> Collection[int]:
        """Rows that may be hits; what two conditions say about containers may be of two of them."""
        found = self._candidates = self._candidate_rows()
        return range(len(self.table)) if found is None else sorted(found)

    def _candidate_rows(self) -> set[int] | None:
        """Return the rows that hold a value of each indexed path, and about which the rest may hold; None for all."""
        found: set[int] | None = None
        for path, values in self._wanted.when.items():
            places = paths_in_object(path, self._wanted.kind)
            if places:
                rows = self._posted(places, values)
                found = rows if found is None else found & rows
        count = len(self.table) if found is None else len(found)
        if self._wanted.where and count > FEW and count * ONE_OF > len(self.table):
            left = may_hold(self._wanted.where, self._wanted.kind, self.table.rows.items)
            found = left if left is None or found is None else found & left
        return found

    def _posted(self, places: Iterable[str], values: Iterable[str]) -> set[int]:
        rows: set[int] = set()
        for place in places:
            posted = self.table.postings[place]
            for value in values:
                rows.update(posted[value])
        return rows

    def speaks_of(self, entity: Entity) -> bool:
        """True for entities of its kind."""
        kind = self._wanted.kind
        return entity.kind == kind if not entity.group else full_kind(entity) == kind

    def rest(self) -> Judgement:
        """Say what a missing object means."""
        return NO if self.table.answered else unread(self.table.reading)

    def about(self, entity: Entity) -> Judgement:
        """Say whether it holds about one object."""
        if not self.table.readable:
            return unread(self.table.reading)
        row = self.table.row_of(entity) if self.speaks_of(entity) else None
        if not self._wanted.exists:
            return self._missing(entity, row)
        if row is None:
            return self.rest()
        return self._known(entity, row)

    def _missing(self, entity: Entity, row: int | None) -> Judgement:
        if row is not None or not self.speaks_of(entity):
            return NO
        if not self.table.answered:
            return unread(self.table.reading)
        query = self.table.reading.query
        evidence = observed(self._condition, entity, query, self._scene.now, lambda: _missing(entity))
        return Judgement(Outcome.MATCH, (Hit(entity, (evidence,)),))

    def _judge(self, entity: Entity, row: int) -> Judgement:
        if self._candidates is not None and row not in self._candidates:
            return NO
        if not self._each:
            return self._one(entity, row, -1)
        parts = [self._one(entity, row, container) for container in self._containers(row)]
        telling = [part for part in parts if part is not NO]
        return some(telling) if len(telling) > 1 else (telling[0] if telling else NO)

    def _containers(self, row: int) -> Iterable[int]:
        """Return the numbers of the containers with a value of each path of `when` that is about containers."""
        found: set[int] | None = None
        for path, accepted in self._of_containers:
            seen = self.table.seen(row, path)
            numbers = {number for value in seen if value in accepted for number in seen[value]}
            found = numbers if found is None else found & numbers
        return range(len(self.table.containers(row))) if found is None else sorted(found)

    def _one(self, entity: Entity, row: int, container: int) -> Judgement:
        seen = self._seen(row, container)
        if seen is None:
            return NO
        subject = self._subject(entity, row, container)
        if isinstance(subject, Judgement):
            return subject
        verdict = subject.holds(self._wanted.where)
        if isinstance(verdict, CelError):
            return failed(f"where: {verdict.message}")
        return self._hit(entity, row, container, subject, seen) if verdict else NO

    def _seen(self, row: int, container: int) -> dict[str, Any] | None:
        """Return the value found for each path of `when`, None if one has none of the accepted values."""
        seen: dict[str, Any] = {}
        if self._when is None:
            self._when = [_Seen(path, frozenset(values)) for path, values in self._wanted.when.items()]
        for one in self._when:
            item = self.table.containers(row)[container] if one.of_container else self.table.rows[row]
            value = one.value(item)
            if value is None:
                return None
            seen[one.path] = value
        return seen

    def _subject(self, entity: Entity, row: int, container: int) -> Subject | Judgement:
        subject = self._scene.subject_of(self.table, row, container)
        if not self._wanted.related:
            return subject
        if subject.decided(self._wanted.where) is False:
            return NO  # whatever stands beside it
        related: dict[str, Any] = {}
        for wanted in self._wanted.related:
            found = self._related(entity, wanted)
            if isinstance(found, Judgement):
                return found
            related[wanted.name] = found
        return self._scene.subject(**subject.values, related=related)

    def _related(self, entity: Entity, wanted: Related) -> list[Any] | Judgement:
        table = self._scene.lookup.table(wanted.kind, wanted.fields)
        if not table.answered:
            return unread(table.reading)
        if not len(table):
            return []
        others = [e for e in self._reached(entity, wanted) if full_kind(e) == wanted.kind]
        if len(others) > MOST_RELATED:
            return failed(f"related.{wanted.name}: {len(others)} objects, at most {MOST_RELATED} can be bound")
        rows = (table.row_of(e) for e in others)
        return [table.plain(row) for row in rows if row is not None]

    def _reached(self, entity: Entity, wanted: Related) -> list[Entity]:
        """Return what is one step away; of owners also theirs, as far as the lists in between were read."""
        found: dict[Entity, None] = {}
        ends = [entity]
        for _ in range(MOST_OWNERS if wanted.relation == "owner" else 1):
            steps = (s for end in ends for s in self._scene.topology.neighbours(end, Direction(wanted.direction)))
            ends = [e for relation, e in steps if relation == wanted.relation and e not in found]
            found.update(dict.fromkeys(ends))
        return list(found)

    def _read(self, entity: Entity, name: str, row: int, container: int) -> Text:
        """The sentence for a condition without `when` that has none: what its CEL has read."""
        items = {"object": self.table.rows[row]}
        items |= {"container": self.table.containers(row)[container]} if container >= 0 else {}
        return sentence(*_who(entity, name), values_read(self._wanted.where, items), self._wanted.where)

    def _hit(self, entity: Entity, row: int, container: int, subject: Subject, seen: Mapping[str, Any]) -> Judgement:
        since = self._since(subject)
        if isinstance(since, Judgement):
            return since
        args = subject.extracted(self._condition.extract)
        if isinstance(args, CelError):
            return failed(args.message)
        name = ""
        if container >= 0:
            item = self.table.containers(row)[container]
            name = item["name"]
            args = {"container": name, **({"image": item["image"]} if "image" in item else {}), **args}
        evidence = observed(
            self._condition,
            entity,
            self.table.reading.query,
            self._scene.now,
            lambda: _sentence(entity, name, seen) if seen else self._read(entity, name, row, container),
            value=dict(seen) or None,
            time=since.earliest,
            args=args,
        )
        return Judgement(Outcome.MATCH, (Hit(entity, (evidence,), args, since, name),))

    def _since(self, subject: Subject) -> Onset | Judgement:
        """Return the onset; a judgement where it did not hold long enough, or nobody can say since when."""
        if not self._wanted.since:
            return Onset()
        value = subject.value(self._wanted.since)
        if isinstance(value, CelError):
            return failed(f"since: {value.message}")
        time = None if value is MISSING else parsed(value)
        if self._condition.hold and (time is None or self._scene.now - time < timedelta(seconds=self._condition.hold)):
            return NO
        return Onset(time, time)


def _missing(entity: Entity) -> Text:
    return Text(f"{entity} does not exist", f"{entity} 不存在")


class _Seen:
    """One path of `when`, with the values that it accepts."""

    __slots__ = ("_accepted", "_one", "_read", "of_container", "path")

    def __init__(self, path: str, accepted: frozenset[str]) -> None:
        self.path = path
        self.of_container = is_container_path(path)
        self._accepted = accepted
        bare = path.removeprefix(PREFIX)
        self._one = value_in(bare) if self.of_container and "[]" not in bare else None  # containers are plain
        self._read = values_at(bare)

    def value(self, item: Any) -> Any:
        """Return the first accepted value, None if there is none."""
        values = self._read(item) if self._one is None else (self._one(item),)
        for value in values:
            if (value if value.__class__ is str else scalar(value)) in self._accepted:
                return value
        return None


def _sentence(entity: Entity, container: str, seen: Mapping[str, Any]) -> Text:
    """The sentence for a condition that has none: the values that were asked for."""
    who = _who(entity, container)
    en = " and ".join(f"{path.removeprefix(PREFIX)} is {scalar(value)}" for path, value in seen.items())
    zh = "，".join(f"{path.removeprefix(PREFIX)} 为 {scalar(value)}" for path, value in seen.items())
    return Text(f"{who[0]}: {en}", f"{who[1]}：{zh}")


def _who(entity: Entity, container: str) -> tuple[str, str]:
    if container:
        return f"container {container} of {entity}", f"{entity} 的容器 {container}"
    return str(entity), str(entity)


def pods_source(scene: Scene, condition: Condition, wanted: ObjectInput) -> ObjectSource:
    """Return a source that only picks pods (whose logs are read): what it sees weighs nothing."""
    return ObjectSource(scene, replace(condition, extract={}, text=None), wanted)
