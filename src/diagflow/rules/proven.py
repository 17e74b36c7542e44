"""Which rules enough independent recordings have proven not to be too broad.

`diagflow gate run --figures FILE` writes what recordings say of each rule; beside the rules, as `figures.json` in the
folder of a pack or of a user's rules, it is read with them. It holds for a rule's digest: a changed rule starts again.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from diagflow.model.typed import from_json
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


Known = dict[tuple[str, str], Figure]
"""What is known of rules, by id and digest: figures of a form that a rule no longer has say nothing of it."""


def read_figures(folders: Iterable[Path]) -> tuple[Known, list[Problem]]:
    """Read the figures that stand in some folders; one that is broken is a warning, and says nothing of any rule.

    Of one and the same rule the last folder's count: what a user recorded goes before what a pack brings.
    """
    found: Known = {}
    problems: list[Problem] = []
    for file in dict.fromkeys(folder / FILE for folder in folders):
        if "\0" in str(file):  # no path at all, which is said where its rules are read
            continue
        try:
            figures = from_json(file.read_bytes(), Figures)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError, msgspec.MsgspecError) as e:
            problems.append(_broken(file, getattr(e, "strerror", None) or str(e)))
            continue
        if figures.schema != SCHEMA:
            problems.append(_broken(file, f"its schema is {figures.schema!r}, not {SCHEMA!r}"))
            continue
        found |= {(rule, one.digest): one for rule, one in figures.rules.items()}
    return found, problems


def proven(figures: Known, rules: Iterable[Rule]) -> frozenset[str]:
    """Return the ids of the rules that are not provisional."""
    known = ((rule.id, figures.get((rule.id, rule.digest))) for rule in rules)
    return frozenset(rule for rule, one in known if one and not one.provisional)


def _broken(file: Path, why: str) -> Problem:
    message = f"these figures cannot be used, so that all rules beside them are provisional: {why}"
    return Problem(Position(str(file), 1, 1), "", message, Severity.WARNING, "figures")
