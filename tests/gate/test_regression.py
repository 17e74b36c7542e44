"""Fitting on made-up truth: what was put in comes out, in order, and without data nothing moves."""

import math
import random

from diagflow.gate.regression import Weighted, fitted
from diagflow.gate.sample import Sample
from diagflow.model import FITTED, Strength, Weights

TRUE = Weights(dict(zip(Strength, (5.0, 2.5, 1.2, 0.4), strict=True)), near=-1.6, scan=-3.1)


def drawn(count, seed=3, true=TRUE):
    """Samples that are right as often as `true` says."""
    draw = random.Random(seed)
    for _ in range(count):
        near = draw.random() < 0.5
        amounts = tuple(float(draw.choice((-1, 0, 0, 1))) for _ in Strength)
        nats = (true.near if near else true.scan) + sum(
            amount * true.strengths[s] for amount, s in zip(amounts, Strength, strict=True)
        )
        yield Weighted(Sample(near, amounts, draw.random() < 1 / (1 + math.exp(-nats))), 1.0)


def numbers(weights):
    return [*weights.strengths.values(), weights.near, weights.scan]


def test_the_truth_comes_out():
    found = fitted(list(drawn(20_000)), FITTED)
    assert all(abs(a - b) < 0.25 for a, b in zip(numbers(found), numbers(TRUE), strict=True)), found


def test_without_samples_nothing_moves():
    assert fitted([], FITTED) == FITTED


def test_little_data_moves_little():
    few = fitted(list(drawn(5)), FITTED)
    assert all(abs(a - b) < 2.5 for a, b in zip(numbers(few), numbers(FITTED), strict=True))


def test_a_stronger_observation_never_weighs_less():
    """Data in which the weak observations are the better ones."""
    odd = Weights(dict(zip(Strength, (0.0, 1.0, 2.0, 4.0), strict=True)), near=-1.0, scan=-3.0)
    found = list(fitted(list(drawn(5_000, true=odd)), FITTED).strengths.values())
    assert found == sorted(found, reverse=True)
    assert found[-1] >= 0


def test_what_authors_rely_on_holds_whatever_the_data_say():
    """Every single observation is right, and yet a moderate one near an alert, a strong one in a scan name nothing."""
    alone = [tuple(float(n == at) for n in range(4)) for at in range(4)]
    found = fitted(
        [Weighted(Sample(near, amounts, right=True), 50.0) for near in (True, False) for amounts in alone], FITTED
    )
    assert found.near + found.strengths[Strength.MODERATE] < 0
    assert found.scan + found.strengths[Strength.STRONG] < 0


def test_all_right_stays_finite_and_wrong_ones_pull_down():
    sure = Sample(near=True, amounts=(1.0, 0.0, 0.0, 0.0), right=True)
    high = fitted([Weighted(sure, 1.0)] * 200, FITTED)
    assert FITTED.near + FITTED.strengths[Strength.CONCLUSIVE] < high.near + high.strengths[Strength.CONCLUSIVE] < 15
    wrong = Sample(near=True, amounts=(1.0, 0.0, 0.0, 0.0), right=False)
    low = fitted([Weighted(sure, 1.0), Weighted(wrong, 1.0)] * 100, FITTED)
    assert low.near + low.strengths[Strength.CONCLUSIVE] < high.near + high.strengths[Strength.CONCLUSIVE] - 3


def test_the_order_of_samples_does_not_matter():
    some = list(drawn(500))
    assert fitted(some, FITTED) == fitted(some[::-1], FITTED)
