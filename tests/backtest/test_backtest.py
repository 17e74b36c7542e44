"""Backtests of rules of Prometheus and of ours: who fires when, and what cannot be told."""

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from diagflow.bundle import Bundle
from diagflow.bundle.disk import save
from diagflow.model import Coverage, Incident, Query, Reading, State
from diagflow.promql import Series
from diagflow.promql.sources.packed import pack
from tests.backtest.build import START, folder, moment, prometheus
from tests.cli.run import Ran, diagflow

UP = "up{namespace=shop,pod=cart-0}"
DOWN = "{alert: Down, expr: up == 0, for: 2m, labels: {severity: page}}"
CAUSES = """
- {id: t.broken, title: broken}
- {id: t.other, title: other}
"""


def run(*arguments: str | Path) -> Ran:
    return diagflow("rules", "test", "--backtest", *arguments)


def found(*arguments: str | Path) -> dict[str, Any]:
    ran = run(*arguments, "-o", "json")
    assert ran.status == 0, ran.err
    answer: dict[str, Any] = json.loads(ran.out)
    return answer


def rules_of(*arguments: str | Path) -> dict[str, Any]:
    (recording,) = found(*arguments)["recordings"]
    return {rule["rule"]: rule for rule in recording["rules"]}


def ours(path: Path, *rules: str) -> Path:
    path.mkdir()
    (path / "causes.yaml").write_text(CAUSES, encoding="utf-8")
    (path / "rules.yaml").write_text("\n".join(rules), encoding="utf-8")
    return path


def test_pending_fired_until(tmp_path: Path) -> None:
    on = folder(tmp_path / "a", {UP: [1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0]})
    rule = rules_of(prometheus(tmp_path / "r.yaml", DOWN), "--on", on)["Down"]
    (held,) = rule["held"]
    assert (held["entity"], rule["evaluations"], rule["line"]) == ("pod/shop/cart-0", 13, 4)
    assert [(one["pending"], one["fired"], one["until"]) for one in held["firings"]] == [
        (moment(2), moment(4), moment(6)),
        (moment(8), None, moment(9)),
        (moment(10), moment(12), None),
    ]


def test_a_report_for_people(tmp_path: Path) -> None:
    on = folder(tmp_path / "a", {UP: [1, 1, 0, 0, 0, 0, 1, 1]})
    ran = run(prometheus(tmp_path / "r.yaml", DOWN, "{alert: Never, expr: up > 5}"), "--on", on)
    assert (ran.status, ran.err) == (0, "")
    head, titles, row, quiet, blank, last = ran.out.splitlines()
    assert head == f"{on}: {moment(0)} to {moment(7)}, 8 evaluations, one each 1m"
    assert titles.split() == ["rule", "about", "pending", "since", "fired", "at", "until", "for", "over", "time"]
    assert row.split() == ["Down", "pod/shop/cart-0", "00:02:00", "00:04:00", "00:06:00", "2m", "··▒▒██··"]
    assert (quiet.strip(), blank) == ("did not fire: Never", "")
    assert last == "1 firing of 1 rule on 1 recording"


def test_recording_rules_are_seen_by_later_ones_and_not_by_earlier_ones_at_once(tmp_path: Path) -> None:
    file = prometheus(
        tmp_path / "r.yaml",
        "{alert: Before, expr: 'job:down:sum > 0'}",
        "{record: 'job:down:sum', expr: 'count(up == 0)'}",
        "{alert: Behind, expr: 'job:down:sum > 0'}",
    )
    rules = rules_of(file, "--on", folder(tmp_path / "a", {UP: [1, 1, 0, 1, 1]}))
    times = {name: rules[name]["held"][0]["firings"] for name in ("Before", "Behind")}
    assert [(one["fired"], one["until"]) for one in times["Behind"]] == [(moment(2), moment(3))]
    assert [(one["fired"], one["until"]) for one in times["Before"]] == [(moment(3), moment(4))]


