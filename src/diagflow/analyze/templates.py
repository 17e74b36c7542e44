"""Log templates: lines that differ only in their variable words are one message (He et al. 2017, "Drain").

A tree of fixed depth leads by the number of words and the first words to a few candidates; a line joins the one that
has most words in common with it, if that is at least half, and the words that differ become `<*>`. What varies by
nature (numbers, addresses, ids) is masked before.

The result does not depend on the order of the lines: equal ones are gathered first, and the distinct ones put in
sorted. Templates that come out alike are merged again, so that the templates of templates are these templates.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import eq
from typing import Final

from diagflow.rules.patterns import compiled

ANY: Final = "<*>"
"""Stands for one word."""

DEPTH: Final = 2
"""Words that lead through the tree."""

SIMILAR: Final = 0.5
"""Share of words that a line must have in common with a template."""

MOST_CHILDREN: Final = 100
"""Different words told apart at one place of the tree; all further ones share a way."""

MOST_WORDS: Final = 100
"""Words of a line; the rest is one word."""

MOST_TEMPLATES: Final = 1000
"""Lines that fit none of so many templates are put into one, of which nothing is known but that."""

_MASKS: Final = (
    r"(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b0x[0-9a-f]+\b|\b[0-9a-f]{12,}\b",
    r"\d+(?:[.,:]\d+)*",
)

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """One message.

    Attributes:
        words: `<*>` where lines differ, `<n>` and `<id>` where they vary by nature; empty for lines that fit no other.
        lines: places of its lines, rising.
    """

    words: Words
    lines: tuple[int, ...]

    @property
    def text(self) -> str:
        """The template as a line."""
        return " ".join(self.words)


def words_of(line: str) -> Words:
    """Return the words of a line, with masks for what varies by nature."""
    for pattern, mask in zip(_MASKS, ("<id>", "<n>"), strict=True):
        line = compiled(pattern).sub(mask, line)
    return tuple(line.split(None, MOST_WORDS - 1))


def fits(words: Sequence[str], template: Sequence[str]) -> bool:
    """True when a template has these words, or any word in their place; the empty one fits all."""
    return not template or (
        len(words) == len(template) and all(t in (ANY, w) for w, t in zip(words, template, strict=True))
    )


def mine(lines: Iterable[str]) -> list[Template]:
    """Return the templates of lines, the most frequent first; each line that is not blank belongs to exactly one."""
    places: dict[Words, list[int]] = {}
    for place, line in enumerate(lines):
        if words := words_of(line):
            places.setdefault(words, []).append(place)
    of = _settled(places)
    gathered: dict[Words, list[int]] = {}
    for words, found in places.items():
        gathered.setdefault(of[words], []).extend(found)
    made = (Template(words, tuple(sorted(found))) for words, found in gathered.items())
    return sorted(made, key=lambda t: (-len(t.lines), t.words))


def _settled(distinct: Iterable[Words]) -> dict[Words, Words]:
    """Return the template of each sequence of words: templates are merged until no two of them are alike."""
    of = {words: words for words in distinct}
    while True:
        found = _Tree().put(set(of.values()))
        if len(set(found.values())) == len(found):
            return of
        of = {words: found[template] for words, template in of.items()}


class _Tree:
    """The candidates, by number of words and first words."""

    __slots__ = ("_children", "_groups", "_leaves")

    def __init__(self) -> None:
        self._leaves: dict[Words, list[int]] = {}
        self._children: Counter[Words] = Counter()
        self._groups: list[list[str]] = []

    def put(self, distinct: Iterable[Words]) -> dict[Words, Words]:
        """Return the template of each of these, which are put in sorted."""
        group = {words: self._group(words) for words in sorted(distinct)}
        return {words: tuple(self._groups[at]) if at is not None else () for words, at in group.items()}

    def _group(self, words: Words) -> int | None:
        if not words:
            return None
        leaf = self._leaves.setdefault(self._way(words), [])
        alike, last = max(((_alike(words, self._groups[at]), -at) for at in leaf), default=(0.0, 0))
        if leaf and alike >= SIMILAR:
            best = -last
            self._groups[best] = [a if a == b else ANY for a, b in zip(words, self._groups[best], strict=True)]
            return best
        if len(self._groups) >= MOST_TEMPLATES:
            return None
        self._groups.append(list(words))
        leaf.append(len(self._groups) - 1)
        return leaf[-1]

    def _way(self, words: Words) -> Words:
        way: Words = (str(len(words)),)
        for step in self._steps(words):
            longer = (*way, step)
            if longer not in self._children:
                if self._children[way] >= MOST_CHILDREN:
                    longer = (*way, ANY)
                else:
                    self._children[way] += 1
                self._children.setdefault(longer, 0)
            way = longer
        return way

    @staticmethod
    def _steps(words: Words) -> Iterator[str]:
        """A word with something variable in it leads nowhere in particular."""
        return (ANY if "<" in word else word for word in words[:DEPTH])


def _alike(words: Sequence[str], template: Sequence[str]) -> float:
    return float(sum(map(eq, words, template)) / len(words))
