"""What the Go linker wrote into a program (debug/buildinfo): its version, module and settings, without running it."""

import re
from dataclasses import dataclass
from typing import Final

MARK: Final = b"\xff Go buildinf:"
MOST: Final = 256 << 10
"""Bytes from the mark on that hold all of it."""

_INLINE: Final = 2  # flag: the two strings follow the header (Go 1.18 and newer)
_FLAGS: Final = 15
_HEADER: Final = 32
_SENTINEL: Final = 16  # bytes around the module information
_VERSION: Final = re.compile(r"go1\.[0-9]+(?:\.[0-9]+|(?:rc|beta)[0-9]+)?")


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """A program's build information.

    Attributes:
        go: the release that built it, `go1.27.3`; None for a development version.
        version: the main module's version, such as `v0.20.0`.
        os: GOOS.
        arch: GOARCH.
    """

    go: str | None
    version: str | None = None
    os: str | None = None
    arch: str | None = None


def parse_build_info(data: bytes) -> BuildInfo | None:
    """Read the information from a program's bytes, from the mark on; None where it is not in a form that we know."""
    if not data.startswith(MARK) or len(data) < _HEADER or not data[_FLAGS] & _INLINE:
        return None
    version, rest = _string(data[_HEADER:])
    info, _ = _string(rest)
    lines = info[_SENTINEL:-_SENTINEL].decode("utf-8", "replace").splitlines()
    rows = [line.split("\t") for line in lines]
    settings = dict(row[1].partition("=")[::2] for row in rows if row[0] == "build" and len(row) > 1)
    module = next((row[2] for row in rows if row[0] == "mod" and len(row) > 2), None)  # noqa: PLR2004  # path, version
    found = _VERSION.match(version.decode("utf-8", "replace"))
    return BuildInfo(found[0] if found else None, module, settings.get("GOOS"), settings.get("GOARCH"))


def _string(data: bytes) -> tuple[bytes, bytes]:
    """Cut off a string that its length (a varint) precedes."""
    length = shift = 0
    for at, byte in enumerate(data[:5]):
        length |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004  # the last byte of a varint
            return data[at + 1 : at + 1 + length], data[at + 1 + length :]
        shift += 7
    return b"", b""
