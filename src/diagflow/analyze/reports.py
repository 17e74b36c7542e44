"""Conditions on events: what components said about an object."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from diagflow.analyze.events import EVENT_FIELDS, Event, event_of
from diagflow.analyze.judgement import NO, Hit, Judgement, failed, silence, unread
from diagflow.analyze.observe import observed, shortened
from diagflow.analyze.scene import Scene
from diagflow.analyze.table import Table
from diagflow.analyze.topology import full_kind
from diagflow.model import Entity, Onset, Outcome, Query, Text
from diagflow.model.entity import in_order
from diagflow.rules.cel import CelError
from diagflow.rules.patterns import compiled
from diagflow.rules.rule import Condition, EventInput

MOST_EVENTS: Final = 4
"""Events about one entity with different arguments that are told apart."""


class EventIndex:
    """The events of one analysis by reason; each is brought into one form once."""

    __slots__ = ("_by_reason", "_events", "_pods", "_scene", "_table")

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._table: Table | None = None
        self._events: dict[int, Event] = {}
        self._by_reason: dict[str, list[Event]] = {}
        self._pods: Table | None = None

    @property
    def table(self) -> Table:
        """The events, wanted from the first look on."""
        if self._table is None:
            self._table = self._scene.lookup.table("event", EVENT_FIELDS)
        return self._table

    def of(self, reason: str) -> Sequence[Event]:
        """Return the events with a reason, newest first; without those about pods that are gone."""
        found = self._by_reason.get(reason)
        if found is None:
            rows = self.table.postings.get("reason", {}).get(reason, ()) if self.table.reading.readable else ()
            events = [e for row in rows if not self._stale(e := self._event(row))]
            found = self._by_reason[reason] = sorted(events, key=_newest_first)
        return found

    def _event(self, row: int) -> Event:
        if row not in self._events:
            self._events[row] = event_of(self.table.plain(row))
        return self._events[row]

    def _stale(self, event: Event) -> bool:
        """True when the pod that it is about is certainly gone: the complete list has no such uid."""
        if event.entity.kind != "pod":
            return False
        pods = self._pods = self._pods or self._scene.lookup.peek("pod")
        if pods is None or not pods.reading.answered:
            return False
        row = pods.row_of(event.entity)
        return row is None or (bool(event.uid) and event.uid != pods.uid(row))


def _newest_first(event: Event) -> tuple[float, str, str]:
    return -(event.last.timestamp() if event.last else 0.0), str(event.entity), event.message


class EventSource:
    """A condition on events."""

    __slots__ = ("_condition", "_found", "_index", "_kinds", "_matchers", "_scene", "_wanted")

    def __init__(self, scene: Scene, condition: Condition, wanted: EventInput, index: EventIndex) -> None:
        self._scene = scene
        self._condition = condition
        self._wanted = wanted
        self._index = index
        self._found: dict[Entity, Judgement] | None = None
        self._matchers: list[Callable[[str | bytes], Any]] = [compiled(p).search for p in wanted.patterns]

    @property
    def queries(self) -> Sequence[Query]:
        """The list of events."""
        return (self._scene.lookup.query("event"),)

    def candidates(self, among: Collection[Entity] | None = None) -> Iterable[Entity]:
        """Return the entities with such an event."""
        return sorted((e for e in self._by_entity() if among is None or e in among), key=in_order)

    def speaks_of(self, entity: Entity) -> bool:
        """True for entities of the kind that it is `on`; without it for every entity with such an event."""
        return full_kind(entity) == self._wanted.on if self._wanted.on else entity in self._by_entity()

    def rest(self) -> Judgement:
        """Say what it means that there is no such event."""
        return silence(self._index.table.reading)

    def about(self, entity: Entity) -> Judgement:
        """Say whether there is such an event about one entity."""
        reading = self._index.table.reading
        if not reading.readable:
            return unread(reading)
        return self._by_entity().get(entity) or self.rest()

    def _by_entity(self) -> Mapping[Entity, Judgement]:
        if self._found is None:
            groups: dict[Entity, list[tuple[Event, dict[str, Any]]]] = {}
            faults: dict[Entity, Judgement] = {}
            for event in self._recent():
                args = self._args(event)
                if isinstance(args, CelError):
                    faults[event.entity] = failed(args.message)
                elif args is not None:
                    groups.setdefault(event.entity, []).append((event, args))
            self._found = {**faults, **{e: self._judge(e, group) for e, group in groups.items()}}
        return self._found

    def _recent(self) -> Iterable[Event]:
        oldest = self._scene.now - timedelta(seconds=self._scene.incident.window(self._wanted.within))
        for reason in self._wanted.reasons:
            for event in self._index.of(reason):
                wanted = not self._wanted.on or full_kind(event.entity) == self._wanted.on
                if wanted and (event.last is None or event.last >= oldest):
                    yield event

    def _args(self, event: Event) -> dict[str, Any] | CelError | None:
        """Return the arguments of a matching event, None if it does not match."""
        groups = self._groups(event.message)
        if groups is None:
            return None
        args: dict[str, Any] = {"reason": event.reason, "message": event.message, "count": event.count, **groups}
        if event.container:
            args.setdefault("container", event.container)
        if not (self._wanted.where or self._condition.extract):
            return args
        subject = self._scene.subject(event=event.plain, args=args)
        verdict = subject.holds(self._wanted.where)
        if not verdict or isinstance(verdict, CelError):
            return verdict or None
        more = subject.extracted(self._condition.extract)
        return more if isinstance(more, CelError) else {**args, **more}

    def _groups(self, message: str) -> Mapping[str, str] | None:
        if not self._matchers:
            return {}
        data = message.encode()  # most do not match, and RE2 reads UTF-8: a text it would convert for each pattern
        match = next((search(message) for search in self._matchers if search(data)), None)
        return None if match is None else {k: v for k, v in match.groupdict().items() if v is not None}

    def _judge(self, entity: Entity, group: Sequence[tuple[Event, dict[str, Any]]]) -> Judgement:
        if sum(event.count for event, _ in group) < self._wanted.min_count:
            return NO
        hits: dict[str, Hit] = {}
        for event, args in sorted(group, key=lambda pair: _newest_first(pair[0])):
            key = repr({**args, "count": 0, "message": event.message if not self._wanted.patterns else ""})
            if key not in hits and len(hits) < MOST_EVENTS:
                hits[key] = self._hit(entity, event, args)
        return Judgement(Outcome.MATCH, tuple(hits.values()))

    def _hit(self, entity: Entity, event: Event, args: Mapping[str, Any]) -> Hit:
        evidence = observed(
            self._condition,
            entity,
            self._index.table.reading.query,
            self._scene.now,
            lambda: _sentence(event),
            value=shortened(event.message) or event.reason,
            time=event.last,
            args=args,
        )
        return Hit(entity, (evidence,), args, Onset(None, event.first), event.container)


def _sentence(event: Event) -> Text:
    times_en = f" ({event.count} times)" if event.count > 1 else ""
    times_zh = f"（{event.count} 次）" if event.count > 1 else ""
    said = f": {shortened(event.message)}" if event.message else ""
    return Text(
        f"event {event.reason} about {event.entity}{times_en}{said}",
        f"{event.entity} 的事件 {event.reason}{times_zh}{said}",
    )
