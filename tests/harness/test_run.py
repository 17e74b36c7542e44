from pathlib import Path

import pytest

from diagflow.harness import as_json, as_text, find, run_tests
from diagflow.harness.balance import imbalance
from diagflow.harness.case import read_tests
from diagflow.harness.find import BrokenRules
from diagflow.harness.mutants import run_mutants, where_mutants
from diagflow.harness.report import Report
from diagflow.harness.run import run_file
from diagflow.infer.weigh import probability
from diagflow.model import FITTED, BadInput, Strength
from tests.analyze.make import ruleset

CAUSES = """
- {id: t.stuck, title: stuck, role: symptom}
- {id: t.broken, title: broken, explains: [{what: t.stuck}]}
"""
RULES = """
- id: T-X-001
  cause: t.broken
  triggers:
    - object: pod
      when: {status.phase: [Pending, Failed]}
      where: object.status.tries > 4 && !has(object.metadata.deletionTimestamp)
      supports: conclusive
      extract: {tries: object.status.tries}
"""
TESTS = """
- name: ill
  given: {objects: [{kind: Pod, namespace: shop, name: a, status: {phase: Pending, tries: 5}}]}
  expect: {verdict: match, entity: pod/shop/a, args: {tries: 5}, causes: [{id: t.broken, entity: pod/shop/a}],
    symptoms: [], status: diagnosed}
- name: failed
  like: ill
  change: {'objects[0].status.phase': Failed}
  expect: {verdict: match}
- name: few tries
  like: ill
  change: {'objects[0].status.tries': 4}
  expect: {verdict: no_match, causes: [], status: healthy}
- name: going away
  like: ill
  change: {'objects[0].deleted': 2026-01-01T00:00:00Z}
  expect: {verdict: no_match}
- name: running
  like: ill
  change: {'objects[0].status.phase': Running}
  expect: {verdict: no_match}
"""


def file(tmp_path: Path, text: str, name: str = "T-X-001.test.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def differences(
    tmp_path: Path,
    expect: str,
    given: str = "{kind: Pod, namespace: shop, name: a, status: {phase: Pending, tries: 5}}",
) -> list[str]:
    text = f"- name: x\n  given: {{objects: [{given}]}}\n  expect: {expect}\n"
    [result] = run_file(read_tests(file(tmp_path, text)), ruleset(RULES, CAUSES))
    assert result.passed == (not result.differences)
    return list(result.differences)


def test_a_good_file_passes(tmp_path: Path):
    results = run_file(read_tests(file(tmp_path, TESTS)), ruleset(RULES, CAUSES))
    assert [(r.case, r.differences) for r in results] == [
        ("ill", ()),
        ("failed", ()),
        ("few tries", ()),
        ("going away", ()),
        ("running", ()),
    ]


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ("{verdict: no_match}", "verdict: expected no_match, got match about pod/shop/a"),
        ("{verdict: match, entity: pod/shop/b}", "entity: pod/shop/b does not match; pod/shop/a do"),
        ("{verdict: match, entities: []}", "entity: pod/shop/a matches, and should not"),
        ("{args: {tries: 6}, verdict: match}", "args: tries should be 6, and is 5"),
        ("{causes: []}", "causes: + t.broken at pod/shop/a, which was not expected"),
        ("{causes: [t.other, t.broken]}", "causes: - t.other, which is missing"),
        (
            "{causes: [{id: t.broken, entity: pod/shop/b}, t.broken]}",
            "causes: - t.broken at pod/shop/b, which is missing (it is at pod/shop/a)",
        ),
        ("{symptoms: [t.stuck]}", "symptoms: - t.stuck, which is missing"),
        ("{consequences: [t.stuck]}", "consequences: - t.stuck, which is missing"),
        ("{ruled_out: [t.broken]}", "ruled_out: - t.broken, which is missing"),
        ("{candidates: [t.broken]}", "candidates: - t.broken, which is missing"),
        ("{status: healthy}", "status: expected healthy, got diagnosed"),
    ],
)
def test_each_difference_is_said(tmp_path: Path, expect: str, said: str):
    assert differences(tmp_path, expect) == [said]


