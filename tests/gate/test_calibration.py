"""Calibration by hand-calculated examples."""

import random

import pytest

from diagflow.gate.calibration import Answer, Calibration, calibration


def of(answers, *, family="") -> Calibration:
    found = calibration([Answer(family or f"f{n}", *answer) for n, answer in enumerate(answers)])
    assert found is not None
    return found


def test_without_answers_there_is_nothing_to_say():
    assert calibration([]) is None


def test_error_and_brier_score_of_two_bins():
    found = of([(0.9, True)] * 3 + [(0.9, False)] + [(0.6, True)] * 2 + [(0.6, False)] * 2)
    assert found.ece == pytest.approx((4 * abs(0.75 - 0.9) + 4 * abs(0.5 - 0.6)) / 8)
    assert found.brier == pytest.approx((3 * 0.01 + 0.81 + 2 * 0.16 + 2 * 0.36) / 8)
    assert [(b.count, b.right) for b in found.bins] == [(4, 0.5), (4, 0.75)]


def test_equal_confidences_share_a_bin_so_that_order_does_not_matter():
    answers = [(0.731, n % 3 > 0) for n in range(40)] + [(0.982, True)] * 23
    shuffled = random.Random(4).sample(answers, len(answers))
    one, other = of(answers), of(shuffled)
    assert (one.ece, one.brier, one.bins) == (other.ece, other.brier, other.bins)
    assert len(one.bins) == 2


def test_bins_are_of_about_equal_count():
    found = of([(n / 1000, n % 2 == 0) for n in range(500, 1000)])
    assert [b.count for b in found.bins] == [50] * 10
    assert sum(b.count for b in found.bins) == found.answers == 500


def test_the_interval_is_about_families_and_the_same_each_time():
    answers = [(0.8, n % 5 > 0) for n in range(50)]
    many = of(answers)
    assert many == of(answers)
    assert many.low < many.high
    assert many.low <= many.ece + 1e-12


def test_one_family_says_nothing_about_others():
    one = of([(0.8, n % 5 > 0) for n in range(50)], family="one run")
    assert (one.families, one.low, one.high) == (1, 0.0, 1.0)
