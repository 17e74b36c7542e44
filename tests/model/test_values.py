import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.model import BadInput, Direction, Edge, Edges, Entity, Query, Text
from diagflow.model.projection import covers, projection, reader_of
from diagflow.model.topology import reach

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(names, names, st.sampled_from(["", "shop", "a/b", "ü #"]))
def test_an_entity_is_read_back_as_it_was_written(kind, name, namespace):
    kind = "".join(c for c in kind.lower() if c.isalpha() and c.isascii()) or "pod"
    entity = Entity(kind, name, namespace)
    assert Entity.parse(str(entity)) == entity


@pytest.mark.parametrize("text", ["", "cart-0", "pod/", "/a", "pod//a", "a/b/c/d"])
def test_what_is_no_entity_is_said(text):
    with pytest.raises(BadInput, match="pod/shop/cart-0"):
        Entity.parse(text)


@given(names, st.dictionaries(st.sampled_from(["namespace", "start", "previous"]), names))
def test_a_query_is_read_back_as_it_was_written(target, params):
    query = Query.of("promql", target, **params)
    assert Query.parse(str(query)) == query


def test_texts_fill_what_they_know_and_quote_in_commands():
    text = Text("kubectl delete pod {name} {what}", "删除 {name}")
    assert text.fill_command({"name": "a; rm -rf /"}).en == "kubectl delete pod 'a; rm -rf /' {what}"
    assert text.fill({"name": "{what}", "what": "x"}).en == "kubectl delete pod {what} x"
    assert (text.lang("zh"), Text("only English").lang("zh")) == ("删除 {name}", "only English")


def test_a_projection_keeps_what_was_declared_and_nothing_else():
    one = projection(frozenset({"status.conditions[].reason", "spec.nodeName"}))
    body = b'{"kind":"Pod","spec":{"nodeName":"n","x":1},"status":{"conditions":[{"reason":"R","y":2},{}]}}'
    item = one.decode_item(body)
    assert reader_of("status.conditions[].reason")(item) == ["R"]
    assert reader_of("status.nothing")(item) == []
    assert covers(one.fields, ["spec.nodeName", "metadata.name"])
    assert not covers(one.fields, ["spec.nodeName", "status.phase"])
    with pytest.raises(BadInput):
        one.decode_item(b'{"spec": 1}')


def test_reach_follows_only_the_relations_and_ends_in_circles():
    a, b, c = (Entity("x", n) for n in "abc")
    edges = Edges([Edge(a, "owner", b), Edge(b, "owner", a), Edge(b, "node", c)])
    along = Direction.DEPENDENCIES
    assert reach(edges, a, frozenset({"owner"}), along) == {a: 0, b: 1}
    assert reach(edges, a, frozenset({"owner", "node"}), along) == {a: 0, b: 1, c: 2}
    assert reach(edges, c, frozenset({"node"}), Direction.DEPENDENTS) == {c: 0, b: 1}


def test_a_text_of_which_nothing_is_known_leaves_it_open():
    text = Text("{kind} {name} is refused in {namespace}: {reason}", "{namespace} 拒绝 {kind} {name}：{reason}")
    assert text.unfilled() == Text("… is refused in …", "… 拒绝 …")
