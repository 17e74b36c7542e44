"""Expressions that a Prometheus evaluates, and whatever may stand in its place."""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from diagflow.collect.promaccess import Door, PrometheusOptions, direct_door, options_from
from diagflow.collect.prometheus import PrometheusReader
from diagflow.collect.promnames import metric_names
from diagflow.model import BadInput, Query, Reading, State, Want
from tests.collect.clusters import NOW
from tests.collect.pems import pem, server_tls
from tests.collect.serving import Answer, Exchange, Server, free_port, routes, serving

BUILD = "/api/v1/status/buildinfo"
QUERY = "/api/v1/query"
RANGE = "/api/v1/query_range"
NOW_STAMP = f"{NOW.timestamp():.3f}"


def build(version: str = "3.16.0", **more: Any) -> dict[str, Any]:
    return {"status": "success", "data": {"version": version, "goVersion": "go1.25", **more}}


def vector(*series: tuple[dict[str, str], str], **more: Any) -> dict[str, Any]:
    result = [{"metric": labels, "value": [1769853600.5, value]} for labels, value in series]
    return {"status": "success", "data": {"resultType": "vector", "result": result}, **more}


@dataclass
class Prom:
    """A pretended Prometheus and who reads it."""

    server: Server
    reader: PrometheusReader

    def read(self, *queries: str, seconds: float = 5.0) -> list[Reading]:
        wants = [Want(Query.parse(f"promql:{q}")) for q in queries]
        found = {r.query: r for r in self.reader.read(wants, deadline=time.monotonic() + seconds)}
        return [found[want.query] for want in wants]

    def one(self, query: str, seconds: float = 5.0) -> Reading:
        return self.read(query, seconds=seconds)[0]


def reader_of(door: Door) -> PrometheusReader:
    return PrometheusReader(lambda _: [door], NOW, clock=lambda: NOW)


@contextmanager
def prometheus(
    answer: Answer | dict[str, Any], buildinfo: Answer | dict[str, Any] | None = None, **options: Any
) -> Iterator[Prom]:
    """Serve `answer` to every query."""
    table = {BUILD: buildinfo or build(), QUERY: answer, RANGE: answer}
    with serving(routes(table)) as server:
        reader = reader_of(direct_door(PrometheusOptions(url=server.url, **options), {}))
        try:
            yield Prom(server, reader)
        finally:
            reader.close()


def asked(prom: Prom) -> list[dict[str, str]]:
    return [request.form for request in prom.server.requests if request.path in (QUERY, RANGE)]


def test_an_instant_answer_sorted_by_labels():
    body = vector(({"pod": "b"}, "2"), ({"pod": "a", "z": "1"}, "0.5"), ({"pod": "a"}, "1"))
    with prometheus(body) as prom:
        reading = prom.one("sum by (pod) (up)")
        (form,) = asked(prom)
    assert (reading.state, reading.source, reading.product) == (State.DATA, "prometheus", "prometheus 3.16.0")
    assert reading.data == [
        {"labels": {"pod": "a"}, "value": 1.0, "time": 1769853600.5},
        {"labels": {"pod": "a", "z": "1"}, "value": 0.5, "time": 1769853600.5},
        {"labels": {"pod": "b"}, "value": 2.0, "time": 1769853600.5},
    ]
    assert reading.answered
    assert (form["query"], form["time"]) == ("sum by (pod) (up)", NOW_STAMP)
    assert 4.0 < float(form["timeout"]) < 5.0


def test_questions_go_into_a_form():
    with prometheus(vector(({}, "1"))) as prom:
        prom.one("up")
        assert [r.method for r in prom.server.requests] == ["GET", "POST"]


def test_numbers_that_are_none_are_kept():
    with prometheus(vector(({"a": "1"}, "NaN"), ({"a": "2"}, "+Inf"), ({"a": "3"}, "-Inf"))) as prom:
        values = [series["value"] for series in prom.one("up").data]
    assert math.isnan(values[0])
    assert values[1:] == [math.inf, -math.inf]


def test_a_scalar():
    body = {"status": "success", "data": {"resultType": "scalar", "result": [5, "7"]}}
    with prometheus(body) as prom:
        assert prom.one("scalar(up)").data == [{"labels": {}, "value": 7.0, "time": 5.0}]


def test_a_range():
    result = [{"metric": {"a": "1"}, "values": [[1, "1"], [2, "NaN"]]}]
    with prometheus({"status": "success", "data": {"resultType": "matrix", "result": result}}) as prom:
        reading = prom.one("up#start=-600&end=0&step=15")
        (form,) = asked(prom)
        assert prom.server.paths()[-1] == RANGE
    assert form["start"] == f"{NOW.timestamp() - 600:.3f}"
    assert (form["end"], form["step"]) == (NOW_STAMP, "15")
    assert reading.data[0]["values"][0] == [1.0, 1.0]
    assert math.isnan(reading.data[0]["values"][1][1])
    assert reading.coverage.start is not None
    assert (reading.coverage.end, (NOW - reading.coverage.start).total_seconds()) == (NOW, 600)


