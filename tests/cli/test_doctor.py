"""`diagflow doctor go` from outside: what it runs, prints, keeps and changes, and how it ends."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

DIAGFLOW = [sys.executable, "-m", "diagflow"]
GO = shutil.which("go")
needs_go = pytest.mark.skipif(GO is None, reason="no go here")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with nothing in it but a folder to stand in."""
    (tmp_path / "home" / "work").mkdir(parents=True)
    return tmp_path / "home"


def doctor(
    home: Path, *words: str, stdin: bytes = b"", environ: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    return started(home, "doctor", "go", "--offline", *words, stdin=stdin, environ=environ)


def started(
    home: Path, *words: str, stdin: bytes = b"", environ: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    kept = {k: os.environ[k] for k in ("PATH", "SYSTEMROOT", "DIAGFLOW_CACHE") if k in os.environ}
    env = {**kept, "HOME": str(home), "USERPROFILE": str(home), "LC_ALL": "C.UTF-8", **(environ or {})}
    return subprocess.run(
        [*DIAGFLOW, *words], cwd=home / "work", env=env, input=stdin, capture_output=True, check=False
    )


def diagnosis(done: "subprocess.CompletedProcess[bytes]") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_output_of_the_command_passes_through_and_its_status_is_kept(home: Path):
    script = "import sys; print('to stdout'); print('to stderr', file=sys.stderr); sys.exit(7)"
    done = doctor(home, "--", sys.executable, "-c", script)
    assert done.stdout.startswith(b"to stdout")
    assert b"to stderr" in done.stderr
    assert done.returncode == 3, done.stdout  # it failed, and not in a way that we know
    done = doctor(home, "--json", "--", sys.executable, "-c", script)
    assert b"to stdout" in done.stderr  # the result alone is on stdout
    (symptom,) = diagnosis(done)["symptoms"]
    assert symptom["id"] == "go.command-failed"
    assert "7" in json.dumps(symptom)


def test_a_command_that_succeeds_on_a_healthy_machine_is_no_finding(home: Path):
    done = doctor(home, "--", sys.executable, "-c", "print('fine')")
    assert done.returncode in (0, 1), done.stdout + done.stderr  # 1: this machine may have no go
    assert done.returncode == (0 if GO else 1), done.stdout


def test_a_command_that_is_not_there_is_said_in_a_line(home: Path):
    done = doctor(home, "--", "no-such-command-here")
    assert b"no-such-command-here" in done.stderr
    assert done.returncode in (1, 3)
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("code", "line"), [("raise SystemExit(7)", "[x] {}: exit status 7"), ("pass", "[√] {}: exit status 0")]
)
def test_the_checklist_says_how_the_command_ended(home: Path, code: str, line: str):
    words = [sys.executable, "-c", code]
    checklist = doctor(home, "--", *words).stdout.decode().split("\n\n")[0].splitlines()
    typed = subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
    sign, _, status = line.partition("{}")
    assert checklist[-1].startswith(sign + typed[:40])
    assert checklist[-1].endswith(status)


def test_without_a_command_the_checklist_speaks_of_none(home: Path):
    checklist = doctor(home).stdout.decode().split("\n\n")[0].splitlines()
    assert len(checklist) > 5
    assert not any("command" in shown or "exit status" in shown for shown in checklist)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gbk"])
@pytest.mark.parametrize("through", ["file", "stdin"])
def test_a_saved_log_is_explained_without_a_look_at_this_machine(home: Path, encoding: str, through: str):
    text = "go: 正在运行\r\ngo: cannot find GOROOT directory: C:\\旧的\\go\r\n".encode(encoding)
    (home / "build.log").write_bytes(text)
    done = doctor(home, "--json", "--log", "-" if through == "stdin" else str(home / "build.log"), stdin=text)
    assert done.returncode == 1, done.stderr
    found = diagnosis(done)
    assert "C3" in found["causes"][0]["refs"]
    assert "C:\\旧的\\go" in found["causes"][0]["title"]
    assert found["source"] == {"kind": "host"}


def test_a_log_that_says_nothing_is_not_explained(home: Path):
    done = doctor(home, "--log", "-", stdin=b"make: *** [all] Error 2\n")
    assert done.returncode == 3


@pytest.mark.parametrize(("log", "through"), [(b"", "stdin"), (b"\r\n", "file"), ("\r\n".encode("utf-16"), "file")])
def test_an_empty_log_is_refused_with_what_to_do(home: Path, log: bytes, through: str):
    (home / "build.log").write_bytes(log)
    done = doctor(home, "--log", "-" if through == "stdin" else str(home / "build.log"), stdin=log)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"nothing in it" in done.stderr
    assert b"2>&1" in done.stderr


def test_a_log_that_is_a_folder_is_refused(home: Path):
    done = doctor(home, "--log", str(home))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, b"", 1)
    assert f"{home}: cannot be read: ".encode() in done.stderr


@pytest.mark.parametrize("log", [bytes(range(256)) * 4000, b"x" * 3_000_000, b"\n" * 1_000_000 + b"x"])
def test_a_log_that_is_no_text_is_not_explained(home: Path, log: bytes):
    done = doctor(home, "--log", "-", stdin=log)
    assert (done.returncode, done.stderr) == (3, b"")


def test_an_option_without_the_subject_is_refused_and_the_help_says_where_it_stands(home: Path):
    done = started(home, "doctor", "--offline")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"see: diagflow doctor --help" in done.stderr
    assert b"diagflow doctor go --offline" in started(home, "doctor", "--help").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--here"], "--log"),
        (["--yes"], "--fix"),
        (["--log", "x", "--", "go", "version"], "not both"),
        (["--log", "no-such-file.log"], "no-such-file.log"),
        (["--bundle", "no-such-bundle"], "no-such-bundle"),
        (["--bundle", "x", "--fix"], "another"),
    ],
)
def test_what_makes_no_sense_is_refused(home: Path, words: list[str], said: str):
    done = doctor(home, *words)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()
    assert len(done.stderr.splitlines()) == 1


