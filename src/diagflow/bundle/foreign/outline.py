"""The text of `kubectl describe` as an outline: what is indented deeper stands below the line before it."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_NOTHING: Final = frozenset({"<none>", "<unset>", "<nil>", "<unknown>", ""})
_MOST_LINES: Final = 200_000
_MESSAGE: Final = re.compile(r" +Message: ")
_AFTER_MESSAGE: Final = re.compile(r" +Exit Code: +-?\d+$")


@dataclass(slots=True)
class Entry:
    """One line, and what stands below it.

    Attributes:
        text: the line without its indentation.
        below: the lines that are indented deeper.
        depth: by how many blanks it is indented.
    """

    text: str
    below: list["Entry"] = field(default_factory=list)
    depth: int = -1

    @property
    def key(self) -> str:
        """What stands before the first colon; nothing without one."""
        name, colon, _ = self.text.partition(":")
        return name if colon else ""

    @property
    def value(self) -> str:
        """What stands behind the first colon; empty for kubectl's words for nothing."""
        value = self.text.partition(":")[2].strip()
        return "" if value in _NOTHING else value

    def get(self, key: str) -> "Entry":
        """Return the entry of a key below this one; an empty one when it is not there."""
        return next((entry for entry in self.below if entry.key == key), Entry(""))

    def has(self, key: str) -> bool:
        """True when there is an entry of this key below."""
        return any(entry.key == key for entry in self.below)

    def lines(self) -> Iterator[str]:
        """Yield the value and all lines below it: how several labels, taints or tolerations are printed."""
        if self.value:
            yield self.value
        for entry in self.below:
            if entry.text not in _NOTHING:
                yield entry.text

    def all_below(self) -> Iterator[str]:
        """Yield every line below, however deep: the lines of a script."""
        waiting = self.below[::-1]
        while waiting:
            entry = waiting.pop()
            yield entry.text
            waiting += entry.below[::-1]


def outline(lines: list[str]) -> Entry:
    """Return the lines of one described object as an outline; blank lines are left out."""
    root = Entry("")
    open_entries = [root]
    for line in _joined(lines[:_MOST_LINES]):
        text = line.strip()
        if not text:
            continue
        depth = len(line) - len(line.lstrip(" "))
        while open_entries[-1].depth >= depth:
            open_entries.pop()
        entry = Entry(text, depth=depth)
        open_entries[-1].below.append(entry)
        open_entries.append(entry)
    return root


def _joined(lines: list[str]) -> Iterator[str]:
    """Yield the lines, a message of several lines as one: its further lines are not indented, and look like others.

    kubectl prints `Exit Code` behind every message of a terminated container (describeStatus).
    """
    exits = [i for i, line in enumerate(lines) if _AFTER_MESSAGE.match(line)]
    at = 0
    while at < len(lines):
        end = at + 1
        following = bisect_right(exits, at)
        if _MESSAGE.match(lines[at]) and following < len(exits):
            end = exits[following]
        yield "\n".join(lines[at:end])
        at = end
