"""The evidence graph of what is shown: readings → rules → causes → symptoms → alert."""

from collections.abc import Iterable, Sequence

from diagflow.infer.explain import Explained
from diagflow.infer.fold import name_of
from diagflow.infer.weigh import Weighed
from diagflow.model import Incident, Text
from diagflow.model.diagnosis import Graph, GraphEdge, GraphNode, NamedCause, SeenSymptom

ALERT = "alert"


def evidence_graph(
    causes: Sequence[NamedCause],
    symptoms: Sequence[SeenSymptom],
    incident: Incident,
    weighed: Iterable[Weighed],
    explained: Explained,
) -> Graph:
    """Build the graph; entries folded over many entities are one node."""
    entries: list[NamedCause | SeenSymptom] = [*causes, *symptoms]
    owner = {(e.id, entity): _entry_id(e) for e in entries for entity in e.entities}
    nodes = {_entry_id(e): _entry_node(e) for e in entries}
    edges: dict[tuple[str, str], float] = {}
    for one in weighed:
        target = owner.get(one.key)
        if target is None:
            continue
        _add_rules(one, target, nodes, edges)
        for parent in explained.parents.get(one.key, ()):
            if (above := owner.get(parent)) is not None and above != target:
                edges.setdefault((above, target), 0.0)
    if incident.alert is not None:
        _add_alert(incident, nodes, edges)
    return Graph(
        nodes=tuple(nodes[i] for i in sorted(nodes)),
        edges=tuple(GraphEdge(a, b, round(nats, 3)) for (a, b), nats in sorted(edges.items())),
    )


def _entry_id(entry: NamedCause | SeenSymptom) -> str:
    return name_of((entry.id, entry.entity))


def _entry_node(entry: NamedCause | SeenSymptom) -> GraphNode:
    many = len(entry.entities)
    more = (
        Text(f"{entry.entity} and {many - 1} more", f"{entry.entity} 等 {many} 个")
        if many > 1
        else Text(str(entry.entity))
    )
    if isinstance(entry, NamedCause):
        return GraphNode(_entry_id(entry), "cause", entry.title, more, root=entry.root)
    return GraphNode(_entry_id(entry), "symptom", entry.title, more)


def _add_rules(one: Weighed, target: str, nodes: dict[str, GraphNode], edges: dict[tuple[str, str], float]) -> None:
    for verdict in one.verdicts:
        rule = f"rule:{verdict.rule}"
        if rule not in nodes:
            nodes[rule] = GraphNode(rule, "verdict", Text(verdict.rule), Text(verdict.analyzer))
        _strongest(edges, (rule, target), sum(e.nats for e in verdict.evidence))
        for item in verdict.evidence:
            reading = str(item.query)
            if reading not in nodes:
                nodes[reading] = GraphNode(reading, "reading", Text(reading))
            _strongest(edges, (reading, rule), item.nats)


def _strongest(edges: dict[tuple[str, str], float], edge: tuple[str, str], nats: float) -> None:
    if edge not in edges or abs(nats) > abs(edges[edge]):
        edges[edge] = nats


def _add_alert(incident: Incident, nodes: dict[str, GraphNode], edges: dict[tuple[str, str], float]) -> None:
    name = incident.labels.get("alertname", ALERT)
    sources = {a for a, _ in edges}
    ends = [i for i, node in sorted(nodes.items()) if node.layer in ("cause", "symptom") and i not in sources]
    nodes[ALERT] = GraphNode(ALERT, "alert", Text(name), Text(", ".join(str(e) for e in incident.entities)))
    for end in ends:
        edges[(end, ALERT)] = 0.0
