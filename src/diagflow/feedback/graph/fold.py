"""From the evidence graph to a drawing that can be read: nodes of a kind become one with their number."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from diagflow.feedback import phrases
from diagflow.feedback.graph.drawing import LAYERS, Drawing, Link, Node
from diagflow.feedback.visible import clip, one_line
from diagflow.feedback.words import Words
from diagflow.model import Query
from diagflow.model.diagnosis import Graph, GraphEdge, GraphNode

_SMALLEST: Final = 2
"""Nodes of a kind from which they are folded."""
_CROWD: Final = 4
"""A kind of more than this part of the limit is a crowd: it folds even where the rest would fit."""
_TITLE_LIMIT: Final = 600
_NAMED: Final = 12
"""Members of a fold that its title names."""
_KIND: Final = re.compile(r"[@:]")
_LIGHT: Final = 0.005
_UNKNOWN: Final = LAYERS[1]
"""A layer of tomorrow stands with the verdicts."""

Groups = Mapping[str, str]
"""Which fold a node belongs to, by ids; nodes that stand alone are not in it."""


def draw(graph: Graph, lang: str, words: Words, limit: int) -> Drawing:
    """Return a drawing of at most about `limit` nodes.

    Crowds of one kind fold, then the most frequent kinds until the rest fits; if that is not enough, each layer keeps
    its first nodes and folds the others. Roots stand alone as long as they fit.

    Args:
        graph: the evidence graph; edges to nodes that are not there are left out.
        lang: language of the labels.
        words: of the same language.
        limit: nodes that can be read at once.
    """
    nodes = {n.id: n if n.layer in LAYERS else replace(n, layer=_UNKNOWN) for n in graph.nodes}
    groups = _groups(list(nodes.values()), limit)
    members: dict[str, list[GraphNode]] = {}
    for node in nodes.values():
        members.setdefault(groups.get(node.id, node.id), []).append(node)
    drawn = tuple(_node(key, found, lang, words) for key, found in members.items())
    edges = (e for e in graph.edges if e.source in nodes and e.target in nodes)
    return Drawing(drawn, _links(edges, groups, nodes))


def _groups(nodes: Sequence[GraphNode], limit: int) -> Groups:
    kinds: dict[str, list[str]] = {}
    for node in nodes:
        if not node.root:
            kinds.setdefault(f"{node.layer} {_KIND.split(node.id)[0]}", []).append(node.id)
    left, groups = len(nodes), dict[str, str]()
    for key, ids in sorted(kinds.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        if (left <= limit and len(ids) <= limit // _CROWD) or len(ids) < _SMALLEST:
            break
        groups.update(dict.fromkeys(ids, f"fold:{key}"))
        left -= len(ids) - 1
    return groups if left <= limit else _by_layer(nodes, limit)


def _by_layer(nodes: Sequence[GraphNode], limit: int) -> Groups:
    kept = max(limit // len(LAYERS) - 1, 1)
    groups: dict[str, str] = {}
    for layer in dict.fromkeys(node.layer for node in nodes):
        here = sorted((n for n in nodes if n.layer == layer), key=lambda n: not n.root)
        if len(here) > kept + 1:
            groups.update((n.id, f"fold:{layer}") for n in here[kept:])
    return groups


def _node(key: str, members: Sequence[GraphNode], lang: str, words: Words) -> Node:
    if len(members) == 1:
        return _single(members[0], lang, words)
    first = members[0]
    kinds = {_KIND.split(n.id)[0] for n in members}
    n = f"{len(members):,}"
    label = words.folded.format(n=n, kind=one_line(kinds.pop())) if len(kinds) == 1 else words.layer_folded.format(n=n)
    names = [_label(m, lang, words) for m in members[:_NAMED]]
    rest = [words.more_entries.of(len(members) - _NAMED)] if len(members) > _NAMED else []
    title = clip("\n".join([label, *names, *rest]), _TITLE_LIMIT, "…")
    return Node(key, first.layer, label, f"{names[0]} …", title, any(m.root for m in members), folded=True)


def _single(node: GraphNode, lang: str, words: Words) -> Node:
    label, detail = _label(node, lang, words), one_line(node.detail.lang(lang))
    title = clip("\n".join(part for part in (label, detail) if part), _TITLE_LIMIT, "…")
    return Node(node.id, node.layer, label, detail, title, node.root)


def _label(node: GraphNode, lang: str, words: Words) -> str:
    """The label; where it is a query in canonical form, the query in words."""
    label = node.label.lang(lang)
    query = Query.parse(label)
    is_query = node.layer == LAYERS[0] and label == node.id and query.kind in words.queries
    return clip(phrases.query(query, words) if is_query else one_line(label), _TITLE_LIMIT, "…")


def _links(edges: Iterable[GraphEdge], groups: Groups, nodes: Mapping[str, GraphNode]) -> tuple[Link, ...]:
    """One link for each pair of nodes and sign, with the strongest weight."""
    strongest: dict[tuple[str, str, str], float] = {}
    for edge in edges:
        source, target = groups.get(edge.source, edge.source), groups.get(edge.target, edge.target)
        key = source, target, _sign(edge, nodes[edge.source].layer)
        if source != target and abs(edge.nats) >= abs(strongest.get(key, 0.0)):
            strongest[key] = edge.nats
    weigh: Callable[[float], str] = lambda nats: f"{nats:+.2g}".replace("-", "−") if abs(nats) >= _LIGHT else ""  # noqa: E731
    return tuple(Link(source, target, sign, weigh(nats)) for (source, target, sign), nats in strongest.items())


def _sign(edge: GraphEdge, layer: str) -> str:
    if abs(edge.nats) >= _LIGHT:
        return "for" if edge.nats > 0 else "against"
    return "explains" if layer in ("cause", "symptom") else "context"
