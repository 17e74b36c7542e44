"""Readings removed at random, the same ones for the same seed."""

from diagflow.bundle import open_bundle
from diagflow.engine import SOURCE
from diagflow.gate.lesser import lesser
from diagflow.model import Reading, State
from tests.gate.conftest import CORPUS


def queries(bundle):
    return [str(reading.query) for reading in bundle.readings()]


def test_a_part_is_gone_and_nothing_else_changes():
    whole = open_bundle(CORPUS / "faults" / "quota.zip").bundle
    before = whole.digest()
    made = [lesser(whole, "quota", seed) for seed in range(1, 21)]
    assert whole.digest() == before
    assert all(0 < len(one) <= len(whole) for one in made)
    assert sum(len(one) < len(whole) for one in made) >= 18
    assert all(set(queries(one)) <= set(queries(whole)) for one in made)
    assert all(one.incident == whole.incident for one in made)
    share = 1 - sum(map(len, made)) / (len(whole) * len(made))
    assert 0.15 < share < 0.45


def test_the_same_seed_removes_the_same_and_another_seed_or_name_does_not():
    whole = open_bundle(CORPUS / "faults" / "quota.zip").bundle
    assert queries(lesser(whole, "quota", 1)) == queries(lesser(whole, "quota", 1))
    several = {tuple(queries(lesser(whole, name, seed))) for name in ("quota", "other") for seed in (1, 2)}
    assert len(several) == 4


def test_who_answered_is_kept():
    whole = open_bundle(CORPUS / "healthy" / "soak-15.zip").bundle
    whole.add(Reading(SOURCE, State.DATA, whole.incident.now, {"cluster": "lab"}))
    sources = [q for q in queries(whole) if q == str(SOURCE)]
    assert sources
    assert all(set(sources) <= set(queries(lesser(whole, "soak", seed))) for seed in range(1, 30))
