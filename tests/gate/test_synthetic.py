"""Recordings that were written by hand in part: guarded as all are, and in no figure."""

import json
from dataclasses import fields, replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from diagflow.gate import find_recordings, one, run_all
from diagflow.gate.baseline import baseline_of
from diagflow.gate.compare import compare
from diagflow.gate.junit import as_junit
from diagflow.gate.outcome import Guess, Outcome, Use
from diagflow.gate.page import as_html
from diagflow.gate.report import report_of
from diagflow.gate.structured import as_json, figures_json
from diagflow.gate.text import as_text
from diagflow.model import Text
from diagflow.rules import Combination, Rule, RuleSet
from tests.gate.make import OTHER, faulty, healthy, root, write

RULES = RuleSet((Rule("X-Y-001", Combination("all", ()), Text("t"), names="k.a", digest="sha256:1"),))
RAN = {"X-Y-001": Use.OCCURS | Use.RAN | Use.JUDGEABLE}
FALSE = root(OTHER, 0.7, right=False)
REAL = [faulty(roots=[root()], rules=RAN), faulty("q.zip"), healthy()]
HAND = faulty("hand.zip", roots=[root()], synthetic=True)
WRONG = faulty("hand.zip", roots=[FALSE], synthetic=True, unexplained=(Guess(0.7, consequence=True),), rules=RAN)
SICK = healthy("sick.zip", roots=[FALSE], synthetic=True, rules={"X-Y-001": Use(127)})
BROKEN = Outcome("lab", "x.zip", "lab/x.zip", synthetic=True, error="the engine failed")


def report(now, *, before=None):
    old = None if before is None else baseline_of(before, RuleSet(()), "why")
    return report_of(now, RULES, compare(old, now, RULES, (), date(2026, 1, 31)) if old else None)


def last(made):
    return as_text(made).splitlines()[-1]


def differ(one, other):
    return {f.name for f in fields(one) if getattr(one, f.name) != getattr(other, f.name)}


def test_no_figure_changes_however_wrong_they_are():
    wrong = (WRONG, SICK, BROKEN)
    without, made = report(REAL), report([*REAL, *wrong])
    assert differ(made, without) == {"outcomes", "synthetic"}
    assert figures_json(made.rules) == figures_json(without.rules)
    recorded = report([*REAL, *(replace(o, synthetic=False) for o in wrong)])  # then each figure would be another
    assert differ(recorded, without) == {f.name for f in fields(made)} - {"synthetic", "comparison", "seeds"}


def test_they_have_figures_of_their_own():
    found = report([*REAL, HAND, SICK, BROKEN]).synthetic
    assert found is not None
    assert (found.name, found.recordings, found.unusable, found.faulty, found.healthy) == ("synthetic", 3, 1, 1, 1)
    assert (found.top1.count, found.top1.of, found.false_on_healthy.count) == (1, 1, 1)
    assert report(REAL).synthetic is None


def test_a_loss_in_one_fails():
    made = report([*REAL, WRONG], before=[*REAL, HAND])
    assert not made.passed
    assert last(made) == "FAILED: 1 recording of 4 got worse"
    assert as_text(made).startswith("WORSE  lab/hand.zip: top-1")


@pytest.mark.parametrize("wrong", [WRONG, SICK])
def test_something_false_in_one_fails_until_somebody_accepts_it(wrong):
    assert last(report([*REAL, wrong])).startswith("FAILED: 1 recording of 4 answered wrongly, and no baseline")
    assert last(report([*REAL, wrong], before=REAL)).startswith("FAILED: 1 recording of 4 answered wrongly, and the")
    assert report([*REAL, wrong], before=[*REAL, wrong]).passed


def test_one_that_is_gone_or_cannot_be_used_fails():
    assert last(report(REAL, before=[*REAL, HAND])) == "FAILED: 1 recording of the baseline cannot be found"
    assert last(report([*REAL, BROKEN], before=REAL)) == "FAILED: 1 recording of 4 cannot be used"


def test_the_text_says_how_many_there_are_and_that_they_are_not_counted():
    lines = as_text(report([*REAL, HAND, SICK, BROKEN])).splitlines()
    assert "synthetic: 3 recordings, 1 as labelled; not in the figures" in lines
    assert "lab: 3 recordings of 3 families: 2 faulty, 1 healthy" in lines
    assert lines[-1] == "FAILED: 1 recording of 6 cannot be used"
    assert "synthetic" not in as_text(report(REAL))


