"""Line breaking for terminals and for boxes: by measured width, also in scripts without blanks."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

Span = tuple[int, int]
"""Start and end of a line in its text."""

Measure = Callable[[str], float]
"""Returns the width of a text, in any unit."""

_WIDE: Final = "\u2e80-\u303f\u3041-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\U00020000-\U0003ffff"
_OPENING: Final = "（《「『【〔"
_CLOSING: Final = "，。、；：？！）》」』】〕…"
# A unit is never broken as long as it fits: a run of blanks, one wide character with its punctuation, or a word. A word
# ends before a wide character, and takes the closing punctuation that follows with it.
_UNIT: Final = rf"\s+|[{_OPENING}]*(?:[^\s{_WIDE}]+|[{_WIDE}])[{_CLOSING}]*"
_PART: Final = r"(?:[^/_=,:;@?&.-]|\.(?=\d))*(?:[/_=,:;@?&-]|\.(?!\d))|(?:[^/_=,:;@?&.-]|\.(?=\d))+"
"""Where a word that fits no line may be broken: behind what separates parts of paths, names and queries, not inside
of a version or a number."""


@cache
def _pattern(source: str) -> re.Pattern[str]:
    """Compile when a line is broken: most output goes nowhere near, and it takes milliseconds."""
    return re.compile(source)


def wrap(text: str, width: float, measure: Measure) -> list[Span]:
    """Break one line of text into lines of at most `width`; a single character may be wider.

    Args:
        text: without line ends.
        width: of a line, in the unit of `measure`.
        measure: gives the width of a piece of text.

    Returns:
        The lines as spans of `text`, without the blanks at which it was broken; one empty span for an empty text.
    """
    lines: list[Span] = []
    begin, end, used = 0, 0, 0.0
    for start, stop in _pieces(text, width, measure):
        piece = measure(text[start:stop])
        gap = measure(text[end:start])
        if end > begin and used + gap + piece > width:
            lines.append((begin, end))
            begin, used, gap = start, 0.0, 0.0
        elif end == begin:
            begin, gap = start, 0.0
        end, used = stop, used + gap + piece
    return [*lines, (begin, end)]


def wrapped(text: str, width: float, measure: Measure) -> list[str]:
    """Return the lines of `wrap` themselves."""
    return [text[start:stop] for start, stop in wrap(text, width, measure)]


def _pieces(text: str, width: float, measure: Measure) -> Iterator[Span]:
    """Units without the blanks; those that fit no line in parts."""
    for unit in _pattern(_UNIT).finditer(text):
        if unit.group().isspace():
            continue
        if measure(unit.group()) <= width:
            yield unit.span()
            continue
        for part in _pattern(_PART).finditer(text, *unit.span()):
            yield from _chopped(text, part.span(), width, measure)


def _chopped(text: str, span: Span, width: float, measure: Measure) -> Iterator[Span]:
    start, stop = span
    if measure(text[start:stop]) <= width:
        yield span
        return
    yield from ((i, i + 1) for i in range(start, stop))
