"""Conditions on what a command of this machine printed."""

from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

from diagflow.analyze.hostsource import HostSource
from diagflow.analyze.judgement import NO, Hit, Judgement, failed, unread
from diagflow.analyze.logs import line_at
from diagflow.analyze.observe import MOST_TEXT, observed
from diagflow.analyze.scene import Scene
from diagflow.model import HOST, Onset, Outcome, Query, Text
from diagflow.rules.cel import CelError
from diagflow.rules.patterns import by_line, compiled
from diagflow.rules.rule import Condition, HostLogInput

HOST_LOG: Final = Query.of("log", str(HOST))
"""What the failing command printed, or the saved log."""

MOST_LINES: Final = 200
"""Matching lines of one pattern that a condition looks at: an endless log repeats itself."""


class HostLogSource(HostSource):
    """A condition on the output of a command."""

    __slots__ = ("_condition", "_scene", "_wanted")

    def __init__(self, scene: Scene, condition: Condition, wanted: HostLogInput) -> None:
        super().__init__()
        self._scene = scene
        self._condition = condition
        self._wanted = wanted

    @property
    def queries(self) -> Sequence[Query]:
        """The output, then the facts that the condition looks at beside it."""
        return (HOST_LOG, *(Query.of("fact", name) for name in self._wanted.facts))

    def _judge(self) -> Judgement:
        reading = self._scene.lookup.reading(HOST_LOG)
        if not reading.readable:
            return unread(reading)
        text = reading.data if isinstance(reading.data, str) else ""
        for pattern in self._wanted.patterns:
            for match in islice(compiled(by_line(pattern)).finditer(text), MOST_LINES):
                judged = self._line(line_at(text, match.start()), match)
                if not judged.fails:
                    return judged
        return NO

    def _line(self, line: str, match: Any) -> Judgement:
        facts = [self._scene.lookup.reading(query) for query in self.queries[1:]]
        unanswered = next((one for one in facts if not one.answered), None)
        if unanswered is not None:
            return unread(unanswered)
        groups = {k: v for k, v in match.groupdict().items() if v is not None}
        subject = self._scene.subject(line=line, args=groups, facts={one.query.target: one.data for one in facts})
        verdict = subject.holds(self._wanted.where)
        if isinstance(verdict, CelError):
            return failed(f"where: {verdict.message}")
        more = subject.extracted(self._condition.extract) if verdict else {}
        if isinstance(more, CelError):
            return failed(more.message)
        return self._hit(line, {**groups, **more}) if verdict else NO

    def _hit(self, line: str, found: dict[str, Any]) -> Judgement:
        said = line[:MOST_TEXT]
        args = {"line": said, **found}
        evidence = observed(
            self._condition,
            HOST,
            HOST_LOG,
            self._scene.now,
            lambda: Text(f"it printed: {said}", f"输出：{said}"),
            value=said,
            args=args,
        )
        return Judgement(Outcome.MATCH, (Hit(HOST, (evidence,), args, Onset()),))
