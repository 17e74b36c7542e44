"""What this lab keeps in the lab's cache, and the releases of Go that it has."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lab import paths

RELEASES: Final = ("1.22.10", "1.24.11", "1.26.6", "1.27.3")
"""The oldest that we speak for, two between, and the newest; the wheels are pinned in `requirements/`."""
SOURCE: Final = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of the cache; each is complete if its stamp says so (`stamps.py`)."""

    root: Path

    @property
    def stamps(self) -> Path:
        return self.root / "stamps"

    @property
    def prefix(self) -> Path:
        """The prepared Wine prefix; machines are layers above it."""
        return self.root / "prefix"

    @property
    def python(self) -> Path:
        return self.root / "python"

    @property
    def ntdll(self) -> Path:
        return self.root / "ntdll.so"

    @property
    def certificates(self) -> Path:
        return self.root / "certificates"

    @property
    def machines(self) -> Path:
        """What machines that are up have written."""
        return self.root / "machines"

    def go(self, platform: str, release: str) -> Path:
        """The tree of a release as its wheel has it: what would be GOROOT."""
        return self.root / "go" / platform / release

    def go_cache(self, platform: str, release: str) -> Path:
        """A GOCACHE that has the standard library."""
        return self.root / "gocache" / platform / release

    def product(self, digest: str) -> Path:
        """The product as a wheel installs it, for one state of the checkout."""
        return self.root / "product" / digest


def places() -> Places:
    """Returns the cache of this user."""
    return Places(paths.cache_home() / "windows")
