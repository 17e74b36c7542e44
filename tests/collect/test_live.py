"""All sources as one reader."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from diagflow.collect.connect import Spoken, live_reader
from diagflow.collect.live import LiveReader
from diagflow.collect.recorded import BundleReader
from diagflow.model import BadInput, Query, Reading, State, Want
from tests.collect.clusters import NOW, VERSION, listed, pod
from tests.collect.serving import Exchange, routes, serving
from tests.collect.test_kubeauth import config, write
from tests.collect.test_prometheus import build, vector


@dataclass
class Fake:
    """A source that answers as it is told."""

    answer: Callable[[Want], Reading | None]
    closed: threading.Event = field(default_factory=threading.Event)

    def read(self, wants: Sequence[Want], *, deadline: float) -> Iterator[Reading]:  # noqa: ARG002  # as a Reader has it
        for want in wants:
            reading = self.answer(want)
            if reading is not None:
                yield reading

    def source(self) -> Mapping[str, Any]:
        return {"cluster": "fake"}

    def close(self) -> None:
        self.closed.set()


def empty(want: Want) -> Reading:
    return Reading(want.query, State.EMPTY, NOW)


def same(reading: Reading) -> Reading:
    return reading


def live(*sources: tuple[str, Fake, Sequence[str]], **more: Any) -> LiveReader:
    more.setdefault("redact", same)
    return LiveReader({name: (fake, kinds) for name, fake, kinds in sources}, clock=lambda: NOW, **more)


def read(reader: LiveReader, *queries: str, seconds: float = 5.0) -> dict[str, Reading]:
    wants = [Want(Query.parse(query)) for query in queries]
    found = list(reader.read(wants, deadline=time.monotonic() + seconds))
    assert len(found) == len(queries)
    return {str(reading.query): reading for reading in found}


@dataclass
class Patient(Fake):
    """A source that notes how long it may take."""

    ends: list[float] = field(default_factory=list)

    def read(self, wants: Sequence[Want], *, deadline: float) -> Iterator[Reading]:
        self.ends.append(deadline - time.monotonic())
        yield from super().read(wants, deadline=deadline)


def test_metrics_leave_time_for_the_lists_that_are_asked_for_after_them():
    lists, metrics = Patient(empty), Patient(empty)
    reader = live(("kubernetes", lists, ("objects",)), ("prometheus", metrics, ("promql",)))
    read(reader, "objects:pods", "promql:up", seconds=20.0)
    assert lists.ends[0] > 19.0
    assert metrics.ends[0] < 16.0


def test_metrics_alone_may_take_all_the_time():
    metrics = Patient(empty)
    read(live(("prometheus", metrics, ("promql",))), "promql:up", seconds=20.0)
    assert metrics.ends[0] > 19.0


def test_questions_go_to_who_can_answer_them():
    one, two = Fake(lambda w: replace(empty(w), source="one")), Fake(lambda w: replace(empty(w), source="two"))
    reader = live(("kubernetes", one, ("objects", "log")), ("prometheus", two, ("promql",)))
    found = read(reader, "objects:pods", "promql:up", "log:a/b/c")
    assert {query: r.source for query, r in found.items()} == {
        "objects:pods": "one", "promql:up": "two", "log:a/b/c": "one",
    }  # fmt: skip


def test_what_nobody_answers_is_absent_and_says_why():
    found = read(live(nobody={"promql": "no Prometheus"}), "promql:up", "fact:cpu")
    assert {q: (r.state, r.detail) for q, r in found.items()} == {
        "promql:up": (State.ABSENT, "no Prometheus"),
        "fact:cpu": (State.ABSENT, "nobody here answers fact queries"),
    }


def test_every_reading_is_redacted_also_the_absent_ones():
    fake = Fake(empty)
    reader = live(("kubernetes", fake, ("objects",)), redact=lambda r: replace(r, detail="redacted"))
    assert {r.detail for r in read(reader, "objects:pods", "fact:x").values()} == {"redacted"}


def test_a_source_that_forgets_a_want_or_the_deadline():
    wait = threading.Event()
    forgetful, dead = Fake(lambda _: None), Fake(lambda w: (wait.wait(30) and None) or empty(w))
    reader = live(("a", forgetful, ("objects",)), ("b", dead, ("promql",)))
    start = time.monotonic()
    found = read(reader, "objects:pods", "promql:up", "promql:up", seconds=0.1)
    assert time.monotonic() - start < 10
    wait.set()
    assert {(r.state, r.detail) for r in found.values()} == {(State.ERROR, "no answer within the deadline")}


def test_progress_is_told_in_the_thread_that_reads():
    told: list[tuple[str, str, int]] = []

    class Listener:
        def started(self, query: Query) -> None:
            told.append(("started", str(query), threading.get_ident()))

        def finished(self, reading: Reading) -> None:
            told.append(("finished", str(reading.query), threading.get_ident()))

    reader = live(("k", Fake(empty), ("objects",)), progress=Listener())
    read(reader, "objects:pods", "fact:x")
    assert sorted(told[:2]) == sorted(
        [("started", "objects:pods", threading.get_ident()), ("started", "fact:x", threading.get_ident())]
    )
    assert {t[:2] for t in told[2:]} == {("finished", "objects:pods"), ("finished", "fact:x")}
    assert {t[2] for t in told} == {threading.get_ident()}


def test_progress_as_text():
    lines: list[str] = []
    spoken = Spoken(lines.append)
    pods, up = Query.of("objects", "pods"), Query.of("promql", "x" * 80)
    for query in (pods, up):
        spoken.started(query)
    spoken.finished(Reading(pods, State.EMPTY, NOW))
    spoken.finished(Reading(up, State.EMPTY, NOW))
    assert lines == [f"read 1 of 2, waiting for promql {'x' * 43}…", "read 2 of 2"]


def test_who_stops_listening_closes_the_sources():
    wait = threading.Event()
    quick, slow = Fake(empty), Fake(lambda w: (wait.wait(30) and None) or empty(w))
    reader = live(("a", quick, ("objects",)), ("b", slow, ("promql",)))
    stream = reader.read(
        [Want(Query.of("objects", "pods")), Want(Query.of("promql", "up"))], deadline=time.monotonic() + 20
    )
    next(stream)
    stream.close()  # type: ignore[attr-defined]  # it is a generator
    assert quick.closed.is_set()
    assert slow.closed.is_set()
    wait.set()


def test_a_mistake_of_ours_is_not_swallowed():
    def mistake(_: Want) -> Reading:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read(live(("a", Fake(mistake), ("objects",))), "objects:pods")


def test_the_source_is_what_all_sources_say():
    reader = live(("kubernetes", Fake(empty), ("objects",)), ("prometheus", Fake(empty), ("promql",)))
    assert reader.source() == {
        "kind": "live",
        "cluster": "fake",
        "kubernetes": {"cluster": "fake"},
        "prometheus": {"cluster": "fake"},
    }


# put together


def test_a_cluster_and_its_prometheus(tmp_path: Path):
    table = {
        "/version": VERSION,
        "/api/v1/pods": listed([pod("a")]),
        "/api/v1/status/buildinfo": build(),
        "/api/v1/query": vector(({}, "1")),
    }
    said: list[str] = []
    with serving(routes(table)) as server:
        path = write(tmp_path / "config", config({"server": server.url}))
        reader = live_reader(kubeconfig=path, prometheus=server.url, now=NOW, redact=same, progress=said.append, env={})
        found = read(reader, "objects:pods", "promql:up", "change:rollout")
        source = reader.source()
        reader.close()
    assert {q: r.state.value for q, r in found.items()} == {
        "objects:pods": "data", "promql:up": "data", "change:rollout": "absent",
    }  # fmt: skip
    assert source == {
        "kind": "live",
        "cluster": "k",
        "kubernetes": {"cluster": "k", "context": "c", "server": server.url, "version": "1.37.0"},
        "prometheus": {"url": server.url, "product": "prometheus", "version": "3.16.0"},
    }
    assert said[-1] == "read 3 of 3"


def test_a_prometheus_without_a_cluster(tmp_path: Path):
    env = {"KUBECONFIG": str(tmp_path / "none"), "PROMETHEUS_URL": "http://127.0.0.1:1"}
    reader = live_reader(now=NOW, redact=same, env=env)
    found = read(reader, "objects:pods")
    reader.close()
    assert found["objects:pods"].state is State.ABSENT
    assert found["objects:pods"].detail.startswith("no cluster: no kubeconfig")


def test_a_cluster_that_is_to_do_without_prometheus(tmp_path: Path):
    path = write(tmp_path / "config", config({"server": "http://127.0.0.1:1"}))
    reader = live_reader(kubeconfig=path, prometheus="none", now=NOW, redact=same, env={})
    found = read(reader, "promql:up")
    reader.close()
    assert (found["promql:up"].state, found["promql:up"].detail) == (
        State.ABSENT,
        "no Prometheus is to be asked (--prometheus none)",
    )


def test_neither_is_bad_input(tmp_path: Path):
    with pytest.raises(BadInput, match="no cluster: no kubeconfig"):
        live_reader(now=NOW, redact=same, env={"KUBECONFIG": str(tmp_path / "none")})


INTERRUPTED = """
import sys, time
from datetime import datetime, UTC
from diagflow.collect import live_reader
from diagflow.model import Query, Want
reader = live_reader(kubeconfig=sys.argv[1], prometheus=sys.argv[2], now=datetime.now(UTC), redact=lambda r: r)
wants = [Want(Query.of("objects", "pods")), Want(Query.of("promql", "up"))]
try:
    print(list(reader.read(wants, deadline=time.monotonic() + 60)))
