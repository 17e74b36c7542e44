"""`rules test --watch`: what is printed after each save, and how it ends."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from diagflow.cli.rules_watch import RulesWatch
from diagflow.harness import as_text, run_tests
from diagflow.harness.watch import EVERY
from diagflow.model import BadInput
from tests.cli.run import clean_environment, diagflow
from tests.harness.test_run import CAUSES, RULES, TESTS

GREEN = "5 passed, 0 failed"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "causes.yaml").write_text(CAUSES, encoding="utf-8")
    (tmp_path / "T-X-001.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "T-X-001.test.yaml").write_text(TESTS, encoding="utf-8")
    return tmp_path


def watch(meant: Path | str, *saves: Callable[[], object]) -> None:
    """Watch while something is saved each time that the watch has come to rest, until Ctrl-C."""
    left = list(saves)

    def sleep(seconds: float) -> None:
        if seconds < EVERY:
            return  # it waits for more of the same save
        if not left:
            raise KeyboardInterrupt
        left.pop(0)()

    shown = RulesWatch([str(meant)], None, run_tests, lambda report: print(as_text(report), end=""))  # noqa: T201
    with pytest.raises(KeyboardInterrupt):
        shown.forever(sleep=sleep)


def edit(path: Path, old: str, new: str) -> Callable[[], object]:
    return lambda: path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def lines(capsys: pytest.CaptureFixture[str]) -> tuple[list[str], str]:
    """Return the headings and last lines of all runs, and what went to stderr."""
    out, err = capsys.readouterr()
    told = [line for line in out.splitlines() if re.match(r"\d+ passed|\d\d:\d\d:\d\d  ", line)]
    return [re.sub(r"^\d\d:\d\d:\d\d  ", "", line) for line in told], err


def test_red_and_green_again(folder: Path, capsys: pytest.CaptureFixture[str]):
    rule = folder / "T-X-001.yaml"
    watch(folder, edit(rule, "> 4", "> 3"), edit(rule, "> 3", "> 4"))
    changed = "T-X-001.yaml changed: 1 test file to run"
    assert lines(capsys) == ([GREEN, changed, "4 passed, 1 failed", changed, GREEN], "")


def test_what_no_test_depends_on_runs_nothing(folder: Path, capsys: pytest.CaptureFixture[str]):
    new = folder / "causes" / "more.yaml"
    new.parent.mkdir()
    watch(folder, lambda: new.write_text("- {id: t.new, title: new}\n"))
    assert lines(capsys) == ([GREEN, "more.yaml changed: no test here depends on it"], "")


def test_broken_rules_are_told_and_the_watch_goes_on(folder: Path, capsys: pytest.CaptureFixture[str]):
    rule, test = folder / "T-X-001.yaml", folder / "T-X-001.test.yaml"
    watch(
        folder,
        edit(rule, "triggers:", "triggers: ["),
        edit(test, "status.tries': 4", "status.tries': 9"),
        edit(rule, "triggers: [", "triggers:"),
    )
    told, err = lines(capsys)
    assert told == [GREEN, "T-X-001.test.yaml, T-X-001.yaml changed: 1 test file to run", "4 passed, 1 failed"]
    assert err.count("diagflow: nothing was run, and the watch goes on: 1 errors in rules\n") == 2
    assert f"{rule}:" in err


def test_rules_that_are_broken_from_the_start_are_waited_for(folder: Path, capsys: pytest.CaptureFixture[str]):
    rule = folder / "T-X-001.yaml"
    rule.write_text("- id: [", encoding="utf-8")
    watch(folder, lambda: rule.write_text(RULES, encoding="utf-8"))
    told, err = lines(capsys)
    assert (told, "errors in rules" in err) == ([GREEN], True)


def test_a_broken_test_file_is_told(folder: Path, capsys: pytest.CaptureFixture[str]):
    test = folder / "T-X-001.test.yaml"
    watch(folder, edit(test, "expect: {verdict: match}", "expect: {verdict: match"), lambda: test.write_text(TESTS))
    told, err = lines(capsys)
    assert told[2] == "0 passed, 0 failed, 1 test files are wrong"
    assert told[3:] == ["T-X-001.test.yaml changed: 1 test file to run", GREEN]
    assert err == ""


def test_a_test_file_that_is_added_and_one_that_is_removed(folder: Path, capsys: pytest.CaptureFixture[str]):
    test = folder / "T-X-001.test.yaml"
    watch(folder, test.unlink, lambda: test.write_text(TESTS))
    nothing = "0 passed, 0 failed, 1 rules have no tests"
    told = ["T-X-001.test.yaml changed: no test here depends on it", nothing]
    assert lines(capsys)[0] == [GREEN, *told, "T-X-001.test.yaml changed: 1 test file to run", GREEN]


def test_what_failed_is_run_with_the_next_save(folder: Path, capsys: pytest.CaptureFixture[str]):
    other = RULES.replace("T-X-001", "T-X-002")
    (folder / "T-X-002.yaml").write_text(other.replace("> 4", "> 3"), encoding="utf-8")
    (folder / "T-X-002.test.yaml").write_text(TESTS, encoding="utf-8")
    watch(folder, edit(folder / "T-X-001.yaml", "> 4", "> 4 "))
    told, _ = lines(capsys)
    # The first rule's tests fail too: with both rules, a cause that they do not expect is named.
    assert told == ["8 passed, 2 failed", "T-X-001.yaml changed: 2 test files to run", "8 passed, 2 failed"]


def test_what_is_not_there_ends_it_at_the_start():
    with pytest.raises(BadInput, match="no rule and no path no/such"):
        RulesWatch(["no/such"], None, run_tests, print).forever()


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--out", "x.txt"], "leave out --out, and write > FILE"), (["-o", "junit"], "write -o text or json")],
)
def test_what_is_of_one_run_is_refused(folder: Path, options: list[str], said: str):
    found = diagflow("rules", "test", folder, "--watch", *options)
    assert (found.status, found.out) == (2, "")
    assert said in found.err


def started(*arguments: str | Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "diagflow", "rules", "test", *map(str, arguments), "--watch"]
    return subprocess.Popen(
        command, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def test_programs_get_a_line_a_run_and_ctrl_c_is_130(folder: Path):
    running = started(folder, "-o", "json")
    assert running.stdout is not None
    try:
        first = json.loads(running.stdout.readline())
        time.sleep(0.05)  # a file system may tell no shorter times apart
        edit(folder / "T-X-001.yaml", "> 4", "> 3")()
        second = json.loads(running.stdout.readline())
        running.send_signal(signal.SIGINT)
        rest, err = running.communicate(timeout=60)
    finally:
        running.kill()
    assert (first["passed"], second["passed"]) == (True, False)
    assert (running.returncode, rest, err) == (130, "", "diagflow: interrupted; nothing half-written is left\n")
