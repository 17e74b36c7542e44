"""`gate fit` on real recordings: no fault teaches its own weights, and weights that would do harm are refused."""

import json
from dataclasses import replace

import pytest

from diagflow.bundle import open_bundle, save
from diagflow.gate import find_recordings, run_all
from diagflow.gate import fit as fit_module
from diagflow.gate.fit import fit, weights_json
from diagflow.gate.fittext import as_text
from diagflow.model import FITTED, Strength, Weights
from diagflow.model.weights import weights_of
from tests.gate.conftest import CORPUS

FEW = 6
NOISY = "healthy/soak-11.zip"
"""In which something is named as soon as it is taken for likely."""


def synthetic(recording):
    return "synthetic" in open_bundle(recording.path).labels


@pytest.fixture(scope="module")
def few(recordings):
    faulty = [one for one in recordings if one.name.startswith("faults/") and not synthetic(one)][:FEW]
    return [*faulty, *(one for one in recordings if one.name.startswith("healthy/soak-1"))]


@pytest.fixture(scope="module")
def found(few, ruleset):
    return fit(few, ruleset, seeds=1, jobs=1)


def test_no_fault_is_in_both_halves(few, ruleset, monkeypatch):
    """What a fold was fitted on is what `fitted` was given: none of it is from a recording that the fold judges."""
    given, judged = [], []

    def taught(outcomes):
        given.append(outcomes)
        return []

    monkeypatch.setattr(fit_module, "_weighted", taught)

    def spied(recordings, ruleset, *, weights=None, **more):
        judged.append(weights)
        return run_all(recordings, ruleset, weights=weights, **more)

    weights = iter(Weights(FITTED.strengths, FITTED.near, FITTED.scan - number) for number in range(100))
    monkeypatch.setattr(fit_module, "fitted", lambda *_: next(weights))
    monkeypatch.setattr(fit_module, "run_all", spied)
    found = fit(few, ruleset, seeds=0, jobs=1)
    marks = {o.key: o.lesson.marks for o in given[-1] if o.lesson}
    assert len({o.lesson.fault for o in given[-1] if o.lesson}) == found.faults + found.healthy == len(found.folds)
    _, by_part, _ = judged  # before, by the weights of each part, by those of all
    for key, chosen in by_part.items():
        taught_on = given[found.folds.index(chosen)]
        assert taught_on
        assert all(o.lesson.marks.isdisjoint(marks[key]) for o in taught_on)


def test_what_is_written_is_what_the_engine_reads(found):
    plain = json.loads(weights_json(found))
    assert weights_of(plain) == found.weights
    assert plain["fitted"]["recordings"] == {"corpus": len(found.before.outcomes)}
    assert plain["before"]["top1"] == [FEW, FEW]
    assert plain["after"]["answers"]["count"] >= FEW


def test_what_is_held_out_teaches_nothing(few, ruleset):
    """Without the healthy ones, which are judged all the same."""
    healthy = [one for one in few if one.name.startswith("healthy/")]
    faulty = [replace(one, corpus="own") for one in few if one not in healthy]
    found = fit(faulty, ruleset, seeds=0, held_out=healthy, jobs=1)
    alone = fit(faulty, ruleset, seeds=0, jobs=1)
    assert (found.weights, found.folds, found.held_out) == (alone.weights, alone.folds, ("corpus",))
    assert found.after.overall.recordings == len(few)
    plain = json.loads(weights_json(found))["fitted"]
    assert (plain["recordings"], plain["held_out"]) == ({"own": FEW}, {"corpus": len(healthy)})


@pytest.fixture
def by_hand(few, tmp_path):
    """One of each kind, as if something in it were written by hand."""
    corpus = tmp_path / "hand"
    corpus.mkdir()
    for one in (few[0], next(one for one in few if one.name == NOISY)):
        opened = open_bundle(one.path)
        save(opened.bundle, corpus / one.path.name, labels=opened.labels | {"synthetic": "its events"})
    return find_recordings([corpus])