except KeyboardInterrupt:
    reader.close()
    sys.exit(130)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a Ctrl-C cannot be sent to one process on Windows")
def test_ctrl_c_ends_at_once_and_leaves_nothing_hanging(tmp_path: Path):
    reached = threading.Event()

    def hang(exchange: Exchange) -> None:
        if exchange.path == "/version":
            exchange.json(VERSION)
        elif exchange.path.endswith("buildinfo"):
            exchange.json(build())
        else:
            reached.set()
            server.done.wait(60)

    with serving(hang) as server:
        path = write(tmp_path / "config", config({"server": server.url}))
        process = subprocess.Popen(
            [sys.executable, "-c", INTERRUPTED, path, server.url],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONWARNINGS": "error"},
        )  # fmt: skip
        with process:
            assert reached.wait(30)
            time.sleep(0.2)
            start = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=10)
        assert time.monotonic() - start < 3
    assert (process.returncode, out, err) == (130, b"", b"")


# recorded


def test_a_bundle_answers_what_it_has():
    class Bundle:
        def get(self, query: Query, fields: Any = ()) -> Reading:
            return Reading(query, State.EMPTY if "a" in fields else State.ABSENT, NOW, source="bundle")

    reader = BundleReader(Bundle())
    wants = [Want(Query.of("objects", "pods"), frozenset({"a"})), Want(Query.of("objects", "nodes"))]
    assert [r.state for r in reader.read(wants, deadline=0)] == [State.EMPTY, State.ABSENT]
    assert reader.source() == {"kind": "bundle"}
    reader.close()