def test_warnings_of_missing_data_make_it_incomplete():
    with prometheus(vector(({}, "1"), warnings=["remote read failed"], infos=["PromQL info: x"])) as prom:
        reading = prom.one("up")
    assert (reading.state, reading.coverage.complete) == (State.DATA, False)
    assert reading.detail == "remote read failed; PromQL info: x"


def test_notes_about_the_expression_do_not():
    with prometheus(vector(({}, "1"), warnings=["PromQL warning: bad bucket label"])) as prom:
        reading = prom.one("up")
    assert (reading.answered, reading.detail) == (True, "PromQL warning: bad bucket label")


def test_native_histograms_are_left_out_and_counted():
    body = vector(({"a": "1"}, "1"))
    body["data"]["result"].append({"metric": {}, "histogram": [1, {"count": "3"}]})
    with prometheus(body) as prom:
        reading = prom.one("h")
    assert (len(reading.data), reading.coverage.complete) == (1, False)
    assert reading.detail == "1 series of native histograms are left out"


def test_a_series_that_has_values_and_native_histograms_is_not_whole():
    body = vector()
    row = {"metric": {}, "values": [[1, "2"]], "histograms": [[2, {"count": "3", "sum": "1"}]]}
    body["data"] = {"resultType": "matrix", "result": [row]}
    with prometheus(body) as prom:
        reading = prom.one("h#start=-60&end=0&step=15")
    assert (reading.data, reading.coverage.complete) == ([{"labels": {}, "values": [[1, 2.0]]}], False)
    assert reading.detail == "1 series of native histograms are left out"


# empty and absent


def only(*names: str) -> Answer:
    """Answer nothing to any expression, but count the series of `names`."""

    def answer(exchange: Exchange) -> None:
        known = {f'count({{__name__="{name}"}})' for name in names}
        exchange.json(vector(({}, "3")) if exchange.form["query"] in known else vector())

    return answer


def test_empty_is_empty_where_each_metric_is_there():
    with prometheus(only("a", "b")) as prom:
        reading = prom.one('a{x="1"} > 5 and on(n) rate(b[5m])')
    assert (reading.state, reading.answered, reading.data) == (State.EMPTY, True, [])


def test_empty_is_absent_where_a_metric_is_not_there():
    with prometheus(only("a")) as prom:
        reading = prom.one('a{x="1"} > 5 and on(n) rate(b[5m])')
    assert (reading.state, reading.detail) == (State.ABSENT, "no series named b at this Prometheus now")


def test_empty_is_absent_where_names_cannot_be_known():
    with prometheus(only("a")) as prom:
        reading = prom.one('count({__name__=~"a.*"}) > 1')
    assert reading.state is State.ABSENT


def test_whether_a_metric_is_there_is_asked_once():
    with prometheus(only("a")) as prom:
        prom.one("a > 1")
        prom.one("a > 2")
        assert [form["query"] for form in asked(prom)].count('count({__name__="a"})') == 1


def test_an_expression_without_metrics_may_be_empty():
    with prometheus(vector()) as prom:
        assert prom.one("vector(1) > 2").state is State.EMPTY


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("up", {"up"}),
        ('{__name__="up",job="x"}', {"up"}),
        ("sum by (n) (rate(a[5m])) / on(n) group_left b unless c offset 1h", {"a", "b", "c"}),
        ("topk(scalar(k), max_over_time(x[1h:5m]))", {"k", "x"}),
        ("-(y) + 1", {"y"}),
        ("absent(z)", {"z"}),
        ("vector(time()) > 1", set()),
        ('{job="x"}', None),
        ('a or {__name__=~"b.+"}', None),
        ("sum(", None),
    ],
)
def test_names_of_metrics(expression: str, names: set[str] | None):
    assert metric_names(expression) == names


# who answers


def test_what_does_not_say_that_it_is_a_prometheus():
    with prometheus(vector(), lambda e: e.send(b"404 page not found", 404)) as prom:
        reading = prom.one("a")
    assert reading.state is State.ABSENT
    assert reading.detail == f"{prom.server.url} does not say that it is a Prometheus (404 at its buildinfo)"


def test_later_major_versions_are_fine():
    with prometheus(vector(({}, "1")), build("v4.0.0-rc.1")) as prom:
        assert prom.one("a").state is State.DATA


