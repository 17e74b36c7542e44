"""Whatever comes, and in whatever order: what a round keeps of the one before is what judging anew would give."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from diagflow.analyze import Runner, analyze
from diagflow.analyze.lookup import Lookup
from diagflow.analyze.plan import Plan, Prepared
from diagflow.analyze.rounds import _MORE, Rounds, looks_at
from diagflow.bundle import Bundle
from diagflow.bundle.open import open_bundle
from diagflow.model import Verdict
from diagflow.rules import RuleSet, load_packs
from diagflow.rules.rule import Input, Rule

RECORDINGS = sorted((Path(__file__).parents[1] / "corpus" / "faults").glob("*.zip"))
BATCHES = 6


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    return load_packs(["kubernetes", "node"])


@pytest.mark.parametrize("path", RECORDINGS[::20], ids=lambda path: path.stem)
def test_kept_verdicts_are_those_of_judging_anew(path: Path, ruleset: RuleSet):
    recorded = open_bundle(path).bundle
    readings = list(recorded.readings())
    random.Random(path.stem).shuffle(readings)
    bundle = Bundle(recorded.incident)
    with Runner(ruleset) as remembering:
        for start in range(BATCHES):
            for reading in readings[start::BATCHES]:
                bundle.add(reading)
            kept = analyze(ruleset, bundle, remembering)
            with Runner(ruleset) as forgetful:
                anew = analyze(ruleset, bundle, forgetful)
            assert kept.verdicts == anew.verdicts
            assert set(kept.wants) >= set(anew.wants)
            assert all(not bundle.has(want.query, want.fields) for want in kept.wants)


def test_only_what_may_see_the_news_is_judged_again(ruleset: RuleSet):
    recorded = open_bundle(RECORDINGS[0].with_name("oom-killed.zip")).bundle
    last = [r for r in recorded.readings() if r.query.kind == "log"]
    bundle = Bundle(recorded.incident)
    judged: list[Rule] = []
    keep = Rounds.verdicts_of

    def watched(rounds: Rounds, plan: Plan, lookup: Lookup, judge: Callable[[Prepared], list[Verdict]]):
        def noted(prepared: Prepared) -> list[Verdict]:
            judged.append(prepared.rule)
            return judge(prepared)

        return keep(rounds, plan, lookup, noted)

    for reading in recorded.readings():
        if reading not in last:
            bundle.add(reading)
    with pytest.MonkeyPatch.context() as patch, Runner(ruleset) as runner:
        patch.setattr(Rounds, "verdicts_of", watched)
        analyze(ruleset, bundle, runner)
        everything = list(judged)
        judged.clear()
        for reading in last:
            bundle.add(reading)
        analyze(ruleset, bundle, runner)
    assert judged == [rule for rule in everything if "log" in looks_at(rule)]
    assert 0 < len(judged) < len(everything) / 2


def test_it_is_known_of_every_input_what_it_looks_at():
    assert set(_MORE) == set(get_args(Input))


def test_another_incident_is_another_matter(ruleset: RuleSet):
    recorded = open_bundle(RECORDINGS[0]).bundle
    with Runner(ruleset) as runner:
        first = analyze(ruleset, recorded, runner)
        other = open_bundle(RECORDINGS[-1]).bundle
        second = analyze(ruleset, other, runner)
        with Runner(ruleset) as forgetful:
            assert second.verdicts == analyze(ruleset, other, forgetful).verdicts
    assert first.verdicts != second.verdicts
