"""The gate on the lab's recordings: nothing may be worse than the committed baseline says, in any `make test`."""

from datetime import UTC, datetime
from pathlib import Path

from diagflow.gate import find_recordings, run_all
from diagflow.gate.baseline import read_baseline
from diagflow.gate.compare import compare
from diagflow.gate.confusion import confusion
from diagflow.gate.outcome import Check
from diagflow.gate.report import report_of
from diagflow.gate.text import as_text
from diagflow.gate.waivers import read_waivers
from diagflow.rules import load_packs

HERE = Path(__file__).parent


def test_nothing_is_worse_than_the_baseline_and_no_cause_is_named_where_another_is_right():
    baseline = read_baseline(HERE / "baseline.json")
    waivers = read_waivers(HERE / "waivers.yaml") if (HERE / "waivers.yaml").exists() else ()
    ruleset = load_packs()
    outcomes = run_all(find_recordings([HERE]), ruleset, jobs=1)
    assert baseline is not None
    found = compare(baseline, outcomes, ruleset, waivers, datetime.now(UTC).date())
    report = report_of(outcomes, ruleset, found)
    assert report.passed, as_text(report)
    assert [row for row in report.confusion if row.others] == []
    assert [row for row in confusion(o for o in outcomes if o.name.startswith("faults/")) if not row.clear] == []
    update = "diagflow gate run tests/corpus --update-baseline --reason WHY"
    assert not found.new, f"nothing guards {', '.join(found.new)} yet: {update}"


def test_the_baseline_demands_that_every_recording_is_right():
    """In `unseen/` the readings do not show the cause: to name nothing is right there, something false is not."""
    baseline = read_baseline(HERE / "baseline.json")
    assert baseline is not None
    wrong = {key: [c for c, held in entry.checks.items() if not held] for key, entry in baseline.recordings.items()}
    assert [key for key, checks in wrong.items() if checks and "/unseen/" not in key] == []
    assert [key for key, checks in wrong.items() if Check.CLEAN in checks or Check.ALLOWED in checks] == []