def test_a_group_that_records_comes_before_one_that_reads(tmp_path: Path) -> None:
    reads, records = (
        "{name: b, rules: [{alert: A, expr: 'down > 0'}]}",
        "{name: a, rules: [{record: down, expr: up == 0}]}",
    )
    text = f"groups:\n- {reads}\n- {records}\n"
    (tmp_path / "r.yaml").write_text(text)
    on = folder(tmp_path / "a", {"up{pod=a}": [1, 0, 1]})
    assert rules_of(tmp_path / "r.yaml", "--on", on)["A"]["held"] == []  # `down` is 0: not above 0
    (tmp_path / "r.yaml").write_text(text.replace("down > 0", "down == 0"))
    (firing,) = rules_of(tmp_path / "r.yaml", "--on", on)["A"]["held"][0]["firings"]
    assert (firing["fired"], firing["until"]) == (moment(1), moment(2))


def test_what_is_missing_never_did_not_fire(tmp_path: Path) -> None:
    file = prometheus(
        tmp_path / "r.yaml",
        "{alert: Plain, expr: nothing > 1}",
        "{record: sum, expr: sum(nothing)}",
        "{alert: Above, expr: sum > 1}",
        "{alert: Missing, expr: absent(nothing)}",
        "{alert: Partly, expr: gone > 5}",
    )
    on = folder(tmp_path / "a", {UP: [1] * 12, "gone": [1, 1, *([None] * 8), 1, 1]})
    rules = rules_of(file, "--on", on)
    for name in ("Plain", "sum", "Above"):
        assert rules[name]["evaluated"] is False
        assert rules[name]["why_not"] == "no series named nothing"
    assert rules["Missing"]["held"][0]["firings"][0]["fired"] == moment(0)
    assert rules["Missing"]["notes"] == ["no series named nothing"]
    # The sample of minute 1 counts for five minutes.
    assert rules["Partly"]["unknown"] == [{"from": moment(6), "to": moment(9), "why": "no samples of gone"}]
    text = run(file, "--on", on).out
    assert f"Plain could not be evaluated: no series named nothing ({file}:4)\n" in text
    assert "Partly: did not fire otherwise, and nothing is known from" in text
    assert "did not fire: " not in text


def test_samples_that_are_no_numbers_fire_as_in_prometheus(tmp_path: Path) -> None:
    on = folder(tmp_path / "a", {UP: [1, math.nan, 1]})
    rules = rules_of(prometheus(tmp_path / "r.yaml", "{alert: Any, expr: up}", "{alert: No, expr: up < 1}"), "--on", on)
    assert rules["No"]["held"] == []
    assert rules["Any"]["held"][0]["firings"][0]["until"] is None


def test_an_evaluation_that_fails_is_no_silence(tmp_path: Path) -> None:
    file = prometheus(tmp_path / "r.yaml", "{alert: Twice, expr: 'up * on (namespace) rate_limit > 0'}")
    series: dict[str, list[float | None]] = {UP: [1] * 6}
    series |= {"rate_limit{namespace=shop,x=1}": [1] * 6, "rate_limit{namespace=shop,x=2}": [None, None, 1]}
    rule = rules_of(file, "--on", folder(tmp_path / "a", series))["Twice"]
    assert [(one["from"], one["to"]) for one in rule["unknown"]] == [(moment(2), moment(5))]
    assert "found duplicate series" in rule["unknown"][0]["why"]
    (firing,) = rule["held"][0]["firings"]
    assert (firing["fired"], firing["until"]) == (moment(0), None)


def test_the_steps(tmp_path: Path) -> None:
    on = folder(tmp_path / "a", {UP: [1] * 11}, every=15)
    file = prometheus(tmp_path / "r.yaml", DOWN)
    assert found(file, "--on", on)["recordings"][0]["step"] == 30
    told = found(file, "--on", on, "--step", "1m", "--start", str(START + 30), "--end", str(START + 100))
    (recording,) = told["recordings"]
    assert (recording["from"], recording["to"], recording["step"]) == (
        "2026-01-01T00:00:30Z", "2026-01-01T00:01:30Z", 60,
    )  # fmt: skip
    own = prometheus(tmp_path / "own.yaml", DOWN, group="  interval: 50s\n")
    assert rules_of(own, "--on", on)["Down"]["evaluations"] == 4
    assert rules_of(own, "--on", on, "--step", "30s")["Down"]["evaluations"] == 6


OURS = """
- id: T-M-001
  cause: t.broken
  triggers:
    - metric: restarts_total
      function: increase
      window: 5m
      aggregate: none
      threshold: > 2
    - object: pod
      when: {status.phase: [Running]}
"""
POD = """
{"kind": "Pod", "apiVersion": "v1", "status": {"phase": "%s"},
 "metadata": {"name": "%s", "namespace": "shop", "creationTimestamp": "2026-01-01T00:00:00Z"}}
"""


