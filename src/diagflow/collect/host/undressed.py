"""A saved log without what others have put around the lines of go: rules know how a line of go begins.

Colours; the time that a build server or `docker logs -t` writes before every line (RFC 3339: docs.docker.com,
"docker container logs"); the step and the seconds of BuildKit, which says the lines of a failed step once more without
the step (moby/buildkit, util/progress/progressui: display.go, printer.go); and what Windows PowerShell makes of the
first line on stderr: `go : LINE`, wrapped at the width of its window, then the place in the script
(PowerShell/PowerShell, StringManipulationHelper: where it breaks a line it leaves the blank, or there is none).
"""

import re
from typing import Final

_COLOUR: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)(?: |(?=\r?$))")
_STEP: Final = re.compile(r"^#\d+ \d+\.\d+ ", re.MULTILINE)
_FAILED_STEP: Final = re.compile(r"^ > [^\n]*:\r?\n(?:\d+\.\d+ [^\n]*(?:\n|\Z))+", re.MULTILINE)
_SECONDS: Final = re.compile(r"^\d+\.\d+ ", re.MULTILINE)
# The sign and the id are the same in all languages of Windows; the place that stands above the lines with it is not.
_SIGNED: Final = re.compile(r" *\+ ")
_WRITTEN: Final = re.compile(r" *\+ FullyQualifiedErrorId : NativeCommandError\s*$")
_CALLED: Final = re.compile(r"(?:[A-Za-z]:)?[^\s:+][^:]* : ")
_MOST_WRAPPED: Final = 40


def undressed(text: str) -> str:
    """Return the text as the programs wrote it, as far as that can be told."""
    text = _STEP.sub("", _without_times(_COLOUR.sub("", text)))
    text = _FAILED_STEP.sub(lambda step: _SECONDS.sub("", step[0]), text)
    return _without_calls(text) if "NativeCommandError" in text else text


def _without_times(text: str) -> str:
    """Take the time from each line where each has one; where only some do, it is a program that wrote them."""
    lines = text.split("\n")
    if not all(_TIME.match(line) for line in lines if line.strip()):
        return text
    return "\n".join(_TIME.sub("", line, count=1) for line in lines)


def _without_calls(text: str) -> str:
    lines = text.split("\n")
    kept: list[str] = []
    for line in lines:
        kept.append(line)
        if _WRITTEN.match(line):
            _unwrap(kept)
    return "\n".join(kept)


def _unwrap(lines: list[str]) -> None:
    """Join the message above the last lines, in place: PowerShell leaves the blank at which it broke a line."""
    end = len(lines)
    while end and _SIGNED.match(lines[end - 1]):
        end -= 1
    place = end - 1
    for start in range(place - 1, max(-1, place - 1 - _MOST_WRAPPED), -1):
        called = _CALLED.match(lines[start])
        if called:
            said = "".join(line.rstrip("\r") for line in lines[start : place - 1]) + lines[place - 1]
            lines[start:place] = [said[called.end() :]]
            return
