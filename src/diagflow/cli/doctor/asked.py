"""What the user of the doctor asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

PACKS: Final = "go"
"""The packs of `doctor go`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user asked for.

    Attributes:
        command: the failing command; empty for none.
        log: a saved log.
        here: with a log, look at this machine too.
        offline: ask nobody on the network.
        bundle: facts that were recorded, instead of this machine.
        rules: more rules.
    """

    command: tuple[str, ...] = ()
    log: Path | None = None
    here: bool = False
    offline: bool = False
    bundle: Path | None = None
    rules: tuple[Path, ...] = ()
