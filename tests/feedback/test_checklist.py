"""The doctor's checklist: order, what waits for what, and the line of the user's command."""

import pytest

from diagflow.feedback.checklist import COMMAND, Check, Checklist, Mark, checks, ended, line
from diagflow.model import Text

GROUPS = {
    COMMAND: frozenset({"command"}),
    "XTRA": frozenset({"x"}),
    "PATH": frozenset({"path"}),
    "NET": frozenset[str](),
}


def test_without_a_command_no_line_speaks_of_one() -> None:
    assert [check.id for check in checks(GROUPS)] == ["PATH", "NET", "XTRA"]


def test_the_command_comes_last_with_its_own_words() -> None:
    *others, last = checks(GROUPS, ended("go build ./...", 1))
    assert [check.id for check in others] == ["PATH", "NET", "XTRA"]
    assert (last.id, last.facts) == (COMMAND, frozenset({"command"}))
    assert line(last, Mark.ILL, "en") == "[x] go build ./...: exit status 1"


def test_a_command_that_no_rule_is_about_has_no_line() -> None:
    assert [check.id for check in checks({"PATH": frozenset()}, ended("go build", 0))] == ["PATH"]


@pytest.mark.parametrize(
    ("rc", "en", "zh"),
    [
        (0, "go run .: exit status 0", "go run .：退出状态 0"),
        (-9, "go run .: ended by signal 9", "go run .：被信号 9 终止"),
        (None, "go run .: could not be started", "go run .：无法启动"),
    ],
)
def test_how_a_command_ended(rc: int | None, en: str, zh: str) -> None:
    assert ended("go run .", rc) == Text(en, zh)


def test_a_command_is_one_line_that_deceives_nobody() -> None:
    shown = ended("sh -c 'one\ntwo\x1b[2J" + "x" * 200, 3).lang("en")
    assert "\n" not in shown
    assert "\x1b" not in shown
    assert len(shown) < 100
    assert shown.endswith("exit status 3")


def test_a_line_waits_for_all_before_it() -> None:
    listed = Checklist(
        [Check("A", Text("a"), frozenset({"x", "y"})), Check("B", Text("b"), frozenset())], lambda _: Mark.WELL
    )
    assert list(listed.read("x")) == []
    assert [check.id for check, _ in listed.read("y")] == ["A", "B"]


def test_signs_on_every_console() -> None:
    check = Check("A", Text("a", "甲"), frozenset())
    assert line(check, Mark.WELL, "zh") == "[√] 甲"
    assert line(check, Mark.WELL, "en", plain=True) == "[ok] a"
    assert line(check, Mark.UNSEEN, "en", color=True) == "[\x1b[33m?\x1b[0m] a"
