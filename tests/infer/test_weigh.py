import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.infer.weigh import (
    PRIOR_NEAR,
    PRIOR_SCAN,
    common_onset,
    gather,
    probability,
    strongest_by_origin,
    weigh,
)
from diagflow.model import Onset, Outcome, Verdict
from tests.infer.make import NOW, entity, match, seen

POD = ("c", entity("pod/a/b"))


def confidence(*evidence, prior=PRIOR_SCAN):
    return weigh(POD, [match("c", "pod/a/b", *evidence)], prior).confidence


@pytest.mark.parametrize(
    ("strength", "prior", "expected"),
    [
        ("conclusive", PRIOR_SCAN, 0.881),
        ("conclusive", PRIOR_NEAR, 0.982),
        ("strong", PRIOR_SCAN, 0.269),
        ("strong", PRIOR_NEAR, 0.731),
    ],
)
def test_one_observation_on_the_prior(strength, prior, expected):
    assert confidence(seen(strength), prior=prior) == expected


def test_one_origin_counts_once():
    once = confidence(seen("strong", origin="kubelet"))
    assert confidence(seen("strong", origin="kubelet"), seen("moderate", origin="kubelet")) == once
    assert confidence(seen("strong", origin="kubelet"), seen("moderate", origin="log")) > once


def test_conclusive_for_and_against_is_a_contradiction_and_not_named():
    weighed = weigh(
        POD, [match("c", "pod/a/b", *[seen(origin=o) for o in "abc"], seen(sign=-1, origin="d"))], PRIOR_NEAR
    )
    assert weighed.contradicted
    assert weighed.confidence == 0.49
    assert not weighed.refuted


def test_a_source_that_contradicts_itself_is_seen():
    assert weigh(POD, [match("c", "pod/a/b", seen(), seen(sign=-1))], PRIOR_NEAR).contradicted


def test_only_conclusive_against_refutes():
    assert weigh(POD, [match("c", "pod/a/b", seen(sign=-1))], PRIOR_SCAN).refuted
    assert not weigh(POD, [match("c", "pod/a/b", seen("strong", sign=-1))], PRIOR_SCAN).refuted


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
