import json
from pathlib import Path

import pytest

from tests.cli.run import diagflow

CSV = "timestamp,metric,value,pod\n" + "".join(f"{1_700_000_000 + 30 * n},c_total,{n * 3},a\n" for n in range(20))
TEST = "load 1m\n  m 1 2\n\neval instant at 1m m\n  m {}\n\neval instant at 0 info(m)\n"


@pytest.fixture
def incident(tmp_path: Path) -> Path:
    (tmp_path / "metrics.csv").write_text(CSV)
    return tmp_path


def test_a_query_at_the_last_moment_and_over_time(incident: Path) -> None:
    now = diagflow("promql", "query", "sum(c_total)", "--bundle", incident)
    assert (now.status, now.out) == (0, "series  value\n{}         57\n")
    ranged = diagflow("promql", "query", "rate(c_total[1m])", "--bundle", incident, "--step", "1m", "-o", "json")
    answer = json.loads(ranged.out)
    assert answer["data"]["resultType"] == "matrix"
    assert answer["data"]["result"][0]["values"][-1][1] == "0.1"
    plotted = diagflow("promql", "query", "c_total", "--bundle", incident, "--step", "30s")
    assert "▁" in plotted.out


def test_a_moment_is_told_as_elsewhere(incident: Path) -> None:
    then = diagflow("promql", "query", "c_total", "--bundle", incident, "--end", "-1m", "-o", "json")
    assert json.loads(then.out)["data"]["result"][0]["value"][1] == "51"


def asked_over_time(incident: Path, *told: str) -> list[float]:
    ran = diagflow("promql", "query", "c_total", "--bundle", incident, "-o", "json", *told)
    data = json.loads(ran.out)["data"]
    assert data["resultType"] == "matrix"
    return [time - 1_700_000_000 for time, _ in data["result"][0]["values"]]


def test_a_start_makes_a_range_whether_a_step_is_told_or_not(incident: Path) -> None:
    assert asked_over_time(incident, "--start", "1700000560", "--end", "1700000563") == [560, 561, 562, 563]
    assert asked_over_time(incident, "--start", "-3s") == [567, 568, 569, 570]
    assert asked_over_time(incident, "--start", "-60s", "--end", "-30s", "--step", "15s") == [480, 495, 510, 525, 540]
    longer = asked_over_time(incident, "--start", "-30m")  # 1,800 s are 250 steps of 7.2 s; the first sample is at 0
    assert (longer[0], longer[1] - longer[0], longer[-1]) == (2, 7, 569)


def test_an_end_before_the_start_is_told(incident: Path) -> None:
    ran = diagflow("promql", "query", "up", "--bundle", incident, "--start", "1700000300", "--end", "1700000000")
    assert ran.status == 2
    assert "starts at 2023-11-14T22:18:20Z, after its end 2023-11-14T22:13:20Z" in ran.err


def test_a_recorded_bundle_is_asked_as_a_folder_is(incident: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "incident.zip"
    assert diagflow("import", incident, bundle).status == 0
    now = diagflow("promql", "query", "sum(c_total)", "--bundle", bundle)
    assert (now.status, now.out, now.err) == (0, "series  value\n{}         57\n", "")
    shown = diagflow("bundle", "show", bundle)
    assert "series:      1 with 20 samples, to evaluate expressions on\n" in shown.out
    assert [line.split("\t")[:2] for line in diagflow("bundle", "ls", bundle).out.splitlines()[1:]] == [["data", "1"]]


def test_the_moment_of_a_bundle_is_its_own(incident: Path, tmp_path: Path) -> None:
    (incident / "labels.yaml").write_text("time: 2023-11-14T22:15:20Z\n")
    bundle = tmp_path / "incident.zip"
    assert diagflow("import", incident, bundle).status == 0
    asked = ("promql", "query", "c_total", "--bundle", bundle, "-o", "json")
    assert json.loads(diagflow(*asked).out)["data"]["result"][0]["value"] == [1_700_000_120, "12"]
    assert json.loads(diagflow(*asked, "--end", "-1m").out)["data"]["result"][0]["value"] == [1_700_000_060, "6"]


def test_a_bundle_without_series_says_so(tmp_path: Path) -> None:
    (tmp_path / "alert.json").write_text('[{"labels": {"alertname": "A"}, "startsAt": "2026-01-01T11:00:00Z"}]')
    bundle = tmp_path / "out.zip"
    assert diagflow("import", tmp_path, bundle).status == 0
    ran = diagflow("promql", "query", "up", "--bundle", bundle)
    assert (ran.status, "no series to evaluate on" in ran.err) == (2, True)


def test_a_program_gets_utf8_and_a_terminal_what_it_can_show(incident: Path) -> None:
    (incident / "metrics.csv").write_text("timestamp,metric,value,pod\n1700000000,up,1,配额\u202e\n", encoding="utf-8")
    asked = ("promql", "query", "up", "--bundle", incident)
    narrow = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    answer = diagflow(*asked, "-o", "json", **narrow).out
    assert "配额\\u202e" in answer
    assert json.loads(answer)["data"]["result"][0]["metric"]["pod"] == "配额\u202e"
    assert r"\u914d\u989d\u202e" in diagflow(*asked, **narrow).out
    wide = diagflow(*asked, PYTHONIOENCODING="utf-8").out
    assert ("配额\\u202e" in wide, "\u202e" in wide) == (True, False)
    plotted = diagflow(*asked, "--step", "30s", **narrow)
    assert (plotted.status, r"\u2581" in plotted.out) == (0, True)


def test_what_is_wrong_with_an_expression_is_shown(incident: Path) -> None:
    ran = diagflow("promql", "query", "rate(c_total)", "--bundle", incident)
    assert ran.status == 2
    assert ran.err.splitlines()[-2:] == ["  rate(c_total)", "       ^"]
    nowhere = diagflow("promql", "query", "up", "--bundle", incident / "none")
    assert (nowhere.status, "does not exist" in nowhere.err) == (2, True)


def test_tests_pass_or_say_what_differs(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.test", tmp_path / "bad.test"
    good.write_text(TEST.format("2"))
    bad.write_text(TEST.format("3"))
    passed = diagflow("promql", "test", good)
    assert passed.status == 0
    assert passed.out.endswith(
        "skipped: info() is experimental and not evaluated here\n1 passed, 0 failed, 1 skipped\n"
    )
    failed = diagflow("promql", "test", tmp_path)
    assert failed.status == 1
    assert failed.out.startswith(f"{bad}:4: m\n    ")
    assert "got 2, want 3" in failed.out
    assert failed.out.splitlines()[-1] == "1 passed, 1 failed, 2 skipped"
    assert diagflow("promql", "test", tmp_path / "none.test").status == 2


def test_a_folder_without_tests_is_no_success(tmp_path: Path) -> None:
    ran = diagflow("promql", "test", tmp_path)
    assert (ran.status, "has no tests" in ran.err) == (2, True)
