"""Run the cases of a test file through the engine and compare."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from diagflow.analyze import Analysis, Runner, analyze
from diagflow.analyze.declared import declared_for
from diagflow.analyze.explain import as_json, explain_on
from diagflow.analyze.reached import Seen, reached
from diagflow.engine import MAX_ROUNDS, diagnose
from diagflow.engine import Result as Diagnosed
from diagflow.harness.case import Case, Expect, Named, TestFile
from diagflow.harness.unnamed import why_unnamed
from diagflow.harness.world import World
from diagflow.model import BadInput, Entity, Outcome, Query, Verdict
from diagflow.rules import Rule, RuleSet
from diagflow.rules.rule import MetricInput
from diagflow.rules.walk import conditions

Why = Callable[[str, Entity | None], str]
"""Says of an id and an entity why it is missing."""

_WHAT_IS_ASKED: Final = "`diagflow rules explain ID` prints what a rule asks for"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case: it passed when nothing differs.

    Attributes:
        file: the test file.
        rule: id of the rule.
        case: its name.
        line: where it stands.
        differences: what was expected and what came, one line each.
        why: what the rule's conditions saw, when the verdict differs.
        seconds: how long it took.
    """

    file: str
    rule: str
    case: str
    line: int
    differences: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """True when everything came as expected."""
        return not self.differences


def run_file(tests: TestFile, ruleset: RuleSet, seen: set[Seen] | None = None) -> list[Result]:
    """Run all cases of a file.

    Args:
        tests: the file.
        ruleset: all that is known; `tests.rule` must be in it.
        seen: gets what the cases saw of the rule's conditions; None costs nothing.
    """
    rule = ruleset.rule(tests.rule)
    if rule is None:
        missing = f"there is no rule {tests.rule}: the file must be called like the rule that it tests"
        return [Result(str(tests.path), tests.rule, c.name, c.line, (missing,)) for c in tests.cases]
    return [run_case(tests, case, rule, ruleset, seen) for case in tests.cases]


def run_case(tests: TestFile, case: Case, rule: Rule, ruleset: RuleSet, seen: set[Seen] | None = None) -> Result:
    """Run one case."""
    began = time.perf_counter()
    differences, why = _run(case, rule, ruleset, seen)
    seconds = time.perf_counter() - began
    return Result(str(tests.path), rule.id, case.name, case.line, tuple(differences), tuple(why), seconds)


def _run(case: Case, rule: Rule, ruleset: RuleSet, seen: set[Seen] | None) -> tuple[Sequence[str], Sequence[str]]:
    """Return what differs from what is expected, and why the rule said what it said."""
    try:
        world = World(case.given)
        found = diagnose(ruleset, world, world.incident, bundle=world.bundle())
    except BadInput as e:
        return [str(e)], ()
    if seen is not None:
        seen |= reached(rule, found.bundle, ruleset, found.analysis)
    differences = [*_compared(rule, case.expect, found), *_broken(rule, found), *_unasked(world, rule, ruleset)]
    about_the_rule = any(d.startswith(("verdict", "entity", "args")) for d in differences)
    return differences, explain_on(rule, found.bundle) if about_the_rule else ()


def as_expected(case: Case, rule: Rule, ruleset: RuleSet) -> bool:
    """Say whether the engine gives what a case expects; what nobody asked for is no matter here."""
    world = World(case.given)
    return not any(_compared(rule, case.expect, diagnose(ruleset, world, world.incident, bundle=world.bundle())))


def alone_as_expected(case: Case, rule: Rule) -> bool:
    """Say whether the verdict of a rule by itself is as expected; a twentieth of the time of the whole engine."""
    world = World(case.given)
    alone = RuleSet((rule,))
    bundle, runner = world.bundle(), Runner(alone)
    for _ in range(MAX_ROUNDS):
        analysis = analyze(alone, bundle, runner)
        wants = [want for want in analysis.wants if want.query not in world.asked]
        if not wants:
            break
        for reading in world.read(wants, deadline=0.0):
            bundle.add(reading)
    return not any(_verdict(case.expect, *_of_the_rule(rule, analysis)))


def _of_the_rule(rule: Rule, analysis: Analysis) -> tuple[list[Verdict], Mapping[Entity, Verdict]]:
    own = [v for v in analysis.verdicts if v.rule == rule.id and not v.analyzer]
    return own, {v.entity: v for v in own if v.outcome is Outcome.MATCH}


def _broken(rule: Rule, found: Diagnosed) -> Iterator[str]:
    for verdict in found.analysis.verdicts:
        if verdict.rule == rule.id and verdict.analyzer and verdict.outcome is Outcome.ERROR:
            yield f"analyzer: {verdict.detail}"


def _unasked(world: World, rule: Rule, ruleset: RuleSet) -> Iterator[str]:
    for expression in world.unasked():
        yield f"answers: no rule asked for {expression} ({_WHAT_IS_ASKED})"
    if _makes_questions(rule, ruleset, world.asked):
        return
    for series in world.unasked_series(lambda: _expressions(ruleset)):
        yield f"series: no expression of a rule names {series} ({_WHAT_IS_ASKED})"


