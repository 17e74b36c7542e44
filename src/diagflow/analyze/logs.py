"""Conditions on logs: which containers' logs matter, and which line matches."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from diagflow.analyze.containers import expand
from diagflow.analyze.judgement import NO, Hit, Judgement, failed, some, unread
from diagflow.analyze.objects import ObjectSource, pods_source
from diagflow.analyze.observe import MOST_TEXT, observed
from diagflow.analyze.paths import values_at
from diagflow.analyze.plan import TROUBLE_FIELDS
from diagflow.analyze.scene import Scene
from diagflow.analyze.table import Table
from diagflow.analyze.times import leading
from diagflow.model import Entity, Onset, Outcome, Query, Reading, Text
from diagflow.rules.cel import CelError
from diagflow.rules.patterns import by_line, compiled
from diagflow.rules.rule import Condition, LogInput

MOST_PODS: Final = 100
"""Pods whose logs a rule reads that has no other trigger; a hundred sick pods tell what there is to tell."""

Container = Mapping[str, Any]

_WAITING: Final = values_at(*expand("container.state.waiting.reason"))
_EXITS: Final = values_at(
    *expand("container.state.terminated.exitCode"), *expand("container.lastState.terminated.exitCode")
)


class LogSource:
    """A condition on the logs of pods."""

    __slots__ = ("_condition", "_judged", "_matchers", "_picked", "_scene", "_table", "_wanted")

    def __init__(self, scene: Scene, condition: Condition, wanted: LogInput) -> None:
        self._scene = scene
        self._condition = condition
        self._wanted = wanted
        self._picked: ObjectSource | None = pods_source(scene, condition, wanted.of) if wanted.of else None
        self._matchers = [compiled(by_line(p)).search for p in wanted.patterns]
        self._judged: dict[Entity, Judgement] = {}
        self._table: Table | None = None

    @property
    def table(self) -> Table:
        """The pods, wanted from the first look on."""
        if self._table is None:
            self._table = self._picked.table if self._picked else self._scene.lookup.table("pod", TROUBLE_FIELDS)
        return self._table

    @property
    def queries(self) -> Sequence[Query]:
        """The list of pods: which logs are read depends on it."""
        return (self._scene.lookup.query("pod"),)

    def candidates(self, among: Collection[Entity] | None = None) -> Iterable[Entity]:
        """Return the pods whose logs are read."""
        if not self.table.reading.readable:
            return ()
        picked = self._picked.candidates(among) if self._picked else self._in_trouble()
        meant = (e for e in picked if self._scene.in_scope(e) and (among is None or e in among))
        return sorted(meant)[:MOST_PODS]

    def limits(self) -> Iterable[Entity] | None:
        """Return the only pods about which it may hold; None where only their logs can tell, or not all are known."""
        return self._picked.candidates() if self._picked and self.table.reading.answered else None

    def _in_trouble(self) -> Iterator[Entity]:
        for row, item in enumerate(self.table.rows):
            if _WAITING(item) or any(_EXITS(item)):
                yield self.table.entity(row)

    def speaks_of(self, entity: Entity) -> bool:
        """True for pods."""
        return entity.kind == "pod"

    def rest(self) -> Judgement:
        """Say what it means that no log is read: the list of pods tells whether there should have been one."""
        return NO if self.table.reading.answered else unread(self.table.reading)

    def about(self, entity: Entity) -> Judgement:
        """Say whether a line of a pod's logs matches."""
        reading = self.table.reading
        row = self.table.row_of(entity) if reading.readable else None
        if row is None:
            return self.rest()
        found = self._judged.get(entity)
        if found is None:
            parts = [self._log(entity, c, q) for c in self._containers(entity, row) for q in self._queries(entity, c)]
            found = self._judged[entity] = some(parts) if parts else NO
        return found

    def _containers(self, entity: Entity, row: int) -> Iterable[Container]:
        every = self.table.containers(row)
        if self._picked is None:
            return [c for c in every if matters(c)]
        judged = self._picked.about(entity)
        names = {hit.container for hit in judged.hits}
        return [c for c in every if "" in names or c["name"] in names]

    def _queries(self, entity: Entity, container: Container) -> Iterator[Query]:
        target = f"{entity.namespace}/{entity.name}/{container['name']}"
        tail = str(self._wanted.tail)
        if self._wanted.previous != "true" and has_log(container):
            yield Query.of("log", target, tail=tail)
        if self._wanted.previous != "false" and has_previous(container):
            yield Query.of("log", target, tail=tail, previous="true")

    def _log(self, entity: Entity, container: Container, query: Query) -> Judgement:
        reading = self._scene.lookup.reading(query)
        if not reading.readable:
            return unread(reading)
        text = reading.data if isinstance(reading.data, str) else ""
        if self._wanted.last:
            text = last_lines(text, self._wanted.last)
        match = next((m for search in self._matchers if (m := search(text))), None) if text else None
        if match is None:
            return NO  # of a long log the last lines were asked for, and these were read
        return self._hit(entity, container["name"], reading, text, match)

    def _hit(self, entity: Entity, container: str, reading: Reading, text: str, match: Any) -> Judgement:
        line = line_at(text, match.start())
        groups = {k: v for k, v in match.groupdict().items() if v is not None}
        more = self._scene.subject(line=line, args=groups).extracted(self._condition.extract)
        if isinstance(more, CelError):
            return failed(more.message)
        said = line[:MOST_TEXT]
        args = {"container": container, "line": said, **groups, **more}
        time = leading(line)
        evidence = observed(
            self._condition,
            entity,
            reading.query,
            self._scene.now,
            lambda: Text(f"log of container {container}: {said}", f"容器 {container} 的日志：{said}"),
            value=said,
            time=time,
            args=args,
        )
        return Judgement(Outcome.MATCH, (Hit(entity, (evidence,), args, Onset(None, time), container),))


def line_at(text: str, position: int) -> str:
    """Return the line that holds a position, without blanks around it."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return text[start : end if end >= 0 else len(text)].strip()


def last_lines(text: str, count: int) -> str:
    """Return the last lines; one that begins with a blank (a frame of a stack) belongs to the one before it."""
    lines = text.splitlines(keepends=True)
    for place in range(len(lines) - 1, -1, -1):
        count -= bool(lines[place].strip()) and not lines[place][0].isspace()
        if not count:
            return "".join(lines[place:])
    return text


def matters(container: Container) -> bool:
    """True for a container that waits, ended with an error, or was restarted after one."""
    state, last = container.get("state") or {}, container.get("lastState") or {}
    ended = state.get("terminated") or {}
    before = last.get("terminated") or {}
    return bool("waiting" in state or ended.get("exitCode") or before.get("exitCode"))


def has_log(container: Container) -> bool:
    """True when the container has run, so that there can be a log."""
    state = container.get("state") or {}
    return "running" in state or "terminated" in state or has_previous(container)


def has_previous(container: Container) -> bool:
    """True when an earlier run of the container has ended."""
    return bool((container.get("lastState") or {}).get("terminated") or container.get("restartCount"))
