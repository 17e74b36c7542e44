"""The graph from left to right: a column for each layer."""

from collections.abc import Mapping, Sequence
from typing import Final

from diagflow.feedback.graph.boxes import sheet
from diagflow.feedback.graph.drawing import Box, Curve, Drawing, Picture, Words
from diagflow.feedback.graph.layers import Columns, Key, Route, arrange, neighbours
from diagflow.feedback.graph.place import settle
from diagflow.feedback.words import Words as Language

_PAGE: Final = 1120.0
_NARROWEST: Final = 140.0
_WIDEST: Final = 230.0
_GAP: Final = 60.0
_TIGHT: Final = 44.0
"""Between many columns: just wide enough for the weights."""
_MANY: Final = 6
_BETWEEN: Final = 14.0
_HEAD: Final = 30.0
_EDGE: Final = 2.0
_PASSING: Final = 4.0
"""Height that a passing link takes."""
_PORT: Final = 14.0
"""Distance of two labelled links that leave a box: their labels must not touch."""
_ROUNDS: Final = 4
_ARROW: Final = 7.0


def picture(drawing: Drawing, words: Language) -> Picture:
    """Lay out a drawing for a screen of 1280 pixels; with many columns it is wider and scrolls in its frame."""
    columns = arrange(drawing)
    return _Wide(columns, words).picture()


class _Wide:
    """Places first, then shapes."""

    def __init__(self, columns: Columns, words: Language) -> None:
        self._c = columns
        self._words = words
        count = max(len(columns.columns), 1)
        self._gap = _GAP if count < _MANY else _TIGHT
        self._box = min(max((_PAGE - (count - 1) * self._gap) / count, _NARROWEST), _WIDEST)
        self._sheets = {key: sheet(node, self._box) for key, node in columns.nodes.items()}
        self._out = _by_end(columns.routes, 0)
        self._in = _by_end(columns.routes, -1)
        self._tops = self._places()

    def _height(self, key: Key) -> float:
        if not self._c.is_node(key):
            return _PASSING
        links = len(_labelled(self._out.get(key, ())))
        return max(self._sheets[key[0]].height, links * _PORT + 10)

    def _places(self) -> dict[Key, float]:
        """Tops of everything: columns are drawn towards their neighbours, to and fro."""
        left, right = neighbours(self._c.routes)
        heights = {key: self._height(key) for column in self._c.columns for key in column}
        tops = {k: t for column in self._c.columns for k, t in zip(column, _stack(column, heights), strict=True)}
        for turn in range(_ROUNDS):
            side = left if turn % 2 == 0 else right
            for column in self._c.columns if turn % 2 == 0 else reversed(self._c.columns):
                wishes = [_wish(key, side.get(key, ()), tops, heights) for key in column]
                settled = settle(wishes, [heights[key] for key in column], _BETWEEN)
                tops.update(zip(column, settled, strict=True))
        highest = min(tops.values(), default=0.0)
        return {key: top - highest + _HEAD for key, top in tops.items()}

    def picture(self) -> Picture:
        boxes = [self._drawn(key) for column in self._c.columns for key in column if self._c.is_node(key)]
        count = len(self._c.columns)
        bottom = max((top + self._height(key) for key, top in self._tops.items()), default=0.0)
        return Picture(
            width=2 * _EDGE + count * self._box + max(count - 1, 0) * self._gap,
            height=bottom + _EDGE,
            headings=tuple(self._headings()),
            curves=tuple(self._curve(route) for route in self._c.routes),
            boxes=tuple(boxes),
            labels=tuple(self._labels()),
        )

    def _x(self, column: int) -> float:
        return _EDGE + column * (self._box + self._gap)

    def _drawn(self, key: Key) -> Box:
        return self._sheets[key[0]].at(self._x(key[1]), self._tops[key], self._height(key))

    def _headings(self) -> Sequence[Words]:
        """Over the first column of each layer."""
        firsts = [i for i, layer in enumerate(self._c.layers) if i == 0 or self._c.layers[i - 1] != layer]
        return [Words(self._x(i), 14, self._words.layers[self._c.layers[i]], "heading") for i in firsts]

    def _curve(self, route: Route) -> Curve:
        first, last = route.points[0], route.points[-1]
        right = first[1] <= last[1]
        x, y = self._x(first[1]) + (self._box if right else 0), self._leaves(route)
        path = [f"M{x:.1f} {y:.1f}"]
        for point in route.points[1:-1]:
            near, far = self._x(point[1]) + (0 if right else self._box), self._x(point[1]) + (self._box if right else 0)
            middle = self._tops[point] + _PASSING / 2
            path += [_bend(x, y, near, middle), f"L{far:.1f} {middle:.1f}"]
            x, y = far, middle
        end, arrives = self._x(last[1]) + (0 if first[1] < last[1] else self._box), self._arrives(route)
        back = -_ARROW if first[1] < last[1] else _ARROW
        path.append(_bend(x, y, end + back, arrives))
        arrow = f"M{end:.1f} {arrives:.1f}l{back:.1f} {-_ARROW / 2:.1f}v{_ARROW:.1f}z"
        return Curve("".join(path), arrow, route.link.sign, self._title(route))

    def _title(self, route: Route) -> str:
        source, target = (self._c.nodes[i].label for i in (route.link.source, route.link.target))
        return f"{source} → {target} ({route.link.weight or self._words.legend[route.link.sign]})"

    def _leaves(self, route: Route) -> float:
        """Labelled links leave at ports of their own, all others together in the middle."""
        key = route.points[0]
        ports = _labelled(self._out[key])
        middle = self._tops[key] + self._height(key) / 2
        if route not in ports:
            return middle
        order = sorted(ports, key=lambda r: self._tops[r.points[1]])
        return middle + (order.index(route) - (len(order) - 1) / 2) * _PORT

    def _arrives(self, route: Route) -> float:
        key = route.points[-1]
        order = sorted(self._in[key], key=lambda r: self._tops[r.points[-2]])
        height = self._height(key)
        pitch = min(_PORT, (height - 12) / len(order))
        return self._tops[key] + height / 2 + (order.index(route) - (len(order) - 1) / 2) * pitch

    def _labels(self) -> Sequence[Words]:
        return [
            Words(self._x(r.points[0][1]) + self._box + 5, self._leaves(r) - 3, r.link.weight, r.link.sign)
            for r in self._c.routes
            if r.link.weight
        ]


def _by_end(routes: Sequence[Route], end: int) -> Mapping[Key, list[Route]]:
    found: dict[Key, list[Route]] = {}
    for route in routes:
        found.setdefault(route.points[end], []).append(route)
    return found


def _labelled(routes: Sequence[Route]) -> list[Route]:
    return [route for route in routes if route.link.weight]


def _stack(column: Sequence[Key], heights: Mapping[Key, float]) -> list[float]:
    return settle([0.0] * len(column), [heights[key] for key in column], _BETWEEN)


def _wish(key: Key, others: Sequence[Key], tops: Mapping[Key, float], heights: Mapping[Key, float]) -> float:
    """The middle at which an item would like to stand: the mean of its neighbours', else where it is."""
    middles = [tops[other] + heights[other] / 2 for other in others]
    return sum(middles) / len(middles) if middles else tops[key] + heights[key] / 2


def _bend(x: float, y: float, to_x: float, to_y: float) -> str:
    half = (x + to_x) / 2
    return f"C{half:.1f} {y:.1f} {half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