def test_what_is_named_as_if_nobody_knew_the_cause_is_counted_without_them():
    real = replace(REAL[0], unexplained=(Guess(0.0, consequence=False),))
    assert "  as if nobody knew the cause: 0 of 1 run name something" in as_text(report([real, WRONG]))


def test_json_has_both():
    plain = json.loads(as_json(report([*REAL, HAND])))
    assert (plain["overall"]["recordings"], plain["synthetic"]["recordings"]) == (3, 1)
    assert [one["key"] for one in plain["recordings"] if one["synthetic"]] == ["lab/hand.zip"]
    assert json.loads(as_json(report(REAL)))["synthetic"] is None


def test_the_page_has_both():
    page = as_html(report([*REAL, HAND]))
    assert "<td>3 (3)</td>" in page
    assert "<p>Synthetic, written by hand in part: 1 recording, 1 as labelled; not in the figures.</p>" in page
    assert "ynthetic" not in as_html(report(REAL))


def test_a_corpus_of_them_alone_has_no_figures_and_is_run_all_the_same():
    other = faulty("hand.zip", roots=[root()], corpus="hand", synthetic=True)
    both = report([*REAL, other])
    assert [one.name for one in both.corpora] == ["lab"]
    assert not any(line.startswith(("hand:", "all:")) for line in as_text(both).splitlines())
    alone = report([other], before=[other])
    assert alone.corpora == ()
    first, unjudged, *lines = as_text(alone).splitlines()
    assert first == "rules since the baseline: X-Y-001 is new"
    assert unjudged.startswith("NOT JUDGED  X-Y-001 could be judged in none of 1 recording")
    rules = "0 fired, 0 of them wrongly; 1 never fired outside synthetic recordings"
    assert lines == [
        "",
        "synthetic: 1 recording, 1 as labelled; not in the figures",
        f"rules: 1: {rules}; 1 of 1 that name causes are provisional",
        "",
        "passed: 1 recording, none worse; 1 rule not judged by any",
    ]
    page = as_html(alone)
    assert "<svg" not in page
    assert "of 0" not in page
    assert json.loads(as_json(alone))["corpora"] == []


def test_ci_is_shown_what_fails_in_a_corpus_of_them_alone():
    suites = ET.fromstring(as_junit(report([replace(WRONG, corpus="hand"), *REAL])))  # noqa: S314  # we wrote it
    assert [(suite.get("name"), suite.get("failures")) for suite in suites] == [("hand", "1"), ("lab", "0")]


def test_a_rule_that_only_they_can_judge_is_told_apart_from_one_that_nothing_can():
    hand = replace(HAND, rules=RAN)
    real = [replace(o, rules={}) for o in REAL]
    made = report([*real, hand], before=[*real, hand])
    assert (made.unjudged, [rule.id for rule in made.unproven]) == ((), ["X-Y-001"])
    lines = as_text(made).splitlines()
    assert (
        "NOT JUDGED  X-Y-001 could be judged in synthetic recordings alone, which are not in the figures: add one that"
        " was not written by hand and has what it reads"
    ) in lines
    assert lines[-1] == "passed: 4 recordings, none worse; 1 rule judged by synthetic ones alone"
    assert "Could be judged in synthetic recordings alone" in as_html(made)
    judged = report([*REAL, hand], before=[*REAL, hand])
    assert (judged.unjudged, judged.unproven) == ((), ())


def test_labels_make_a_recording_one(ruleset, tmp_path, monkeypatch):
    write(tmp_path / "a.zip", {"healthy": True, "synthetic": "the exporter's output, after its metrics.go"})
    write(tmp_path / "b.zip", {"healthy": True})
    hand, real = run_all(find_recordings([tmp_path]), ruleset, learn=True)
    assert (hand.synthetic, hand.lesson, real.synthetic) == (True, None, False)
    assert real.lesson is not None
    monkeypatch.setattr(one, "diagnose", lambda *_, **__: 1 / 0)
    assert [(o.synthetic, bool(o.error)) for o in run_all(find_recordings([tmp_path]), ruleset)] == [
        (True, True), (False, True),
    ]  # fmt: skip
