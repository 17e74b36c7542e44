"""`figures.json` beside rules: what it proves, and what it does not."""

import json
from pathlib import Path

import pytest

from diagflow.rules import RuleSet, load
from diagflow.rules.proven import FILE, SCHEMA

RULE = """
- id: MINE-POD-001
  title: A pod is pending
  symptom: kubernetes.pod-not-ready
  triggers: [{object: pod, when: {status.phase: Pending}, supports: conclusive}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text(RULE)
    return tmp_path


def figures(folder: Path, digest: str, *, provisional: bool = False, schema: str = SCHEMA) -> None:
    one = {"digest": digest, "independent": 310, "false": 0, "bound": 0.0096, "provisional": provisional}
    (folder / FILE).write_text(json.dumps({"schema": schema, "limit": 0.01, "rules": {"MINE-POD-001": one}}))


def loaded(folder: Path) -> RuleSet:
    return load([folder], ["kubernetes"])


def _told(folder: Path) -> str:
    return str(next(p for p in loaded(folder).problems if p.code == "figures"))


def digest(folder: Path) -> str:
    rule = loaded(folder).rule("MINE-POD-001")
    assert rule is not None
    return rule.digest


def test_a_rule_is_proven_by_figures_of_its_digest(folder: Path) -> None:
    assert "MINE-POD-001" not in loaded(folder).proven
    figures(folder, digest(folder))
    assert loaded(folder).proven >= {"MINE-POD-001"}
    assert not loaded(folder).errors


def test_a_changed_rule_starts_again(folder: Path) -> None:
    figures(folder, digest(folder))
    (folder / "mine.yaml").write_text(RULE.replace("Pending", "Running"))
    assert "MINE-POD-001" not in loaded(folder).proven


def test_provisional_in_the_figures_is_provisional(folder: Path) -> None:
    figures(folder, digest(folder), provisional=True)
    assert "MINE-POD-001" not in loaded(folder).proven


def test_figures_of_a_form_that_a_rule_no_longer_has_hide_no_others(folder: Path, tmp_path: Path) -> None:
    """Those of a user hold the rules of packs too, as they were when the gate ran."""
    figures(folder, digest(folder))
    other = tmp_path / "other"
    other.mkdir()
    (other / "other.yaml").write_text(RULE.replace("MINE-POD-001", "MINE-POD-002"))
    figures(other, "of an older version", provisional=True)
    assert load([folder, other], ["kubernetes"]).proven >= {"MINE-POD-001"}
    figures(other, digest(folder), provisional=True)
    assert load([folder, other], ["kubernetes"]).proven.isdisjoint({"MINE-POD-001"})


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": "x"}', '{"schema": 1, "limit": 0, "rules": {"A": 3}}'])
def test_broken_figures_are_told_and_prove_nothing(folder: Path, content: str) -> None:
    (folder / FILE).write_text(content)
    found = loaded(folder)
    assert "MINE-POD-001" not in found.proven
    assert [p.code for p in found.problems if p.code == "figures"] == ["figures"]
    assert str(folder / FILE) in _told(folder)
    assert not found.errors


def test_figures_of_another_version_are_told(folder: Path) -> None:
    figures(folder, digest(folder), schema="diagflow.rule-figures/v2")
    assert "v2" in _told(folder)


def test_a_single_file_of_rules_has_no_figures(folder: Path) -> None:
    figures(folder, digest(folder))
    assert load([folder / "mine.yaml"], ["kubernetes"]).proven.isdisjoint({"MINE-POD-001"})
