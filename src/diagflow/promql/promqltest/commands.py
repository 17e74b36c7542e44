"""Prometheus' test format as commands: `load`, `clear`, `eval` (`promql/promqltest/test.go`)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import re2

from diagflow.promql.durations import parse_duration
from diagflow.promql.errors import ParseError
from diagflow.promql.numbers import parse_number
from diagflow.promql.patterns import clean
from diagflow.promql.promqltest.notation import Sample, parse_series
from diagflow.promql.strings import unquote

_LOAD: Final = re.compile(r"load(?:_(with_nhcb))?\s+(.+?)$")
_INSTANT: Final = re.compile(r"eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?))?\s+(.+)$")
_RANGE: Final = re.compile(r"eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+)$")
_EXPECT: Final = re.compile(r"expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$")
_EXPECT_RANGE: Final = re.compile(r"expect range vector\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+)$")
_OLD_FAIL: Final = re.compile(r"expected_fail_(message|regexp)\s*(.*)$")


class Malformed(Exception):  # noqa: N818  # of a file, said with its place
    """A line is no command, or not a whole one."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Load:
    """Series with a sample at each multiple of `step` milliseconds."""

    line: int
    step: int
    series: Sequence[tuple[dict[str, str], list[Sample]]]
    with_nhcb: bool


@dataclass(frozen=True, slots=True)
class Clear:
    """All series are forgotten."""

    line: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """A message: exactly this text, or one that a pattern finds."""

    text: str
    pattern: Any = None

    def fits(self, message: str) -> bool:
        """Return whether a message is what was expected."""
        return self.pattern.search(clean(message)) is not None if self.pattern else self.text == message


@dataclass(slots=True)
class Eval:
    """A query and what it must answer. Times are milliseconds; a range has a `step`."""

    line: int
    expression: str
    start: int
    end: int
    step: int = 0
    ordered: bool = False
    expected: dict[str, list[Expectation]] = field(default_factory=dict)
    series: list[tuple[dict[str, str], list[Sample]]] = field(default_factory=list)
    scalar: float | None = None
    text: str | None = None
    points: tuple[int, int, int] | None = None
    """From, to and step of the samples of an expected range vector."""


Command = Load | Clear | Eval


def parse_commands(text: str) -> list[Command]:
    """Return the commands of a file.

    Raises:
        Malformed: a line is none.
    """
    lines = [_uncommented(line) for line in text.split("\n")]
    commands: list[Command] = []
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end]:
            end += 1
        word = lines[at].split(None, 1)[0].lower() if lines[at] else ""
        if not word:
            at += 1
            continue
        command, at = _command(word, lines, at, end)
        commands.append(command)
    return commands


def _uncommented(line: str) -> str:
    line = line.strip()
    return "" if line.startswith("#") else line


def _command(word: str, lines: list[str], at: int, end: int) -> tuple[Command, int]:
    if word == "clear":
        return Clear(at + 1), at + 1
    if word.startswith("load"):
        return _load(lines, at, end), end
    if word.startswith("eval"):
        return _Eval(lines, at, end).parse()
    raise Malformed(at + 1, f"`{lines[at]}` is no command: write load, clear or eval")


def _duration(text: str, line: int) -> int:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise Malformed(line, str(error)) from None


def _series(lines: list[str], at: int) -> tuple[dict[str, str], list[Sample]]:
    try:
        return parse_series(lines[at])
    except ParseError as error:
        raise Malformed(at + 1, error.message) from None


def _load(lines: list[str], at: int, end: int) -> Load:
    found = _LOAD.match(lines[at])
    if not found:
        raise Malformed(at + 1, "write `load STEP` or `load_with_nhcb STEP`, with a duration such as 5m")
    if any("@st" in lines[number].split(None, 1)[0] for number in range(at + 1, end)):
        raise Malformed(at + 1, "start timestamps (`@st`) are experimental and not loaded")
    series = [_series(lines, number) for number in range(at + 1, end)]
    return Load(at + 1, _duration(found[2], at + 1), series, found[1] is not None)


class _Eval:
    """An `eval` and the lines that say what it must answer."""

    def __init__(self, lines: list[str], at: int, end: int) -> None:
        self._lines, self._at, self._end = lines, at, end

    def parse(self) -> tuple[Eval, int]:
        command, modifier = self._head()
        if modifier == "ordered":
            command.ordered = True
        elif modifier:
            command.expected[modifier] = [Expectation("", _pattern("", self._at + 1))]
        for number in range(self._at + 1, self._end):
            if self._line(command, number):
                return command, number + 1
        return command, self._end

    def _head(self) -> tuple[Eval, str | None]:
        line, number = self._lines[self._at], self._at + 1
        if found := _INSTANT.match(line):
            time = _duration(found[2] or "", number)
            return Eval(number, found[3], time, time), found[1]
        if found := _RANGE.match(line):
            start, end, step = (_duration(found[group], number) for group in (2, 3, 4))
            return Eval(number, found[5], start, end, step), found[1]
        raise Malformed(number, "write `eval instant at TIME QUERY` or `eval range from TIME to TIME step STEP QUERY`")

    def _line(self, command: Eval, number: int) -> bool:
        """Take one line; return whether nothing may follow it."""
        line = self._lines[number]
        if "fail" in command.expected and (old := _OLD_FAIL.match(line)):
            pattern = _pattern(old[2], number + 1) if old[1] == "regexp" else None
            command.expected["fail"] = [Expectation(old[2].strip(), pattern)]
            return True
        if found := _EXPECT_RANGE.match(line):
            start, end, step = (_duration(found[group], number + 1) for group in (1, 2, 3))
            command.points = start, end, step
            return False
        if line.startswith("expect string"):
            command.text = self._string(line, number)
            return False
        if line.split(" ")[0] == "expect":
            self._expect(command, line, number)
            return False
        try:
            command.scalar = parse_number(line)
        except ValueError:
            command.series.append(_series(self._lines, number))
            return False
        return True

    @staticmethod
    def _string(line: str, number: int) -> str:
        quoted = line.removeprefix("expect string").strip()
        try:
            return unquote(quoted)
        except (ValueError, IndexError):
            raise Malformed(number + 1, 'write `expect string "TEXT"`') from None

    @staticmethod
    def _expect(command: Eval, line: str, number: int) -> None:
        found = _EXPECT.match(line)
        if not found:
            raise Malformed(number + 1, f"`{line}`: write `expect TYPE msg: TEXT` or `expect TYPE regex: PATTERN`")
        kind, how, text = found[1], found[2], (found[3] or "").strip()
        if kind == "ordered":
            command.ordered = True
            return
        pattern = None if how == "msg" else _pattern(text, number + 1)
        command.expected.setdefault(kind, []).append(Expectation(text, pattern))


def _pattern(text: str, line: int) -> Any:
    try:
        return re2.compile(text)
    except re2.error as error:
        raise Malformed(line, f"`{text}` is no regular expression: {error}") from None
