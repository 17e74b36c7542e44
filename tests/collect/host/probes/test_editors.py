"""`vscode`, `goland`, `tools`: what editors need and what they say."""

from datetime import UTC, datetime, timedelta

import pytest

from diagflow.collect.host.outcome import Outcome
from diagflow.collect.host.probes.vscode import read_log
from tests.collect.host.make import NOW, fact, linux, program, put, windows
from tests.collect.host.test_forms import built

LOCAL = datetime(2026, 11, 20, 9, 0, 0).astimezone()  # logs hold the local time
LOG = """2026-11-20 09:00:00.123 [info] Try to start language server - activation (enabled: true)
2026-11-20 09:00:02.456 [info] Running language server gopls(v0.20.0/go1.26)
2026-11-20 09:05:00.000 [info] Try to start language server - restart (enabled: true)
"""


def test_a_start_of_which_nothing_came():
    found = read_log(LOG, LOCAL + timedelta(minutes=10))
    assert found == {
        "started": 2,
        "running": 1,
        "error": None,
        "disabled": False,
        "failed_to_find": False,
        "last_start": (LOCAL + timedelta(minutes=5)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "elapsed_seconds": 300,
    }


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        (
            "2026-11-20 09:05:07.1 [error] Error starting language server: Error: spawn UNKNOWN",
            "error",
            "Error: spawn UNKNOWN",
        ),
        ("2026-11-20 09:05:07.1 [info] Running language server gopls", "elapsed_seconds", 7),
        ("[info] Language server is disabled", "disabled", True),
        ('Failed to find the "go" binary in either GOROOT() or PATH(C:\\x)', "failed_to_find", True),
    ],
)
def test_what_logs_say(line, key, value):
    assert read_log(LOG + line, LOCAL + timedelta(minutes=10))[key] == value


def test_times_that_are_none():
    assert read_log("9999-99-99 00:00:00 Try to start language server\n0001-01-01 00:00:00 x", NOW)["started"] == 1


def test_vs_code_of_windows(tmp_path):
    code = tmp_path / "c/Users/li/AppData/Roaming/Code"
    put(
        code / "User/settings.json",
        '{// mine\n"go.goroot": "C:\\\\Go", "gopls": {"x": 1}, "http.proxy": "p", "editor.x": 1,}',
    )
    put(tmp_path / "c/Users/li/.vscode/settings.json", '{"go.goroot": "D:\\\\Go"}')
    for version in ("0.9.1", "0.52.2", "0.46.0"):
        (tmp_path / f"c/Users/li/.vscode/extensions/golang.go-{version}").mkdir(parents=True)
    for session in ("20261119T080000", "20261120T080000"):
        put(code / f"logs/{session}/window1/exthost/golang.go/Go.log", LOG * (1 if "19" in session[6:8] else 2))
    (code / "logs/20261121T080000/window1").mkdir(parents=True)
    found = fact(windows(tmp_path), "vscode")
    assert (found["installed"], found["extension"]) == (True, "0.52.2")
    assert found["settings"] == {"go.goroot": "D:\\Go", "gopls": {"x": 1}, "http.proxy": "p"}
    assert "20261120T080000" in found["log"]["path"]
    assert found["log"]["started"] == 4


def test_no_editors(tmp_path):
    for machine in (windows(tmp_path), linux(tmp_path, env={"HOME": "/home/u"}), linux(tmp_path)):
        assert fact(machine, "vscode") == {"installed": False}
        assert fact(machine, "goland") == {"installed": False}


def test_settings_that_are_none(tmp_path):
    put(tmp_path / "home/u/.config/Code/User/settings.json", "[1, 2")
    found = fact(linux(tmp_path, env={"HOME": "/home/u"}, cwd="/"), "vscode")
    assert found == {"installed": True, "settings": {}}


GOPLS = (
    b"\x7fELF"
    + b"\0" * 99
    + built("go1.24.1", "mod\tgolang.org/x/tools/gopls\tv0.18.0\nbuild\tGOARCH=amd64\nbuild\tGOOS=linux\n")
)


def answering(outcome):
    def run(argv, **_how):
        return outcome if argv[1:] == ["version"] else Outcome(error="no", errno=2)

    return run


def test_goland(tmp_path):
    put(tmp_path / "c/Program Files/JetBrains/GoLand 2026.2/plugins/go-plugin/lib/dlv/windows/dlv.exe", GOPLS)
    put(
        tmp_path / "c/Users/li/AppData/Roaming/JetBrains/GoLand2026.2/goland64.exe.vmoptions",
        "-Xss2m\n-ea\n-Dgo.dlv.x=1\n",
    )
    found = fact(windows(tmp_path, run=answering(Outcome(0, b"Delve Debugger"))), "goland")
    assert found["vm_options"] == ["-Xss2m", "-Dgo.dlv.x=1"]
    assert (found["dlv"]["go_version"], found["dlv"]["rc"], found["dlv"]["size"]) == ("go1.24.1", 0, len(GOPLS))


def test_tools(tmp_path):
    program(tmp_path / "g/bin/gopls", GOPLS)
    put(tmp_path / "g/bin/linux_arm64/stringer")
    values = {"values": {"GOPATH": str(tmp_path / "g")}, "sources": {}}
    machine = linux(
        tmp_path, env={"PATH": "/usr/bin"}, run=answering(Outcome(error="An Application Control policy", errno=4551))
    )
    found = fact(machine, "tools", go_env=lambda _: values, _login=lambda _: {"env": {"PATH": f"{tmp_path}/g/bin/"}})
    assert (found["bin"], found["bin_on_path"], found["bin_on_future_path"]) == (str(tmp_path / "g/bin"), False, True)
    assert found["names"] == ["gopls"]
    assert found["cross"] == [{"dir": str(tmp_path / "g/bin/linux_arm64"), "names": ["stringer"]}]
    assert found["gopls"] == {
        "path": str(tmp_path / "g/bin/gopls"),
        "size": len(GOPLS),
        "version": "v0.18.0",
        "go_version": "go1.24.1",
        "os": "linux",
        "arch": "amd64",
        "error": "An Application Control policy",
        "errno": 4551,
        "timed_out": False,
    }
    assert "dlv" not in found
