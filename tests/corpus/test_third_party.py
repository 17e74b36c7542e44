"""The gate on corpora of others, as CI runs it: converted, diagnosed and compared with what held, by commands.

`third-party.json` holds names and check results alone; the recordings are beside the repository, and of their licences.
"""

import json
import sys
import time
from pathlib import Path

import pytest

from tests.cli.run import diagflow
from tests.gate.test_traces import COUNTS, TRACES, WHERE

BASELINE = Path(__file__).parent / "third-party.json"
UPDATE = "see README.md beside this file for how to write the baseline anew"
public = pytest.mark.skipif(not TRACES.is_dir(), reason="the public traces are not beside the repository")


@public
@pytest.mark.parametrize("corpus", WHERE)
def test_a_corpus_of_others_is_not_worse_and_nothing_healthy_is_called_ill(corpus, tmp_path, capsys):
    if corpus == "nezha":
        pytest.importorskip("pyarrow", reason="spans need pyarrow, which is an extra: pip install '.[parquet]'")
    began = time.monotonic()
    made = diagflow("gate", "convert", corpus, TRACES / WHERE[corpus], tmp_path / corpus)
    assert made.status == 0, made.err
    converted = time.monotonic()
    ran = diagflow("gate", "run", tmp_path / corpus, "--baseline", BASELINE, "--jobs", "1", "-o", "json")
    report = json.loads(ran.out)
    with capsys.disabled():
        sys.stdout.write("\n" + line_of(report, converted - began, time.monotonic() - converted))
    figures, compared = report["overall"], report["comparison"]
    assert (ran.status, report["passed"]) == (0, True), [loss["key"] for loss in compared["losses"]]
    assert (figures["recordings"], figures["unusable"]) == (COUNTS[corpus], 0)
    assert (compared["new"], compared["gone"]) == ([], []), UPDATE
    assert (figures["false_on_healthy"]["count"], figures["false_on_faulty"]["count"]) == (0, 0)
    assert figures["forbidden"]["count"] == 0


def line_of(report, converting, gating):
    """Return what it took: of the diagnoses processor time, else wall time, which depends on who else is at work."""
    seconds = sum(one["seconds"] for one in report["recordings"])
    figures = report["overall"]
    return (
        f"{report['recordings'][0]['corpus']:<13}{figures['recordings']:>3} recordings, {figures['healthy']} healthy:"
        f" converted in {converting:.1f} s, gate in {gating:.1f} s, diagnoses {seconds:.1f} s of processor\n"
    )


def test_the_baseline_holds_names_and_checks_of_all_corpora_and_no_false_cause():
    held = json.loads(BASELINE.read_text(encoding="utf-8"))["recordings"]
    counts = dict.fromkeys(WHERE, 0)
    for key, entry in held.items():
        counts[key.partition("/")[0]] += 1
        assert set(entry) == {"digest", "status", "roots", "checks"}
        assert entry["checks"].get("no false cause", True), key
        assert entry["checks"].get("nothing forbidden", True), key
    assert counts == COUNTS
