from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.analyze.judgement import NO, Hit, Judgement, every, joined, later, silence, some, sooner, unread
from diagflow.model import Coverage, Entity, Onset, Outcome, Query, Reading, State

POD = Entity("pod", "cart-0", "shop")
YES = Judgement(Outcome.MATCH, (Hit(POD),))
UNKNOWN = Judgement(Outcome.INCONCLUSIVE)
SKIPPED = Judgement(Outcome.SKIPPED)
FAILED = Judgement(Outcome.ERROR)
ALL = st.sampled_from([NO, YES, UNKNOWN, SKIPPED, FAILED])
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def turned(judgement: Judgement) -> Judgement:
    return NO if judgement.holds else YES if judgement.fails else judgement


@given(st.lists(ALL, min_size=1, max_size=4))
def test_all_and_any_are_each_others_mirror(parts: list[Judgement]):
    assert turned(every(parts)).outcome is some([turned(p) for p in parts]).outcome


@given(st.lists(ALL, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_order_of_parts_changes_no_outcome(parts: list[Judgement], random: object):
    mixed = list(parts)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert every(parts).outcome is every(mixed).outcome
    assert some(parts).outcome is some(mixed).outcome


@pytest.mark.parametrize(
    ("parts", "together", "either"),
    [
        ([YES, UNKNOWN], Outcome.INCONCLUSIVE, Outcome.MATCH),
        ([NO, UNKNOWN], Outcome.NO_MATCH, Outcome.INCONCLUSIVE),
        ([NO, FAILED], Outcome.NO_MATCH, Outcome.ERROR),
        ([YES, SKIPPED], Outcome.SKIPPED, Outcome.MATCH),
        ([SKIPPED, UNKNOWN], Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE),
    ],
)
def test_what_cannot_be_told_is_neither(parts: list[Judgement], together: Outcome, either: Outcome):
    assert every(parts).outcome is together
    assert some(parts).outcome is either


@pytest.mark.parametrize("state", [State.FORBIDDEN, State.ERROR])
def test_silence_of_what_could_not_be_read_is_unknown(state: State):
    reading = Reading(Query("objects", "pods"), state, NOW, detail="403")
    assert silence(reading) == unread(reading)
    assert unread(reading).outcome is Outcome.INCONCLUSIVE
    assert [(n.state, n.detail) for n in unread(reading).needs] == [(state, "403")]


def test_silence_of_an_answer_means_no_unless_it_was_cut_off():
    query = Query("objects", "pods")
    assert silence(Reading(query, State.EMPTY, NOW)) is NO
    assert silence(Reading(query, State.DATA, NOW, [])) is NO
    cut = silence(Reading(query, State.DATA, NOW, [], coverage=Coverage(complete=False)))
    assert (cut.outcome, cut.needs[0].detail) == (Outcome.INCONCLUSIVE, "cut off")
    assert silence(Reading(query, State.ABSENT, NOW)).outcome is Outcome.SKIPPED


def test_hits_of_different_containers_are_not_joined():
    a, b, whole = Hit(POD, container="a"), Hit(POD, container="b"), Hit(POD, args={"x": 1})
    assert joined([a], [b]) == ()
    assert [h.container for h in joined([a, b], [b])] == ["b"]
    assert [(h.container, h.args) for h in joined([a, b], [whole])] == [("a", {"x": 1}), ("b", {"x": 1})]
    assert every([Judgement(Outcome.MATCH, (a,)), Judgement(Outcome.MATCH, (b,))]) is NO


def test_onsets_together_are_the_later_and_of_either_the_sooner():
    early, late = Onset(NOW, NOW), Onset(NOW + timedelta(1), None)
    assert later(early, late) == Onset(NOW + timedelta(1), NOW)
    assert sooner(early, late) == Onset(NOW, NOW)
