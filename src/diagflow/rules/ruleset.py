"""All that is known: rules, causes and analyzers of several packs and files, with what is wrong with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from diagflow.model import Cause
from diagflow.rules.analyzer import Analyzer
from diagflow.rules.digest import digest_of
from diagflow.rules.faults import FAULT_CODES, faults
from diagflow.rules.link import LINK_CODES, link
from diagflow.rules.problem import Problem, is_error
from diagflow.rules.rule import Position, Rule

T = TypeVar("T")

FOUND_ANEW: Final = LINK_CODES | FAULT_CODES
"""Codes of the problems that depend on what else there is."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules with all that they refer to.

    Attributes:
        rules: those that are right, in the order of packs, files and lines; ids are unique.
        causes: causes, symptoms and advice by id.
        analyzers: by name.
        problems: what is wrong, in the order of files and lines.
        places: where things are written: `rule:ID`, `cause:ID`, `analyzer:NAME`, and parts of them
            (`explains:ID:WHAT`, `names:NAME:ID`).
        packs: names of the packs.
        proven: ids of the rules that are not provisional (`diagflow.rules.proven`).
    """

    rules: tuple[Rule, ...] = ()
    causes: Mapping[str, Cause] = field(default_factory=dict)
    analyzers: Mapping[str, Analyzer] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    places: Mapping[str, Position] = field(default_factory=dict)
    packs: tuple[str, ...] = ()
    proven: frozenset[str] = frozenset()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep something from being used."""
        return tuple(p for p in self.problems if is_error(p))

    def usable(self) -> "RuleSet":
        """Return the set without the rules that have an error: they would say nonsense."""
        wrong = {p.rule for p in self.errors if p.code in FOUND_ANEW}  # of an id that stands twice, the first is right
        return replace(self, rules=tuple(r for r in self.rules if r.id not in wrong)) if wrong else self

    def rule(self, rule_id: str) -> Rule | None:
        """Return a rule by its id, None when there is none."""
        return next((r for r in self.rules if r.id == rule_id), None)

    def merge(self, other: "RuleSet") -> "RuleSet":
        """Return both together; an id that both have stays what it is here, and is a problem of the other."""
        return merged((self, other))


def merged(parts: Iterable[RuleSet]) -> RuleSet:
    """Return several sets together, with their references checked anew and the digests of their rules.

    Of an id that stands in several, the first stays; the others are problems.
    """
    total = _Total()
    every = list(parts)
    for part in every:
        total.add(part)
    return replace(with_digests(total.linked()), proven=frozenset().union(*(part.proven for part in every)))


@dataclass(slots=True)
class _Total:
    """Collects sets."""

    rules: dict[str, Rule] = field(default_factory=dict)
    causes: dict[str, Cause] = field(default_factory=dict)
    analyzers: dict[str, Analyzer] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, Position] = field(default_factory=dict)
    packs: list[str] = field(default_factory=list)

    def add(self, part: RuleSet) -> None:
        self.problems += [p for p in part.problems if p.code not in FOUND_ANEW]
        self._take("rule", {r.id: r for r in part.rules}, self.rules, part.places)
        self._take("cause", part.causes, self.causes, part.places)
        self._take("analyzer", part.analyzers, self.analyzers, part.places)
        self.packs += part.packs
        for key, place in part.places.items():
            self.places.setdefault(key, place)

    def _take(self, word: str, theirs: Mapping[str, T], ours: dict[str, T], places: Mapping[str, Position]) -> None:
        for name, value in theirs.items():
            key = f"{word}:{name}"
            if name in ours:
                self.problems.append(duplicate(name, word, self.places.get(key), places.get(key)))
            else:
                ours[name] = value

    def linked(self) -> RuleSet:
        rules = tuple(self.rules.values())
        packs = tuple(dict.fromkeys(self.packs))
        found = link(rules, self.causes, self.analyzers, self.places, packs)
        problems = in_order((*self.problems, *found, *faults(rules, self.causes, packs)))
        return RuleSet(rules, self.causes, self.analyzers, problems, self.places, packs)


def duplicate(name: str, word: str, first: Position | None, second: Position | None) -> Problem:
    """Return the problem of an id that stands in two places."""
    message = (
        f"the {word} `{name}` is there already, in {first or 'another pack'}: ids are unique, give this one a new one"
    )
    rule = name if word == "rule" else ""
    return Problem(second or Position("", 1, 1), rule, message, code="duplicate-id")


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems by file, line and column, each once."""
    return tuple(sorted(set(problems), key=lambda p: p.sort_key))


def with_digests(ruleset: RuleSet) -> RuleSet:
    """Return the set with the digest of each rule."""
    rules = tuple(replace(r, digest=digest_of(r, ruleset.causes, ruleset.analyzers)) for r in ruleset.rules)
    return replace(ruleset, rules=rules)
