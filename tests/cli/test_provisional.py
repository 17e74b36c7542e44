"""What rests on a provisional rule says less, and says so, in every form; figures beside the rule free it."""

import json
from pathlib import Path
from typing import Any

import pytest

from diagflow.rules import load
from tests.cli.run import diagflow

RECORDING = Path("tests/corpus/faults/not-found.zip")


@pytest.fixture
def proven(tmp_path: Path) -> Path:
    """A folder with figures in which every rule of the packs is proven, beside a rule that never fires."""
    one = {"independent": 310, "false": 0, "bound": 0.0096, "provisional": False}
    rules = {rule.id: {"digest": rule.digest, **one} for rule in load().rules}
    content = {"schema": "diagflow.rule-figures/v1", "limit": 0.01, "rules": rules}
    (tmp_path / "figures.json").write_text(json.dumps(content))
    (tmp_path / "mine.yaml").write_text(
        "- id: MINE-NEVER-001\n  title: t\n  symptom: kubernetes.pod-not-ready\n"
        "  triggers: [{object: pod, when: {status.phase: Never}, supports: conclusive}]\n"
    )
    return tmp_path


def first(*more: str | Path) -> dict[str, Any]:
    ran = diagflow("diagnose", "--bundle", RECORDING, "-o", "json", *more)
    assert ran.status == 1, ran.err
    cause: dict[str, Any] = json.loads(ran.out)["causes"][0]
    return cause


def test_it_says_at_most_0_9_and_names_the_rules() -> None:
    cause = first()
    assert cause["confidence"] == 0.9 < cause["uncapped"]
    assert cause["provisional"] == ["K8S-IMAGE-002"]


def test_proven_rules_say_what_the_evidence_says(proven: Path) -> None:
    cause = first("--rules", proven)
    assert cause["confidence"] == cause["uncapped"] > 0.9
    assert cause["provisional"] == []


@pytest.mark.parametrize(("lang", "word"), [("en", "provisional"), ("zh", "暂定")])
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_people_are_told(lang: str, word: str, form: str, proven: Path) -> None:
    said = diagflow("diagnose", "--bundle", RECORDING, "-o", form, "--lang", lang)
    assert word in said.out
    free = diagflow("diagnose", "--bundle", RECORDING, "-o", form, "--lang", lang, "--rules", proven)
    assert word not in free.out


def test_verbose_says_why() -> None:
    said = diagflow("diagnose", "--bundle", RECORDING, "-v", "--lang", "en").out
    assert "K8S-IMAGE-002 not yet seen silent on enough independent recordings" in " ".join(said.split())


def test_a_replay_with_other_figures_says_what_changed(proven: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.zip"
    made = diagflow("diagnose", "--bundle", RECORDING, "--rules", proven, "--record", kept)
    assert made.status == 1, made.err
    assert diagflow("replay", kept, "--rules", proven).status == 0
    again = diagflow("replay", kept)
    assert again.status == 1
    changed = "of rule K8S-IMAGE-002 changed: not provisional when this was recorded, it is now"
    assert f"what recordings have proven {changed}" in again.err
    assert "differs: causes" in again.err