# what goes wrong


def failure(code: int, kind: str, text: str) -> Answer:
    return lambda e: e.json({"status": "error", "errorType": kind, "error": text}, code)


def page(exchange: Exchange) -> None:
    exchange.send(b"<html><body>Log in</body></html>", 200, **{"Content-Type": "text/html; charset=utf-8"})


def half(exchange: Exchange) -> None:
    exchange.head(200, **{"Content-Length": "500", "Content-Type": "application/json"})
    exchange.write(b'{"status":"success","data":{"resultTy')
    exchange.hang_up()


@pytest.mark.parametrize(
    ("answer", "state", "detail"),
    [
        (failure(400, "bad_data", "no: x\ny"), State.ERROR, "does not understand the expression: no: x y"),
        (failure(422, "execution", "too many"), State.ERROR, "could not evaluate the expression: too many"),
        (failure(503, "timeout", "query timed out"), State.ERROR, "gave up on the expression: query timed out"),
        (failure(500, "internal", "disk"), State.ERROR, "answered with an error (internal): disk"),
        (lambda e: e.send(b"bad gateway", 502), State.ERROR, "answered with status 502: bad gateway"),
        (page, State.ERROR, "answered with a web page: is it behind a login, or the URL wrong?"),
        (half, State.ERROR, "cut the connection in the middle of its answer, after 37 bytes: what came is unusable"),
        (lambda e: e.send(b'{"status":"succ'), State.ERROR, "sent 15 bytes that are no answer of Prometheus"),
        (lambda e: e.send(b"", 401), State.ERROR, "wants other credentials (401): set PROMETHEUS_TOKEN or the like"),
        (lambda e: e.send(b"no", 403), State.FORBIDDEN, "does not let us ask (403): no"),
        (
            lambda e: e.send(b"", 302, Location="https://login.example/?state=secret"),
            State.ERROR,
            "redirects to https://login.example/: is that its right URL, or a login page?",
        ),
        (
            lambda e: e.json({"status": "success", "data": {"resultType": "string", "result": [1, "x"]}}),
            State.ERROR,
            "sent a result that cannot be read: a result of type string",
        ),
        (
            lambda e: e.json({"status": "success", "data": {"resultType": "vector", "result": [{"value": [1]}]}}),
            State.ERROR,
            "sent a result that cannot be read: Expected `array` of length 2 - at `$[0].value`",
        ),
    ],
)  # fmt: skip
def test_failures_say_what_and_where(answer: Answer, state: State, detail: str):
    with prometheus(answer) as prom:
        reading = prom.one("up")
    assert (reading.state, reading.detail) == (state, f"{prom.server.url} {detail}")


@pytest.mark.parametrize("answer", [page, half, lambda e: e.send(b"", 302, Location="https://login.example/")])
def test_failures_at_the_door(answer: Answer):
    with prometheus(vector(({}, "1")), answer) as prom:
        reading = prom.one("up")
        assert not asked(prom)
    assert reading.state is State.ERROR
    assert reading.detail.startswith(prom.server.url)


def test_a_failure_at_the_door_is_forgotten_in_the_next_round():
    calls: list[int] = []

    def door(exchange: Exchange) -> None:
        calls.append(1)
        exchange.json(build() if len(calls) > 1 else {}, 200 if len(calls) > 1 else 500)

    with prometheus(vector(({}, "1")), door) as prom:
        assert {r.state for r in prom.read("a", "b", "c")} == {State.ERROR}
        assert len(calls) == 1
        assert prom.one("a").state is State.DATA


def test_after_the_deadline():
    def slow(exchange: Exchange) -> None:
        if exchange.form["query"] == "slow":
            prom.server.done.wait(10)
        exchange.json(vector(({}, "1")))

    with prometheus(slow) as prom:
        start = time.monotonic()
        quick, late = prom.read("quick", "slow", seconds=0.6)
        assert time.monotonic() - start < 5
    assert quick.state is State.DATA
    assert late.state is State.ERROR
    assert late.detail == f"{prom.server.url} did not answer within the deadline"


def test_eight_expressions_at_once():
    lock, running, most, eight = threading.Lock(), 0, 0, threading.Event()

    def answer(exchange: Exchange) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            if running == 8:
                eight.set()
        eight.wait(10)  # nobody is answered before eight have asked, however busy this machine is
        time.sleep(0.05)
        with lock:
            running -= 1
        exchange.json(vector(({}, "1")))

    with prometheus(answer) as prom:
        assert len(prom.read(*(f"m{i}" for i in range(30)))) == 30
    assert most == 8