@pytest.mark.parametrize("seeds", [0, 1])
def test_what_is_synthetic_teaches_nothing_and_is_in_no_figure(few, by_hand, ruleset, seeds):
    some = few[:3]
    alone, found = (fit(several, ruleset, seeds=seeds, jobs=1) for several in (some, [*some, *by_hand]))
    assert (found.weights, found.folds, found.faults, found.healthy) == (
        alone.weights, alone.folds, alone.faults, alone.healthy,
    )  # fmt: skip
    assert weights_json(found) == weights_json(alone)
    assert len(found.after.outcomes) == len(found.written) == 5
    (head, *lines), (head_alone, *lines_alone) = (as_text(one).splitlines() for one in (found, alone))
    assert head == f"{head_alone}; 2 synthetic recordings checked only"
    assert lines == lines_alone


def test_weights_that_do_harm_to_what_is_synthetic_are_refused(few, by_hand, ruleset, monkeypatch):
    monkeypatch.setattr(fit_module, "fitted", lambda *_: Weights(FITTED.strengths, FITTED.near, 0.0))
    found = fit([few[0], *by_hand], ruleset, seeds=0, jobs=1)
    assert found.harm == ("hand/soak-11.zip",)
    assert "would lose by it: hand/soak-11.zip" in as_text(found)


def test_a_corpus_of_synthetic_ones_alone_leaves_the_weights_as_they_are(few, by_hand, ruleset):
    found = fit(by_hand, ruleset, seeds=0, jobs=1)
    assert (found.weights, found.folds, found.faults, found.healthy, found.harm) == (FITTED, (), 0, 0, ())
    assert "  best answer right    none asked for" in as_text(found).splitlines()
    apart = fit(few[:2], ruleset, seeds=0, held_out=by_hand, jobs=1)
    assert apart.held_out == ()
    assert "judged on" not in as_text(apart).splitlines()[0]


def test_strengths_stay_in_order(found):
    for weights in (found.weights, *found.folds):
        strengths = [weights.strengths[strength] for strength in Strength]
        assert strengths == sorted(strengths, reverse=True)


def test_it_is_the_same_in_two_processes(few, ruleset, found):
    again = fit(few, ruleset, seeds=1, jobs=2)
    assert again.weights == found.weights
    assert again.after.calibration == found.after.calibration


def test_weights_that_name_something_on_a_healthy_system_do_harm(few, ruleset, monkeypatch):
    """A prior of a scan as if everything were ill."""
    monkeypatch.setattr(fit_module, "fitted", lambda *_: Weights(FITTED.strengths, FITTED.near, 0.0))
    found = fit(few, ruleset, seeds=0, jobs=1)
    assert any(key.startswith("corpus/healthy/") for key in found.harm)
    assert "would lose by it: corpus/healthy/" in as_text(found)


def test_what_would_be_written_is_judged_and_not_only_what_its_parts_were_fitted_to(few, ruleset, monkeypatch):
    """The fit on everything comes last, and is the only one that does harm."""
    lessons = [o.lesson for o in run_all(few, ruleset, learn=True, jobs=1) if o.lesson]
    harmless = iter([FITTED] * len({lesson.fault for lesson in lessons}))
    ill = Weights(FITTED.strengths, FITTED.near, 0.0)
    monkeypatch.setattr(fit_module, "fitted", lambda *_: next(harmless, ill))
    found = fit(few, ruleset, seeds=0, jobs=1)
    assert (found.folds, found.weights) == ((FITTED,) * (found.faults + found.healthy), ill)
    assert any(key.startswith("corpus/healthy/") for key in found.harm)
    assert "would lose by it: corpus/healthy/" in as_text(found)


def test_weights_with_which_the_engine_fails_do_harm(found):
    """A recording that cannot be judged has no wrong check."""
    (first, *others) = found.after.outcomes
    failed = replace(first, error="the engine failed", checks={})
    assert found.harm == ()
    for broken in (
        replace(found, after=replace(found.after, outcomes=(failed, *others))),
        replace(found, written=(failed, *others)),
    ):
        assert broken.harm == (first.key,)


def test_each_recording_of_the_repository_has_its_fault(ruleset):
    """Faults are told apart by their causes: two seeds of one are one."""
    outcomes = [o for o in run_all(find_recordings([CORPUS]), ruleset, learn=True) if not o.synthetic]
    assert all(o.lesson and o.lesson.fault for o in outcomes)
    ids = {o.lesson.fault for o in outcomes if o.lesson and not o.healthy}
    assert all(fault in ruleset.causes or " + " in fault for fault in ids)
