# ruff: noqa: E501  # messages and rules stand in one piece
"""What lint finds in rules that load."""

from dataclasses import replace

import pytest

from diagflow.analyze.labels import BY_NAME, namespaced
from diagflow.rules import Problem, RuleSet, load_packs, load_paths
from diagflow.rules.filenames import FileKind
from diagflow.rules.lint import lint
from diagflow.rules.problem import is_error
from diagflow.rules.querychecks import NAMESPACED
from diagflow.rules.ruleset import merged
from tests.rules.make import parsed, rule_with

CAUSE = '- {id: x.y, title: {en: "%s", zh: 某}}\n'
TESTS = "- name: a\n  expect: {verdict: match}\n- name: b\n  like: a\n  expect: {verdict: no_match}\n"
FULL = "object: pod, when: {status.phase: Failed}, text: {en: a, zh: b}"


def linted(folder, rules: str, causes: str = CAUSE % "t", tests: str | None = TESTS) -> dict[str, Problem]:
    """Return problems by code; each code at most once."""
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    (folder / "causes.yaml").write_text(causes, encoding="utf-8")
    if tests is not None:
        (folder / "A-B-001.test.yaml").write_text(tests, encoding="utf-8")
    found = lint(load_paths([folder]))
    assert len({p.code for p in found}) == len(found), [str(p) for p in found]
    return {p.code: p for p in found}


def test_a_good_rule_has_no_problem(tmp_path):
    assert linted(tmp_path, rule_with(FULL)) == {}


@pytest.mark.parametrize(
    ("condition", "code", "words", "error"),
    [
        ("object: pod, text: {en: a, zh: b}", "no-index", "CEL runs on every pod", False),
        ("metric: up, text: {en: a, zh: b}", "no-threshold", "`up` matches as soon as there is a series", False),
        (
            "object: node, when: {'status.conditions[].status': [false, Unknown]}",
            "never-so",
            "is never `false`: write `False`",
            False,
        ),
        ("object: node, when: {'status.conditions[].status': [False, Unknown]}", None, "", False),
        ("event: Failed, text: only English", "no-chinese", "no Chinese in 'only English'", False),
        ("event: Failed, text: {en: '{gone}', zh: z}", "unfilled", "`{gone}` is not filled", True),
        ("event: Failed, text: {en: '{mesage}', zh: z}", "unfilled", "is not filled: did you mean `{message}`?", True),
        ("event: Failed, entity: 'node/{where}'", "unfilled", "`{where}` is not filled", True),
        ("all: [{event: Failed}], supports: weak", None, "", False),
        ("not: {event: Failed}", "weightless", "no condition weighs anything", False),
        (
            "supports: strong, all: [{event: Failed}, {not: {metric: up, threshold: > 15}}]",
            "negated-metric",
            'what has no sample would count as not so, though nobody knows: write `threshold: "<= 15"`, without `not`',
            True,
        ),
        (
            "supports: strong, all: [{event: Failed}, {not: {any: [{not: {metric: up, threshold: > 15}}]}}]",
            None,
            "",
            False,
        ),
        (
            "all: [{object: pod, when: {status.phase: Failed}}, {object: pod, when: {status.phase: [Running, Pending]}}]",
            "unreachable",
            "never holds together with line 3: `status.phase` has one value",
            True,
        ),
        (
            "all: [{event: Failed}, {not: {event: Failed, origin: kubelet}}]",
            "unreachable",
            "one is the `not` of the other",
            True,
        ),
        (
            "all: [{metric: up, threshold: > 15}, {all: [{metric: up, threshold: < 10}]}]",
            "unreachable",
            "no value is > 15 and < 10",
            True,
        ),
        ("all: [{metric: up, threshold: == 1}, {metric: up, threshold: != 1}]", "unreachable", "no value is", True),
        ("all: [{metric: up, threshold: >= 1}, {metric: up, threshold: <= 1}]", None, "", False),
        ("all: [{metric: up, threshold: > 1}, {metric: up, threshold: < 1.1}]", None, "", False),
        ("all: [{metric: up, threshold: > 15}, {metric: down, threshold: < 10}]", None, "", False),
        ("any: [{metric: up, threshold: > 15}, {metric: up, threshold: < 10}]", None, "", False),
        (
            "all: [{object: pod, when: {'status.conditions[].type': x}}, {object: pod, when: {'status.conditions[].type': y}}]",
            None,
            "",
            False,
        ),
    ],
)
def test_conditions(tmp_path, condition, code, words, error):
    found = linted(tmp_path, rule_with(condition))
    assert set(found) == ({code} if code else set())
    if code:
        assert words in found[code].message
        assert is_error(found[code]) is error


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        (None, "no positive and no negative test"),
        ("- name: a\n  expect: {verdict: match}\n", "no negative test: add a case to A-B-001.test.yaml"),
        ("- name: a\n  expect: {verdict: no_match}\n", "no positive test"),
        ("[", "its tests cannot be read: "),
        ("[", "A-B-001.test.yaml:2:1: is no YAML"),
        ("- 5\n- expect: x\n", "no positive and no negative"),
    ],
)
def test_a_rule_has_a_positive_and_a_negative_test(tmp_path, tests, words):
    found = linted(tmp_path, rule_with(FULL), tests=tests)
    assert list(found) == ["untested"]
    assert words in found["untested"].message