def unnamed(tmp_path: Path, supports: str, more: str = "") -> str:
    pod = "{kind: Pod, namespace: shop, name: a, status: {phase: Failed, tries: 5}}"
    text = f"- {{name: x, given: {{objects: [{pod}]{more}}}, expect: {{verdict: match, causes: [t.broken]}}}}\n"
    rules = ruleset(RULES.replace("conclusive", supports), CAUSES)
    [result] = run_file(read_tests(file(tmp_path, text)), rules)
    [difference] = result.differences
    return difference


def test_a_cause_that_is_not_named_tells_how_sure_it_is_and_what_it_lacks(tmp_path: Path):
    said = unnamed(tmp_path, "strong")
    strong = FITTED.strengths[Strength.STRONG]
    in_a_scan, near = probability(FITTED.scan + strong), probability(FITTED.near + strong)
    confidence = f"causes: - t.broken, which is missing (its confidence is {in_a_scan}, and it is named from 0.5 up; "
    assert said.startswith(confidence + "seen was `strong` of state@pod/shop/a; it lacks `supports: ")
    assert "of another origin, or `supports: conclusive` instead of `strong`; this is a scan: with an `alert`," in said
    assert said.endswith(f"or `entities: [pod/shop/a]`, it would be {near})")


def test_near_an_entity_nothing_is_said_of_scans(tmp_path: Path):
    said = unnamed(tmp_path, "moderate", ", entities: [pod/shop/a]")
    assert "or `supports: strong` instead of `moderate`)" in said
    assert "scan" not in said


def test_what_it_lacks_is_enough(tmp_path: Path):
    assert "`supports: conclusive` instead of `strong`" in unnamed(tmp_path, "strong")
    with pytest.raises(ValueError, match="expected 1, got 0"):
        unnamed(tmp_path, "conclusive")
    with pytest.raises(ValueError, match="expected 1, got 0"):
        unnamed(tmp_path, "strong", ", entities: [pod/shop/a]")


def test_a_cause_that_is_a_consequence_tells_of_what(tmp_path: Path):
    causes = CAUSES + "- {id: t.above, title: above, explains: [{what: t.broken}]}\n"
    rules = ruleset(RULES + RULES.replace("T-X-001", "T-X-002").replace("t.broken", "t.above"), causes)
    text = TESTS.partition("- name: failed")[0].replace("causes: [", "causes: [{id: t.above, entity: pod/shop/a}, ")
    [result] = run_file(read_tests(file(tmp_path, text)), rules)
    [difference] = result.differences
    assert difference.endswith("missing (t.broken at pod/shop/a is a consequence of t.above@pod/shop/a)")


def test_a_case_that_cannot_be_built_fails_with_the_reason(tmp_path: Path):
    assert "has no name" in differences(tmp_path, "{verdict: match}", given="{kind: Pod}")[0]


def test_an_answer_that_no_rule_asks_for_fails(tmp_path: Path):
    text = "- {name: x, given: {answers: {upp: 1}}, expect: {verdict: no_match}}\n"
    [result] = run_file(read_tests(file(tmp_path, text)), ruleset(RULES, CAUSES))
    assert "no rule asked for upp" in result.differences[0]


def test_a_file_for_no_rule_fails(tmp_path: Path):
    [result, *_] = run_file(read_tests(file(tmp_path, TESTS, "T-X-009.test.yaml")), ruleset(RULES, CAUSES))
    assert "there is no rule T-X-009" in result.differences[0]


def test_why_not_shows_the_values_that_a_condition_saw(tmp_path: Path):
    text = TESTS.replace("expect: {verdict: no_match, causes: [], status: healthy}", "expect: {verdict: match}")
    results = run_file(read_tests(file(tmp_path, text)), ruleset(RULES, CAUSES))
    why = "\n".join(results[2].why)
    assert "object.status.tries = 4" in why
    assert "object.metadata.deletionTimestamp = not there" in why


