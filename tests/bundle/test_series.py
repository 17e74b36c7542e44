"""Expressions on series: an incident folder's metrics, and what was recorded below an expression."""

import math
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from diagflow.bundle import Bundle, Redactor, new_key, open_bundle, save
from diagflow.bundle.blobs import COLUMNS, decode
from diagflow.model import BadInput, Coverage, Incident, Query, Reading, State
from diagflow.model.series import SeriesBlock
from diagflow.promql import Series
from diagflow.promql.sources.packed import pack
from tests.bundle.make import write

START = 1_700_000_000
LAST = datetime.fromtimestamp(START + 600, UTC)
CSV = "timestamp,metric,value,pod\n" + "".join(
    f"{START + 30 * n},c_total,{3 * n},a\n{START + 30 * n},c_total,{6 * n},b\n" for n in range(21)
)
OLD = "".join(f"{START + 30 * n},old,1,a\n" for n in range(5))


def folder(root: Path, text: str = CSV + OLD, **more: Any) -> Bundle:
    return open_bundle(write(root, {"metrics.csv": text}), **more).bundle


def ask(bundle: Bundle, expression: str, **params: str) -> Reading:
    return bundle.get(Query.of("promql", expression, **params))


def block(*series: tuple[dict[str, str], list[float]]) -> SeriesBlock:
    times = (START + 30 * np.arange(21)) * 1000
    return pack(Series(labels, times[: len(values)], np.array(values)) for labels, values in series)


def recorded(selector: str, held: SeriesBlock, seconds: int = 600, **more: Any) -> Reading:
    coverage = Coverage(LAST - timedelta(seconds=seconds), LAST, complete=more.pop("complete", True))
    query = Query.of("series", selector, start=str(-seconds), end="0")
    state = more.pop("state", State.DATA if held.labels else State.EMPTY)
    return Reading(query, state, LAST, held, "prometheus", "prometheus 3.16.0", coverage, **more)


def test_a_folder_of_metrics_alone_is_about_its_last_sample(tmp_path: Path) -> None:
    assert folder(tmp_path).incident.now == LAST


def test_an_expression_on_a_folder(tmp_path: Path) -> None:
    bundle = folder(tmp_path)
    found = ask(bundle, "rate(c_total[5m])")
    assert (found.state, found.source, found.answered) == (State.DATA, "series", True)
    assert found.data == [
        {"labels": {"pod": "a"}, "value": pytest.approx(0.1), "time": START + 600},
        {"labels": {"pod": "b"}, "value": pytest.approx(0.2), "time": START + 600},
    ]
    assert ask(bundle, "2 * 3").data == [{"labels": {}, "value": 6.0, "time": START + 600}]


def test_an_expression_over_time(tmp_path: Path) -> None:
    found = ask(folder(tmp_path), "sum(c_total)", start="-60", end="0", step="30")
    assert found.data == [{"labels": {}, "values": [[START + t, 0.3 * t] for t in (540, 570, 600)]}]
    assert (found.coverage.start, found.coverage.end) == (LAST - timedelta(seconds=60), LAST)


def test_the_moment_is_the_incidents(tmp_path: Path) -> None:
    bundle = folder(tmp_path, at=LAST - timedelta(minutes=5))
    assert ask(bundle, "sum(c_total)").data[0]["value"] == 90
    bundle.incident = Incident(LAST)
    assert ask(bundle, "sum(c_total)").data[0]["value"] == 180


def test_nothing_is_empty_only_where_each_metric_is_fresh(tmp_path: Path) -> None:
    bundle = folder(tmp_path)
    assert ask(bundle, "c_total > 1000").state is State.EMPTY
    assert ask(bundle, 'c_total{pod="z"}').answered
    old = ask(bundle, "old == 2 or c_total > 1000")
    assert (old.state, old.detail) == (State.ABSENT, "no series named old in the recording at its moment")
    none = ask(bundle, "none or nothing")
    assert (none.state, none.detail) == (State.ABSENT, "no series named none, nothing in the recording at its moment")
    assert ask(bundle, '{pod="z"}').state is State.ABSENT


