"""The tests that stand beside the rules about nodes, one test a file."""

from functools import cache
from pathlib import Path

import pytest

import diagflow.packs.node as pack
from diagflow.harness.balance import imbalance
from diagflow.harness.case import read_tests
from diagflow.harness.run import run_file
from diagflow.rules import RuleSet, load_packs

RULES = Path(str(pack.__file__)).parent / "rules"
FILES = sorted(RULES.rglob("NODE-*.yaml"))


@cache
def knowledge() -> RuleSet:
    """Return our pack, and the one whose causes follow from its own; loaded once."""
    return load_packs(["kubernetes", "node"])


@pytest.mark.parametrize(
    "path", [p for p in FILES if ".test." in p.name], ids=lambda p: p.name.removesuffix(".test.yaml")
)
def test_all_cases_come_out_as_expected(path: Path) -> None:
    tests = read_tests(path)
    failed = [(result.case, result.differences) for result in run_file(tests, knowledge()) if not result.passed]
    assert not failed
    assert not list(imbalance(tests))


@pytest.mark.parametrize("path", [p for p in FILES if ".test." not in p.name], ids=lambda p: p.stem)
def test_every_rule_has_its_tests_beside_it(path: Path) -> None:
    assert path.with_suffix(".test.yaml") in FILES
