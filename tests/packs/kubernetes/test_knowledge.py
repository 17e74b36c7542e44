"""What is known about Kubernetes stands in the docs as it is."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from lab.knowledge import PACKS, faults, page, recordings

from diagflow.rules import load_packs

ROOT = Path(__file__).parents[3]
CATALOGUE = ROOT.parent / "shared" / "causes.yaml"


def test_the_page_in_the_docs_is_the_generated_one():
    text = page(load_packs(PACKS), faults(), recordings())
    said = (ROOT / "docs" / "kubernetes-causes.md").read_text(encoding="utf-8")
    assert said == text, "run: python -m lab.knowledge > docs/kubernetes-causes.md"


def test_every_fault_of_the_lab_is_of_a_known_cause():
    known = load_packs(PACKS).causes
    assert set(faults()) <= set(known)


@pytest.mark.skipif(not CATALOGUE.exists(), reason="needs the catalogue of failures in ../shared")
def test_rows_that_causes_cover_are_in_the_catalogue():
    rows: list[dict[str, Any]] = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    known = {row["id"] for row in rows}
    assert {ref for cause in load_packs(PACKS).causes.values() for ref in cause.refs} <= known


@pytest.mark.skipif(not CATALOGUE.exists(), reason="needs the catalogue of failures in ../shared")
def test_rows_that_the_catalogue_calls_symptoms_are_no_roots():
    rows: list[dict[str, Any]] = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    symptoms = {row["id"] for row in rows if row.get("role") == "symptom"}
    causes = load_packs(PACKS).causes.values()
    assert [cause.id for cause in causes if set(cause.refs) & symptoms and cause.role != "symptom"] == []
