"""What became of rules, on real recordings."""

import pytest

from diagflow.gate.outcome import Use
from diagflow.rules import Effect


@pytest.fixture
def uses(outcomes):
    by_name = {o.name: o.rules for o in outcomes}
    return lambda rule, name: by_name[name][rule]


def test_the_rule_that_names_the_true_cause_is_right_and_teaches_nothing_about_false_ones(uses):
    use = uses("K8S-RUN-010", "faults/oom-killed.zip")
    assert Use.FIRED | Use.RIGHT | Use.RAN | Use.OCCURS in use
    assert Use.JUDGEABLE not in use
    assert Use.WRONG not in use


def test_elsewhere_it_is_silent_and_could_have_been_false(uses):
    use = uses("K8S-RUN-010", "healthy/soak-01.zip")
    assert use == Use.OCCURS | Use.RAN | Use.JUDGEABLE


def test_a_symptom_is_neither_right_nor_wrong(outcomes, ruleset):
    symptoms = [rule.id for rule in ruleset.rules if rule.effect is Effect.SYMPTOM]
    uses = [o.rules[rule] for o in outcomes for rule in symptoms]
    assert sum(Use.FIRED in use for use in uses) > 10
    assert not any(use & (Use.RIGHT | Use.WRONG) for use in uses)


def test_a_rule_about_this_machine_has_no_inputs_in_a_cluster(uses):
    use = uses("GO-CGO-001", "faults/oom-killed.zip")
    assert not use & (Use.OCCURS | Use.RAN | Use.FIRED)


def test_a_rule_that_rules_out_what_must_be_is_right(outcomes):
    (pods,) = [o for o in outcomes if o.name == "faults/max-pods.zip"]
    assert pods.not_ruled_out == ()
    right = [rule for rule, use in pods.rules.items() if Use.RIGHT in use]
    assert "K8S-NODE-011" in right


def test_no_rule_that_has_its_inputs_in_the_lab_s_recordings_is_skipped_everywhere(outcomes, ruleset):
    idle = [
        rule.id
        for rule in ruleset.rules
        if any(Use.OCCURS in o.rules[rule.id] for o in outcomes)
        and not any(Use.RAN in o.rules[rule.id] for o in outcomes)
    ]
    assert idle == []