def test_nobody_listens():
    url = f"http://127.0.0.1:{free_port()}"
    reader = reader_of(direct_door(PrometheusOptions(url=url), {}))
    (reading,) = reader.read([Want(Query.of("promql", "up"))], deadline=time.monotonic() + 5)
    source = reader.source()
    reader.close()
    assert reading.state is State.ERROR
    assert (
        reading.detail == f"{url} refuses connections; is it up, and is the URL right (--prometheus, PROMETHEUS_URL)?"
    )
    assert source == {"problem": reading.detail}


def test_who_hangs_up_without_an_answer_may_have_gone():
    with prometheus(Exchange.hang_up) as prom:
        reading = prom.one("up")
    assert reading.state is State.ERROR
    assert "dropped the connection without an answer" in reading.detail
    assert reading.detail.endswith("; is it up, and is the URL right (--prometheus, PROMETHEUS_URL)?")


def test_other_kinds_of_questions_are_absent():
    with prometheus(vector()) as prom:
        (reading,) = prom.reader.read([Want(Query.of("log", "x"))], deadline=time.monotonic() + 1)
    assert reading.state is State.ABSENT


def test_the_source_names_the_product():
    with prometheus(vector()) as prom:
        assert prom.reader.source() == {"url": prom.server.url, "product": "prometheus", "version": "3.16.0"}


# credentials


def signed(url: str = "", **options: Any) -> str | None:
    with prometheus(vector(({}, "1"))) as prom:
        address = url.format(f"127.0.0.1:{prom.server.port}") or prom.server.url
        reader = reader_of(direct_door(PrometheusOptions(url=address, **options), {}))
        (reading,) = reader.read([Want(Query.of("promql", "up"))], deadline=time.monotonic() + 5)
        shown = str(reader.source())
        reader.close()
        assert reading.state is State.DATA
        assert "secret" not in shown
        return prom.server.requests[-1].headers.get("Authorization")


def test_credentials(tmp_path: Path):
    (tmp_path / "token").write_text("secret-in-file\n")
    assert signed() is None
    assert signed(token="secret") == "Bearer secret"  # noqa: S106
    assert signed(token_file=str(tmp_path / "token")) == "Bearer secret-in-file"
    assert signed(username="u", password="secret") == "Basic dTpzZWNyZXQ="  # noqa: S106
    assert signed("http://u:s%65cret@{}") == "Basic dTpzZWNyZXQ="


def test_credentials_are_never_printed():
    options = PrometheusOptions(url="https://u:secret@prom:9090/x", token="secret")  # noqa: S106
    assert repr(options) == "PrometheusOptions(https://prom:9090/x)"


def test_the_environment():
    env = {"PROMETHEUS_URL": "http://p:9090", "PROMETHEUS_TOKEN": "t", "PROMETHEUS_CA_FILE": "/ca"}
    assert options_from(env) == PrometheusOptions(url="http://p:9090", token="t", ca_file="/ca")  # noqa: S106
    assert options_from(env, "http://other").url == "http://other"


@pytest.mark.parametrize("url", ["http://", "ftp://x", "http://x:y:z", "http://[::1", "://", "http://x:99999"])
def test_urls_that_are_none(url: str):
    with pytest.raises(BadInput, match="the URL of Prometheus is none: write http://HOST:9090"):
        direct_door(PrometheusOptions(url=url), {})


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("prom:9090", "http://prom:9090"),
        ("https://host/prometheus/", "https://host/prometheus"),
        ("https://host/prometheus/graph?g0.expr=up", "https://host/prometheus"),
        ("http://host/api/v1", "http://host"),
    ],
)
def test_urls_as_people_paste_them(url: str, shown: str):
    door = direct_door(PrometheusOptions(url=url), {})
    door.web.close()
    assert door.shown == shown


def test_certificates_on_both_sides():
    table = {BUILD: build(), QUERY: vector(({}, "1"))}
    files: dict[str, Any] = {"ca_file": pem("ca.pem"), "cert_file": pem("client.pem"), "key_file": pem("client.key")}
    with serving(routes(table), server_tls(wants_client=True)) as server:
        states = []
        for options in (files, {}):
            reader = reader_of(direct_door(PrometheusOptions(url=server.url, **options), {}))
            (reading,) = reader.read([Want(Query.of("promql", "up"))], deadline=time.monotonic() + 5)
            reader.close()
            states.append(reading)
    assert [r.state for r in states] == [State.DATA, State.ERROR]
    assert states[1].detail.endswith("PROMETHEUS_CA_FILE can name the authority that signed it")


def test_a_certificate_file_that_is_not_there():
    with pytest.raises(BadInput, match="PROMETHEUS_CA_FILE cannot be read"):
        direct_door(PrometheusOptions(url="https://x", ca_file="/no/such/file"), {})
