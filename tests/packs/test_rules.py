"""The tests that stand beside the rules of all our packs, one test a file."""

from functools import cache
from pathlib import Path

import pytest

from diagflow import packs
from diagflow.harness.balance import imbalance
from diagflow.harness.case import read_tests
from diagflow.harness.run import run_file
from diagflow.rules import RuleSet, load_packs

FOLDER = Path(str(packs.__path__[0]))
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/pack.yaml"))
FILES = sorted(path for name in NAMES for path in (FOLDER / name / "rules").rglob("*.yaml"))
TESTS = [path for path in FILES if path.name.endswith(".test.yaml")]
RULES = [path for path in FILES if path not in set(TESTS)]


@cache
def knowledge() -> RuleSet:
    """Return all packs, loaded once: what one knows may follow from what another does."""
    return load_packs(NAMES)


def test_all_packs_are_looked_at():
    assert {path.relative_to(FOLDER).parts[0] for path in TESTS} == set(NAMES) == {"go", "kubernetes", "node"}


@pytest.mark.parametrize("path", TESTS, ids=lambda p: p.name.removesuffix(".test.yaml"))
def test_all_cases_come_out_as_expected(path: Path) -> None:
    tests = read_tests(path)
    failed = [(result.case, result.differences) for result in run_file(tests, knowledge()) if not result.passed]
    assert not failed
    assert not list(imbalance(tests))


@pytest.mark.parametrize("path", RULES, ids=lambda p: p.stem)
def test_every_rule_has_its_tests_beside_it(path: Path) -> None:
    assert path.with_suffix(".test.yaml") in TESTS