def test_its_tests_may_end_in_yml_as_rules_may(tmp_path):
    (tmp_path / "A-B-001.test.yml").write_text(TESTS, encoding="utf-8")
    assert linted(tmp_path, rule_with(FULL), tests=None) == {}


def test_the_texts_of_a_cause_are_filled_by_each_rule_that_names_it(tmp_path):
    found = linted(tmp_path, rule_with(FULL), CAUSE % "{namespace}/{name} lacks {image}")
    assert set(found) == {"unfilled"}


def test_a_rule_whose_texts_nothing_fills_is_not_used(tmp_path):
    (tmp_path / "rules.yaml").write_text(rule_with("event: Failed, text: '{gone}'"), encoding="utf-8")
    (tmp_path / "causes.yaml").write_text(CAUSE % "t", encoding="utf-8")
    found = load_paths([tmp_path])
    assert [p.code for p in found.errors] == ["unfilled"]
    assert (len(found.rules), found.usable().rules) == (1, ())


def test_of_an_id_that_stands_twice_the_first_is_used(tmp_path):
    (tmp_path / "rules.yaml").write_text(rule_with(FULL) * 2, encoding="utf-8")
    (tmp_path / "causes.yaml").write_text(CAUSE % "t", encoding="utf-8")
    found = load_paths([tmp_path])
    assert [p.code for p in found.errors] == ["duplicate-id"]
    assert len(found.usable().rules) == 1


COMMAND = "- {id: %s.y, title: {en: t, zh: 某}, remedy: {text: {en: t, zh: 某}, commands: ['kubectl {owner}']}}\n"


def test_a_command_that_a_rule_does_not_fill_is_left_out_and_the_rule_is_used(tmp_path):
    found = linted(tmp_path, rule_with(FULL), COMMAND % "x")
    assert list(found) == ["unfilled-command"]
    assert "`{owner}` in the remedy command of x.y is not filled by this rule, so the command is left out" in str(
        found["unfilled-command"]
    )
    assert not is_error(found["unfilled-command"])
    assert len(load_paths([tmp_path]).usable().rules) == 1


def test_commands_of_another_packs_cause_need_not_be_filled():
    (rule,) = parsed(rule_with(FULL)).rules
    causes = parsed(COMMAND % "x", FileKind.CAUSES).causes
    own, foreign = (RuleSet((rule,), causes, packs=packs) for packs in ((), ("x",)))
    assert [p.code for p in merged([own]).problems] == ["unfilled-command"]
    assert merged([foreign]).problems == ()
    of_the_pack = RuleSet((replace(rule, pack="x"),), causes, packs=("x",))
    assert [p.code for p in merged([of_the_pack]).problems] == ["unfilled-command"]


