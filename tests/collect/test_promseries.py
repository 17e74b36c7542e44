"""Series below expressions: what is read of them, and that we then answer what Prometheus did.

The pretended Prometheus evaluates with `diagflow.promql`, on samples of which ours sees what the API gives.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from diagflow.bundle import Bundle
from diagflow.bundle.below import series_below
from diagflow.collect.promaccess import PrometheusOptions, direct_door
from diagflow.collect.prometheus import PrometheusReader
from diagflow.model import Incident, Query, Reading, State, Want
from diagflow.model.series import SeriesBlock
from diagflow.promql import STALE_NAN, Histogram, PromQLError, Series, Storage, evaluate
from diagflow.promql.apijson import as_api
from tests.collect.clusters import NOW
from tests.collect.serving import Answer, Exchange, Server, routes, serving
from tests.collect.test_prometheus import BUILD, QUERY, RANGE, build

END = round(NOW.timestamp() * 1000)
TIMES = END - 7_200_000 + 15_000 * np.arange(481) - 3_000


def series(name: str, values: np.ndarray[tuple[int], np.dtype[np.float64]], **labels: str) -> Series:
    return Series({"__name__": name, **labels}, TIMES[: len(values)], values)


def marked(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], *gone: int
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    out = values.copy()
    out[list(gone)] = STALE_NAN
    return out


def world() -> Storage:
    """Counters of three pods: one goes on, one ended two minutes ago, one came and went; and a gauge with NaN."""
    steps = np.cumsum(np.arange(481) % 7).astype(float)
    gauge = np.sin(np.arange(481.0))
    gauge[470:475] = np.nan
    return Storage(
        [
            series("c_total", steps, pod="a", job="x"),
            series("c_total", marked(steps[:474] * 2, 473), pod="b", job="x"),
            series("c_total", marked(steps * 3, *range(460, 466), *range(472, 478)), pod="c", job="y"),
            series("gauge", gauge, pod="a"),
            series("gauge", gauge[:400], pod="old"),
        ]
    )


@contextmanager
def answering(storage: Storage, info: Answer | dict[str, Any] | None = None) -> Iterator[Server]:
    """Serve what a Prometheus with these samples would."""

    def answer(exchange: Exchange) -> None:
        form = exchange.form
        moments = ("time",) if exchange.path == QUERY else ("start", "end", "step")
        try:
            result = evaluate(storage, form["query"], *(round(float(form[name]) * 1000) for name in moments))
        except PromQLError as e:
            exchange.json({"status": "error", "errorType": "execution", "error": str(e)}, 422)
        else:
            exchange.json(as_api(result))

    with serving(routes({BUILD: info or build(), QUERY: answer, RANGE: answer})) as server:
        yield server


@contextmanager
def prometheus(
    storage: Storage, info: Answer | dict[str, Any] | None = None, **options: int
) -> Iterator[tuple[Server, PrometheusReader]]:
    """Serve samples, and read them."""
    with answering(storage, info) as server:
        door = direct_door(PrometheusOptions(url=server.url), {})
        reader = PrometheusReader(lambda _: [door], NOW, clock=lambda: NOW, **options)
        try:
            yield server, reader
        finally:
            reader.close()


def read(reader: PrometheusReader, queries: list[Query]) -> Bundle:
    bundle = Bundle(Incident(NOW))
    for reading in reader.read([Want(query) for query in queries], deadline=time.monotonic() + 20):
        bundle.add(reading)
    return bundle


def recorded(*expressions: Query, **options: int) -> tuple[Bundle, Bundle]:
    """Return the answers of Prometheus, and the series below them."""
    with prometheus(world(), None, **options) as (_, reader):
        answers = read(reader, list(expressions))
        return answers, read(reader, series_below(answers))


EXPRESSIONS = [
    "c_total",
    "sum by (job) (rate(c_total[5m]))",
    "c_total offset 90s",
    "c_total @ 1769853300",
    "count_over_time(c_total[10m:15s])",
    "max_over_time(rate(c_total[2m])[20m:1m] offset 5m)",
    "count_over_time((c_total > 0)[1h:7s])",
    'changes(gauge{pod="a"}[30m]) or absent(c_total{job="x", pod="b"})',
    "gauge > -2",
    "gauge",
    'count({__name__=~"c_.*|gauge"})',
    '{pod="a"}',
    "last_over_time(gauge[1h])",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_our_answer_is_the_recorded_one(expression: str) -> None:
    query = Query.of("promql", expression)
    answers, below = recorded(query)
    wanted, found = answers.get(query), below.get(query)
    assert wanted.readable
    assert (found.state, found.detail, found.product) == (wanted.state, wanted.detail, "prometheus 3.16.0")
    assert repr(found.data) == repr(wanted.data)
    assert (found.coverage, found.time) == (wanted.coverage, NOW)


def test_all_at_once_and_over_time() -> None:
    queries = [Query.of("promql", e) for e in EXPRESSIONS]
    queries += [Query.of("promql", e, start="-600", end="0", step="15") for e in ("c_total", "sum(rate(c_total[1m]))")]
    answers, below = recorded(*queries)
    assert [repr(below.get(q).data) for q in queries] == [repr(answers.get(q).data) for q in queries]


@pytest.mark.parametrize(
    ("info", "headers", "who"),
    [
        (build("2.53.1"), {}, "prometheus 2.53.1"),
        (build(""), {}, "prometheus"),
        (build("2.24.0"), {"X-Server-Hostname": "vm-0"}, "VictoriaMetrics"),
        (build("2.14.0", application="Grafana Mimir"), {}, "Grafana Mimir 2.14.0"),
        (build("0.37.2"), {}, "Thanos 0.37.2"),
        (build("main-abc"), {}, "prometheus main-abc"),
    ],
)
def test_of_another_product_raw_samples_are_read_and_evaluated_here(
    info: dict[str, Any], headers: dict[str, str], who: str
) -> None:
    queries = [Query.of("promql", text) for text in ("sum by (job) (rate(c_total[5m]))", "c_total", "vector(1)")]
    nothing = [Query.of("promql", text) for text in ("c_total > 1e9", 'c_total{pod="z"}', "none", "rate(c_total)")]
    with prometheus(world()) as (_, reader):
        wanted = read(reader, queries)
    with prometheus(world(), lambda e: e.json(info, 200, **headers)) as (server, reader):
        found = read(reader, [*queries, *nothing])
        asked = {request.form["query"] for request in server.requests if request.path == QUERY}
    for query in queries:
        assert (found.get(query).data, found.get(query).product) == (wanted.get(query).data, who)
    assert [found.get(query).state for query in nothing] == [State.EMPTY, State.EMPTY, State.ABSENT, State.ERROR]
    assert found.get(nothing[2]).detail == "no series named none at this Prometheus now"
    assert '{__name__="c_total"}[300000ms]' in asked
    assert not any("rate" in text for text in asked)


def test_of_another_product_no_more_samples_are_read_than_is_allowed() -> None:
    with prometheus(world(), build("2.53.1"), samples=50) as (_, reader):
        found = read(reader, [Query.of("promql", text) for text in ("rate(gauge[20m])", "gauge", "gauge offset 1m")])
    assert [r.state for r in found.readings()] == [State.DATA, State.DATA, State.ABSENT]


def test_nothing_is_read_twice() -> None:
    expressions = [
        "up",
        "up > 0",
        "rate(up[10m])",
        'up{job="a"}',
        'up{job="a"} offset 2m',
        "up offset 1d",
        "avg_over_time(up[1m:10s])",
    ]
    answers = Bundle(Incident(NOW))
    for text in (*expressions, "limitk(1, up)"):
        answers.add(Reading(Query.of("promql", text), State.DATA, NOW, []))
    answers.add(Reading(Query.of("promql", "down"), State.ABSENT, NOW))
    assert [str(q) for q in series_below(answers)] == [
        'series:{__name__="up"}#end=-86400&moments=-86400&start=-86700',
        'series:{__name__="up"}#end=0&moments=-120%2C0&start=-600&step=10',
    ]


def test_what_is_not_there_is_empty_and_is_not_asked_for_further() -> None:
    with prometheus(world()) as (server, reader):
        bundle = read(reader, [Query.of("series", '{__name__="none"}', start="-300", end="0")])
        assert len([r for r in server.requests if r.path == QUERY]) == 1
    (found,) = bundle.readings()
    assert (found.state, found.data, found.answered) == (State.EMPTY, SeriesBlock(), True)
    assert bundle.get(Query.of("promql", "none")).detail == "no series named none in the recording at its moment"


def test_more_than_a_recording_takes_is_not_read_and_said() -> None:
    answers, below = recorded(Query.of("promql", "rate(gauge[20m])"), samples=50)
    (found,) = below.readings()
    assert found.state is State.ABSENT
    assert found.detail == '{__name__="gauge"} has 80 samples in 20 minutes, too many: at most 50 are read in all'
    assert below.get(Query.of("promql", "gauge")).detail == f"not recorded: {found.detail}"
    assert answers.get(Query.of("promql", "rate(gauge[20m])")).state is State.DATA


def test_what_prometheus_refuses_is_said() -> None:
    def answer(exchange: Exchange) -> None:
        exchange.json({"status": "error", "errorType": "timeout", "error": "too slow"}, 503)

    with serving(routes({BUILD: build(), QUERY: answer})) as server:
        door = direct_door(PrometheusOptions(url=server.url), {})
        reader = PrometheusReader(lambda _: [door], NOW)
        targets = ('{__name__="up"}', '{__name__=~"("}')
        bundle = read(reader, [Query.of("series", target, start="-300", end="0") for target in targets])
        reader.close()
    slow, wrong = bundle.readings()
    assert (slow.state, "gave up on the expression: too slow" in slow.detail) == (State.ERROR, True)
    assert (wrong.state, "this is no selector" in wrong.detail) == (State.ERROR, True)


@pytest.mark.parametrize(
    ("count", "time", "value"),
    [("NaN", 1.0, "1"), ("+Inf", 1.0, "1"), ("2", 1.0, "one"), ("2", 1e300, "1")],
)
def test_numbers_that_are_none_are_an_error_and_no_end(count: str, time: float, value: str) -> None:
    def answer(exchange: Exchange) -> None:
        text = exchange.form["query"]
        counted = text.startswith("sum")
        row = {"metric": {}, "value": [1, count]} if counted else {"metric": {}, "values": [[time, value]]}
        matrix = "[" in text and not counted
        data = {"resultType": "matrix" if matrix else "vector", "result": [row] if counted or matrix else []}
        exchange.json({"status": "success", "data": data})

    with serving(routes({BUILD: build(), QUERY: answer})) as server:
        door = direct_door(PrometheusOptions(url=server.url), {})
        reader = PrometheusReader(lambda _: [door], NOW)
        bundle = read(reader, [Query.of("series", '{__name__="h"}', start="-300", end="0")])
        reader.close()
    (found,) = bundle.readings()
    assert (found.state, "sent a result that cannot be read" in found.detail) == (State.ERROR, True)


def test_what_was_not_read_of_another_product_is_not_empty() -> None:
    """The moment is half of a millisecond, so that what is asked begins later than what is looked at."""
    with answering(world(), build("2.53.1")) as server:
        door = direct_door(PrometheusOptions(url=server.url), {})
        reader = PrometheusReader(lambda _: [door], NOW + timedelta(microseconds=500))
        bundle = read(reader, [Query.of("promql", "c_total offset 1ms")])
        reader.close()
    (found,) = bundle.readings()
    assert found.state is State.ABSENT
    assert "does not hold c_total for all of the time" in found.detail


def test_native_histograms_are_left_out_and_said() -> None:
    histogram = {"count": "1", "sum": "1"}
    raw = {"metric": {"__name__": "h"}, "histograms": [[END / 1000 - 1, histogram]]}
    both = {"metric": {"__name__": "h", "a": "b"}, "values": [[END / 1000 - 1, "1"]]}

    def answer(exchange: Exchange) -> None:
        text = exchange.form["query"]
        counted = [{"metric": {}, "value": [1, "2"]}]
        result = counted if text.startswith("sum") else [raw, both] if "[" in text else []
        kind = "matrix" if "[" in text and not text.startswith("sum") else "vector"
        exchange.json(
            {"status": "success", "data": {"resultType": kind, "result": result}, "warnings": ["a store is down"]}
        )

    with serving(routes({BUILD: build(), QUERY: answer})) as server:
        door = direct_door(PrometheusOptions(url=server.url), {})
        reader = PrometheusReader(lambda _: [door], NOW)
        bundle = read(reader, [Query.of("series", '{__name__="h"}', start="-300", end="0")])
        reader.close()
    (found,) = bundle.readings()
    assert (len(found.data), found.coverage.complete) == (2, False)
    assert found.detail == "a store is down; 1 series of native histograms are left out"
    assert not bundle.get(Query.of("promql", 'h{a="b"}')).answered
    lost = bundle.get(Query.of("promql", "absent(h)"))
    said = "not recorded: native histograms are left out, and h has 1 series of them"
    assert (lost.state, lost.detail) == (State.ABSENT, said)


def test_a_series_that_became_a_native_histogram_is_not_answered_by_its_old_samples() -> None:
    old, new = [[END / 1000 - 9, "1"]], [[END / 1000 - 1, {"count": "1", "sum": "1"}]]
    changed = {"metric": {"__name__": "h", "a": "b"}, "values": old, "histograms": new}
    plain = {"metric": {"__name__": "h", "a": "c"}, "values": old}

    def answer(exchange: Exchange) -> None:
        text = exchange.form["query"]
        result: list[Any] = (
            [changed, plain] if "[" in text else [{"metric": plain["metric"], "value": [END / 1000, "1"]}]
        )
        kind = "matrix" if "[" in text else "vector"
        if text.startswith("sum"):
            kind, result = "vector", [{"metric": {}, "value": [1, "3"]}]
        exchange.json({"status": "success", "data": {"resultType": kind, "result": result}})

    with serving(routes({BUILD: build(), QUERY: answer})) as server:
        door = direct_door(PrometheusOptions(url=server.url), {})
        reader = PrometheusReader(lambda _: [door], NOW)
        bundle = read(reader, [Query.of("series", '{__name__="h"}', start="-300", end="0")])
        reader.close()
    said = "not recorded: native histograms are left out, and h has 1 series of them"
    for text in ('h{a="b"}', "count(h)"):
        lost = bundle.get(Query.of("promql", text))
        assert (lost.state, lost.detail) == (State.ABSENT, said)
    kept = bundle.get(Query.of("promql", 'h{a="c"}'))
    assert kept.state is State.DATA, (kept.state, kept.detail)
    assert [one["value"] for one in kept.data] == [1.0]


def with_histograms() -> Storage:
    """A counter, and requests as a native histogram."""
    one = Histogram(schema=0, count=3.0, sum=5.0, zero_count=1.0, positive={1: 2.0})
    native = Series({"__name__": "h", "pod": "a"}, TIMES[:0], np.zeros(0), TIMES, [one] * len(TIMES))
    return Storage([native, series("c_total", np.arange(481.0), pod="a")])


@pytest.mark.parametrize("version", ["3.16.0", "2.53.1"])
def test_an_expression_on_native_histograms_is_answered_by_who_has_them_or_not_at_all(version: str) -> None:
    """Prometheus 3 answers itself; of others, and on a recording, there would be a number, and a false one."""
    texts = ["histogram_count(h)", "absent(h)", "sum(c_total) or count(h)", "sum(c_total)"]
    queries = [Query.of("promql", text) for text in texts]
    with prometheus(with_histograms(), build(version)) as (_, reader):
        answers = read(reader, queries)
        below = read(reader, [*series_below(answers), *map(series_of, ("h", "c_total"))])
    states = [answers.get(query).state for query in queries]
    assert states[1:3] == ([State.EMPTY, State.DATA] if version.startswith("3") else [State.ABSENT] * 2)
    found = [below.get(query) for query in queries]
    assert [reading.state for reading in found] == [State.ABSENT] * 3 + [State.DATA]
    assert {reading.detail for reading in found[:3]} == {
        "not recorded: native histograms are left out, and h has 1 series of them"
    }


def series_of(name: str) -> Query:
    return Query.of("series", f'{{__name__="{name}"}}', start="-300", end="0", moments="0")


def test_who_records_nothing_needs_no_numpy() -> None:
    code = "import sys, diagflow.engine, diagflow.collect.prometheus; print('numpy' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
