"""Boxes with words in them, as high as these need."""

from dataclasses import dataclass
from typing import Final

from diagflow.feedback.graph.drawing import Box, Node, Words
from diagflow.feedback.graph.measure import BOLD, width
from diagflow.feedback.wrap import wrapped

LABEL: Final = 13.0
DETAIL: Final = 11.0
_LABEL_LINE: Final = 17.0
_DETAIL_LINE: Final = 15.0
_PAD: Final = 9.0
_LABEL_LINES: Final = 5
_DETAIL_LINES: Final = 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """The words of a node, broken for boxes of one width."""

    node: Node
    width: float
    label: tuple[str, ...]
    detail: tuple[str, ...]

    @property
    def height(self) -> float:
        """Of the box that holds all lines."""
        return 2 * _PAD + len(self.label) * _LABEL_LINE + len(self.detail) * _DETAIL_LINE

    def at(self, x: float, y: float, height: float) -> Box:
        """Return the box at a place; in a higher one the words stand in the middle."""
        top = y + (height - self.height) / 2 + _PAD
        label = [Words(x + _PAD, top + (i + 0.76) * _LABEL_LINE, line, "label") for i, line in enumerate(self.label)]
        below = top + len(self.label) * _LABEL_LINE
        detail = [
            Words(x + _PAD, below + (i + 0.76) * _DETAIL_LINE, line, "detail") for i, line in enumerate(self.detail)
        ]
        style = " ".join(
            word for word, on in ((self.node.layer, True), ("root", self.node.root), ("folded", self.node.folded)) if on
        )
        return Box(x, y, self.width, height, style, (*label, *detail), self.node.title)


def sheet(node: Node, box: float) -> Sheet:
    """Break the words of a node for a box of `box` pixels."""
    room = box - 2 * _PAD
    label = _lines(node.label, room / (BOLD if node.root else 1.0), LABEL, _LABEL_LINES)
    return Sheet(node, box, label, _lines(node.detail, room, DETAIL, _DETAIL_LINES) if node.detail else ())


def _lines(text: str, room: float, size: float, limit: int) -> tuple[str, ...]:
    lines = wrapped(text, room, lambda piece: width(piece, size))
    if len(lines) <= limit:
        return tuple(lines)
    return (*lines[: limit - 1], _cut(lines[limit - 1], room, size))


def _cut(line: str, room: float, size: float) -> str:
    """The last line that is shown, with a sign that there is more."""
    while line and width(line + "…", size) > room:
        line = line[:-1]
    return line.rstrip() + "…"
