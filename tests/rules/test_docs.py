"""What docs/rules.md shows loads, and what it lists is what there is."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from diagflow.analyze import labels
from diagflow.harness import as_text, find, run_tests
from diagflow.harness.case import read_tests
from diagflow.harness.run import run_file
from diagflow.rules import load
from diagflow.rules.cel import FUNCTIONS, VARIABLES
from diagflow.rules.filenames import FileKind
from diagflow.rules.format import CAUSE, CONDITION, RULE
from diagflow.rules.kinds import RELATIONS
from diagflow.rules.lint import lint
from diagflow.rules.promql import RANGE_FUNCTIONS
from tests.cli.run import clean_environment, diagflow
from tests.rules.make import parsed

DOCS = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
FILES = {found[1]: block for block in BLOCKS if (found := re.match(r"# my-rules/([^:]+):", block))}
"""The files of the first rule, by name."""


@pytest.mark.parametrize("block", [b for b in BLOCKS if "triggers:" in b])
def test_examples_of_rules_load(block):
    found = parsed(block)
    assert (found.problems, len(found.rules)) == ([], 1)


def test_examples_of_rules_pass_lint_beside_the_installed_packs(tmp_path):
    for number, block in enumerate(b for b in BLOCKS if "triggers:" in b and "K8S-SCHED-042" not in b):
        (tmp_path / f"{number}.yaml").write_text(block, encoding="utf-8")
    (tmp_path / "causes.yaml").write_text(FILES["causes.yaml"], encoding="utf-8")
    found = [p for p in lint(load([tmp_path])) if p.position.file.startswith(str(tmp_path))]
    assert [str(p) for p in found if p.code != "untested"] == []


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_the_gate_passes_the_first_rule_and_fails_it_when_it_is_too_broad(tmp_path):
    rules = tmp_path / "my-rules"
    rules.mkdir()
    for name, block in FILES.items():
        (rules / name).write_text(block, encoding="utf-8")
    (script,) = re.findall(r"```sh\n(.*?)```", DOCS, re.DOTALL)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**clean_environment(), "PATH": path}
    subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert diagflow("gate", "run", tmp_path / "corpus", "--rules", rules).status == 0
    rule = rules / "MINE-QUEUE-001.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").partition("    - object: pod")[0], encoding="utf-8")
    found = diagflow("gate", "run", tmp_path / "corpus", "--rules", rules)
    assert (found.status, "well.zip: no false cause" in found.out) == (1, True)


def test_examples_of_causes_and_packs_load():
    (cause,) = (b for b in BLOCKS if "explains:" in b)
    assert parsed(cause.replace("zh: ...", "zh: x"), FileKind.CAUSES).problems == []
    (pack,) = (b for b in BLOCKS if "analyzers:" in b)
    assert parsed(pack, FileKind.PACK).problems == []


@pytest.mark.parametrize(
    "names",
    [
        [key.name for key in RULE.keys],
        [key.name for record in CONDITION.options.values() for key in record.keys],
        [key.name for key in CAUSE.keys],
        FUNCTIONS,
        VARIABLES,
        RELATIONS,
        RANGE_FUNCTIONS,
    ],
    ids=["rule", "conditions", "cause", "functions", "variables", "relations", "range functions"],
)
def test_everything_is_documented(names):
    assert [name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", DOCS)] == []


@pytest.fixture
def first(tmp_path):
    for name, block in FILES.items():
        (tmp_path / name).write_text(block, encoding="utf-8")
    return tmp_path


def test_the_first_rule_passes_lint_without_a_warning(first):
    assert set(FILES) == {"MINE-QUEUE-001.yaml", "causes.yaml", "MINE-QUEUE-001.test.yaml"}
    assert [str(p) for p in lint(load([first])) if p.position.file.startswith(str(first))] == []


def test_the_tests_of_the_first_rule_pass_and_notice_every_mutant(first):
    report = run_tests(find([str(first)]), mutants=True)
    assert report.passed, as_text(report)
    assert (report.killed, len(report.results)) == (1.0, 5), as_text(report)


@pytest.mark.parametrize(("rule", "entity"), [("002", "pod/shop/cart-6c4f9-x2x7k"), ("003", "deployment/shop/cart")])
def test_a_metric_of_pods_and_a_deployment_meet_as_the_docs_say(first, rule, entity):
    (block,) = (b for b in BLOCKS if f"MINE-QUEUE-{rule}" in b)
    (first / f"MINE-QUEUE-{rule}.yaml").write_text(block, encoding="utf-8")
    path = first / f"MINE-QUEUE-{rule}.test.yaml"
    path.write_text(MEETING.replace("ENTITY", entity), encoding="utf-8")
    results = run_file(read_tests(path), load([first]))
    assert [r.differences for r in results] == [(), (), ()]


MEETING = """
- name: paused
  given:
    objects:
      - kind: Pod
        namespace: shop
        name: cart-6c4f9-x2x7k
        owner: replicaset/shop/cart-6c4f9
        status: {phase: Running}
      - {kind: ReplicaSet, namespace: shop, name: cart-6c4f9, owner: deployment/shop/cart}
      - {kind: Deployment, namespace: shop, name: cart, spec: {paused: true}}
    series: {input_series: [{series: 'queue_length{namespace="shop",pod="cart-6c4f9-x2x7k"}', values: 101x3}]}
  expect: {verdict: match, entities: [ENTITY]}
- name: not paused
  like: paused
  change: {'objects[2].spec.paused': false}
  expect: {verdict: no_match}
- name: no label of the namespace
  like: paused
  change: {'series.input_series[0].series': 'queue_length{pod="cart-6c4f9-x2x7k"}'}
  expect: {verdict: no_match}
"""


def test_the_labels_that_name_entities_are_documented_in_their_order():
    section = DOCS.split("## About which entity", 1)[1].split("\n## ", 1)[0]
    listed = section.split("3. ", 1)[1].split("4. ", 1)[0].split(" else plain: ", 1)[1]
    assert re.findall(r"`(\w+)`", listed) == [label for label, _ in labels.BY_NAME]