def test_why_not_shows_the_values_that_the_index_saw(tmp_path: Path):
    text = TESTS.replace(
        "phase': Running}\n  expect: {verdict: no_match}", "phase': Running}\n  expect: {verdict: match}"
    )
    results = run_file(read_tests(file(tmp_path, text)), ruleset(RULES, CAUSES))
    assert "status.phase should be Pending or Failed, and is Running" in "\n".join(results[4].why)


def test_good_tests_kill_every_mutant_that_can_be_told_from_the_rule(tmp_path: Path):
    report = run_mutants(read_tests(file(tmp_path, TESTS)), ruleset(RULES, CAUSES))
    assert report is not None
    assert report.survived == ()
    assert report.total == 8


def test_poor_tests_let_mutants_live(tmp_path: Path):
    poor = TESTS.split("- name: failed", maxsplit=1)[0] + "- name: nothing\n  expect: {verdict: no_match}\n"
    report = run_mutants(read_tests(file(tmp_path, poor)), ruleset(RULES, CAUSES))
    assert report is not None
    assert "`Failed` removed from `when: status.phase`" in report.survived
    assert "`object.status.tries > 4` dropped from `where`" in report.survived


def test_failing_tests_say_nothing_about_mutants(tmp_path: Path):
    text = TESTS.replace("verdict: match, entity: pod/shop/a, args: {tries: 5}", "verdict: no_match", 1)
    assert run_mutants(read_tests(file(tmp_path, text)), ruleset(RULES, CAUSES)) is None


@pytest.mark.parametrize(
    ("source", "mutants"),
    [
        ("a == 'x && y'", ["", "a != 'x && y'"]),
        ("a && b.exists(c, c > 2 && d)", ["b.exists(c, c > 2 && d)", "a", "a && b.exists(c, c <= 2 && d)"]),
        ("a || b && c", [""]),
        ("x >= 300.0", ["", "x < 300.0", "x >= 150.0", "x >= 450.0"]),
    ],
)
def test_conditions_are_mutated_where_they_are_joined_and_compared(source: str, mutants: list[str]):
    found = [where for where, _ in where_mutants(source)]
    assert found[: len(mutants)] == mutants