@needs_go
def test_a_recording_of_this_machine_is_diagnosed_again_to_the_byte(home: Path, tmp_path: Path):
    path = str(tmp_path / "it.zip")
    environ = {"GOROOT": "/nowhere", "GOAUTH_TOKEN": "hunter2hunter2"}
    done = doctor(home, "--json", "--record", path, environ=environ)
    assert done.returncode == 1, done.stderr
    again = subprocess.run([*DIAGFLOW, "replay", path, "-o", "json"], capture_output=True, check=False, cwd="/")
    assert again.returncode == 0, again.stderr
    assert again.stdout == done.stdout
    shown = subprocess.run([*DIAGFLOW, "doctor", "go", "--bundle", path, "--json"], capture_output=True, check=False)
    assert (shown.returncode, shown.stdout) == (1, done.stdout)
    assert b"hunter2" not in Path(path).read_bytes()


@needs_go
def test_fix_shows_asks_changes_and_can_be_undone(home: Path):
    env = home / "go.env"
    before = b"GOFLAGS=-mod=mod\r\nGOROOT=/nowhere\r\n"
    env.write_bytes(before)
    environ = {"GOENV": str(env), "XDG_STATE_HOME": str(home / "state")}
    refused = doctor(home, "--fix", environ=environ)
    assert env.read_bytes() == before
    assert b"--yes" in refused.stderr
    done = doctor(home, "--fix", "--yes", environ=environ)
    assert done.returncode == 0, done.stdout + done.stderr
    assert env.read_bytes() == b"GOFLAGS=-mod=mod\n"
    (script,) = (home / "state").rglob("undo.sh")
    subprocess.run(["sh", str(script)], check=True)
    assert env.read_bytes() == before


@pytest.mark.parametrize("encoding", ["cp437", "gbk", "ascii"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_console_gets_what_it_can_show(home: Path, encoding: str, lang: str):
    log = "go: cannot find GOROOT directory: C:\\旧的\\go\n".encode()
    done = doctor(home, "--lang", lang, "-v", "--log", "-", stdin=log, environ={"PYTHONIOENCODING": encoding})
    assert done.returncode == 1, done.stderr
    text = done.stdout.decode(encoding)
    assert "GOROOT" in text
    assert "?" not in text.replace("?\n", "")
    if encoding == "gbk":
        assert "旧的" in text


def test_no_heavy_library_is_loaded(home: Path):
    heavy = ("numpy", "rustworkx", "httpx2", "lightkube", "structlog", "pydantic")
    script = (
        "import sys\nfrom diagflow.cli import main\n"
        "try: main(['doctor', 'go', '--offline', '--json'])\nexcept SystemExit: pass\n"
        f"print([m for m in {heavy!r} if m in sys.modules], file=sys.stderr)"
    )
    env = {**os.environ, "HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=env, cwd=home, check=False
    )
    assert done.stderr.splitlines()[-1] == "[]", done.stderr


@needs_go
def test_after_a_repair_the_failing_command_is_run_again(home: Path):
    env = home / "go.env"
    env.write_bytes(b"GOFLAGS=-nosuchflag\n")
    (home / "work" / "go.mod").write_text("module x\n\ngo 1.20\n")
    (home / "work" / "main.go").write_text("package main\n\nfunc main() {}\n")
    environ = {"GOENV": str(env), "XDG_STATE_HOME": str(home / "state"), "GOCACHE": str(home / "cache")}
    done = doctor(home, "--fix", "--yes", "--", "go", "vet", "./...", environ=environ)
    assert done.returncode == 0, done.stdout + done.stderr
    assert b"gone: go." in done.stderr


@needs_go
@pytest.mark.parametrize(("lang", "said"), [("en", "do what stands above under Fix"), ("zh", "请按上文“修复”所述操作")])
def test_where_no_command_helps_fix_points_to_the_text(home: Path, lang: str, said: str):
    (home / "work" / "go.mod").write_text("module x\n\ngo 1.20\n")
    (home / "work" / "main.go").write_text("package main\n\nfunc main() { x }\n")
    environ = {"GOENV": "off", "GOCACHE": str(home / "cache")}
    done = doctor(home, "--fix", "--lang", lang, "--", "go", "vet", "./...", environ=environ)
    assert done.returncode == 1, done.stdout
    assert said in done.stderr.decode().splitlines()[-1]


@needs_go
def test_a_repair_of_the_session_is_left_to_the_user_who_hears_that_it_holds_for_this_window(home: Path):
    done = doctor(home, "--fix", environ={"GOROOT": "/nowhere"})
    assert done.returncode == 1, done.stdout
    text = done.stdout.decode()
    assert "\n      unset GOROOT\n" in text
    assert "What follows repairs this window only" in text
    assert done.stderr.decode().splitlines()[1:] == [
        "  unset GOROOT",
        "nothing of this can be changed from here; the commands above are yours to run",
    ]


@needs_go
def test_without_a_subject_it_looks_at_all_that_it_knows(home: Path):
    done = started(home, "doctor", environ={"GOPROXY": "off", "GOSUMDB": "off", "GOTOOLCHAIN": "local"})
    same = started(home, "doctor", "go", environ={"GOPROXY": "off", "GOSUMDB": "off", "GOTOOLCHAIN": "local"})
    assert done.returncode == same.returncode
    assert done.stdout.splitlines()[:-1] == same.stdout.splitlines()[:-1]  # the last one has the time
    assert b"Go installation" in done.stdout
