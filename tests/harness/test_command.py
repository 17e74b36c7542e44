import json
import xml.etree.ElementTree as ET
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


def test_ci_systems_get_junit(folder: Path, tmp_path: Path):
    page = tmp_path / "report.xml"
    assert run(folder, "-o", "junit", "--out", page) == Ran(0, "", "")
    tree = ET.fromstring(page.read_text(encoding="utf-8"))  # noqa: S314  # we wrote it
    [suite] = tree
    assert (tree.get("name"), suite.get("name"), suite.get("failures")) == ("diagflow rules test", "T-X-001", "0")
    assert [case.get("name") for case in suite] == ["ill", "failed", "few tries", "going away", "running"]
    assert all(float(case.get("time", "0")) > 0 for case in suite)


def test_junit_fails_what_fails_the_run_and_says_why(folder: Path):
    test = folder / "T-X-001.test.yaml"
    test.write_text(TESTS.replace("'objects[0].status.tries': 4", "'objects[0].status.tries': 9"), encoding="utf-8")
    (folder / "T-X-002.yaml").write_text(RULES.replace("T-X-001", "T-X-002"), encoding="utf-8")
    (folder / "T-X-003.test.yaml").write_text("- {name: x}\n", encoding="utf-8")
    found = run(folder, "-o", "junit")
    assert found.status == 1
    cases, rest = ET.fromstring(found.out)  # noqa: S314
    [failure] = cases.iter("failure")
    assert failure.get("message") == "verdict: expected no_match, got match about pod/shop/a"
    assert f"at {test}:10\n" in (failure.text or "")
    assert "object pod: holds" in (failure.text or "")
    assert {case.get("name"): case[0].text for case in rest} == {
        "test files that cannot be used": f"{folder / 'T-X-003.test.yaml'}:1: a case needs `expect`: "
        "without it nothing can fail",
        "rules without tests": "T-X-002: write T-X-002.test.yaml beside it",
    }


def test_junit_fails_for_mutants_that_live_and_tells_of_those_that_may(folder: Path):
    [_, rest] = ET.fromstring(run(folder, "-o", "junit", "--mutants").out)  # noqa: S314
    assert rest.findtext(".//system-out") == "8 of 8 mutants killed (100.0%)"
    poor = TESTS.split("- name: failed")[0] + "- name: running" + TESTS.split("- name: running")[1]
    (folder / "T-X-001.test.yaml").write_text(poor, encoding="utf-8")
    [_, rest] = ET.fromstring(run(folder, "-o", "junit", "--mutants").out)  # noqa: S314
    assert "`Failed` removed from `when: status.phase`" in (rest.findtext(".//failure") or "")


def test_coverage_is_told_and_fails_nothing(folder: Path):
    poor = TESTS.split("- name: few")[0] + "- name: running" + TESTS.split("- name: running")[1]
    (folder / "T-X-001.test.yaml").write_text(poor, encoding="utf-8")
    found = run(folder, "--coverage")
    assert found.status == 0
    assert found.out.splitlines()[-1] == "3 passed, 0 failed, 4 of 6 branches reached (66.7%)"
    [_, rest] = ET.fromstring(run(folder, "--coverage", "-o", "junit").out)  # noqa: S314
    told = (rest.findtext("testcase[@name='coverage']/system-out") or "").splitlines()
    assert told[0] == "4 of 6 branches reached (66.7%)"
    assert told[1] == "T-X-001: object pod: `object.status.tries > 4` was never false"


def test_every_form_can_go_to_a_file(folder: Path, tmp_path: Path):
    page = tmp_path / "report.txt"
    assert run(folder, "--out", page).status == 0
    assert page.read_text() == "5 passed, 0 failed\n"
    wrong = run(folder, "--out", tmp_path / "none" / "x")
    assert (wrong.status, "cannot be written" in wrong.err) == (2, True)


@pytest.mark.parametrize("argument", ["K8S-NONE-999", "no/such/folder"])
def test_what_does_not_exist_is_2(argument: str):
    found = run(argument)
    assert (found.status, found.out, found.err.count("\n")) == (2, "", 1)