def test_arguments_come_from_input_groups_and_extract(tmp_path):
    conditions = {
        "object: pod, each: container, when: {container.ready: false}": "{container} {image} {entity} {kind}",
        "event: Failed, message: '(?P<node>.*)'": "{node} {reason} {message} {count}",
        "log: '(?P<host>.*)'": "{host} {line} {container}",
        "metric: up, threshold: > 1": "{value}",
        "change: config": "{what} {change}",
        "fact: x, extract: {version: fact}": "{version}",
    }
    for condition, title in conditions.items():
        assert linted(tmp_path, rule_with(condition), CAUSE % title) == {}
        assert set(linted(tmp_path, rule_with(condition), CAUSE % (title + " {more}"))) == {"unfilled"}


def test_a_cause_that_nothing_names(tmp_path):
    found = linted(tmp_path, rule_with(FULL), CAUSE % "t" + (CAUSE % "t").replace("x.y", "x.unused"))
    assert set(found) == {"unused-cause"}
    assert "cause x.unused: no rule and no analyzer names it" in found["unused-cause"].message
    refuting = rule_with("event: X", cause="", refutes="x.y")
    assert "unused-cause" in linted(tmp_path, refuting)


def test_a_cause_without_chinese(tmp_path):
    found = linted(tmp_path, rule_with(FULL), "- {id: x.y, title: t, explanation: {en: a, zh: b}}\n")
    assert found["no-chinese"].message == "cause x.y: no Chinese in 'title': write `{en: ..., zh: ...}`"


def test_a_pack_without_any_chinese_means_to_have_none(tmp_path):
    rule = "- {id: A-B-001, cause: x.y, triggers: [{event: Failed, text: English}]}\n"
    assert linted(tmp_path, rule, "- {id: x.y, title: t}\n") == {}


def test_labels_that_the_expression_aggregates_away_are_told(tmp_path):
    found = linted(tmp_path, rule_with("promql: 'sum by (namespace, pod) (x)', labels: {po: pod}, threshold: > 1"))
    assert found["no-label"].message.endswith("has the label `po` of `labels`: did you mean `pod`?")
    found = linted(tmp_path, rule_with("metric: x, labels: {host: node}, threshold: > 1"))
    assert found["no-label"].message.endswith("`labels`: it aggregates without `by`")


@pytest.mark.parametrize(
    ("expression", "label"),
    [
        ("sum by (pod) (x)", "pod"),
        ("topk(3, sum by (deployment) (rate(x[5m])) > 2)", "deployment"),
        ("sum by (pod) (x) / sum by (pod) (y)", "pod"),
        ("label_replace(sum by (pod) (x), 'job_name', '$1', 'pod', '(.*)')", "job_name"),
        ("sum by (namespace, pod) (x)", ""),
        ("sum by (exported_namespace, pod) (x)", ""),
        ("sum by (node) (x)", ""),
        ("sum by (pod) (x) * on (pod) group_left (namespace) y", ""),
        ("sum without (namespace) (x)", ""),
        ("label_replace(sum by (pod) (x), 'namespace', 'shop', '', '')", ""),
        ("absent(x{pod='a'})", ""),
        ("x", ""),
    ],
)
def test_a_name_without_its_namespace_is_told(tmp_path, expression, label):
    found = linted(tmp_path, rule_with(f'promql: "{expression}", threshold: > 1'))
    assert list(found) == (["no-namespace"] if label else [])
    assert not label or f"gives `{label}` without its namespace" in found["no-namespace"].message


def test_labels_of_things_in_a_namespace_are_those_that_analysis_reads():
    assert {label for label, kind in BY_NAME if namespaced(kind)} == NAMESPACED


def test_problems_of_loading_are_among_them(tmp_path):
    assert set(linted(tmp_path, rule_with("metrik: up"))) == {"unknown-key"}  # and not that nothing names its cause
    assert set(linted(tmp_path, rule_with("event: ["))) == {"syntax"}
    assert set(linted(tmp_path, rule_with(FULL, cause="x.z"))) == {"unknown-cause", "unused-cause"}


def test_they_come_in_order():
    found = lint(load_packs())
    assert list(found) == sorted(found, key=lambda p: p.sort_key)
    assert not any(is_error(p) for p in found)
    assert lint(RuleSet()) == ()