def _makes_questions(rule: Rule, ruleset: RuleSet, asked: Collection[Query]) -> bool:
    """True where the rule's analyzer puts its expressions together, and had no reason to: nobody knows which series."""
    analyzer = ruleset.analyzers.get(rule.action.analyzer) if rule.action else None
    if analyzer is None:
        return False
    makes = {one for one in analyzer.inputs if one.made and one.query.startswith("promql:")}
    return bool(makes) and makes.isdisjoint(declared_for(analyzer, query) for query in asked)


def _expressions(ruleset: RuleSet) -> Iterator[Query]:
    """Yield what rules and analyzers may ask: in a case that does not match, dependencies are not asked."""
    inputs = (condition.input for rule in ruleset.rules for condition in conditions(rule))
    yield from (one.query for one in inputs if isinstance(one, MetricInput))
    yield from (Query.parse(one.query) for analyzer in ruleset.analyzers.values() for one in analyzer.inputs)


def _compared(rule: Rule, expect: Expect, found: Diagnosed) -> Iterator[str]:
    yield from _verdict(expect, *_of_the_rule(rule, found.analysis))
    diagnosis = found.diagnosis
    roots = _expanded((c.id, c.entities) for c in diagnosis.causes if c.root)
    others = _expanded((c.id, c.entities) for c in diagnosis.causes if not c.root)
    yield from _exactly("causes", expect.causes, roots, partial(why_unnamed, found=found))
    yield from _exactly("consequences", expect.consequences, others, partial(why_unnamed, found=found))
    yield from _exactly("symptoms", expect.symptoms, _expanded((s.id, s.entities) for s in diagnosis.symptoms))
    ruled_out = _expanded((r.id, (r.entity, *r.entities)) for r in diagnosis.ruled_out)
    yield from _at_least("ruled_out", expect.ruled_out, ruled_out)
    yield from _at_least("candidates", expect.candidates, _expanded((c.id, (c.entity,)) for c in diagnosis.candidates))
    if expect.status and diagnosis.status != expect.status:
        yield f"status: expected {expect.status}, got {diagnosis.status}"


def _verdict(expect: Expect, own: list[Verdict], matches: Mapping[Entity, Verdict]) -> Iterator[str]:
    outcome = Outcome.MATCH if matches else next((v.outcome for v in own), Outcome.SKIPPED)
    if expect.verdict is not None and expect.verdict is not outcome:
        where = f" about {', '.join(map(str, sorted(matches)))}" if matches else ""
        detail = next((f" ({v.detail})" for v in own if v.detail), "")
        yield f"verdict: expected {expect.verdict}, got {outcome}{where}{detail}"
        return
    if expect.verdict is not Outcome.MATCH:
        yield from (f"entity: {e} matches" for e in expect.entities if e in matches)
        return
    yield from (f"entity: {e} does not match; {_listed(matches)} do" for e in expect.entities if e not in matches)
    if expect.exact:
        yield from (f"entity: {e} matches, and should not" for e in sorted(set(matches) - set(expect.entities)))
    about = [matches[e] for e in expect.entities if e in matches] or list(matches.values())
    for name, value in expect.args.items():
        got = [v.args.get(name) for v in about[:1]]
        if got and got[0] != value:
            yield f"args: {name} should be {as_json(value)}, and is {as_json(got[0])}"


def _expanded(found: Iterable[tuple[str, Iterable[Entity]]]) -> set[tuple[str, Entity]]:
    return {(name, entity) for name, entities in found for entity in entities}


def _unsaid(_cause: str, _entity: Entity | None) -> str:
    return ""


def _exactly(
    what: str, expected: tuple[Named, ...] | None, got: set[tuple[str, Entity]], why: Why = _unsaid
) -> Iterator[str]:
    if expected is None:
        return
    yield from _at_least(what, expected, got, why)
    for name, entity in sorted(got):
        if not any(_fits(e, name, entity) for e in expected):
            yield f"{what}: + {name} at {entity}, which was not expected"


def _at_least(
    what: str, expected: tuple[Named, ...], got: set[tuple[str, Entity]], why: Why = _unsaid
) -> Iterator[str]:
    for one in expected:
        if not any(_fits(one, name, entity) for name, entity in got):
            elsewhere = sorted(str(entity) for name, entity in got if name == one.id)
            hint = f"it is at {', '.join(elsewhere[:3])}" if elsewhere else why(one.id, one.entity)
            yield f"{what}: - {one}, which is missing{f' ({hint})' if hint else ''}"


def _fits(expected: Named, name: str, entity: Entity) -> bool:
    return expected.id == name and expected.entity in (None, entity)


def _listed(entities: Iterable[Entity]) -> str:
    return ", ".join(str(e) for e in sorted(entities)[:3]) or "none"
