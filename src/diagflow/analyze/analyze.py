"""One round: rules → verdicts, analyzers, what is in question, rules that refute."""

from collections.abc import Iterable, Iterator

from diagflow.analyze.analysis import Analysis
from diagflow.analyze.asking import ask_analyzers, edges_of, verdict_order
from diagflow.analyze.combine import Conditions
from diagflow.analyze.judge import Judge
from diagflow.analyze.lookup import Lookup
from diagflow.analyze.plan import Plan, plan_for
from diagflow.analyze.questions import Questions, questions
from diagflow.analyze.runner import Runner
from diagflow.analyze.scene import Scene
from diagflow.analyze.topology import ReadTopology
from diagflow.bundle import Bundle
from diagflow.model import BadInput, Edge, Entity, Outcome, Query, Role, Verdict
from diagflow.model.garbage import no_collections
from diagflow.rules import RuleSet
from diagflow.rules.rule import Effect

TOPOLOGY = Query("topology", "")
"""Where a bundle keeps relations that somebody wrote down (`topology.json`)."""


@no_collections()
def analyze(ruleset: RuleSet, bundle: Bundle, runner: Runner) -> Analysis:
    """Judge all rules on a bundle.

    A function of its arguments: it reads no clock, no network and no environment, and changes nothing but the notes of
    `runner` about analyzers that had to be killed. While `wants` is not empty, the caller adds what it can get to the
    bundle and calls again; the verdicts of the last call count.

    Args:
        ruleset: rules, causes, analyzers.
        bundle: the readings so far.
        runner: runs the analyzers.
    """
    plan = plan_for(ruleset)
    lookup = Lookup(bundle, plan, runner.memo)
    lookup.want_lists()
    given = list(given_edges(bundle))
    scene = Scene(lookup, ReadTopology(lookup, given))
    judge = Judge(scene, Conditions(scene))
    verdicts = runner.memo.rounds.verdicts_of(plan, lookup, judge.verdicts)
    verdicts += ask_analyzers(plan, verdicts, scene, runner)
    found = (verdict.entity for verdict in verdicts if verdict.outcome is Outcome.MATCH)
    topology = ReadTopology(lookup, [*given, *edges_of(verdicts)], found)
    claims = frozenset(cause.id for cause in ruleset.causes.values() if cause.role is Role.CLAIM)
    verdicts += _refuting(plan, judge, questions(verdicts, ruleset.causes, topology), claims)
    return Analysis(
        verdicts=tuple(sorted(verdicts, key=verdict_order)),
        wants=lookup.wants,
        topology=topology,
        consulted=frozenset(lookup.consulted),
    )


def _refuting(plan: Plan, judge: Judge, asked: Questions, claims: frozenset[str]) -> Iterable[Verdict]:
    """Judge the rules that speak against a cause, about the entities where it is in question and no others.

    A popular claim is in question wherever there is what it speaks of.
    """
    for prepared in plan.rules:
        rule = prepared.rule
        if rule.effect is Effect.REFUTES:
            among = asked.get(rule.names)
            if rule.names in claims:
                yield from judge.verdicts(prepared)
            elif among:
                yield from judge.verdicts(prepared, among)
            else:
                detail = f"{rule.names} is not in question"
                yield Verdict(rule.id, prepared.whole, Outcome.NO_MATCH, names=rule.names, detail=detail)


def given_edges(bundle: Bundle) -> Iterator[Edge]:
    """Yield the relations that somebody wrote down."""
    reading = bundle.get(TOPOLOGY)
    for item in reading.data or () if reading.readable else ():
        try:
            yield Edge(Entity.parse(str(item["from"])), str(item["relation"]), Entity.parse(str(item["to"])))
        except (BadInput, KeyError, TypeError):
            continue  # one bad line of a file that a person wrote must not cost the others
