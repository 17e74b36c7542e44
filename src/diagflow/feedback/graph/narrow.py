"""The graph from top to bottom, for telephones: boxes below one another, links as lines in the margin.

All links of one sign into one box share a line, so that few lines say everything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from diagflow.feedback.graph.boxes import Sheet, sheet
from diagflow.feedback.graph.drawing import Box, Curve, Drawing, Link, Picture, Words
from diagflow.feedback.graph.layers import arrange
from diagflow.feedback.words import Words as Language

_WIDTH: Final = 368.0
_MARGIN: Final = 130.0
"""The most that lines may take of the width."""
_LANE: Final = 9.0
_ZONE: Final = 32.0
"""Between the boxes and the nearest line: here stand the weights, and no line crosses them."""
_BETWEEN: Final = 12.0
_HEAD: Final = 30.0
_PORT: Final = 13.0
_ARROW: Final = 7.0
_CORNER: Final = 4.0
_EDGE: Final = 2.0


@dataclass(frozen=True, slots=True)
class _Trunk:
    """All links of one sign into one box."""

    target: str
    sign: str
    links: tuple[Link, ...]


def picture(drawing: Drawing, words: Language) -> Picture:
    """Lay out a drawing for a screen of 400 pixels."""
    return _Narrow(drawing, words).picture()


class _Narrow:
    """Order first, then lines, then places."""

    def __init__(self, drawing: Drawing, words: Language) -> None:
        columns = arrange(drawing)
        self._words = words
        self._nodes = columns.nodes
        self._rows = [key[0] for column in columns.columns for key in column if columns.is_node(key)]
        self._row = {key: i for i, key in enumerate(self._rows)}
        self._trunks = _trunks(drawing.links, self._row)
        self._lane = _lanes(self._trunks, self._row)
        lanes = max(self._lane.values(), default=-1) + 1
        self._pitch = min(_LANE, (_MARGIN - _ZONE) / max(lanes, 1))
        self._left = _EDGE + _ZONE + lanes * self._pitch if lanes else _EDGE
        self._out, self._in = self._ports()
        self._sheets = {key: sheet(self._nodes[key], _WIDTH - _EDGE - self._left) for key in self._rows}
        self._tops, self._bottom = self._places()

    def _ports(self) -> tuple[Mapping[str, list[Link]], Mapping[str, list[_Trunk]]]:
        out: dict[str, list[Link]] = {}
        into: dict[str, list[_Trunk]] = {}
        for trunk in self._trunks:
            into.setdefault(trunk.target, []).append(trunk)
            for link in trunk.links:
                out.setdefault(link.source, []).append(link)
        for links in out.values():
            links.sort(key=lambda link: self._row[link.target])
        return out, into

    def _sheet(self, key: str) -> Sheet:
        return self._sheets[key]

    def _height(self, key: str) -> float:
        ports = len(self._out.get(key, ())) + len(self._in.get(key, ()))
        return max(self._sheet(key).height, ports * _PORT + 8)

    def _places(self) -> tuple[Mapping[str, float], float]:
        tops: dict[str, float] = {}
        y, layer = 0.0, ""
        for key in self._rows:
            if self._nodes[key].layer != layer:
                layer = self._nodes[key].layer
                y += _HEAD
            tops[key] = y
            y += self._height(key) + _BETWEEN
        return tops, y

    def picture(self) -> Picture:
        return Picture(
            width=_WIDTH,
            height=self._bottom,
            headings=tuple(self._headings()),
            curves=tuple(self._curve(trunk, link) for trunk in self._trunks for link in trunk.links),
            boxes=tuple(self._drawn(key) for key in self._rows),
            labels=tuple(self._labels()),
        )

    def _drawn(self, key: str) -> Box:
        return self._sheet(key).at(self._left, self._tops[key], self._height(key))

    def _headings(self) -> Sequence[Words]:
        layers = [self._nodes[key].layer for key in self._rows]
        firsts = [i for i, layer in enumerate(layers) if i == 0 or layers[i - 1] != layer]
        return [
            Words(self._left, self._tops[self._rows[i]] - 8, self._words.layers[layers[i]], "heading") for i in firsts
        ]

    def _port(self, key: str, number: int) -> float:
        """What arrives does so above what leaves."""
        count = len(self._out.get(key, ())) + len(self._in.get(key, ()))
        return self._tops[key] + self._height(key) / 2 + (number - (count - 1) / 2) * _PORT

    def _leaves(self, link: Link) -> float:
        arriving = len(self._in.get(link.source, ()))
        return self._port(link.source, arriving + self._out[link.source].index(link))

    def _curve(self, trunk: _Trunk, link: Link) -> Curve:
        lane = self._left - _ZONE - self._lane[trunk.target, trunk.sign] * self._pitch
        start, end = self._leaves(link), self._port(trunk.target, self._in[trunk.target].index(trunk))
        turn = _CORNER if end >= start else -_CORNER
        path = (
            f"M{self._left:.1f} {start:.1f}H{lane + _CORNER:.1f}q{-_CORNER:.1f} 0 {-_CORNER:.1f} {turn:.1f}"
            f"V{end - turn:.1f}q0 {turn:.1f} {_CORNER:.1f} {turn:.1f}H{self._left - _ARROW:.1f}"
        )
        arrow = f"M{self._left:.1f} {end:.1f}l{-_ARROW:.1f} {-_ARROW / 2:.1f}v{_ARROW:.1f}z"
        source, target = self._nodes[link.source].label, self._nodes[link.target].label
        title = f"{source} → {target} ({link.weight or self._words.legend[link.sign]})"
        return Curve(path, arrow, trunk.sign, title)

    def _labels(self) -> Sequence[Words]:
        return [
            Words(self._left - 4, self._leaves(link) - 2, link.weight, link.sign, "end")
            for trunk in self._trunks
            for link in trunk.links
            if link.weight
        ]


def _trunks(links: Sequence[Link], row: Mapping[str, int]) -> list[_Trunk]:
    found: dict[tuple[str, str], list[Link]] = {}
    for link in links:
        found.setdefault((link.target, link.sign), []).append(link)
    trunks = [_Trunk(target, sign, tuple(members)) for (target, sign), members in found.items()]
    return sorted(trunks, key=lambda t: (row[t.target], t.sign))


def _lanes(trunks: Sequence[_Trunk], row: Mapping[str, int]) -> Mapping[tuple[str, str], int]:
    """Give each trunk the nearest line that is free between its first row and its last, short ones first."""
    taken: list[list[tuple[int, int]]] = []
    lanes: dict[tuple[str, str], int] = {}
    spans = {t: _span(t, row) for t in trunks}
    for trunk in sorted(trunks, key=lambda t: (spans[t][1] - spans[t][0], spans[t])):
        first, last = spans[trunk]
        free = (i for i, spans_ in enumerate(taken) if all(last < a or b < first for a, b in spans_))
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((first, last))
        lanes[trunk.target, trunk.sign] = lane
    return lanes


def _span(trunk: _Trunk, row: Mapping[str, int]) -> tuple[int, int]:
    rows = [row[trunk.target], *(row[link.source] for link in trunk.links)]
    return min(rows), max(rows)