def test_what_cannot_be_evaluated_is_an_error_that_says_why(tmp_path: Path) -> None:
    bundle = folder(tmp_path)
    wrong = ask(bundle, "rate(c_total)")
    assert (wrong.state, "expected type range vector" in wrong.detail) == (State.ERROR, True)
    twice = ask(bundle, "c_total + on() c_total")
    assert (twice.state, "found duplicate series" in twice.detail) == (State.ERROR, True)
    assert ask(bundle, '"text"').state is State.ERROR
    assert ask(bundle, "c_total", start="soon").state is State.ERROR


def test_warnings_stay_in_the_detail(tmp_path: Path) -> None:
    found = ask(folder(tmp_path), "quantile(2, c_total)")
    assert (found.state, found.coverage.complete) == (State.DATA, True)
    assert "quantile value should be between 0 and 1" in found.detail
    assert found.data[0]["value"] == math.inf


def test_metrics_that_cannot_be_read_are_a_problem_and_say_so_when_asked(tmp_path: Path) -> None:
    opened = open_bundle(write(tmp_path, {"metrics.csv": "timestamp,value\n1,2\n"}), at=LAST)
    (problem,) = opened.problems
    assert str(problem).startswith("metrics.csv: line 1: no column 'metric': write the columns timestamp")
    found = ask(opened.bundle, "up")
    assert (found.state, found.detail.startswith("not recorded: line 1: no column 'metric'")) == (State.ABSENT, True)


def test_a_sample_in_no_calendar_is_a_problem_of_the_file(tmp_path: Path) -> None:
    opened = open_bundle(write(tmp_path, {"metrics.csv": "timestamp,metric,value\n-1e14,up,1\n"}), at=LAST)
    (problem,) = opened.problems
    said = "this is no sample: -1e+14 is no time in seconds after 1970: write timestamps in seconds"
    assert str(problem) == f"metrics.csv: line 2: {said}"
    assert ask(opened.bundle, "up").state is State.ABSENT