def incident(path: Path) -> Path:
    """Two pods restart, of which one is recorded as running."""
    rising = [0, 0, 0, 5, 10, 15, 15, 15, 15, 15, 15, 15, 15, 15]
    folder(path, {f"restarts_total{{namespace=shop,pod={name}}}": rising for name in ("cart-0", "cart-1")})
    (path / "objects").mkdir()
    pods = [POD % ("Running", "cart-0"), POD % ("Failed", "cart-1")]
    (path / "objects" / "pods.json").write_text('{"kind": "List", "items": [%s]}' % ",".join(pods), encoding="utf-8")  # noqa: UP031  # braces
    return path


def test_a_rule_of_ours_holds_the_rest_constant(tmp_path: Path) -> None:
    on, rules = incident(tmp_path / "a"), ours(tmp_path / "r", OURS)
    rule = rules_of(rules, "--on", on)["T-M-001"]
    (held,) = rule["held"]
    assert held["entity"] == "pod/shop/cart-0"
    assert [(one["pending"], one["fired"], one["until"]) for one in held["firings"]] == [(None, moment(3), moment(9))]
    assert rule["constant"] == ["pod"]
    assert "held constant, as recorded at its one moment: pod (of T-M-001)" in run(rules, "--on", on).out


def test_a_bundle_says_what_its_folder_says(tmp_path: Path) -> None:
    on, rules = incident(tmp_path / "a"), ours(tmp_path / "r", OURS)
    bundle = tmp_path / "b.zip"
    assert diagflow("import", on, bundle).status == 0
    assert rules_of(rules, "--on", bundle) == rules_of(rules, "--on", on)


def test_each_step_says_what_the_diagnosis_of_that_moment_says(tmp_path: Path) -> None:
    on, rules = incident(tmp_path / "a"), ours(tmp_path / "r", OURS.replace("> 2", "> 4"))
    (held,) = rules_of(rules, "--on", on)["T-M-001"]["held"]
    (firing,) = held["firings"]
    for minute in range(14):
        scan = diagflow("scan", "--bundle", on, "--rules", rules, "--at", moment(minute), "-o", "json")
        causes = [cause["id"] for cause in json.loads(scan.out)["causes"]]
        fires = firing["fired"] <= moment(minute) < firing["until"]
        assert ("t.broken" in causes) is fires, (minute, scan.out)


def test_for_and_combinations_of_ours(tmp_path: Path) -> None:
    rules = ours(
        tmp_path / "r",
        """
- id: T-M-002
  cause: t.broken
  for: 2m
  triggers:
    - {metric: load, aggregate: max by (node), threshold: > 3}
- id: T-M-003
  cause: t.broken
  triggers:
    - any:
        - {metric: load, aggregate: max by (node), threshold: > 3}
        - {metric: nowhere, aggregate: max by (node), threshold: > 3}
- id: T-M-004
  cause: t.broken
  triggers:
    - {metric: nowhere, threshold: > 3}
""",
    )
    on = folder(tmp_path / "a", {"load{node=n-1}": [1, 5, 5, 5, 5, 1, 1], "load{node=n-2}": [1] * 7})
    told = rules_of(rules, "--on", on)
    (held,) = told["T-M-002"]["held"]
    assert held["entity"] == "node/n-1"
    assert [(one["pending"], one["fired"], one["until"]) for one in held["firings"]] == [
        (moment(1), moment(2), moment(5))
    ]
    assert "no series named nowhere" in told["T-M-003"]["why_not"]
    assert told["T-M-004"]["why_not"] == "no series named nowhere"


def test_whether_it_was_right(tmp_path: Path) -> None:
    rules = ours(tmp_path / "r", OURS, OURS.replace("001", "005").replace("t.broken", "t.other"))
    on = incident(tmp_path / "a")
    (on / "labels.yaml").write_text(
        "causes: [{id: t.broken, entity: pod/shop/cart-0}, {id: t.other, entity: pod/shop/x}]"
    )
    told = found(rules, prometheus(tmp_path / "p.yaml", "{alert: A, expr: restarts_total > 3}"), "--on", on)
    (recording,) = told["recordings"]
    judged = {
        (rule["rule"], held["entity"]): firing["judged"]
        for rule in recording["rules"]
        for held in rule["held"]
        for firing in held["firings"]
    }
    assert judged == {
        ("A", "pod/shop/cart-0"): "right",
        ("A", "pod/shop/cart-1"): "unknown",
        ("T-M-001", "pod/shop/cart-0"): "right",
        ("T-M-005", "pod/shop/cart-0"): "wrong",
    }
    assert recording["missed"] == ["t.other@pod/shop/x"]
    (on / "labels.yaml").write_text("healthy: true")
    assert found(rules, "--on", on)["totals"]["wrong"] == 2


