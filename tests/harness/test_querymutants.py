"""PromQL with one thing made wrong, and whether the tests of a rule can notice."""

from pathlib import Path

import pytest

from diagflow.harness import as_json, as_text
from diagflow.harness.case import read_tests
from diagflow.harness.mutants import MutantReport, run_mutants, where_mutants
from diagflow.harness.querymutants import query_mutants
from diagflow.harness.report import Report
from diagflow.harness.run import run_file
from tests.analyze.make import ruleset

RULE = "- {id: T-X-001, cause: t.x, triggers: [{promql: 'rate(f_total[4m])', for: 10m, threshold: '> 5'}]}\n"
CAUSES = "- {id: t.x, title: x}\n"


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("up", []),
        ('x{a!="1",b=~"2"}', []),
        ("rate(x[5m])", [("rate(x[2m30s])", "`[5m]` → `[2m30s]`")]),
        ("rate(x[5])", []),
        (
            "min_over_time((x)[10m:1m]) and count_over_time((x)[10m:1m]) >= 10",
            [
                ("(x)", "`for` dropped"),
                ("min_over_time((x)[5m:1m]) and count_over_time((x)[5m:1m]) >= 5", "`for` 10m → 5m"),
            ],
        ),
        ("min_over_time(x[10m])", [("min_over_time(x[5m])", "`[10m]` → `[5m]`")]),
        ("x > Inf", [("x <= Inf", "`>` → `<=` in `x > Inf`")]),
        (
            "x > 0x10",
            [
                ("x <= 0x10", "`>` → `<=` in `x > 0x10`"),
                ("x > 8", "`> 0x10` → `8`"),
                ("x > 24", "`> 0x10` → `24`"),
            ],
        ),
        (
            'sum(x{a!="1"} > bool 4) / 2',
            [
                ('sum(x{a!="1"} <= bool 4) / 2', '`>` → `<=` in `sum(x{a!="1"} > bool 4) / 2`'),
                ('sum(x{a!="1"} > bool 2) / 2', "`> 4` → `2`"),
                ('sum(x{a!="1"} > bool 6) / 2', "`> 4` → `6`"),
            ],
        ),
    ],
)
def test_what_is_made_wrong(expression: str, found: list[tuple[str, str]]):
    assert list(query_mutants(expression)) == found


def tried(tmp_path: Path, tests: str, rule: str = RULE) -> MutantReport | None:
    path = tmp_path / "T-X-001.test.yaml"
    path.write_text(tests, encoding="utf-8")
    return run_mutants(read_tests(path), ruleset(rule, CAUSES))


def case(name: str, values: str, verdict: str) -> str:
    series = f"{{input_series: [{{series: f_total, values: '{values}'}}]}}"
    return f"- {{name: {name}, given: {{series: {series}}}, expect: {{verdict: {verdict}}}}}\n"


def test_series_at_both_edges_notice_all_of_it(tmp_path: Path):
    # 10 a second; a counter that began 14 minutes ago has had a rate over 4 minutes for ten of them.
    edges = case("long", "0+600x14", "match") + case("short", "0x7 600+600x6", "no_match")
    report = tried(tmp_path, edges)
    assert report is not None
    assert not {what for what in report.survived if what.startswith("`for`")}
    assert report.untried == ()
    poor = tried(tmp_path, case("long", "0+600x14", "match") + case("never", "0x14", "no_match"))
    assert poor is not None
    assert {"`for` dropped", "`for` 10m → 5m"} <= set(poor.survived)


def test_answers_are_of_one_expression_so_that_nothing_in_it_is_changed(tmp_path: Path):
    inner = "(rate(f_total[4m]))"
    expression = f"min_over_time({inner}[10m:1m]) and count_over_time({inner}[10m:1m]) >= 10"
    answered = "- {name: %s, given: {answers: {'" + expression + "': %s}}, expect: {verdict: %s}}\n"
    report = tried(tmp_path, answered % ("a", 6, "match") + answered % ("b", 5, "no_match"))
    assert report is not None
    assert report.untried == (expression,)
    assert report.total == 3  # of the threshold
    text = as_text(Report(results=(), mutants=[report]))
    assert f"NOT MUTATED T-X-001: what is in `{expression}`: no case has series for it" in text
    assert '"untried": [' in as_json(Report(results=(), mutants=[report]))


def test_a_case_with_series_and_an_answer_to_the_expression_cannot_notice_either(tmp_path: Path):
    both = (
        "- name: a\n  given:\n    answers: {'rate(f_total[4m])': 6}\n"
        "    series: {input_series: [{series: f_total, values: '1 2'}]}\n  expect: {verdict: match}\n"
    )
    report = tried(tmp_path, both, RULE.replace("for: 10m, ", ""))
    assert report is not None
    assert report.untried == ("rate(f_total[4m])",)


def test_mutants_are_not_counted_while_tests_fail(tmp_path: Path):
    path = tmp_path / "T-X-001.test.yaml"
    path.write_text(case("long", "0x14", "match"), encoding="utf-8")
    rules = ruleset(RULE, CAUSES)
    results = run_file(read_tests(path), rules)
    assert run_mutants(read_tests(path), rules) is None
    assert as_text(Report(results, mutants=[])).splitlines()[-1] == (
        "0 passed, 1 failed, mutants: not run while tests fail"
    )
    other = MutantReport("T-X-002", 2, ("x",))
    assert as_text(Report(results, mutants=[other])).splitlines()[-1] == (
        "0 passed, 1 failed, 1 of 2 mutants killed (50.0%, those of rules whose tests fail not run)"
    )


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a.exists(c, c.type == 'x(') && size(b) > 3", ["`c.type == 'x('`: ", "`size(b) > 3`: "]),
        ("(a.b > 3) || f(x, y.z(1) != 2)", ["`a.b > 3`: ", "`y.z(1) != 2`: "]),
        ("has(a) ? a < 1 : b", ["`a < 1 : b`: "]),
    ],
)
def test_a_comparison_is_told_without_the_brackets_around_it(source: str, said: list[str]):
    told = [what for _, what in where_mutants(source) if "` → `" in what]
    assert [what[: len(start)] for what, start in zip(told, said, strict=True)] == said
