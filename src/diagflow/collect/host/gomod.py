"""The lines of go.mod and go.work that decide which Go runs, read leniently: files that Go refuses count too."""

import re
from dataclasses import dataclass
from typing import Final

from diagflow.collect.host.decode import decode
from diagflow.collect.host.gover import Version

_LINE: Final = re.compile(
    r'^[ \t]*(module|go|toolchain)[ \t]+("(?:[^"\\]|\\.)*"|`[^`]*`|[^ \t\r\n]+)[ \t]*(?://.*)?\r?$', re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class ModLines:
    """The three lines; None where there is no such line."""

    module: str | None = None
    go: str | None = None
    toolchain: str | None = None

    @property
    def valid_go(self) -> bool | None:
        """False when the go line is no version that Go accepts; None without a go line."""
        return None if self.go is None else Version.parse(self.go) is not None


def parse_mod(data: bytes) -> ModLines:
    """Read the lines from a file in any encoding, so that a file in the wrong one can be described too."""
    text, _ = decode(data)
    found: dict[str, str] = {}
    for verb, value in _LINE.findall(text):
        found.setdefault(verb, value.strip('"`'))
    return ModLines(found.get("module"), found.get("go"), found.get("toolchain"))
