"""Whatever a version draws can be put in place in the time that the live tests have."""

import pytest
from lab import fault
from tests.lab import sample

EVERY = {name: fault.load(name, 1, "node") for name in fault.all_names()}
QUICK = [name for name, one in EVERY.items() if one.pause <= sample.PATIENCE]
VERSIONS = [f"version {number}" for number in range(300)]


def _of(version: str) -> list[fault.Fault]:
    return [EVERY[name] for name in sample.drawn(QUICK, version, sample.USUAL)]


def test_the_same_version_draws_the_same_faults_and_another_one_others():
    assert _of("one") == _of("one")
    assert _of("one") != _of("another")
    assert {one.name for version in VERSIONS for one in _of(version)} == set(QUICK)


@pytest.mark.parametrize("version", VERSIONS[:50])
def test_every_version_has_faults_that_a_scan_finds_together_soon(version):
    batch = [EVERY[name] for name in sample.together(_of(version))]
    assert 3 <= len(batch) <= 6
    assert max(max(one.pause, one.scan_after) for one in batch) <= sample.PATIENCE
    assert not any(one.is_felt_by_others or one.name.startswith("healthy/") for one in batch)


def test_what_a_scan_names_only_later_is_not_looked_for_together():
    slow = EVERY["image/registry-unreachable"]
    assert slow.scan_after > sample.PATIENCE
    assert sample.together([slow, EVERY["container/readiness"]]) == ("container/readiness",)
