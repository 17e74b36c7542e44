"""What is known about each rule, and which are provisional."""

import pytest

from diagflow.gate.outcome import Use
from diagflow.gate.rulefigures import rule_figures
from diagflow.model import Text
from diagflow.rules import Combination, Effect, Rule, RuleSet
from tests.gate.make import faulty, healthy

RULE = Rule("X-Y-001", Combination("all", ()), Text("t"), names="k.a", digest="sha256:1")
SYMPTOM = Rule("X-Y-002", Combination("all", ()), Text("t"), Effect.SYMPTOM, "k.s")
SILENT = Use.OCCURS | Use.RAN | Use.JUDGEABLE


def figures(outcomes, rule=RULE):
    (found,) = rule_figures(RuleSet((rule,)), outcomes)
    return found


def quiet(count, use=SILENT, **more):
    return [healthy(f"{n}", rules={"X-Y-001": use}, **more) for n in range(count)]


@pytest.mark.parametrize(("families", "provisional"), [(0, True), (298, True), (299, False), (300, False)])
def test_a_rule_is_provisional_until_299_families_say_nothing(families, provisional):
    found = figures(quiet(families))
    assert (found.independent, found.false, found.provisional) == (families, 0, provisional)


def test_one_false_positive_takes_more():
    wrong = faulty("w", rules={"X-Y-001": SILENT | Use.FIRED | Use.WRONG})
    assert figures([*quiet(300), wrong]).provisional
    assert not figures([*quiet(473), wrong]).provisional
    assert figures([*quiet(300), wrong]).wrong == 1


def test_a_run_counts_once():
    assert figures(quiet(400, family="soak")).independent == 1


def test_where_it_did_not_run_or_its_cause_is_true_nothing_is_learned():
    assert figures(quiet(400, use=Use.JUDGEABLE)).independent == 0
    true = [faulty(f"{n}", rules={"X-Y-001": Use.OCCURS | Use.RAN | Use.FIRED | Use.RIGHT}) for n in range(400)]
    found = figures(true)
    assert (found.fired, found.right, found.independent, found.provisional) == (400, 400, 0, True)


def test_what_can_name_no_root_is_never_provisional():
    assert not figures([], SYMPTOM).provisional


def test_corpora_in_which_its_inputs_are_and_in_which_it_ran():
    outcomes = [
        healthy("a", corpus="lab", rules={"X-Y-001": SILENT}),
        healthy("a", corpus="petshop", rules={"X-Y-001": Use.OCCURS}),
        healthy("a", corpus="logs", rules={"X-Y-001": Use(0)}),
    ]
    found = figures(outcomes)
    assert (found.occurs, found.ran, found.idle) == (("lab", "petshop"), ("lab",), ("petshop",))