def test_a_rule_without_metrics_is_named(tmp_path: Path) -> None:
    rules = ours(
        tmp_path / "r",
        OURS,
        OURS[: OURS.index("    - metric")].replace("001", "006") + OURS[OURS.index("    - object") :],
    )
    answer = found(rules, "--on", incident(tmp_path / "a"))
    assert answer["unused"] == ["T-M-006 has no trigger on a metric: nothing of it changes over a recording"]


def test_several_recordings_each_once(tmp_path: Path) -> None:
    file = prometheus(tmp_path / "r.yaml", DOWN)
    for name in ("a", "b", "c/d"):
        folder(tmp_path / "on" / name, {UP: [1, 0, 0, 0]})
    (tmp_path / "on" / "empty").mkdir()
    answer = found(file, "--on", tmp_path / "on", "--on", tmp_path / "on" / "a")
    assert [Path(one["path"]).name for one in answer["recordings"]] == ["a", "b", "d"]
    assert answer["totals"]["firings"] == 3
    as_a_shell_writes_it = found(file, "--on", tmp_path / "on" / "a", tmp_path / "on" / "b")
    assert len(as_a_shell_writes_it["recordings"]) == 2


def test_a_recording_without_series_is_named_and_the_others_count(tmp_path: Path) -> None:
    incident(tmp_path / "on" / "a")
    bare = tmp_path / "on" / "bare"
    (bare / "objects").mkdir(parents=True)
    (bare / "objects" / "pods.json").write_text(POD % ("Running", "cart-0"))
    assert diagflow("import", bare, tmp_path / "on" / "b.zip").status == 0
    file = prometheus(tmp_path / "r.yaml", DOWN.replace("up == 0", "restarts_total > 0"))
    answer = found(file, "--on", tmp_path / "on")
    told = {Path(one["path"]).name: one.get("why_not", "") for one in answer["recordings"]}
    assert told["a"] == ""
    assert told["b.zip"].startswith("it holds no series, only the answers that a diagnosis asked for")
    assert (
        "recording made from now on while the rules are loaded (diagflow record FILE --rules FOLDER)" in told["b.zip"]
    )
    assert told["bare"].startswith("has no samples: an incident folder has them in metrics.csv")
    alone = run(file, "--on", bare)
    assert (alone.status, alone.out) == (2, "")
    first, second = alone.err.splitlines()
    assert first.endswith("nothing can be evaluated:")
    assert second.strip().startswith(f"{bare}: has no samples")
    assert second.count(str(bare)) == 1


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{alert: A, expr: nowhere > 1}", "A: no series named nowhere ({file}:4)"),
        ("{record: r, expr: up}", "no rule there can fire: recording rules only give series that alerts read"),
        ("{alert: A, expr: up, labels: {x: '{{ if $value }}'}}", "A: "),
    ],
)
def test_where_nothing_can_be_evaluated_there_is_no_report_of_silence(tmp_path: Path, rule: str, said: str) -> None:
    file = prometheus(tmp_path / "r.yaml", rule)
    ran = run(file, "--on", folder(tmp_path / "a", {UP: [1, 1]}))
    assert (ran.status, ran.out) == (2, "")
    assert "nothing can be evaluated:" in ran.err
    assert said.format(file=file) in ran.err


def test_a_rule_of_ours_of_which_nothing_is_known_at_any_moment_is_not_evaluated(tmp_path: Path) -> None:
    """Its series are there; the objects that its other condition looks at are not."""
    rule = OURS.replace("      function: increase\n      window: 5m\n", "")
    on = folder(tmp_path / "a", {"restarts_total{namespace=shop,pod=cart-0}": [5] * 6})
    ran = run(ours(tmp_path / "r", rule), "--on", on)
    assert (ran.status, ran.out) == (2, "")
    assert f"{on}: T-M-001: objects:pods: not in this folder" in ran.err


