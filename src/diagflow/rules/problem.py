"""What is wrong with a file, said so that its author can put it right."""

from dataclasses import dataclass
from enum import StrEnum

from diagflow.rules.rule import Position


class Severity(StrEnum):
    """What a problem does: an error keeps a rule from being used, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; `str()` is `file:line:col: rule ID: what is wrong, what would be right`.

    Attributes:
        position: where.
        rule: id of the rule (or of what `word` says); empty where none is known yet.
        message: what is wrong and what would be right, one line.
        severity: whether the rule can be used all the same.
        code: a stable word for the sort of problem, e.g. `unknown-key`.
        word: what `rule` is the id of: `rule` or `cause`.
    """

    position: Position
    rule: str
    message: str
    severity: Severity = Severity.ERROR
    code: str = ""
    word: str = "rule"

    def __str__(self) -> str:
        about = f"{self.word} {self.rule}: " if self.rule else ""
        return f"{self.position}: {about}{self.message}"

    @property
    def sort_key(self) -> tuple[str, int, int, str]:
        """Order of a report: by file, then from top to bottom."""
        return (self.position.file, self.position.line, self.position.column, self.message)


def is_error(problem: Problem) -> bool:
    """True when the problem keeps a rule from being used."""
    return problem.severity is Severity.ERROR
