"""Debian's Wine: how it is started, and the one answer of it that is put right.

Go 1.26 and later delete files with a call that Wine 8 answers with "not implemented", where a Windows that does not
know it says "invalid class". Go falls back after the latter and fails after the former, so each build would end with
exit status 1. A copy of that library with the right answer is mounted over the original inside machines, only there.
"""

from pathlib import Path
from typing import Final

from lab.errors import LabError
from lab.sh import run
from lab.windows import stamps
from lab.windows.places import places

PREFIX: Final = "/opt/wine-prefix"
"""Where each machine has its prefix; private to its namespaces."""
HOME: Final = "/opt/wine-home"
LIBRARY: Final = Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-unix/ntdll.so")
WINE: Final = "/usr/lib/wine/wine64"
SERVER: Final = "/usr/lib/wine/wineserver"
_FUNCTION: Final = "NtSetInformationFile"
_NOT_IMPLEMENTED: Final = bytes.fromhex("020000c0")
_INVALID_INFO_CLASS: Final = bytes.fromhex("030000c0")


def environment(user: str) -> dict[str, str]:
    """Returns the environment in which Wine is started: silent, without a display, as this Windows user."""
    return {
        "PATH": "/usr/lib/wine:/usr/bin:/bin",
        "WINEPREFIX": PREFIX,
        "WINEARCH": "win64",
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=",  # no offers to download Mono and Gecko
        "LC_ALL": "C.UTF-8",
        "HOME": HOME,
        "USER": user,
    }


def build() -> None:
    """Makes the copy of Wine's library with the right answer."""
    target = places().ntdll
    made_from = stamps.digest(LIBRARY, _INVALID_INFO_CLASS)
    stamps.once("wine-library", made_from, [target], lambda: _write(target))


def _write(target: Path) -> None:
    target.write_bytes(_corrected(LIBRARY))


def _corrected(library: Path) -> bytes:
    content = bytearray(library.read_bytes())
    start, size = _function(library)
    found = content.count(_NOT_IMPLEMENTED, start, start + size)
    if found != 1:
        raise LabError(
            f"{library}: {_FUNCTION} says 'not implemented' in {found} places, not in one; this Wine is another one: "
            "look whether Go 1.26 can delete files in it, and adapt lab/windows/wine.py"
        )
    at = content.index(_NOT_IMPLEMENTED, start, start + size)
    content[at : at + len(_INVALID_INFO_CLASS)] = _INVALID_INFO_CLASS
    return bytes(content)


def _function(library: Path) -> tuple[int, int]:
    """Returns offset and size of the function's code; the addresses of this library's code are offsets in the file."""
    for line in run(["nm", "--dynamic", "--print-size", library]).splitlines():
        words = line.split()
        if words[-1] == _FUNCTION:
            return int(words[0], 16), int(words[1], 16)
    raise LabError(f"{library} has no {_FUNCTION}; adapt lab/windows/wine.py")
