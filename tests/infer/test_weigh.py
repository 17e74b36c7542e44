import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.infer.weigh import (
    common_onset,
    gather,
    probability,
    strongest_by_origin,
    weigh,
)
from diagflow.model import FITTED, Onset, Outcome, Strength, Verdict
from tests.infer.make import NOW, entity, match, seen

POD = ("c", entity("pod/a/b"))


def confidence(*evidence, prior=FITTED.scan):
    return weigh(POD, [match("c", "pod/a/b", *evidence)], prior).confidence


@pytest.mark.parametrize("strength", Strength)
@pytest.mark.parametrize("prior", [FITTED.scan, FITTED.near])
def test_one_observation_on_the_prior(strength, prior):
    expected = 1 / (1 + math.exp(-prior - FITTED.strengths[strength]))
    assert confidence(seen(strength), prior=prior) == round(max(0.01, min(0.99, expected)), 3)


def test_a_stronger_observation_says_more():
    said = [confidence(seen(strength), prior=FITTED.near) for strength in Strength]
    assert said == sorted(said, reverse=True)
    assert said[0] > said[-1]


def test_what_rests_on_provisional_rules_is_capped():
    one = match("c", "pod/a/b", seen())
    capped = weigh(POD, [one], FITTED.near, frozenset())
    assert (capped.confidence, capped.provisional) == (0.9, (one.rule,))
    assert capped.uncapped > 0.9
    free = weigh(POD, [one], FITTED.near, {one.rule})
    assert (free.confidence, free.provisional) == (capped.uncapped, ())


def test_a_proven_rule_beside_a_provisional_one_says_what_it_says_alone():
    proven, new = (
        match("c", "pod/a/b", seen("strong", origin="a")),
        Verdict("T-NEW-001", POD[1], Outcome.MATCH, "c", (seen(origin="b"),)),
    )
    prior = 3.0 - FITTED.strengths[Strength.STRONG]  # the proven rule alone: 0.953
    both = weigh(POD, [proven, new], prior, {proven.rule})
    assert both.confidence == probability(3.0) == 0.953
    assert both.uncapped > both.confidence
    assert both.provisional == ("T-NEW-001",)


def test_below_the_cap_nothing_is_held_back():
    low = weigh(POD, [match("c", "pod/a/b", seen("weak"))], 0.0, frozenset())
    assert low.confidence == low.uncapped
    assert low.provisional == ()


def test_one_origin_counts_once():
    once = confidence(seen("strong", origin="kubelet"))
    assert confidence(seen("strong", origin="kubelet"), seen("moderate", origin="kubelet")) == once
    assert confidence(seen("strong", origin="kubelet"), seen("moderate", origin="log")) > once


def test_conclusive_for_and_against_is_a_contradiction_and_not_named():
    weighed = weigh(
        POD, [match("c", "pod/a/b", *[seen(origin=o) for o in "abc"], seen(sign=-1, origin="d"))], FITTED.near
    )
    assert weighed.contradicted
    assert weighed.confidence == 0.49
    assert not weighed.refuted


def test_a_source_that_contradicts_itself_is_seen():
    assert weigh(POD, [match("c", "pod/a/b", seen(), seen(sign=-1))], FITTED.near).contradicted


def test_only_conclusive_against_refutes():
    assert weigh(POD, [match("c", "pod/a/b", seen(sign=-1))], FITTED.scan).refuted
    assert not weigh(POD, [match("c", "pod/a/b", seen("strong", sign=-1))], FITTED.scan).refuted


def test_only_matches_that_name_something_are_gathered():
    verdicts = [
        match("c", "pod/a/b"),
        Verdict("T-X-001", entity("pod/a/b"), Outcome.MATCH),
        Verdict("T-X-002", entity("pod/a/b"), Outcome.INCONCLUSIVE, "c"),
    ]
    assert [len(group) for group in gather(verdicts).values()] == [1]


@given(st.lists(st.sampled_from([-6.0, -3.0, -1.5, -0.5, 0.5, 1.5, 3.0, 6.0]), max_size=30))
def test_confidence_stays_a_probability_and_grows_with_support(strengths):
    total = math.fsum(strengths)
    assert 0.01 <= probability(total) <= 0.99
    assert probability(total + 3) >= probability(total)


@given(st.permutations([seen("strong", origin="a"), seen("moderate", origin="a"), seen("weak", sign=-1, origin="b")]))
def test_the_order_of_evidence_does_not_matter(evidence):
    assert strongest_by_origin(evidence) == [seen("strong", origin="a"), seen("weak", sign=-1, origin="b")]
    assert confidence(*evidence) == confidence(*reversed(evidence))


def test_onsets_narrow_each_other():
    early, late = NOW - timedelta(minutes=10), NOW
    assert common_onset([Onset(early, None), Onset(None, late)]) == Onset(early, late)
    assert common_onset([Onset(late, late), Onset(early, early)]) == Onset(early, early)
    assert common_onset([]) == Onset(None, None)
