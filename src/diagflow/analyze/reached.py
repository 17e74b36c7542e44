"""Which conditions of a rule were seen to hold, and not to hold, on a bundle: for authors, whose tests may miss some.

The rule is judged once more, by the same code, with conditions and values that note what they come to. So a condition
counts only where the engine looks at it: not behind another of an `all` that has failed already. An analysis itself
knows nothing of this.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from diagflow.analyze.analysis import Analysis
from diagflow.analyze.analyze import given_edges
from diagflow.analyze.combine import Conditions
from diagflow.analyze.explain import label
from diagflow.analyze.judge import Judge
from diagflow.analyze.judgement import Hit, Judgement
from diagflow.analyze.lookup import Lookup
from diagflow.analyze.plan import Prepared, objects_of, plan_for
from diagflow.analyze.questions import questions
from diagflow.analyze.scene import Scene
from diagflow.analyze.source import Source
from diagflow.analyze.subject import Subject
from diagflow.analyze.table import Table
from diagflow.analyze.terms import Term
from diagflow.analyze.topology import ReadTopology
from diagflow.bundle import Bundle
from diagflow.model import CLUSTER, HOST, Entity, Role
from diagflow.rules import RuleSet
from diagflow.rules.cel import CelError
from diagflow.rules.operands import Operand, operands
from diagflow.rules.rule import Condition, Effect, Position, Rule


@dataclass(frozen=True, slots=True)
class Part:
    """Something in a rule that holds or does not.

    Attributes:
        path: 0 for the triggers or the number of a dependency, then the numbers within combinations; from an operand
            on also its own.
        what: the condition, in a few words.
        operand: source of an operand of its `where`; empty for the condition itself.
        position: where the condition is written.
    """

    path: tuple[int, ...]
    what: str
    operand: str = ""
    position: Position | None = None


Seen = tuple[Part, bool]


def parts_of(rule: Rule) -> list[Part]:
    """Return all that tests should see to hold and not to hold, as it is written."""
    return [part for part, _ in _parts(_prepared(rule))]


def reached(rule: Rule, bundle: Bundle, ruleset: RuleSet, analysis: Analysis) -> set[Seen]:
    """Return what was seen of a rule's parts.

    Args:
        rule: the rule.
        bundle: the readings of a diagnosis.
        ruleset: all rules of that diagnosis, and its causes.
        analysis: the last round of it.
    """
    among = _in_question(rule, ruleset, analysis)
    return set() if among is not None and not among else set(_Watch(rule, bundle).seen(among))


def _in_question(rule: Rule, ruleset: RuleSet, analysis: Analysis) -> Collection[Entity] | None:
    """Return the entities about which a rule is judged; None for all. See `diagflow.analyze.analyze`."""
    cause = ruleset.causes.get(rule.names)
    if rule.effect is not Effect.REFUTES or (cause and cause.role is Role.CLAIM):
        return None
    refuting = {other.id for other in ruleset.rules if other.effect is Effect.REFUTES}
    verdicts = [verdict for verdict in analysis.verdicts if verdict.rule not in refuting]
    return questions(verdicts, ruleset.causes, analysis.topology).get(rule.names)


def _prepared(rule: Rule) -> Prepared:
    return plan_for(RuleSet((rule,))).rules[0]


def _parts(prepared: Prepared) -> Iterator[tuple[Part, tuple[Term, Operand | None]]]:
    for number, term in enumerate((prepared.trigger, *prepared.dependencies)):
        yield from _below(term, (number,))


def _below(term: Term, path: tuple[int, ...]) -> Iterator[tuple[Part, tuple[Term, Operand | None]]]:
    """Yield the parts of a term; a combination that comes to one condition is that condition."""
    term = term.core or term
    what, position = label(term.node), term.node.position
    yield Part(path, what, position=position), (term, None)
    for number, part in enumerate(term.parts):
        yield from _below(part, (*path, number))
    if where := _where(term):
        for number, leaf in enumerate(operands(where).leaves()):
            yield Part((*path, number), what, leaf.source, position), (term, leaf)


def _where(term: Term) -> str:
    """Return the condition in CEL; of logs that which picks the pods."""
    if not isinstance(term.node, Condition):
        return ""
    return getattr(objects_of(term.node) or term.node.input, "where", "")


class _Watch:
    """One rule on one bundle, watched."""

    def __init__(self, rule: Rule, bundle: Bundle) -> None:
        plan = plan_for(RuleSet((rule,)))
        self._prepared = plan.rules[0]
        self._of_terms: dict[Term, Part] = {}
        self._of_operands: dict[Term, list[Part]] = {}
        for part, (term, operand) in _parts(self._prepared):
            if operand is None:
                self._of_terms[term] = part
            else:
                self._of_operands.setdefault(term, []).append(part)
        self._seen: list[Seen] = []
        lookup = Lookup(bundle, plan)
        self._scene = _Scene(lookup, ReadTopology(lookup, given_edges(bundle)), self._operands)
        self._conditions = _Conditions(self._scene, self._condition)

    def seen(self, among: Collection[Entity] | None) -> Iterable[Seen]:
        """Return what was seen, about some entities or about all."""
        Judge(self._scene, self._conditions).verdicts(self._prepared, among)
        if all(part.operand for part, _ in self._seen):  # nothing was there that the rule could be about
            self._silence(self._prepared.trigger)
        return self._seen

    def _condition(self, term: Term, judged: Judgement) -> None:
        if judged.holds or judged.fails:
            self._seen.append((self._of_terms[term.core or term], judged.holds))

    def _operands(self, term: Term, source: str, holds: Callable[[str], bool | CelError]) -> None:
        if source != _where(term):
            return
        whole = operands(source)
        leaves = list(whole.leaves())
        for leaf, value in whole.reached(holds):
            number = next(n for n, one in enumerate(leaves) if one is leaf)
            self._seen.append((self._of_operands[term][number], value))

    def _silence(self, term: Term) -> Judgement:
        """Note what silence says, up to the first condition that decides."""
        term = term.core or term
        for part in term.by_cost:
            if self._silence(part).fails and term.op == "all":
                break
        judged = self._conditions.rest(term)
        self._condition(term, judged)
        return judged


class _Conditions(Conditions):
    """Conditions that tell what they came to about each entity."""

    __slots__ = ("_tell", "_watched")

    def __init__(self, scene: "_Scene", tell: Callable[[Term, Judgement], None]) -> None:
        super().__init__(scene)
        self._watched, self._tell = scene, tell

    def source(self, leaf: Term) -> Source:
        """Return what answers a condition; what is evaluated from now on is of that one."""
        self._watched.term = leaf
        return super().source(leaf)

    def candidates(self, term: Term, among: Collection[Entity] | None = None) -> Sequence[Entity]:
        """Return the entities that any part names: also where another part holds nowhere, and the rest is cut short.

        Of a part about pods it says nothing that it does not hold about the cluster as such.
        """
        if not term.op or term.op == "not":
            return super().candidates(term, among)
        parts = term.naming if term.op == "all" else term.parts
        found = tuple(dict.fromkeys(e for part in parts for e in self.candidates(part, among)))
        return tuple(e for e in found if e not in (CLUSTER, HOST)) or found

    def judged(self, term: Term, among: Collection[Entity] | None = None) -> Iterable[tuple[Entity, Judgement]]:
        """Yield the candidates, each asked as a part of something would be."""
        return ((entity, self.about(term, Hit(entity))) for entity in self.candidates(term, among))

    def about(self, term: Term, hit: Hit, *, wide: bool = False) -> Judgement:
        """Say whether a term holds, and tell."""
        judged = super().about(term, hit, wide=wide)
        self._tell(term, judged)
        return judged


_Tell = Callable[[Term, str, Callable[[str], bool | CelError]], None]


class _Scene(Scene):
    """A scene whose values tell which condition in CEL is evaluated on them."""

    __slots__ = ("_tell", "term")

    def __init__(self, lookup: Lookup, topology: ReadTopology, tell: _Tell) -> None:
        super().__init__(lookup, topology)
        self._tell = tell
        self.term: Term | None = None

    def subject(self, **values: Any) -> Subject:
        """Return values to judge."""
        return _Values(super().subject(**values), self._told)

    def subject_of(self, table: Table, row: int, container: int) -> Subject:
        """Return one object, or one container of it."""
        return _Values(super().subject_of(table, row, container), self._told)

    def _told(self, source: str, holds: Callable[[str], bool | CelError]) -> None:
        if self.term is not None:
            self._tell(self.term, source, holds)


class _Values(Subject):
    """Values that tell."""

    __slots__ = ("_tell",)

    def __init__(self, plain: Subject, tell: Callable[[str, Callable[[str], bool | CelError]], None]) -> None:
        super().__init__(plain.values, plain._bind, plain._object)  # noqa: SLF001  # one of ours
        self._tell = tell

    def holds(self, source: str) -> bool | CelError:
        """Evaluate a condition, and tell."""
        if source:
            self._tell(source, super().holds)
        return super().holds(source)
