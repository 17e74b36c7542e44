"""Conditions on what a command printed, alone and beside facts; popular claims."""

from typing import Any

import pytest

from diagflow.analyze import Runner, analyze
from diagflow.engine import diagnose
from diagflow.harness.world import World
from diagflow.model import Outcome
from diagflow.model.diagnosis import Diagnosis
from diagflow.rules import RuleSet
from diagflow.rules.filenames import FileKind
from diagflow.rules.files import parse

LOG = r"""
- id: T-LOG-001
  cause: t.goroot
  triggers:
    - log: 'cannot find GOROOT directory: (?P<dir>.*)'
      on: host
      supports: conclusive
"""
BESIDE = r"""
- id: T-LOG-002
  cause: t.goroot
  triggers:
    - log: 'open (?P<dir>\S+): denied'
      on: host
      where: args.dir == facts.go_env.values.GOCACHE
      with: go_env
      supports: conclusive
"""
TWO = r"""
- id: T-FACT-001
  cause: t.goroot
  triggers:
    - {fact: path, with: [go_env], where: fact.go != facts.go_env.root, supports: conclusive}
"""
CLAIM = r"""
- id: T-CLAIM-001
  refutes: t.claim
  triggers:
    - {fact: virtualstore, where: size(fact.files) > 0, refutes: conclusive, text: "64 bits are not redirected"}
"""
CAUSES = "- {id: t.goroot, title: GOROOT}\n- {id: t.claim, title: VirtualStore, role: claim}\n"


def ruleset(text: str) -> RuleSet:
    read = parse(text.encode(), "t.yaml", FileKind.RULES, "t")
    known = parse(CAUSES.encode(), "causes.yaml", FileKind.CAUSES, "t")
    assert [*read.problems, *known.problems] == []
    return RuleSet(tuple(read.rules), known.causes, {})


def found(text: str, given: dict[str, Any]) -> Diagnosis:
    world = World(given)
    return diagnose(ruleset(text), world, world.incident).diagnosis


def outcome(text: str, given: dict[str, Any]) -> Outcome:
    world, rules = World(given), ruleset(text)
    bundle = diagnose(rules, world, world.incident).bundle
    with Runner(rules) as runner:
        (verdict,) = analyze(rules, bundle, runner).verdicts
    return verdict.outcome


def test_a_line_of_the_output_names_the_cause_with_its_arguments():
    text = "some noise\ngo: cannot find GOROOT directory: C:\\nope\r\nmore\n"
    (cause,) = found(LOG, {"logs": {"host/local": text}}).causes
    assert str(cause.entity) == "host/local"
    assert cause.args["dir"] == "C:\\nope\r"
    assert found(LOG, {"logs": {"host/local": "all is well\n"}}).causes == ()


def test_without_output_the_rule_is_skipped():
    assert outcome(LOG, {"states": {"log:host/local": "absent"}}) is Outcome.SKIPPED


@pytest.mark.parametrize(
    ("facts", "states", "expected"),
    [
        ({"go_env": {"values": {"GOCACHE": "/second"}}}, {}, Outcome.MATCH),
        ({"go_env": {"values": {"GOCACHE": "/third"}}}, {}, Outcome.NO_MATCH),
        ({"go_env": {"values": {}}}, {}, Outcome.NO_MATCH),
        ({}, {}, Outcome.SKIPPED),
        ({}, {"fact:go_env": "error"}, Outcome.INCONCLUSIVE),
    ],
)
def test_the_first_line_that_fits_the_facts_counts(facts: dict[str, Any], states: dict[str, str], expected: Outcome):
    given = {"logs": {"host/local": "open /first: denied\nopen /second: denied\n"}, "facts": facts, "states": states}
    assert outcome(BESIDE, given) is expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"path": {"go": "/a"}, "go_env": {"root": "/b"}}, Outcome.MATCH),
        ({"path": {"go": "/a"}, "go_env": {"root": "/a"}}, Outcome.NO_MATCH),
        ({"path": {"go": "/a"}}, Outcome.SKIPPED),
    ],
)
def test_two_facts_are_compared(facts: dict[str, Any], expected: Outcome):
    assert outcome(TWO, {"facts": facts}) is expected


def test_two_facts_are_two_observations():
    text = "".join(
        f"- {{id: T-FACT-00{n}, cause: t.goroot, triggers: [{{fact: {name}, supports: strong}}]}}\n"
        for n, name in ((1, "path"), (2, "go_env"))
    )
    assert found(text, {"facts": {"path": {"a": 1}}}).causes == ()
    assert found(text, {"facts": {"path": {"a": 1}, "go_env": {"a": 1}}}).causes != ()


def test_a_claim_is_ruled_out_where_there_is_what_it_speaks_of_and_nothing_is_wrong():
    diagnosis = found(CLAIM, {"facts": {"virtualstore": {"files": ["x"]}}})
    assert [r.id for r in diagnosis.ruled_out] == ["t.claim"]
    assert diagnosis.exit_status == 0
    assert found(CLAIM, {"facts": {"virtualstore": {"files": []}}}).ruled_out == ()


@pytest.mark.parametrize("flags", ["", "(?i)", "(?:)"])
def test_a_pattern_is_about_lines_whatever_it_begins_with(flags: str):
    text = LOG.replace("'cannot", f"'{flags}^cannot")
    log = "noise\ncannot find GOROOT directory: /x\nmore\n"
    assert len(found(text, {"logs": {"host/local": log}}).causes) == 1
