"""PATH as a list, and how Windows makes it from the registry."""

import re
from collections.abc import Mapping
from typing import Final

_VARIABLE: Final = re.compile(r"%([^%]+)%")


def split_path(value: str, *, windows: bool) -> list[str]:
    """Return the entries as they are written; on Windows a semicolon between quotes separates nothing.

    An empty PATH has no entries; an entry may be empty.
    """
    if not value:
        return []
    if not windows:
        return value.split(":")
    entries, start, quoted = [], 0, False
    for at, char in enumerate(value):
        if char == '"':
            quoted = not quoted
        elif char == ";" and not quoted:
            entries.append(value[start:at])
            start = at + 1
    return [*entries, value[start:]]


def expand(value: str, variables: Mapping[str, str]) -> str:
    """Replace `%NAME%` by its value, once, as ExpandEnvironmentStrings does; what is not set stays as it is.

    Args:
        value: REG_EXPAND_SZ data.
        variables: by name in upper case.
    """
    return _VARIABLE.sub(lambda found: variables.get(found[1].upper(), found[0]), value)


def unexpanded(entry: str) -> bool:
    """True when a `%NAME%` is still in an entry."""
    return _VARIABLE.search(entry) is not None


def folder(entry: str, *, windows: bool) -> str:
    """Return the folder that an entry means: Windows ignores quotes and the blanks around it."""
    return entry.replace('"', "").strip() if windows else entry


def same(entry: str, *, windows: bool) -> str:
    """Return a form in which two entries for one folder are equal (without asking the disk)."""
    plain = folder(entry, windows=windows)
    return plain.replace("/", "\\").rstrip("\\").casefold() if windows else plain.rstrip("/") or plain


def merge_path(machine: str, user: str) -> str:
    """Return the PATH of a new logon: the machine's entries, then the user's."""
    return ";".join(part.strip(";") for part in (machine, user) if part.strip(";"))
