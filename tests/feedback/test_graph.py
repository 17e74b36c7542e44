from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagflow.feedback.graph import narrow, wide
from diagflow.feedback.graph.drawing import LAYERS, Box, Drawing, Picture, Words
from diagflow.feedback.graph.fold import draw
from diagflow.feedback.graph.measure import BOLD, width
from diagflow.feedback.graph.place import settle
from diagflow.feedback.words import words
from diagflow.model import Text
from diagflow.model.diagnosis import Graph, GraphEdge, GraphNode
from tests.feedback.samples import HOSTILE, big_graph, max_pods

EN = words("en")
SIZES = {"label": 13.0, "detail": 11.0, "heading": 11.5}


def node(name: str, layer: str = "reading", *, root: bool = False, label: str = "") -> GraphNode:
    return GraphNode(name, layer, Text(label or name), root=root)


@st.composite
def graphs(make: st.DrawFn) -> Graph:
    """Layered graphs with labels of all lengths; edges go up, sometimes within a layer, sometimes to nowhere."""
    count = make(st.integers(1, 30))
    label = st.text(alphabet="abc dMW/_节点，", min_size=1, max_size=60)
    layers = make(st.lists(st.sampled_from(LAYERS), min_size=count, max_size=count))
    nodes = tuple(
        GraphNode(f"k{i % 7}@{i}", layer, Text(make(label)), Text(make(label)), root=make(st.booleans()))
        for i, layer in enumerate(sorted(layers, key=LAYERS.index))
    )
    pairs = make(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=50))
    nats = st.sampled_from([-6.0, -0.5, 0.0, 1.5, 6.0])
    edges = tuple(GraphEdge(nodes[min(p)].id, nodes[max(p)].id, make(nats)) for p in pairs if p[0] != p[1])
    return Graph(nodes, (*edges, GraphEdge("nowhere", nodes[0].id, 1.0)))


def apart(a: Box, b: Box) -> bool:
    beside = a.x + a.width <= b.x or b.x + b.width <= a.x
    return beside or a.y + a.height <= b.y or b.y + b.height <= a.y


def sound(picture: Picture, drawing: Drawing) -> None:
    """Boxes stand apart, words inside of them, everything inside of the picture, and nothing is missing."""
    assert len(picture.boxes) == len(drawing.nodes)
    assert len(picture.curves) == len(drawing.links)
    assert [(a, b) for a, b in combinations(picture.boxes, 2) if not apart(a, b)] == []
    for box in picture.boxes:
        assert box.x >= 0
        assert box.x + box.width <= picture.width
        assert box.y >= 0
        assert box.y + box.height <= picture.height
        for line in box.words:
            bold = BOLD if "root" in box.style and line.style == "label" else 1.0
            assert line.x + width(line.text, SIZES[line.style]) * bold <= box.x + box.width
            assert box.y < line.y < box.y + box.height
    assert len(picture.labels) == sum(bool(link.weight) for link in drawing.links)
    assert [pair for pair in combinations(picture.labels, 2) if touching(*pair)] == []


def touching(a: Words, b: Words) -> bool:
    """Labels of weights are 10.5 pixels high and at most 32 wide."""
    return abs(a.x - b.x) < 32 and abs(a.y - b.y) < 10.5


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_any_graph_is_drawn_without_overlap(graph: Graph) -> None:
    drawing = draw(graph, "en", EN, 60)
    sound(wide.picture(drawing, EN), drawing)
    sound(narrow.picture(drawing, EN), drawing)


@given(graphs())
@settings(max_examples=20, deadline=None)
def test_drawing_is_always_the_same(graph: Graph) -> None:
    again = draw(graph, "en", EN, 60)
    assert wide.picture(draw(graph, "en", EN, 60), EN) == wide.picture(again, EN)


def test_a_small_graph_is_not_folded() -> None:
    drawing = draw(max_pods().graph, "en", EN, 60)
    assert (len(drawing.nodes), len(drawing.links)) == (11, 10)
    assert not any(n.folded for n in drawing.nodes)


def test_readings_are_said_in_words() -> None:
    labels = {n.label for n in draw(max_pods().graph, "en", EN, 60).nodes}
    assert {"list of pods", "list of events"} <= labels
    assert "pods 列表" in {n.label for n in draw(max_pods().graph, "zh", words("zh"), 60).nodes}


def test_signs_and_weights() -> None:
    links = {(x.source, x.target): (x.sign, x.weight) for x in draw(max_pods().graph, "en", EN, 60).links}
    root = "kubernetes.node-pod-capacity@node/worker-1"
    assert links["objects:pods", "rule:K8S-SCHED-007"] == ("for", "+6")
    assert links["objects:nodes", "rule:K8S-NODE-031"] == ("against", "−6")
    assert links[root, "kubernetes.pods-pending@pod/shop/cart-0"] == ("explains", "")
    assert links['promql:sum(min_over_time(kube_pod_status_phase{phase="Pending"}[5m]))', "rule:K8S-SCHED-042"] == (
        "context",
        "",
    )


