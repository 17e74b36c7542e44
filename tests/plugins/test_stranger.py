"""The example pack, installed with pip as a stranger would: listed, tested with our harness, part of a diagnosis."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.harness.test_run import CAUSES, RULES, TESTS

PACK = Path(__file__).parents[2] / "examples" / "acme-pack"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    source = tmp_path_factory.mktemp("source")
    for file in PACK.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            copy = source / file.relative_to(PACK)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    options = [
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--disable-pip-version-check",
        "--target",
        str(target),
    ]
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", *options, str(source)], check=True)
    return target


def diagflow(site: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", "from diagflow.cli import main; main()", *arguments],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_listed(site: Path):
    listed = diagflow(site, "rules", "list").stdout
    assert "ACME-QUEUE-001" in listed
    assert "ACME-LEASE-001" in listed
    assert "K8S-SCHED-042" in listed


def test_it_lints(site: Path):
    found = diagflow(site, "rules", "lint")
    assert (found.returncode, "acme" in found.stderr + found.stdout) == (0, False), found.stdout + found.stderr


def test_its_tests_pass_and_kill_its_mutants(site: Path):
    found = diagflow(site, "rules", "test", "--pack", "acme", "--mutants")
    assert found.returncode == 0, found.stdout + found.stderr
    assert found.stdout.endswith("mutants killed (100.0%)\n")


def test_it_takes_part_in_a_diagnosis(site: Path, tmp_path: Path):
    objects = tmp_path / "objects"
    objects.mkdir()
    lease = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": "orders-leader", "namespace": "shop", "labels": {"election": "acme"}},
        "spec": {
            "holderIdentity": "orders-0_x",
            "renewTime": "2026-01-01T00:00:00.000000Z",
            "leaseDurationSeconds": 15,
        },
    }
    (objects / "leases.yaml").write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": [lease]}))
    (objects / "pods.json").write_text(json.dumps({"apiVersion": "v1", "kind": "PodList", "items": []}))
    found = diagflow(site, "scan", "--bundle", str(tmp_path), "--at", "2026-01-01T00:05:00Z", "-o", "json")
    assert found.returncode == 1, found.stdout + found.stderr
    causes = json.loads(found.stdout)["causes"]
    assert [(c["id"], c["entity"]) for c in causes] == [("acme.leader-is-gone", "lease/shop/orders-leader")]


def test_its_code_is_never_imported_by_us(site: Path):
    probe = """
import sys
from diagflow.rules import load_packs
print("acme" in load_packs().packs, "acme_diagflow" in sys.modules)
"""
    found = subprocess.run(
        [sys.executable, "-c", probe],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == ["True", "False"]


def broken(site: Path, folder: Path, right: str, wrong: str) -> Path:
    """Return a copy of what is installed, with a mistake in a rule of the pack."""
    shutil.copytree(site, folder)
    rule = next(folder.rglob("ACME-QUEUE-001.yaml"))
    rule.write_text(rule.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")
    return folder


def test_an_error_in_it_keeps_nobody_from_testing_rules_of_his_own(site: Path, tmp_path: Path):
    copy = broken(site, tmp_path / "site", "triggers:", "trigers:")
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "causes.yaml").write_text(CAUSES, encoding="utf-8")
    (mine / "T-X-001.yaml").write_text(RULES, encoding="utf-8")
    (mine / "T-X-001.test.yaml").write_text(TESTS, encoding="utf-8")
    found = diagflow(copy, "rules", "test", str(mine))
    first, last = found.stdout.splitlines()
    assert (found.returncode, found.stderr) == (0, "")
    assert first.startswith("NOT USED  a rule that is not tested here has an error: ")
    assert "ACME-QUEUE-001.yaml" in first
    assert last == "5 passed, 0 failed"
    assert diagflow(copy, "rules", "test", "K8S-SCHED-042").returncode == 0
    assert diagflow(copy, "rules", "test", "--pack", "go").returncode == 0
    assert diagflow(copy, "rules", "test", "--pack", "acme").returncode == 2  # what is meant is broken itself
    (mine / "T-X-002.yaml").write_text("- id: x", encoding="utf-8")
    found = diagflow(copy, "rules", "test", str(mine))
    assert (found.returncode, "T-X-002.yaml" in found.stderr, "ACME" in found.stderr) == (2, True, False)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("triggers:", "trigers:", "did you mean `triggers`?"),
        ("stalled for its quota", "stalled for {gone}", "`{gone}` is not filled: add `extract: {gone: ...}`"),
    ],
)
def test_an_error_in_it_is_said_and_keeps_nothing_else_from_being_of_use(
    site: Path, tmp_path: Path, right: str, wrong: str, said: str
):
    copy = broken(site, tmp_path / "site", right, wrong)
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "pods.json").write_text(json.dumps({"apiVersion": "v1", "kind": "PodList", "items": []}))
    found = diagflow(copy, "scan", "--bundle", str(tmp_path), "--at", "2026-01-01T00:05:00Z", "-o", "json")
    assert found.returncode in (0, 3), found.stderr
    used = json.loads(found.stdout)["digests"]["rules"]
    assert "K8S-SCHED-042" in used
    assert "ACME-QUEUE-001" not in used
    assert said in found.stderr
    assert "an installed pack has an error" in found.stderr
