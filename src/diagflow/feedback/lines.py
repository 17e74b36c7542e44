"""Lines of text before they are broken."""

from dataclasses import dataclass
from typing import Final

GAP: Final = "  "
"""Parts a line from what stands aside."""

Part = tuple[str, str]
"""A piece of a line and its style."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line before it is broken.

    Attributes:
        parts: pieces with their styles.
        aside: follows on the same line where it fits as a whole, else on a line of its own.
        prefix: stands before the first line; the others are indented as far.
        keep: never break it (a command).
    """

    parts: tuple[Part, ...] = ()
    prefix: tuple[Part, ...] = ()
    aside: tuple[Part, ...] = ()
    keep: bool = False
