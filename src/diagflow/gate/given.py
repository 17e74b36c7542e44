"""Which rules somebody chose, for the commands that the gate shows: with others they would show another diagnosis."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Given:
    """The options about rules that were given.

    Attributes:
        rules: each `--rules`.
        packs: of `--packs`; empty without it.
    """

    rules: tuple[str, ...] = ()
    packs: str = ""

    @classmethod
    def of(cls, rules: Iterable[Path] | None, packs: str | None) -> "Given":
        """Return what a command was given."""
        return cls(tuple(map(str, rules or ())), packs or "")

    @property
    def more_rules(self) -> str:
        """The `--rules` alone, each with a blank before it, quoted for a shell; `doctor` has its own packs."""
        return "".join(f" --rules {shlex.quote(path)}" for path in self.rules)

    def __str__(self) -> str:
        return self.more_rules + (f" --packs {shlex.quote(self.packs)}" if self.packs else "")


INSTALLED: Final = Given()
"""Nothing was said: all installed packs."""
