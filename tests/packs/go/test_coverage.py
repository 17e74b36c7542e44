"""Every claim and pitfall is known, and the table in the docs says what is so."""

import re
from pathlib import Path

import pytest
from lab.coverage import page, scenarios

from diagflow.rules import load_packs

DOCS = Path(__file__).parents[3] / "docs" / "go-causes.md"
REFS = ["C3b", *(f"C{n}" for n in range(1, 16)), *(f"P{n}" for n in range(1, 37))]


@pytest.fixture(scope="module")
def table() -> str:
    return page(load_packs(["go"]), scenarios())


def test_the_table_in_the_docs_is_the_generated_one(table: str):
    assert DOCS.read_text(encoding="utf-8") == table, "run: python -m lab.coverage > docs/go-causes.md"


@pytest.mark.parametrize("ref", REFS)
def test_each_has_a_cause_or_a_claim_with_rules_that_are_tested(ref: str, table: str):
    rows = re.findall(rf"^\| {ref} \|.*$", table, re.MULTILINE)
    assert rows, f"nothing covers {ref}"
    assert any(re.search(r"GO-\w+-\d+.*, [1-9]\d* tests", row) for row in rows), rows
