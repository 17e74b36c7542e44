"""A recording that was made with fewer rules serves those of today, as far as it goes."""

import gc
from dataclasses import replace

import pytest

from diagflow.analyze.table import Table
from diagflow.bundle import Bundle
from diagflow.collect.recorded import BundleReader
from diagflow.engine import diagnose, so_far
from diagflow.harness.world import World
from diagflow.model import Outcome
from tests.analyze.make import NOW, condition, pod, ruleset

OLD = condition("object: pod\nwhen: {status.phase: Pending}")
NEW = condition("object: pod\nwhen: {status.other: x}").replace("T-X-001", "T-X-002")


@pytest.mark.parametrize("same_bundle", [True, False])
def test_a_rule_that_needs_another_field_costs_the_others_nothing(same_bundle: bool):  # noqa: FBT001
    world = World({"now": NOW, "objects": [pod(status={"phase": "Pending"})]})
    recorded: Bundle = diagnose(ruleset(OLD), world, world.incident).bundle
    bundle = recorded if same_bundle else None
    result = diagnose(ruleset(OLD + NEW), BundleReader(recorded), world.incident, bundle=bundle)
    found = {v.rule: v for v in result.analysis.verdicts}
    assert found["T-X-001"].outcome is Outcome.MATCH
    assert found["T-X-002"].outcome is Outcome.SKIPPED
    assert "recorded without status.other" in found["T-X-002"].needs[0].detail


def test_what_can_be_said_so_far_is_the_diagnosis_without_what_it_was_made_of():
    world = World({"now": NOW, "objects": [pod(status={"phase": "Pending"})]})
    recorded = diagnose(ruleset(OLD), world, world.incident).bundle
    whole = diagnose(ruleset(OLD), BundleReader(recorded), world.incident).diagnosis
    assert whole.rules
    assert whole.bundle_digest
    now = Bundle(world.incident)
    assert so_far(ruleset(OLD), BundleReader(recorded), now) == replace(whole, rules={}, bundle_digest="", engine="")


CEL = condition("object: pod\nwhere: object.status.phase.matches('P.*g')")


def tables() -> int:
    return sum(isinstance(one, Table) for one in gc.get_objects())


def test_nothing_of_a_diagnosis_waits_for_the_collector():
    """It is off meanwhile, and what was made counts as old afterwards: readings in a circle would stay for good."""
    world = World({"now": NOW, "objects": [pod(status={"phase": "Pending"})]})
    gc.collect()
    before = tables()
    gc.disable()
    try:
        result = diagnose(ruleset(CEL), world, world.incident)
        assert [v.outcome for v in result.analysis.verdicts] == [Outcome.MATCH]
        del result
        assert tables() == before
    finally:
        gc.enable()
