"""CEL that is read before its rule is."""

import pytest

from diagflow.rules.ahead import read_ahead
from diagflow.rules.filenames import FileKind
from diagflow.rules.files import declared, document
from diagflow.rules.reads import reads
from diagflow.rules.rule import ObjectInput
from diagflow.rules.walk import leaves
from tests.rules.make import rule_with

WHERE = "object.status.phase == 'Ahead' && object.spec.nodeName != ''"


def of_rule(where: str):
    rule = rule_with(f'object: pod, when: {{status.phase: A}}, where: "{where}"')
    return document(rule.encode(), "f.yaml")


def test_a_rule_finds_its_condition_read():
    one = of_rule(WHERE)
    read_ahead(one.root)
    before = reads.cache_info().misses
    found = declared(one, FileKind.RULES)
    assert [problem for problem in found.problems if problem.code == "cel"] == []
    assert len(found.rules) == 1
    (condition,) = leaves(found.rules[0].trigger)
    assert isinstance(condition.input, ObjectInput)
    assert condition.input.where == WHERE
    assert reads.cache_info().misses == before


def test_without_it_the_rule_reads_its_condition_itself():
    one = of_rule(WHERE.replace("Ahead", "Alone"))
    before = reads.cache_info().misses
    assert len(declared(one, FileKind.RULES).rules) == 1
    assert reads.cache_info().misses == before + 1


def test_a_wrong_condition_is_said_once_and_in_its_place():
    one = of_rule("object.status.phase ==")
    read_ahead(one.root)
    (problem,) = declared(one, FileKind.RULES).problems
    assert problem.code == "cel"
    assert problem.position.line == 1 + one.text[: one.text.index("object.status")].count("\n")


NO_RULES = ("", "where: 1\n", "- where: [a]\n", "? [where]\n: 1\n", "- where: ''\n- ~\n", "where")


@pytest.mark.parametrize("text", NO_RULES)
def test_what_is_no_rule_is_passed_over(text):
    one = document(text.encode(), "f.yaml")
    assert one.problem is None
    read_ahead(one.root)
