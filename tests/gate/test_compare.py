"""What got worse, paired with the baseline."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from diagflow.gate.baseline import Engine, baseline_of
from diagflow.gate.compare import compare
from diagflow.gate.outcome import Check, Outcome
from diagflow.gate.waivers import Waiver
from diagflow.model import Text
from diagflow.rules import Combination, Rule, RuleSet
from tests.gate.make import CAUSE, OTHER, faulty, healthy, root

TODAY = date(2026, 1, 31)
RULES = RuleSet(tuple(Rule(f"X-Y-00{n}", Combination("all", ()), Text("t"), digest=f"sha256:{n}") for n in (1, 2)))
GOOD = faulty(roots=[root()])
WORSE = faulty(roots=[root(OTHER, 0.7, right=False)])
QUIET = healthy()


def compared(before, now, waivers=(), *, rules=RULES, baseline=None):
    return compare(baseline or baseline_of(before, RULES, "why"), now, rules, waivers, TODAY)


def waiver(expires, recording="lab/faults/a.zip"):
    return Waiver(recording, "a new kubelet says it otherwise", "ann", date.fromisoformat(expires))


def test_the_same_again_is_no_news():
    found = compared([GOOD, QUIET], [GOOD, QUIET])
    assert not found.failed
    assert found == type(found)()


def test_a_loss_fails_and_says_how_the_answers_differ():
    found = compared([GOOD, QUIET], [WORSE, QUIET])
    assert found.failed
    (loss,) = found.losses
    assert (loss.key, loss.checks) == ("lab/faults/a.zip", (Check.TOP1, Check.TOP3, Check.ALL, Check.CLEAN))
    assert loss.difference == (
        f"expected: {CAUSE}",
        f"- {CAUSE} (0.9)",
        f"+ {OTHER} (0.7), false, in place 1",
    )
    assert loss.closer == "diagflow diagnose --bundle lab/faults/a.zip -v"


def test_a_second_false_root_is_a_loss_though_the_first_is_right():
    found = compared([GOOD], [faulty(roots=[root(), root(OTHER, right=False)])])
    assert [loss.checks for loss in found.losses] == [(Check.CLEAN,)]


def test_noise_on_a_healthy_recording_is_a_loss():
    found = compared([QUIET], [healthy(roots=[root(OTHER, right=False)])])
    assert [loss.checks for loss in found.losses] == [(Check.CLEAN, Check.QUIET)]


def test_what_was_wrong_already_fails_nothing():
    assert not compared([WORSE], [WORSE]).failed


def test_a_gain_beside_a_loss_is_a_loss():
    before = faulty(roots=[root()], forbidden=["k.b@node/n"])
    found = compared([before], [WORSE])
    assert (len(found.losses), found.gains) == (1, ())


def test_gains_are_listed():
    found = compared([WORSE], [GOOD])
    assert not found.failed
    assert [(gain.key, gain.checks[0]) for gain in found.gains] == [("lab/faults/a.zip", Check.TOP1)]


def test_another_confidence_is_told_and_fails_nothing():
    found = compared([GOOD], [faulty(roots=[root(confidence=0.6)])])
    assert not found.failed
    assert found.moved[0].difference == (f"  {CAUSE}: 0.9, now 0.6",)


def test_new_recordings_are_listed_and_lost_ones_fail():
    new, old = faulty("new.zip"), faulty("old.zip")
    found = compared([GOOD, old], [GOOD, new])
    assert (found.new, found.gone, found.failed) == (("lab/new.zip",), ("lab/old.zip",), True)


def test_a_new_recording_of_which_something_false_is_said_fails_until_somebody_accepts_it():
    new = faulty("new.zip", roots=[root(OTHER, 0.7, right=False)])
    found = compared([GOOD], [GOOD, new])
    assert (found.misleading, found.failed) == (("lab/new.zip",), True)
    accepted = compared([GOOD], [GOOD, new], [waiver("2026-12-31", "lab/new.zip")])
    assert (accepted.misleading, accepted.needless, accepted.failed) == ((), (), False)


def test_a_new_recording_of_which_nothing_is_said_fails_nothing():
    assert not compared([GOOD], [GOOD, faulty("new.zip")]).failed


def test_a_corpus_that_did_not_run_is_no_loss():
    found = compared([GOOD, faulty(corpus="petshop")], [GOOD])
    assert (found.not_run, found.gone, found.failed) == (("petshop",), (), False)


def test_one_that_cannot_be_used_is_not_called_gone():
    broken = Outcome("lab", "faults/a.zip", "x", error="broken")
    assert compared([GOOD], [broken]).gone == ()


def test_a_label_that_asks_no_more_is_a_loss():
    now = replace(GOOD, checks={Check.TOP1: True}, digest="sha256:" + "c" * 64)
    found = compared([GOOD], [now])
    assert found.edited == ("lab/faults/a.zip",)
    assert Check.CLEAN in found.losses[0].checks
    assert "no longer asked for: no false cause" in found.losses[0].difference


def test_a_waiver_accepts_a_loss_until_its_last_day():
    found = compared([GOOD], [WORSE], [waiver("2026-01-31")])
    assert not found.failed
    assert [(c.key, c.waiver.owner) for c in found.waived] == [("lab/faults/a.zip", "ann")]
    late = compared([GOOD], [WORSE], [waiver("2026-01-30")])
    assert late.failed
    assert (len(late.losses), late.expired[0].owner) == (1, "ann")


def test_a_waiver_of_another_recording_accepts_nothing():
    found = compared([GOOD], [WORSE], [waiver("2026-12-31", "lab/faults/b.zip")])
    assert found.failed
    assert [w.recording for w in found.needless] == ["lab/faults/b.zip"]


def test_a_waiver_whose_recording_was_not_looked_at_is_not_called_needless():
    broken = Outcome("lab", "faults/a.zip", "x", error="broken")
    accepted = [waiver("2026-12-31"), waiver("2026-12-31", "petshop/x")]
    assert compared([GOOD, faulty("x", corpus="petshop")], [broken], accepted).needless == ()
    assert compared([GOOD], [GOOD], accepted).needless == (accepted[0],)


def test_an_expired_waiver_fails_even_when_nothing_is_lost():
    assert compared([GOOD], [GOOD], [waiver("2025-12-31")]).failed


def test_changed_rules_and_a_changed_engine_are_named_and_fail_nothing():
    old = baseline_of([GOOD], RULES, "why")
    changed = RuleSet((replace(RULES.rules[0], digest="sha256:9"), replace(RULES.rules[1], id="X-Y-003")))
    found = compared([], [GOOD], rules=changed, baseline=old)
    assert found.rules == ("X-Y-001 changed", "X-Y-002 is gone", "X-Y-003 is new")
    assert found.touched == ("X-Y-001", "X-Y-003")
    assert not found.failed
    for engine, said in ((Engine("0.0.1", "x"), "version 0.0.1"), (Engine(old.engine.version, "x"), "its source")):
        other = msgspec.structs.replace(old, engine=engine)
        assert said in compared([], [GOOD], baseline=other).engine[0]


@pytest.mark.parametrize("roots", [9, 40])
def test_a_difference_is_a_few_lines(roots):
    many = [root(f"k.a{n}@node/n", right=False) for n in range(roots)]
    found = compared([GOOD], [faulty(roots=many)])
    assert len(found.losses[0].difference) == 6
    assert found.losses[0].difference[-1].startswith("... and ")
