import json
from pathlib import Path

import pytest

from tests.cli.run import Ran, diagflow
from tests.harness.test_run import CAUSES, RULES, TESTS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "causes.yaml").write_text(CAUSES, encoding="utf-8")
    (tmp_path / "T-X-001.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "T-X-001.test.yaml").write_text(TESTS, encoding="utf-8")
    return tmp_path


def run(*arguments: str | Path) -> Ran:
    return diagflow("rules", "test", *arguments)


def test_green_is_0(folder: Path):
    assert run(folder, "--mutants") == Ran(0, "5 passed, 0 failed, 8 of 8 mutants killed (100.0%)\n", "")


def test_red_is_1_and_says_why(folder: Path):
    test = folder / "T-X-001.test.yaml"
    test.write_text(TESTS.replace("'objects[0].status.tries': 4", "'objects[0].status.tries': 9"), encoding="utf-8")
    found = run(folder)
    assert found.status == 1
    assert "verdict: expected no_match, got match about pod/shop/a" in found.out


def test_tests_too_weak_for_mutants_are_red(folder: Path):
    poor = TESTS.split("- name: failed")[0] + "- name: running" + TESTS.split("- name: running")[1]
    (folder / "T-X-001.test.yaml").write_text(poor, encoding="utf-8")
    assert run(folder).status == 0
    found = run(folder, "--mutants")
    assert found.status == 1
    assert "SURVIVED T-X-001" in found.out


def test_programs_get_json(folder: Path):
    found = json.loads(run(folder, "-o", "json").out)
    assert (found["passed"], len(found["results"]), found["untested"]) == (True, 5, [])


@pytest.mark.parametrize("argument", ["K8S-NONE-999", "no/such/folder"])
def test_what_does_not_exist_is_2(argument: str):
    found = run(argument)
    assert (found.status, found.out, found.err.count("\n")) == (2, "", 1)