def test_a_rule_without_metrics_alone_is_nothing_to_evaluate(tmp_path: Path) -> None:
    rules = ours(tmp_path / "r", OURS[: OURS.index("    - metric")] + OURS[OURS.index("    - object") :])
    ran = run(rules, "--on", incident(tmp_path / "a"))
    assert (ran.status, ran.out) == (2, "")
    assert "T-M-001 has no trigger on a metric" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("{r}",), "--backtest needs recordings: add --on BUNDLE"),
        (("{r}", "--on", "{t}/nowhere"), "nowhere: there is no such file or folder"),
        (("{r}", "--on", "{t}/empty"), "empty holds no recording"),
        (("{r}", "--on", "{t}/a", "--mutants"), "--mutants is of the tests beside the rules"),
        (("{r}", "--on", "{t}/a", "-o", "junit"), "-o junit is of the tests beside the rules"),
        (("{r}", "--on", "{t}/a", "--step", "soon"), "--step 'soon' is no duration"),
        (("{r}", "--on", "{t}/a", "--step", "0s"), "--step 0s is no step"),
        (("{r}", "--on", "{t}/a", "--step", ""), "--step '' is no duration"),
        (("{r}", "--on", "{t}/a", "--start", "2027-01-01T00:00:00Z"), "nothing is to be evaluated"),
        (("NO-RULE-1", "--on", "{t}/a"), "there is no rule and no path NO-RULE-1"),
        (("{t}/empty", "--on", "{t}/a"), "there is no rule in"),
        (("{t}/bad.yaml", "--on", "{t}/a"), "bad.yaml:4:22: rule A: `expr` is no PromQL"),
    ],
)
def test_bad_usage_is_2(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    (tmp_path / "empty").mkdir()
    folder(tmp_path / "a", {UP: [1, 1]})
    prometheus(tmp_path / "bad.yaml", "{alert: A, expr: nosuch(up)}")
    file = prometheus(tmp_path / "r.yaml", DOWN)
    ran = run(*(text.format(r=file, t=tmp_path) for text in arguments))
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


def test_options_of_a_backtest_need_one(tmp_path: Path) -> None:
    ran = diagflow("rules", "test", "--on", folder(tmp_path / "a", {UP: [1]}))
    assert (ran.status, ran.out) == (2, "")
    assert "--on is for recordings: add --backtest" in ran.err


def test_of_a_live_recording_only_what_it_holds_is_told(tmp_path: Path) -> None:
    now = datetime(2026, 1, 1, 0, 20, tzinfo=UTC)
    bundle = Bundle(Incident(now=now))
    times = (START + 60 * np.arange(21, dtype=np.int64)) * 1000
    block = pack([Series({"__name__": "up", "pod": "a"}, times, (np.arange(21) % 7 > 2).astype(float))])
    query = Query.of("series", '{__name__="up"}', start="-720", end="0")
    coverage = Coverage(now - timedelta(seconds=720), now)
    bundle.add(Reading(query, State.DATA, now, block, coverage=coverage))
    save(bundle, tmp_path / "b.zip")
    file = prometheus(tmp_path / "r.yaml", "{alert: Down, expr: up == 0}", "{alert: Other, expr: other == 0}")
    rules = rules_of(file, ours(tmp_path / "o", OURS.replace("restarts_total", "up")), "--on", tmp_path / "b.zip")
    # A sample counts for five minutes, so what is recorded from minute 8 on tells of minute 13 and later ones.
    assert [one["fired"] for one in rules["Down"]["held"][0]["firings"]] == [moment(14)]
    (gap,) = rules["Down"]["unknown"]
    assert (gap["from"], gap["to"]) == (moment(0), moment(12))
    assert "does not hold up for all of the time" in gap["why"]
    assert rules["Other"]["why_not"] == "the recording holds no series named other"
    assert rules["T-M-001"]["unknown"][0]["to"] == moment(12)
    # One that looks three minutes back knows as much less.
    late = prometheus(tmp_path / "late.yaml", "{alert: Down, expr: up == 0}", group="  query_offset: 3m\n")
    (gap,) = rules_of(late, "--on", tmp_path / "b.zip")["Down"]["unknown"]
    assert (gap["from"], gap["to"]) == (moment(0), moment(15))
