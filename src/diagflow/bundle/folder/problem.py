"""What of an incident folder could not be used."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that could not be read; everything else is used.

    Attributes:
        file: path within the folder.
        what: what is wrong, and what would be right.
        line: where, counted from 1; 0 when the file as a whole is meant.
        column: where in the line, counted from 1.
    """

    file: str
    what: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        where = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.file}{where}: {self.what}"


class Unreadable(Exception):  # noqa: N818  # it becomes a problem, never an error of the program
    """A file, or the rest of one, that cannot be decoded."""

    def __init__(self, what: str, line: int = 0, column: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.line = line
        self.column = column

    def problem(self, file: str) -> Problem:
        """Return what to tell about it."""
        return Problem(file, self.what, self.line, self.column)


def position(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of an offset, counted from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")
