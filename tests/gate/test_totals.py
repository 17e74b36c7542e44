"""Figures of a corpus; a family counts once."""

import pytest

from diagflow.gate.bounds import wilson
from diagflow.gate.outcome import Outcome
from diagflow.gate.totals import quantiles, totals
from tests.gate.make import OTHER, faulty, healthy, root

FALSE = root(OTHER, right=False)


def test_counts():
    found = totals(
        "lab",
        [
            faulty("1", roots=[root()]),
            faulty("2", roots=[FALSE, root()]),
            faulty("3", forbidden=["k.b@node/n"]),
            healthy("4"),
            healthy("5", roots=[FALSE]),
            Outcome("lab", "6", "lab/6", error="broken"),
        ],
    )
    assert (found.recordings, found.unusable, found.families, found.faulty, found.healthy) == (6, 1, 5, 3, 2)
    assert (found.top1.count, found.top3.count, found.top1.of) == (1, 2, 3)
    assert (found.false_on_faulty.count, found.false_on_healthy.count) == (1, 1)
    assert (found.forbidden.count, found.abstained, found.uncertain) == (1, 1, 0)
    assert (found.top1.low, found.top1.high) == wilson(1, 3)


def test_a_hundred_looks_at_one_life_are_one_observation():
    once = totals("lab", [healthy("1")])
    often = totals("lab", [healthy(str(n), family="soak") for n in range(100)])
    assert often.false_on_healthy.of == 100
    assert often.false_on_healthy.bound == once.false_on_healthy.bound == pytest.approx(0.95)


def test_one_false_look_makes_the_family_a_false_one():
    looks = [healthy(str(n), family=f"soak {n % 10}") for n in range(99)]
    found = totals("lab", [*looks, healthy("99", family="soak 9", roots=[FALSE])]).false_on_healthy
    assert (found.count, found.of, found.bad_families, found.families) == (1, 100, 1, 10)
    assert found.bound == pytest.approx(0.3942, abs=5e-5)


def test_the_score_of_a_family_is_the_share_of_its_recordings():
    half = [faulty("1", family="f", roots=[root()]), faulty("2", family="f")]
    found = totals("lab", [*half, faulty("3", roots=[root()])]).top1
    assert (found.count, found.of, found.families) == (2, 3, 2)
    assert (found.low, found.high) == wilson(1.5, 2)


def test_of_nothing_nothing_is_known():
    found = totals("lab", [])
    assert (found.top1.low, found.top1.high, found.false_on_healthy.bound) == (0.0, 1.0, 1.0)


def test_quantiles_are_times_that_were_measured():
    assert quantiles([n / 100 for n in range(1, 101)]) == (0.5, 0.95, 1.0)
    assert quantiles([0.3]) == (0.3, 0.3, 0.3)
    assert quantiles([]) == (0.0, 0.0, 0.0)
