"""Columns of a layered drawing, and the order within each: few crossings, always the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from diagflow.feedback.graph.drawing import LAYERS, Drawing, Link, Node

_SWEEPS: Final = 6

Key = tuple[str, int]
"""A node's id and its column: a link that spans columns passes each between as a point of its own."""


@dataclass(frozen=True, slots=True)
class Route:
    """A link with the points that it passes, from its source's column to its target's."""

    link: Link
    points: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns from left to right, each from top to bottom.

    Attributes:
        layers: the layer of each column; one layer may need several.
        columns: nodes and passing points.
        nodes: by id.
        routes: all links.
    """

    layers: tuple[str, ...]
    columns: tuple[tuple[Key, ...], ...]
    nodes: Mapping[str, Node]
    routes: tuple[Route, ...]

    def is_node(self, key: Key) -> bool:
        """True for a node, False for a point that a link passes."""
        return key[0] in self.nodes


def arrange(drawing: Drawing) -> Columns:
    """Put nodes into columns, links that span columns through points between, and order every column."""
    nodes = {n.id: n for n in drawing.nodes}
    depth = _depths(drawing)
    ranks = sorted({(_rank(n.layer), depth[n.id]) for n in drawing.nodes})
    column = {n.id: ranks.index((_rank(n.layer), depth[n.id])) for n in drawing.nodes}
    routes = tuple(_route(i, link, column) for i, link in enumerate(drawing.links))
    members: list[list[Key]] = [[] for _ in ranks]
    for node in drawing.nodes:
        members[column[node.id]].append((node.id, column[node.id]))
    for route in routes:
        for point in route.points[1:-1]:
            members[point[1]].append(point)
    layers = tuple(LAYERS[rank] for rank, _ in ranks)
    return Columns(layers, tuple(map(tuple, _ordered(members, routes))), nodes, routes)


def neighbours(routes: Iterable[Route]) -> tuple[dict[Key, list[Key]], dict[Key, list[Key]]]:
    """Return, for each point, those next to it on the left, and those on the right."""
    left: dict[Key, list[Key]] = {}
    right: dict[Key, list[Key]] = {}
    for route in routes:
        across = sorted(route.points, key=lambda point: point[1])
        for a, b in pairwise(across):
            right.setdefault(a, []).append(b)
            left.setdefault(b, []).append(a)
    return left, right


def _rank(layer: str) -> int:
    return LAYERS.index(layer)


def _depths(drawing: Drawing) -> dict[str, int]:
    """How many links within its own layer lead to a node, at most; a cycle, which must not be, ends the count."""
    layer = {n.id: _rank(n.layer) for n in drawing.nodes}
    inner = [link for link in drawing.links if layer[link.source] == layer[link.target]]
    depth = dict.fromkeys(layer, 0)
    for _ in range(min(len(inner), len(LAYERS))):
        for link in inner:
            depth[link.target] = max(depth[link.target], depth[link.source] + 1)
    highest = len(LAYERS)
    return {key: min(found, highest) for key, found in depth.items()}


def _route(number: int, link: Link, column: Mapping[str, int]) -> Route:
    a, b = column[link.source], column[link.target]
    step = 1 if b >= a else -1
    between = [(f"\x00{number}", c) for c in range(a + step, b, step)] if a != b else []
    return Route(link, ((link.source, a), *between, (link.target, b)))


def _ordered(members: Sequence[list[Key]], routes: Sequence[Route]) -> list[list[Key]]:
    """Sort each column by the mean place of its neighbours, to and fro (barycentre method)."""
    left, right = neighbours(routes)
    columns = [list(column) for column in members]
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        place = {key: i / max(len(column), 1) for column in columns for i, key in enumerate(column)}
        for column in columns if forward else reversed(columns):
            side = left if forward else right
            column.sort(key=lambda key: _mean([place[k] for k in side.get(key, ())], place[key]))
            place.update({key: i / max(len(column), 1) for i, key in enumerate(column)})
    return columns


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