def test_a_folder_without_metrics_does_not_load_numpy(tmp_path: Path) -> None:
    write(tmp_path, {"alert.json": [{"labels": {"alertname": "A"}, "startsAt": "2026-01-01T11:00:00Z"}]})
    code = (
        "import sys; from diagflow.bundle import open_bundle; from diagflow.model import Query; "
        f"b = open_bundle({str(tmp_path)!r}).bundle; print(b.get(Query.of('promql', 'up')).detail); "
        "print(sorted({'numpy', 'diagflow.promql'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "no metrics in this folder\n[]\n"


@pytest.mark.parametrize("name", ["out.zip", "out/"])
def test_series_are_stored_and_say_the_same(tmp_path: Path, name: str) -> None:
    bundle = folder(tmp_path / "in")
    save(bundle, f"{tmp_path}/{name}")
    again = open_bundle(tmp_path / name).bundle
    assert again.digest() == bundle.digest()
    assert ask(again, "rate(c_total[5m])") == ask(bundle, "rate(c_total[5m])")
    assert ask(again, "none") == ask(bundle, "none")


def test_labels_are_redacted_and_tell_series_apart() -> None:
    secret = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5"
    held = block(({"__name__": "up", "url": f"https://u:{secret}@h/"}, [1.0]), ({"__name__": "up", "url": "b"}, [2.0]))
    found = Redactor(new_key()).reading(recorded('{__name__="up"}', held))
    assert secret not in repr(found.data)
    assert (len(found.data), found.data.columns) == (2, held.columns)


def test_a_recorded_answer_counts_more_than_series() -> None:
    bundle = Bundle(Incident(LAST))
    bundle.add(recorded('{__name__="up"}', block(({"__name__": "up"}, [1.0] * 21))))
    bundle.add(Reading(Query.of("promql", "up"), State.ERROR, LAST, detail="timed out"))
    assert ask(bundle, "up").detail == "timed out"
    found = ask(bundle, "up + 1")
    assert (found.data[0]["value"], found.product) == (2.0, "prometheus 3.16.0")


def test_series_that_come_later_count() -> None:
    bundle = Bundle(Incident(LAST))
    bundle.add(recorded('{__name__="up"}', block(({"__name__": "up"}, [1.0] * 21))))
    assert ask(bundle, "down").detail == "the recording holds no series named down"
    bundle.add(recorded('{__name__="down"}', block(({"__name__": "down"}, [1.0] * 21))))
    assert ask(bundle, "down").state is State.DATA


def test_only_what_was_recorded_for_all_of_the_time_is_evaluated() -> None:
    bundle = Bundle(Incident(LAST))
    bundle.add(recorded('{__name__="up",job="a"}', block(({"__name__": "up", "job": "a"}, [1.0] * 21)), 300))
    assert ask(bundle, 'up{job="a", instance=""}').data[0]["value"] == 1
    assert ask(bundle, 'up{job="b"}').detail == "the recording holds no series named up"
    assert ask(bundle, 'avg_over_time(up{job="a"}[6m])').detail == (
        "the recording does not hold up for all of the time that the expression looks at"
    )
    assert ask(bundle, 'up{job="a"} offset 1m').state is State.ABSENT
    assert ask(bundle, 'max_over_time(up{job="a"}[1m:30s])').state is State.ABSENT


def test_what_was_not_recorded_or_cut_off_says_so() -> None:
    bundle = Bundle(Incident(LAST))
    bundle.add(recorded('{__name__="big"}', block(), state=State.ABSENT, detail="too many samples"))
    bundle.add(
        recorded('{__name__="up"}', block(({"__name__": "up"}, [1.0] * 21)), complete=False, detail="1 left out")
    )
    assert ask(bundle, "big").detail == "not recorded: too many samples"
    found = ask(bundle, "up")
    assert (found.coverage.complete, found.detail) == (False, "1 left out")
    assert not ask(bundle, "up > 5").answered


def test_of_native_histograms_the_labels_are_there_and_no_expression_asks_for_them() -> None:
    held = block(({"__name__": "up", "pod": "a"}, [1.0] * 21), ({"__name__": "up", "pod": "h"}, []))
    bundle = Bundle(Incident(LAST))
    bundle.add(recorded('{__name__="up"}', held, complete=False, detail="1 series of native histograms are left out"))
    assert ask(bundle, 'count(up{pod="a"})').data[0]["value"] == 1
    assert ask(bundle, 'up{pod=~"a|b"} > 5').state is State.EMPTY
    why = "not recorded: native histograms are left out, and up has 1 series of them"
    for text in ("up", "count(up)", 'absent(up{pod="h"})', 'up{pod=~"h.*"}', 'up{pod!="a"} or vector(0)'):
        assert (ask(bundle, text).state, ask(bundle, text).detail) == (State.ABSENT, why), text
    pattern = ask(bundle, 'count({pod="h", __name__=~"u.*"})')
    assert (pattern.state, pattern.data) == (State.ABSENT, None)


def test_nothing_of_which_something_was_left_out_is_not_nothing() -> None:
    bundle = Bundle(Incident(LAST))
    bundle.add(recorded('{__name__="up"}', block(), complete=False, detail="a store is down"))
    for text in ("up", "absent(up)"):
        assert (ask(bundle, text).state, ask(bundle, text).detail) == (State.ABSENT, "not recorded: a store is down")


@pytest.mark.parametrize(
    "held",
    [
        SeriesBlock(({"__name__": "up"},), b"nonsense", 1),
        SeriesBlock(({"__name__": "up"}, {"__name__": "up", "a": "b"}), block(({"__name__": "up"}, [1.0])).columns, 1),
        pack([Series({"__name__": "up"}, np.array([START * 1000 + 9, START * 1000]), np.array([1.0, 2.0]))]),
    ],
)
def test_columns_that_are_none_make_an_error_of_each_expression(held: SeriesBlock) -> None:
    bundle = Bundle(Incident(LAST))
    bundle.add(recorded('{__name__="up"}', held))
    found = ask(bundle, "up")
    assert (found.state, found.data) == (State.ERROR, None)
    assert "columns of series" in found.detail or "timestamps" in found.detail


def test_a_selector_that_is_none_makes_an_error_too() -> None:
    bundle = Bundle(Incident(LAST))
    bundle.add(recorded('{__name__="up', block(({"__name__": "up"}, [1.0]))))
    assert ask(bundle, "up").state is State.ERROR


@pytest.mark.parametrize(
    "body", [b"", b"\x90", b"\x94\x91\xa1a\x91\x91\x00\x01\xc4\x00", b"\x94\x91\xa1a\x91\x92\x00\x05\x01\xc4\x00"]
)
def test_bytes_that_are_no_block_are_refused(body: bytes) -> None:
    head = recorded('{__name__="up"}', block())
    with pytest.raises(BadInput, match="cannot be read"):
        decode(head, "", COLUMNS, body)
