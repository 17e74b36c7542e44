"""Conditions on facts: what a probe found on this machine."""

from collections.abc import Mapping, Sequence
from typing import Any

from diagflow.analyze.hostsource import HostSource
from diagflow.analyze.judgement import NO, Hit, Judgement, failed, unread
from diagflow.analyze.observe import observed
from diagflow.analyze.paths import scalar
from diagflow.analyze.readvalues import sentence, told, values_read
from diagflow.analyze.scene import Scene
from diagflow.model import HOST, Onset, Outcome, Query, Text
from diagflow.rules.cel import CelError
from diagflow.rules.rule import Condition, FactInput


class FactSource(HostSource):
    """A condition on one fact of the host."""

    __slots__ = ("_condition", "_scene", "_wanted")

    def __init__(self, scene: Scene, condition: Condition, wanted: FactInput) -> None:
        super().__init__()
        self._scene = scene
        self._condition = condition
        self._wanted = wanted

    @property
    def queries(self) -> Sequence[Query]:
        """The fact, then those that the condition looks at beside it."""
        return tuple(Query.of("fact", name) for name in (self._wanted.name, *self._wanted.facts))

    def _judge(self) -> Judgement:
        readings = [self._scene.lookup.reading(query) for query in self.queries]
        reading = readings[0]
        unanswered = next((one for one in readings if not one.answered), None)
        if unanswered is not None:
            return unread(unanswered)
        facts = {one.query.target: one.data for one in readings[1:]}
        subject = self._scene.subject(fact=reading.data, facts=facts)
        verdict = subject.holds(self._wanted.where)
        if isinstance(verdict, CelError):
            return failed(f"where: {verdict.message}")
        if not verdict:
            return NO
        args = subject.extracted(self._condition.extract)
        if isinstance(args, CelError):
            return failed(args.message)
        evidence = observed(
            self._condition,
            HOST,
            reading.query,
            self._scene.now,
            lambda: self._sentence(reading.data, facts),
            time=reading.time,
            args=args,
        )
        return Judgement(Outcome.MATCH, (Hit(HOST, (evidence,), args, Onset()),))

    def _sentence(self, fact: Any, facts: Mapping[str, Any]) -> Text:
        """The sentence for a condition that has none: what its CEL has read."""
        en, zh = f"{self._wanted.name} of this machine", f"本机的 {self._wanted.name}"
        values = values_read(self._wanted.where, {"fact": fact, "facts": facts})
        if not values and scalar(fact) is not None:
            return Text(f"{en} is {told(fact)}", f"{zh} 为 {told(fact)}")
        return sentence(en, zh, values, self._wanted.where)
