"""Commands: whatever a program does, it ends, and so does all that it has started."""

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from diagflow.collect.host import HostReader, this_machine
from diagflow.collect.host import run as run_module
from diagflow.collect.host.outcome import Outcome
from diagflow.collect.host.run import Runner
from tests.collect.host.make import program, put, script

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")


run = Runner()


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def ends(pid: int) -> bool:
    """Whether it is gone soon: a signal has been sent, and a busy machine takes its time to act on it."""
    until = time.monotonic() + 10
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(pid)


def test_what_it_prints_and_how_it_ends(tmp_path):
    done = run([str(script(tmp_path / "go", "echo out; echo err >&2; exit 7"))], timeout=9)
    assert (done.rc, done.stdout, done.stderr, done.timed_out, done.error) == (7, b"out\n", b"err\n", False, "")


def test_it_is_asked_nothing(tmp_path):
    done = run([str(script(tmp_path / "go", 'read answer; echo "got:$answer"'))], timeout=9)
    assert (done.rc, done.stdout, done.timed_out) == (0, b"got:\n", False)


def test_one_that_hangs_is_ended_with_its_children(tmp_path):
    go = script(tmp_path / "go", f"sleep 60 & echo $! > {tmp_path}/child; echo before; wait")
    started = time.monotonic()
    done = run([str(go)], timeout=0.5)
    assert time.monotonic() - started < 4
    assert (done.rc, done.timed_out, done.stdout) == (None, True, b"before\n")
    assert ends(int((tmp_path / "child").read_text()))


def test_who_does_not_wait_any_more_leaves_nothing_behind(tmp_path):
    go = script(tmp_path / "go", f"sleep 60 & echo $! > {tmp_path}/child; echo started; wait")
    machine = this_machine()
    done: list[Outcome] = []
    thread = threading.Thread(target=lambda: done.append(machine.run([str(go)], timeout=50)))
    thread.start()
    while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text():
        time.sleep(0.02)
    HostReader(machine).close()
    thread.join(9)
    assert (done[0].rc, done[0].stdout) == (-9, b"started\n")
    assert ends(int((tmp_path / "child").read_text()))


def test_one_that_closes_its_output_and_hangs(tmp_path):
    done = run([str(script(tmp_path / "go", "exec >&- 2>&-; exec sleep 60"))], timeout=0.5)
    assert (done.rc, done.timed_out) == (None, True)


def test_a_child_that_lives_on_holds_up_nobody(tmp_path):
    """`go` starts a helper for telemetry, which inherits the pipes."""
    go = script(tmp_path / "go", f"sleep 20 & echo $! > {tmp_path}/child; echo done")
    started = time.monotonic()
    done = run([str(go)], timeout=1)
    assert (done.rc, done.stdout, done.timed_out) == (0, b"done\n", False)
    assert time.monotonic() - started < 5
    os.kill(int((tmp_path / "child").read_text()), 9)


def test_garbage_without_end_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(run_module, "MOST_OUTPUT", 100_000)
    done = run([str(script(tmp_path / "go", "exec yes garbage"))], timeout=0.5)
    assert (done.timed_out, len(done.stdout)) == (True, 100_000)


@pytest.mark.parametrize(
    ("make", "errno"),
    [
        (lambda path: program(path, b""), 8),
        (lambda path: program(path, b"this is a text"), 8),
        (lambda path: program(path, b"MZ\x90\0" + b"\0" * 60), 8),
        (lambda path: put(path, b"#!/bin/sh\n"), 13),
        (lambda path: path.mkdir(), 13),
        (lambda path: program(path, b"#!/no/such/interpreter\n"), 2),
        (lambda _: None, 2),
        (lambda path: path.symlink_to(path), 40),
    ],
)
def test_what_cannot_be_started(tmp_path, make, errno):
    make(tmp_path / "go")
    done = run([str(tmp_path / "go"), "version"], timeout=9)
    assert (done.rc, done.errno, done.timed_out) == (None, errno, False)
    assert done.error


def test_names_that_are_none(tmp_path):
    assert run(["go\0x"], timeout=9).error
    assert run(["/bin/true"], timeout=9, cwd=str(tmp_path / "gone")).errno == 2
    assert run(["/bin/true"], timeout=9, env={"A=B\0": "x"}).error


def test_a_program_that_is_killed(tmp_path):
    assert run([str(script(tmp_path / "go", "kill -9 $$"))], timeout=9).rc == -9
