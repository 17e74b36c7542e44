"""Every recording: the labelled cause is the only root, and healthy life gets silence."""

import shutil
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest
from lab import fault

from diagflow.bundle import Opened, open_bundle
from diagflow.cli.source import SourceOptions, Target, open_source
from diagflow.engine import Result, diagnose
from diagflow.model.diagnosis import Diagnosis
from diagflow.rules import RuleSet, load_packs
from tests.cli.run import diagflow

HERE = Path(__file__).parent
FAULTS = sorted((HERE / "faults").glob("*.zip"))
SYNTHETIC = sorted((HERE / "synthetic").glob("*.zip"))
HEALTHY = sorted((HERE / "healthy").glob("*.zip"))
by_name = pytest.mark.parametrize("path", [*FAULTS, *SYNTHETIC], ids=lambda p: p.stem)


@cache
def rules() -> RuleSet:
    return load_packs()


def diagnosed(path: Path, *, everything: bool = False) -> Result:
    source = open_source(SourceOptions(bundle=path), Target(everything=everything))
    return diagnose(rules(), source.reader, source.incident, bundle=source.bundle)


def roots(diagnosis: Diagnosis) -> list[str]:
    return [c.id for c in diagnosis.causes if c.root]


def labels_of(path: Path) -> dict[str, list[dict[str, str]]]:
    opened: Opened = open_bundle(path)
    return dict(opened.labels)


def test_there_is_a_corpus():
    assert len(FAULTS) >= 25
    assert len(SYNTHETIC) >= 25
    assert len(HEALTHY) >= 4


def test_what_is_written_by_hand_says_so_and_stands_apart():
    said = {path: "synthetic" in labels_of(path) for path in (*FAULTS, *SYNTHETIC, *HEALTHY)}
    assert {path for path, synthetic in said.items() if synthetic} == set(SYNTHETIC)


@pytest.mark.parametrize("path", SYNTHETIC, ids=lambda p: p.stem)
def test_symptoms_that_go_with_a_fault_are_shown_beside_it(path):
    diagnosis = diagnosed(path).diagnosis
    shown = {symptom.id for symptom in diagnosis.symptoms}
    assert set(fault.load(path.stem, 7, "worker").shows) <= shown


@by_name
def test_the_alert_leads_to_the_labelled_cause_alone(path):
    labels, diagnosis = labels_of(path), diagnosed(path).diagnosis
    (expected,) = labels["causes"]
    assert diagnosis.exit_status == 1
    assert roots(diagnosis) == [expected["id"]]
    assert any(fnmatchcase(str(entity), expected["entity"]) for entity in diagnosis.causes[0].entities)
    assert not {c.id for c in diagnosis.causes} & set(labels.get("forbidden", ()))
    assert set(labels.get("ruled_out", ())) <= {r.id for r in diagnosis.ruled_out}


@by_name
def test_a_scan_of_a_fault_names_nothing_else(path):
    (expected,) = labels_of(path)["causes"]
    assert set(roots(diagnosed(path, everything=True).diagnosis)) <= {expected["id"]}


@pytest.mark.parametrize("path", HEALTHY, ids=lambda p: p.stem)
def test_healthy_life_gets_silence(path):
    diagnosis = diagnosed(path, everything=True).diagnosis
    assert (diagnosis.exit_status, diagnosis.causes, diagnosis.symptoms) == (0, (), ())


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A recording with the diagnosis made from it, and that diagnosis as JSON."""
    path = tmp_path_factory.mktemp("recorded") / "incident.zip"
    made = diagflow("diagnose", "--bundle", FAULTS[0], "--record", path, "-o", "json")
    assert made.status == 1, made.err
    return path, made.out


@pytest.mark.parametrize(
    "env",
    [
        {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "1"},
        {"TZ": "America/St_Johns", "PYTHONHASHSEED": "4242", "LC_ALL": "tr_TR.UTF-8", "LANG": "zh_CN.UTF-8"},
    ],
    ids=["shanghai", "newfoundland-turkish"],
)
def test_a_replay_is_byte_identical_elsewhere(recorded, env, tmp_path):
    path, out = recorded
    moved = shutil.copy(path, tmp_path / "moved elsewhere.zip")
    again = diagflow("replay", moved, "-o", "json", **env)
    assert (again.status, again.out) == (0, out)


def test_a_replay_names_what_changed(recorded, tmp_path):
    path, _ = recorded
    opened = open_bundle(path)
    ran_then = next(rule for rule in rules().rules if rule.id.encode() in (opened.diagnosis or b""))
    changed = tmp_path / "changed.zip"
    from diagflow.bundle import save  # noqa: PLC0415  # only this test writes

    assert opened.diagnosis is not None
    save(opened.bundle, changed, diagnosis=opened.diagnosis.replace(ran_then.digest.encode(), b"sha256:other"))
    ran = diagflow("replay", changed)
    assert ran.status == 1
    assert f"rule {ran_then.id} changed" in ran.err
