"""`diagflow gate fit`: what is written, and when nothing is."""

import json
import shutil
from pathlib import Path

import pytest

from diagflow.model.weights import read_weights
from tests.cli.run import diagflow

CORPUS = Path("tests/corpus")
NAMES = ("faults/oom-killed.zip", "faults/quota.zip", "faults/not-found.zip", "healthy/soak-01.zip")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    made = tmp_path / "own"
    for name in NAMES:
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CORPUS / name, made / name)
    return made


def test_the_file_that_the_engine_reads_is_written(corpus: Path, tmp_path: Path) -> None:
    out, apart = tmp_path / "weights.json", tmp_path / "apart"
    apart.mkdir()
    shutil.move(corpus / NAMES[0], apart / "oom-killed.zip")
    ran = diagflow("gate", "fit", corpus, "--held-out", apart, "--seeds", "0", "--out", out)
    assert ran.status == 0, ran.out + ran.err
    assert "fitted on 3 recordings of 3 families: 2 faults, 1 healthy family; judged on apart too" in ran.out
    assert "by weights that its fault taught nothing, those of apart by all of them:" in ran.out
    assert ran.out.splitlines()[-1] == "no recording loses by it"
    assert read_weights(out).near < 0
    assert json.loads(out.read_text())["fitted"]["held_out"] == {"apart": 1}


def test_with_a_recording_that_cannot_be_used_nothing_is_written(corpus: Path, tmp_path: Path) -> None:
    (corpus / "broken.zip").write_bytes(b"no zip")
    out = tmp_path / "weights.json"
    ran = diagflow("gate", "fit", corpus, "--seeds", "0", "--out", out)
    assert ran.status == 1
    assert "cannot be used: own/broken.zip" in ran.out
    assert "nothing is written" in ran.out
    assert not out.exists()


def test_a_corpus_is_needed(tmp_path: Path) -> None:
    ran = diagflow("gate", "fit", tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert "holds no recording" in ran.err
    twice = diagflow("gate", "fit", tmp_path, "--held-out", tmp_path)
    assert (twice.status, twice.out) == (2, "")
