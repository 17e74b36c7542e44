"""Versions of Go, compared as Go does (internal/gover)."""

import re
from functools import total_ordering
from typing import Final, Self

_FORM: Final = re.compile(r"(0|[1-9][0-9]*)(?:\.(0|[1-9][0-9]*)(?:\.(0|[1-9][0-9]*)|([a-z]+)(0|[1-9][0-9]*)?)?)?")
_NEW: Final = (1, 21)  # from here on "1.N" is older than "1.Nrc1" and "1.N.0": it names the language


@total_ordering
class Version:
    """A version such as `1.22`, `1.22rc1`, `1.22.3`."""

    __slots__ = ("_key", "text")

    def __init__(self, text: str, key: tuple[int, int, str, int, int]) -> None:
        self.text = text
        self._key = key

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a version without its `go`; None for what is none."""
        found = _FORM.fullmatch(text)
        if found is None:
            return None
        major, minor = int(found[1]), int(found[2] or 0)
        if found[4]:  # a beta or a release candidate
            return cls(text, (major, minor, found[4], int(found[5] or -1), 0))
        if found[3] is None:
            # Since 1.21 the bare version is the language and comes first; before, it is the first release.
            return cls(text, (major, minor, "" if (major, minor) >= _NEW else "~", 0, 0))
        return cls(text, (major, minor, "~", 0, int(found[3])))

    @property
    def language(self) -> bool:
        """True for a version that names the language alone: `1.22` (before 1.21 that was the first release too)."""
        return not self._key[2]

    @property
    def minor(self) -> tuple[int, int]:
        """Return `(1, 22)`."""
        return self._key[0], self._key[1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self._key == other._key

    def __lt__(self, other: "Version") -> bool:
        return self._key < other._key

    def __hash__(self) -> int:
        return hash(self._key)


def from_toolchain(name: str) -> Version | None:
    """Return the version in the name of a toolchain: `go1.22.3`, `go1.22.3-vendor`; None for what names none."""
    if "/" in name or "\\" in name or not name.startswith("go"):
        return None
    return Version.parse(re.split(r"[ \t-]", name[2:], maxsplit=1)[0])


def release(text: str) -> str | None:
    """Return `go1.27.3` from the first line of a VERSION file or from what `go version` prints; None for neither."""
    found = re.search(r"\b(go1\.[0-9]+(?:\.[0-9]+|(?:rc|beta)[0-9]+)?)\b", text)
    return found[1] if found else None
