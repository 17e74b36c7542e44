"""Does each program and library that we ship find what it imports, on a Windows 11 with nothing installed?"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pefile

_SYSTEM: Final = Path(__file__).with_name("windows11.txt")
_PROGRAMS: Final = {".exe", ".dll", ".pyd"}


def missing(tree: Path) -> list[tuple[str, str]]:
    """Returns (file, library) for each import that is neither in the tree nor on the list of what Windows 11 has."""
    files = sorted(path for path in tree.rglob("*") if path.suffix.lower() in _PROGRAMS)
    there = {path.name.lower() for path in files} | system()
    return [
        (str(path.relative_to(tree)), name)
        for path in files
        for name in sorted(imported(path))
        if not _has(there, name)
    ]


def _has(there: set[str], name: str) -> bool:
    # Sets of functions, not files: the loader of Windows 10 and later knows them itself (the "API sets").
    return name in there or name.startswith(("api-ms-win-", "ext-ms-win-"))


def system() -> set[str]:
    """Returns the names of libraries that each Windows 11 has in System32, in lower case."""
    lines = _SYSTEM.read_text(encoding="utf-8").splitlines()
    return {line.strip().lower() for line in lines if line.strip() and not line.startswith("#")}


def imported(path: Path) -> set[str]:
    """Returns the libraries that a file imports, delayed imports too, in lower case."""
    with pefile.PE(str(path), fast_load=True) as program:
        tables = ("IMAGE_DIRECTORY_ENTRY_IMPORT", "IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT")
        program.parse_data_directories([pefile.DIRECTORY_ENTRY[name] for name in tables])
        return set(_names(program))


def _names(program: pefile.PE) -> Iterator[str]:
    for table in ("DIRECTORY_ENTRY_IMPORT", "DIRECTORY_ENTRY_DELAY_IMPORT"):
        for entry in getattr(program, table, ()):
            yield entry.dll.decode("ascii", "replace").lower()
