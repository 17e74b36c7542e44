"""Which rules enough independent recordings have proven not to be too broad.

`diagflow gate run --figures FILE` writes what recordings say of each rule; beside the rules, as `figures.json` in the
folder of a pack or of a user's rules, it is read with them. It holds for a rule's digest: a changed rule starts again.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from diagflow.rules.problem import Problem, Severity
from diagflow.rules.rule import Position, Rule

FILE: Final = "figures.json"
SCHEMA: Final = "diagflow.rule-figures/v1"


class Figure(msgspec.Struct, frozen=True):
    """What is known of one rule."""

    digest: str
    independent: int
    false: int
    bound: float
    provisional: bool


class Figures(msgspec.Struct, frozen=True):
    """The content of a `figures.json`."""

    schema: str
    limit: float
    rules: dict[str, Figure]


def read_figures(folders: Iterable[Path]) -> tuple[dict[str, Figure], list[Problem]]:
    """Read the figures that stand in some folders; one that is broken is a warning, and says nothing of any rule."""
    found: dict[str, Figure] = {}
    problems: list[Problem] = []
    for file in dict.fromkeys(folder / FILE for folder in folders):
        if "\0" in str(file):  # no path at all, which is said where its rules are read
            continue
        try:
            figures = msgspec.json.decode(file.read_bytes(), type=Figures)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError, msgspec.MsgspecError) as e:
            problems.append(_broken(file, getattr(e, "strerror", None) or str(e)))
            continue
        if figures.schema != SCHEMA:
            problems.append(_broken(file, f"its schema is {figures.schema!r}, not {SCHEMA!r}"))
            continue
        found |= figures.rules
    return found, problems


def proven(figures: dict[str, Figure], rules: Iterable[Rule]) -> frozenset[str]:
    """Return the ids of the rules that are not provisional."""
    known = ((rule, figures.get(rule.id)) for rule in rules)
    return frozenset(rule.id for rule, one in known if one and one.digest == rule.digest and not one.provisional)


def _broken(file: Path, why: str) -> Problem:
    message = f"these figures cannot be used, so that all rules beside them are provisional: {why}"
    return Problem(Position(str(file), 1, 1), "", message, Severity.WARNING, "figures")