def test_a_rule_needs_a_negative_test_that_differs_in_one_field(tmp_path: Path):
    def lacks(text: str) -> list[str]:
        return [line.split(": ", 1)[1] for line in imbalance(read_tests(file(tmp_path, text)))]

    assert lacks(TESTS) == []
    assert "no case expects `verdict: no_match`" in lacks(TESTS.split("- name: few", maxsplit=1)[0])[0]
    alone = TESTS.split("- name: failed", maxsplit=1)[0] + "- name: nothing\n  expect: {verdict: no_match}\n"
    assert "differs from one that matches in a single field" in lacks(alone)[0]
    assert "no case expects `verdict: match`" in lacks("- {name: a, expect: {verdict: no_match}}\n")[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "causes.yaml").write_text(CAUSES, encoding="utf-8")
    (tmp_path / "T-X-001.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "T-X-002.yaml").write_text(RULES.replace("T-X-001", "T-X-002"), encoding="utf-8")
    file(tmp_path, TESTS)
    return tmp_path


def test_rules_without_tests_are_told(folder: Path):
    report = run_tests(find([str(folder)]))
    assert not report.passed
    assert report.untested == ("T-X-002",)
    assert as_text(report).splitlines()[-1] == "5 passed, 0 failed, 1 rules have no tests"


def test_a_wrong_test_file_is_no_missing_one(folder: Path):
    (folder / "T-X-002.test.yaml").write_text("- name: a\n  like: nothing\n", encoding="utf-8")
    report = run_tests(find([str(folder)]))
    assert (report.untested, len(report.wrong)) == ((), 1)


def test_a_rule_file_stands_for_its_tests(folder: Path):
    report = run_tests(find([str(folder / "T-X-001.yaml"), str(folder / "causes.yaml")]), mutants=True)
    assert [r.case for r in report.results] == ["ill", "failed", "few tries", "going away", "running"]
    assert report.passed
    assert as_text(report) == "5 passed, 0 failed, 8 of 8 mutants killed (100.0%)\n"
    assert '"killed": 1.0' in as_json(report)


def test_a_test_file_that_cannot_be_used_is_told(folder: Path):
    (folder / "T-X-002.test.yaml").write_text("- {name: x}\n", encoding="utf-8")
    report = run_tests(find([str(folder)]))
    assert "needs `expect`" in report.wrong[0]
    assert not report.passed


def test_red_says_what_and_why(folder: Path):
    file(
        folder,
        TESTS.replace(
            "phase': Running}\n  expect: {verdict: no_match}", "phase': Running}\n  expect: {verdict: match}"
        ),
    )
    lines = as_text(run_tests(find([str(folder / "T-X-001.yaml"), str(folder / "causes.yaml")]))).splitlines()
    assert lines[0].startswith("FAILED T-X-001 / running")
    assert lines[1] == "  verdict: expected match, got no_match"
    assert any("should be Pending or Failed" in line for line in lines)


def test_what_does_not_exist_is_bad_input(folder: Path):
    with pytest.raises(BadInput, match="no rule and no path T-Y-404"):
        find(["T-Y-404"])
    with pytest.raises(BadInput, match="is not installed"):
        find([], "nonsense")
    (folder / "bad.yaml").write_text("- id: x", encoding="utf-8")
    with pytest.raises(BadInput, match="errors in rules"):
        find([str(folder)])


def test_where_there_is_no_rule_nothing_passes(tmp_path: Path):
    (tmp_path / "causes.yaml").write_text(CAUSES, encoding="utf-8")
    with pytest.raises(BrokenRules, match="there is no rule and no test in "):
        find([str(tmp_path)])


def test_an_empty_report_passes():
    assert Report(results=()).passed
    assert Report(results=()).killed == 1.0


ALONG = """
- id: T-X-001
  cause: t.broken
  triggers:
    - {object: service, where: object.metadata.name == "web"}
    - {promql: max by (node) (load), threshold: "> 5", supports: conclusive}
"""
ASIDE = """
- name: it runs there
  given:
    objects: [{kind: Service, namespace: shop, name: web}]
    answers: {max by (node) (load): [{node: n1, value: 9}]}
    topology: TOPOLOGY
  expect: {verdict: match, entity: service/shop/web, causes: [{id: t.broken, entity: service/shop/web}]}
"""


@pytest.mark.parametrize(
    ("topology", "says"),
    [
        ("[{from: service/shop/web, relation: node, to: node/n1}]", ""),
        ("[{from: service/shop/web, relation: node, to: node/n2}]", "verdict: expected match, got no_match"),
        ("[]", "verdict: expected match, got no_match"),
        ("[{from: service/shop/web, relation: node}]", "topology: write a list of such as `{from: service/shop/web"),
        ("[{from: web, relation: node, to: node/n1}]", "topology: write a list of such as"),
        ("{from: service/shop/web}", "topology: write a list of such as"),
        ("near", "topology: write a list of such as"),
        ("7", "topology: write a list of such as"),
    ],
)
def test_the_topology_of_a_case_is_that_of_its_diagnosis(tmp_path: Path, topology: str, says: str):
    path = tmp_path / "T-X-001.test.yaml"
    path.write_text(ASIDE.replace("TOPOLOGY", topology), encoding="utf-8")
    rules = ruleset(ALONG, CAUSES)
    (result,) = run_file(read_tests(path), rules)
    assert result.passed is not bool(says)
    assert not says or result.differences[0].startswith(says)
    if not says:
        assert run_mutants(read_tests(path), rules) is not None
