"""What docs/rules.md shows loads, and what it lists is what there is."""

import re
from pathlib import Path

import pytest

from diagflow.rules import load
from diagflow.rules.cel import FUNCTIONS, VARIABLES
from diagflow.rules.filenames import FileKind
from diagflow.rules.format import CAUSE, CONDITION, RULE
from diagflow.rules.kinds import RELATIONS
from diagflow.rules.lint import lint
from diagflow.rules.promql import RANGE_FUNCTIONS
from tests.rules.make import parsed

DOCS = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)


@pytest.mark.parametrize("block", [b for b in BLOCKS if "triggers:" in b])
def test_examples_of_rules_load(block):
    found = parsed(block)
    assert (found.problems, len(found.rules)) == ([], 1)


def test_examples_of_rules_pass_lint_beside_the_installed_packs(tmp_path):
    for number, block in enumerate(b for b in BLOCKS if "triggers:" in b and "K8S-SCHED-042" not in b):
        (tmp_path / f"{number}.yaml").write_text(block, encoding="utf-8")
    found = [p for p in lint(load([tmp_path])) if p.position.file.startswith(str(tmp_path))]
    assert [str(p) for p in found if p.code != "untested"] == []


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
