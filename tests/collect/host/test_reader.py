"""The reader: one reading for every want, whatever probes do."""

import threading
import time

import pytest

from diagflow.collect.host import HostReader, SavedLog
from diagflow.collect.host import facts as facts_module
from diagflow.collect.host import look as look_module
from diagflow.collect.host import reader as reader_module
from diagflow.collect.host.facts import Facts
from diagflow.collect.host.probes import NAMES
from diagflow.collect.host.trouble import Absent, Forbidden
from diagflow.model import Query, State, Want
from tests.collect.host.make import NOW, linux


def wants(*names):
    return [Want(Query.of("fact", name)) for name in names]


def reading(tmp_path, monkeypatch, probe, name="host"):
    monkeypatch.setattr(reader_module, "probes", lambda _: {name: probe})
    (found,) = HostReader(linux(tmp_path)).read(wants(name), deadline=time.monotonic() + 30)
    return found


def test_every_want_gets_one_reading(tmp_path):
    reader = HostReader(linux(tmp_path), offline=True)
    found = list(reader.read(wants(*NAMES, "host", "nonsense"), deadline=time.monotonic() + 30))
    assert sorted(r.query.target for r in found) == sorted([*NAMES, "host", "nonsense"])
    assert {r.time for r in found} == {NOW}
    assert all(r.detail for r in found if r.state is not State.DATA)


@pytest.mark.parametrize(
    ("raised", "state", "detail"),
    [
        (Absent("no such thing"), State.ABSENT, "no such thing"),
        (Forbidden("rights are missing"), State.FORBIDDEN, "rights are missing"),
        (PermissionError(13, "Permission denied"), State.FORBIDDEN, "[Errno 13] Permission denied"),
        (ValueError("bad\nvalue"), State.ERROR, "ValueError: bad value"),
        (RecursionError(), State.ERROR, "RecursionError"),
        (SystemExit(3), State.ERROR, "RuntimeError: SystemExit: 3"),
    ],
)
def test_what_a_probe_raises_is_a_state(tmp_path, monkeypatch, raised, state, detail):
    def probe(_look):
        raise raised

    found = reading(tmp_path, monkeypatch, probe)
    assert (found.state, found.detail, found.data) == (state, detail, None)


def test_values_are_bounded_and_encodable(tmp_path, monkeypatch):
    found = reading(
        tmp_path, monkeypatch, lambda _: {"a": None, "b": "x" * 99_999, "c": list(range(999)), "d": "\udc80\ud800"}
    )
    assert set(found.data) == {"b", "c", "d"}
    assert (len(found.data["b"]), len(found.data["c"])) == (32 << 10, 200)
    assert found.data["d"].encode()


def test_a_probe_that_hangs_does_not_hold_up_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(facts_module, "LIMIT", 0.3)
    for_ever = threading.Event()
    monkeypatch.setattr(reader_module, "probes", lambda _: {"host": lambda _: for_ever.wait(9), "go": lambda _: 1})
    started = time.monotonic()
    found = list(HostReader(linux(tmp_path)).read(wants("host", "go"), deadline=started + 30))
    for_ever.set()
    assert [(r.query.target, r.state) for r in found] == [("go", State.DATA), ("host", State.ERROR)]
    assert found[1].detail == "TimeoutError: no answer after 0 s"
    assert time.monotonic() - started < 3


def test_who_waits_for_a_probe_that_hangs_still_has_its_own_time(tmp_path, monkeypatch):
    monkeypatch.setattr(facts_module, "LIMIT", 0.3)
    for_ever = threading.Event()

    def patient(look):
        assert look.known("slow") == {}
        return {"spent": look.spent()}

    facts = Facts(linux(tmp_path), {"slow": lambda _: for_ever.wait(9), "patient": patient})
    assert facts.wait("patient")["spent"] < 0.3
    for_ever.set()


def test_all_together_have_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr(facts_module, "TOGETHER", 0.3)
    for_ever = threading.Event()
    monkeypatch.setattr(reader_module, "probes", lambda _: dict.fromkeys("abc", lambda _: for_ever.wait(9)))
    started = time.monotonic()
    found = list(HostReader(linux(tmp_path)).read(wants("a", "b", "c"), deadline=started + 30))
    for_ever.set()
    assert [r.state for r in found] == [State.ERROR] * 3
    assert time.monotonic() - started < 3


def test_the_deadline_of_who_asks_counts(tmp_path, monkeypatch):
    for_ever = threading.Event()
    monkeypatch.setattr(reader_module, "probes", lambda _: {"a": lambda _: for_ever.wait(9)})
    (found,) = HostReader(linux(tmp_path)).read(wants("a"), deadline=time.monotonic() + 0.2)
    for_ever.set()
    assert found.state is State.ERROR


def test_a_fact_is_looked_at_once(tmp_path, monkeypatch):
    looks = []

    def count(_look):
        looks.append(1)
        return 1

    monkeypatch.setattr(reader_module, "probes", lambda _: {"a": count})
    reader = HostReader(linux(tmp_path))
    for _ in range(3):
        assert [r.data for r in reader.read(wants("a", "a"), deadline=time.monotonic() + 9)] == [1, 1]
    assert looks == [1]


def test_commands_end_before_the_probe_does(tmp_path):
    look = look_module.Look(linux(tmp_path), Facts(linux(tmp_path), {}))
    assert 8 < look.left() < look_module.LIMIT
    look.started -= 60
    assert look.left() == 0.1


def test_a_saved_log_alone_says_nothing_of_this_machine(tmp_path):
    log = SavedLog("x.log", "go: 找不到".encode("gbk"))
    reader = HostReader(linux(tmp_path), log=log, here=False)
    asked = [*wants("host", "command"), Want(Query.of("log", "host/local")), Want(Query.of("log", "a/b/c"))]
    found = {str(r.query): r for r in reader.read(asked, deadline=time.monotonic() + 9)}
    assert found["fact:host"].state is State.ABSENT
    assert "--here" in found["fact:host"].detail
    assert found["fact:command"].data == {"given": "log"}
    assert found["log:host/local"].data == "go: 找不到"
    assert found["log:a/b/c"].state is State.ABSENT
    assert reader.source() == {"kind": "host"}
