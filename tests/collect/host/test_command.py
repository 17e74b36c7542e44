"""The failing command: its output passes through and is kept."""

import io
import sys

import pytest

from diagflow.collect.host import command as command_module
from diagflow.collect.host.command import SavedLog, resolved, run_through
from diagflow.collect.host.machine import this_machine
from tests.collect.host.make import fact, linux, pe, put, script, windows

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the commands are of Linux")


def ran(tmp_path, lines, *more):
    out, err = io.BytesIO(), io.BytesIO()
    done = run_through(this_machine(), [str(script(tmp_path / "cmd", lines)), *more], out, err)
    return done, out.getvalue(), err.getvalue()


def test_output_passes_through_and_is_kept(tmp_path):
    done, out, err = ran(tmp_path, "echo out $1; sleep 0.2; echo err >&2; exit 3", "张")
    assert (out, err) == ("out 张\n".encode(), b"err\n")
    assert (done.rc, done.text(this_machine())) == (3, ("out 张\nerr\n", True))
    found = fact(this_machine(), "command", done)
    assert found["argv"] == [str(tmp_path / "cmd"), "张"]
    assert (found["given"], found["rc"], found["cwd"], "signal" in found) == ("run", 3, this_machine().cwd, False)
    assert 0.2 <= found["seconds"] < 9
    assert (found["exe"]["exists"], "machine" in found["exe"]) == (True, False)


def test_a_command_that_is_killed(tmp_path):
    done, _, _ = ran(tmp_path, "kill -9 $$")
    assert fact(this_machine(), "command", done)["signal"] == 9


def test_a_command_that_is_not_there():
    done = run_through(this_machine(), ["no-such-command-xyz"], io.BytesIO(), io.BytesIO())
    found = fact(this_machine(), "command", done)
    assert (found["error"], "rc" in found, "exe" in found) == ("No such file or directory", False, False)
    assert done.text(this_machine()) == ("", True)


def test_of_a_long_output_the_beginning_and_the_end_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(command_module, "FIRST", 20)
    monkeypatch.setattr(command_module, "LAST", 30)
    done, out, _ = ran(tmp_path, "i=0; while [ $i -lt 100 ]; do echo line $i; i=$((i+1)); done")
    assert len(out.splitlines()) == 100
    text, complete = done.text(this_machine())
    assert (text, complete) == (out[:20].decode() + "\n...\n" + out[-30:].decode(), False)


def test_whoever_does_not_listen_stops_nothing(tmp_path):
    class Closed(io.BytesIO):
        def write(self, _data):
            raise BrokenPipeError

    command = str(script(tmp_path / "cmd", "echo a; echo b; exit 5"))
    done = run_through(this_machine(), [command], Closed(), Closed())
    assert (done.rc, done.output) == (5, b"a\nb\n")


def test_a_saved_log_in_any_encoding(tmp_path):
    text = "go: 找不到 GOROOT\r\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gbk"):
        assert SavedLog("x", text.encode(encoding)).text(windows(tmp_path)) == (text, True)
    long = SavedLog("x", b"x" * (2 << 20)).text(windows(tmp_path))
    assert (len(long[0]), long[1]) == ((1 << 20) + 5, False)


def test_what_a_shell_would_run(tmp_path):
    put(tmp_path / "c/b/go.exe", pe(0x8664))
    put(tmp_path / "c/a/tool.cmd", "")
    machine = windows(tmp_path, env={"PATH": "C:\\a;C:\\b"})
    assert resolved(machine, "go") == resolved(machine, "GO.EXE".lower()) == "C:\\b\\go.exe"
    assert resolved(machine, "tool") == "C:\\a\\tool.cmd"
    assert resolved(machine, ".\\go") == ".\\go"
    assert resolved(machine, "gone") == ""
    assert resolved(linux(tmp_path, env={"PATH": "/nowhere"}), "go") == ""