def test_ninety_nodes_fold_by_kind_with_their_number() -> None:
    assert len(big_graph().graph.nodes) == 90
    drawing = draw(big_graph().graph, "en", EN, 60)
    assert [n.label for n in drawing.nodes if n.folded] == ["40 × log", "40 × crash"]
    assert len(drawing.nodes) == 12
    fold = next(n for n in drawing.nodes if n.label == "40 × crash")
    assert "Pod shop/cart-0 stays Pending" in fold.title
    assert "28 more" in fold.title


def test_a_fold_keeps_signs_apart_and_the_strongest_weight() -> None:
    nodes = (*(node(f"log:{i}") for i in range(30)), node("v", "verdict"))
    edges = tuple(GraphEdge(f"log:{i}", "v", float(i - 15)) for i in range(30))
    drawing = draw(Graph(nodes, edges), "en", EN, 20)
    assert {(x.sign, x.weight) for x in drawing.links} == {("against", "−15"), ("for", "+14"), ("context", "")}


def test_roots_stand_alone_where_everything_else_folds() -> None:
    many = tuple(node(f"c{i % 3}@{i}", "cause", root=i == 50) for i in range(200))
    drawing = draw(Graph(many), "en", EN, 60)
    assert len(drawing.nodes) == 4
    assert [n.id for n in drawing.nodes if n.root] == ["c2@50"]


@pytest.mark.parametrize("limit", [24, 60])
def test_what_has_no_common_kind_folds_by_layer(limit: int) -> None:
    nodes = tuple(node(f"{layer}-{i}", layer, root=layer == "cause") for layer in LAYERS for i in range(100))
    edges = tuple(GraphEdge(f"reading-{i}", f"verdict-{i}", 1.0) for i in range(100))
    drawing = draw(Graph(nodes, edges), "en", EN, limit)
    assert len(drawing.nodes) <= limit
    assert {n.layer for n in drawing.nodes if n.folded} == set(LAYERS)
    sound(wide.picture(drawing, EN), drawing)


def test_a_layer_of_tomorrow_a_cycle_and_doubles_are_drawn() -> None:
    nodes = (node("a", "cause"), node("b", "cause"), node("c", "future"), node("a", "cause"))
    edges = (
        GraphEdge("a", "b"),
        GraphEdge("b", "a"),
        GraphEdge("a", "a"),
        GraphEdge("b", "c", 1.0),
        GraphEdge("c", "a", -1.0),
    )
    drawing = draw(Graph(nodes, edges), "en", EN, 60)
    assert (len(drawing.nodes), len(drawing.links)) == (3, 4)
    sound(wide.picture(drawing, EN), drawing)
    sound(narrow.picture(drawing, EN), drawing)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_labels_stay_in_their_boxes(text: str) -> None:
    graph = Graph((node("a", label=text), node("b", "cause", root=True, label=text)), (GraphEdge("a", "b", 6.0),))
    drawing = draw(graph, "en", EN, 60)
    sound(wide.picture(drawing, EN), drawing)
    sound(narrow.picture(drawing, EN), drawing)


def test_boxes_grow_with_the_links_that_leave_them() -> None:
    readings = tuple(node(f"r{i}") for i in range(3))
    verdicts = tuple(node(f"v{i}", "verdict") for i in range(12))
    edges = tuple(GraphEdge(r.id, v.id, 6.0) for r in readings for v in verdicts)
    drawing = draw(Graph((*readings, *verdicts), edges), "en", EN, 60)
    sound(wide.picture(drawing, EN), drawing)
    sound(narrow.picture(drawing, EN), drawing)


def test_empty_graph() -> None:
    drawing = draw(Graph(), "en", EN, 60)
    sound(wide.picture(drawing, EN), drawing)
    sound(narrow.picture(drawing, EN), drawing)


def test_columns_go_from_readings_to_the_alert() -> None:
    picture = wide.picture(draw(max_pods().graph, "en", EN, 60), EN)
    assert [h.text for h in picture.headings] == ["Readings", "Verdicts", "Causes", "Symptoms", "Alert"]
    assert all(a.x < b.x for a, b in pairwise(picture.headings))
    assert picture.width <= 1126  # what is left of 1280 pixels inside of the frame


def test_consequences_stand_right_of_their_cause() -> None:
    base = max_pods().graph
    graph = replace(
        base,
        nodes=(*base.nodes, node("after@x", "cause")),
        edges=(*base.edges, GraphEdge("kubernetes.node-pod-capacity@node/worker-1", "after@x")),
    )
    boxes = {b.title.split("\n")[0]: b for b in wide.picture(draw(graph, "en", EN, 60), EN).boxes}
    assert boxes["after@x"].x > boxes["Node worker-1 takes no more pods: its limit of 1 is reached"].x


ITEMS = st.lists(st.tuples(st.floats(-500, 500), st.floats(1, 80)), min_size=1, max_size=20)


@given(ITEMS)
def test_settle_keeps_order_and_distance(items: list[tuple[float, float]]) -> None:
    wishes, heights = [i[0] for i in items], [i[1] for i in items]
    tops = settle(wishes, heights, 10)
    for (a, height), b in zip(zip(tops, heights, strict=True), tops[1:], strict=False):
        assert b - (a + height) >= 10 - 1e-6


def test_settle_fulfils_wishes_that_do_not_clash() -> None:
    assert settle([10, 100], [20, 20], 5) == [0, 90]


def test_settle_shares_what_clashes() -> None:
    assert settle([50, 50], [20, 20], 10) == [25, 55]
