"""A graph ready to be laid out, and shapes ready to be drawn."""

from dataclasses import dataclass
from typing import Final

LAYERS: Final = ("reading", "verdict", "cause", "symptom", "alert")
"""From what was read to what is wrong."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node with its words; `title` says all of it, for whoever points at it."""

    id: str
    layer: str
    label: str
    detail: str
    title: str
    root: bool = False
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An edge; `sign` is for, against, context or explains, `weight` its label, empty without one."""

    source: str
    target: str
    sign: str
    weight: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Nodes in a stable order, and links between them."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """One line of words: `x`, `y` of its baseline in pixels; `style` is a class of the page, `anchor` of SVG."""

    x: float
    y: float
    text: str
    style: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with lines of words in it."""

    x: float
    y: float
    width: float
    height: float
    style: str
    words: tuple[Words, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A path of SVG with an arrow head at its end."""

    path: str
    arrow: str
    style: str
    title: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All shapes of one drawing, in pixels."""

    width: float
    height: float
    headings: tuple[Words, ...]
    curves: tuple[Curve, ...]
    boxes: tuple[Box, ...]
    labels: tuple[Words, ...]
