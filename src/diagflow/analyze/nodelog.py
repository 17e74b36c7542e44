"""Conditions on the log of a node: of its kernel, kubelet or container runtime.

Which nodes have a log says the reading `logs:node`, a list of names. An incident folder has such logs; an API server
has none, and says so. A line of an earlier boot is not about now: the kernel that wrote it is gone.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from diagflow.analyze.judgement import NO, Hit, Judgement, failed, unread
from diagflow.analyze.logs import line_at
from diagflow.analyze.observe import MOST_TEXT, observed
from diagflow.analyze.scene import Scene
from diagflow.analyze.stamps import Stamp, stamp
from diagflow.model import Entity, Onset, Outcome, Query, Reading, State, Text
from diagflow.rules.cel import CelError
from diagflow.rules.patterns import by_line, compiled
from diagflow.rules.rule import Condition, NodeLogInput

NODE_LOGS: Final = Query.of("logs", "node")
"""The names of the nodes that have a log."""

MOST_CHARACTERS: Final = 16 << 20
"""Of a log only the end is looked at: a journal of months has much more, and says nothing about now."""

MOST_LINES: Final = 200
"""Matching lines of one pattern that a condition looks at, the last ones: a loop of errors repeats itself."""

_LAST_STAMPED: Final = 50  # lines from the end of which one should say when it was written
_BOOT: Final = compiled(r"(?m)^.{0,100}?\bLinux version \d+\.\d+\S* \(")
"""The first line of every kernel (`start_kernel`, init/main.c)."""


class NodeLogSource:
    """A condition on the logs of nodes."""

    __slots__ = ("_condition", "_judged", "_matchers", "_scene", "_wanted")

    def __init__(self, scene: Scene, condition: Condition, wanted: NodeLogInput) -> None:
        self._scene = scene
        self._condition = condition
        self._wanted = wanted
        self._matchers = [compiled(by_line(p)) for p in wanted.patterns]
        self._judged: dict[Entity, Judgement] = {}

    @property
    def queries(self) -> Sequence[Query]:
        """The list of nodes: which logs are read depends on it."""
        return (NODE_LOGS,)

    def candidates(self, among: Collection[Entity] | None = None) -> Iterable[Entity]:
        """Return the nodes that have a log."""
        return [e for e in self._nodes() if among is None or e in among]

    def speaks_of(self, entity: Entity) -> bool:
        """True for nodes."""
        return entity.kind == "node"

    def rest(self) -> Judgement:
        """Say what it means that a node is not among those with a log."""
        listed = self._listed()
        return NO if listed.answered else unread(listed)

    def about(self, entity: Entity) -> Judgement:
        """Say whether a line of a node's log matches."""
        nodes = self._nodes()
        if not nodes:
            return self.rest()
        if entity not in nodes:
            detail = "no log of this node was read"
            return unread(Reading(_log_of(entity), State.ABSENT, self._scene.now, detail=detail))
        found = self._judged.get(entity)
        if found is None:
            found = self._judged[entity] = self._log(entity)
        return found

    def _listed(self) -> Reading:
        return self._scene.lookup.reading(NODE_LOGS)

    def _nodes(self) -> list[Entity]:
        names = self._listed().data
        return [Entity("node", name) for name in names] if isinstance(names, list) else []

    def _log(self, entity: Entity) -> Judgement:
        reading = self._scene.lookup.reading(_log_of(entity))
        if not reading.readable:
            return unread(reading)
        log = _Log(reading.data[-MOST_CHARACTERS:] if isinstance(reading.data, str) else "")
        if self._wanted.boot == "last":
            log = log.of_last_boot()
        for matcher in self._matchers:
            for line, written, match in reversed(list(_last(log.lines(matcher)))):
                judged = NO if self._is_old(written, log) else self._line(entity, reading, line, written, match)
                if not judged.fails:
                    return judged
        return NO

    def _is_old(self, written: Stamp | None, log: "_Log") -> bool:
        """True for a line so long before now, or before the end of the log, that it is not about this incident."""
        if written is None:
            return False
        ages = [(self._scene.now - written.time).total_seconds()] if written.time else []
        if log.end and (before := written.before(log.end)) is not None:
            ages.append(before)
        return max(ages, default=0.0) > self._wanted.within

    def _line(self, entity: Entity, reading: Reading, line: str, written: Stamp | None, match: Any) -> Judgement:
        groups = {k: v for k, v in match.groupdict().items() if v is not None}
        subject = self._scene.subject(line=line, args=groups)
        verdict = subject.holds(self._wanted.where)
        if isinstance(verdict, CelError):
            return failed(f"where: {verdict.message}")
        more = subject.extracted(self._condition.extract) if verdict else {}
        if isinstance(more, CelError):
            return failed(more.message)
        time = written.time if written else None
        return self._hit(entity, reading, line, {**groups, **more}, Onset(None, time)) if verdict else NO

    def _hit(self, entity: Entity, reading: Reading, line: str, found: dict[str, Any], onset: Onset) -> Judgement:
        said = line[:MOST_TEXT]
        args = {"line": said, **found}
        evidence = observed(
            self._condition,
            entity,
            reading.query,
            self._scene.now,
            lambda: Text(f"log of the node: {said}", f"节点日志：{said}"),
            value=said,
            time=onset.latest,
            args=args,
        )
        return Judgement(Outcome.MATCH, (Hit(entity, (evidence,), args, onset),))


class _Log:
    """The text of a log, and when its last line was written."""

    __slots__ = ("end", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        last = text[-MOST_TEXT * _LAST_STAMPED :].splitlines()[-_LAST_STAMPED:]
        self.end = next((found for line in reversed(last) if (found := stamp(line))), None)

    def of_last_boot(self) -> "_Log":
        """Return what the kernel that runs now has written."""
        starts = [match.start() for match in _BOOT.finditer(self.text)]
        return _Log(self.text[starts[-1] :]) if starts else self

    def lines(self, matcher: Any) -> Iterator[tuple[str, Stamp | None, Any]]:
        """Yield each line that matches, when it was written, and the match."""
        for match in matcher.finditer(self.text):
            line = line_at(self.text, match.start())
            yield line, stamp(line), match


def _last(found: Iterator[Any]) -> Iterable[Any]:
    kept: list[Any] = []
    while batch := list(islice(found, MOST_LINES)):
        kept = [*kept, *batch][-MOST_LINES:]
    return kept


def _log_of(entity: Entity) -> Query:
    return Query.of("log", f"node/{entity.name}")
