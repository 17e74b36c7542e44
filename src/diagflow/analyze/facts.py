"""Conditions on facts: what a probe found on this machine."""

from collections.abc import Collection, Iterable, Sequence

from diagflow.analyze.judgement import NO, Hit, Judgement, failed, unread
from diagflow.analyze.observe import observed
from diagflow.analyze.scene import Scene
from diagflow.model import HOST, Entity, Onset, Outcome, Query, Text
from diagflow.rules.cel import CelError
from diagflow.rules.rule import Condition, FactInput


class FactSource:
    """A condition on one fact of the host."""

    __slots__ = ("_condition", "_judged", "_scene", "_wanted")

    def __init__(self, scene: Scene, condition: Condition, wanted: FactInput) -> None:
        self._scene = scene
        self._condition = condition
        self._wanted = wanted
        self._judged: Judgement | None = None

    @property
    def queries(self) -> Sequence[Query]:
        """The fact, then those that the condition looks at beside it."""
        return tuple(Query.of("fact", name) for name in (self._wanted.name, *self._wanted.facts))

    def candidates(self, among: Collection[Entity] | None = None) -> Iterable[Entity]:
        """Return this machine where the condition holds."""
        return () if self.rest().fails or (among is not None and HOST not in among) else (HOST,)

    def speaks_of(self, entity: Entity) -> bool:
        """True for this machine."""
        return entity == HOST

    def rest(self) -> Judgement:
        """Say what the fact says: there is one machine."""
        if self._judged is None:
            self._judged = self._judge()
        return self._judged

    def about(self, entity: Entity) -> Judgement:  # noqa: ARG002  # whatever is asked about is on this machine
        """Say whether the condition holds."""
        return self.rest()

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
        args = subject.extracted(self._condition.extract) if verdict else {}
        if isinstance(args, CelError):
            return failed(args.message)
        name = self._wanted.name
        text = Text(f"{name} of this machine is so", f"本机的 {name} 符合条件")
        time = reading.time
        evidence = observed(self._condition, HOST, reading.query, self._scene.now, lambda: text, time=time, args=args)
        return Judgement(Outcome.MATCH, (Hit(HOST, (evidence,), args, Onset()),)) if verdict else NO
