# messages and rules stand in one piece
"""CEL: values, what is not there, errors, functions, and what an expression reads."""

import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from diagflow.rules import MISSING, Cel, CelError
from diagflow.rules import functions as fn
from diagflow.rules.cel import BadExpression, holds, program, shared
from diagflow.rules.patterns import BadPattern, compiled, groups
from diagflow.rules.reads import reads

NOW = datetime(2026, 1, 1, 0, 5, tzinfo=UTC)
OBJECT = {
    "s": "text",
    "i": 3,
    "d": 1.5,
    "b": True,
    "n": None,
    "l": [1, 2],
    "m": {"a": "b"},
    "memory": "2Gi",
    "at": "2026-01-01T00:00:00Z",
    "bad": {"matchExpressions": [{"key": "a", "operator": "Near"}]},
}


def value(source: str):
    return program(source).eval(shared().activation(object=OBJECT, now=NOW))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("object.i", 3),
        ("object.i == 3 && object.d > 1.0", True),
        ("object.l.map(x, x * 2)", [2, 4]),
        ("object.m", {"a": "b"}),
        ("object.n", None),
        ("has(object.i)", True),
        ("has(object.gone)", False),
        ("object.s.matches('^t.x')", True),
        ("now - timestamp(object.at) == duration('5m')", True),
        ("age(object.at)", 300.0),
        ("age(now)", 0.0),
        ("quantity(object.memory)", 2.0 * 2**30),
        ("quantity(object.i) + quantity(object.d)", 4.5),
        ("capture(object.memory, r'(\\d+)(?P<unit>Gi)', 1)", "2"),
        ("capture(object.memory, r'(\\d+)(?P<unit>Gi)', 'unit')", "Gi"),
        ("selects(object.m, object.m)", True),
        ("semver('v1.2.3', '1.10')", -1),
        ("path_base('C:\\\\go\\\\bin\\\\go.exe')", "go.exe"),
        ("path_dir('/usr/local/go')", "/usr/local"),
        ("object.gone || true", True),
    ],
)
def test_values(source, expected):
    assert value(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "object.gone",
        "object.gone.further == 1",
        "object.m['x']",
        "object.l[7]",
        "object.n.further",
        "object.s.further",
        "quantity(object.gone)",
        "capture(object.s, 'x(y)', 1)",
    ],
)
def test_a_path_that_is_not_there_is_missing_and_false(source):
    assert value(source) is MISSING
    assert not MISSING
    assert holds(f"dyn({source}) == 'x'" if "==" not in source else source, shared().activation(object=OBJECT)) is False


@pytest.mark.parametrize(
    "source",
    [
        "object.s + object.i",
        "object.i / 0",
        "quantity(object.s)",
        "quantity(object.b)",
        "object.s.matches(object.i)",
        "object.s.matches('[')",
        "capture(object.s, '[', 0)",
        "capture(object.s, '.', 9)",
        "semver(object.s, '1')",
        "age(object.s)",
        "selects(object.bad, object.m)",
        "timestamp(object.s) == now",
        "related.x",
        "not.known",
        "object.",
        "",
    ],
)
def test_everything_else_that_goes_wrong_is_an_error_and_no_exception(source):
    found = value(source)
    assert isinstance(found, CelError)
    assert found.message


def test_an_error_is_never_true():
    activation = shared().activation(object=OBJECT)
    assert isinstance(holds("object.i / 0 == 1", activation), CelError)
    assert isinstance(holds("object.s", activation), CelError)
    assert holds("", activation) is True


def test_what_cel_cannot_hold_is_an_error():
    for odd in ({1, 2}, object(), 2**70, {"a": {3 + 2j}}):
        found = program("object == 1").eval(shared().activation(object=odd))
        assert isinstance(found, CelError) or found is False


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("object.n", None),
        ("[object.n, {'deep': [null]}]", [None, {"deep": [None]}]),
        ("selects({'matchLabels': object.n, 'matchExpressions': null}, {})", True),
    ],
)
def test_nulls_take_no_reference_from_none(source, expected):
    before = sys.getrefcount(None)
    for _ in range(2000):
        assert value(source) == expected
    assert abs(sys.getrefcount(None) - before) < 1000  # at 0 the process ends


def test_age_belongs_to_the_activation_of_its_thread():
    source = program("age(object.at)")
    results = {}

    def run(minutes):
        activation = shared().activation(object=OBJECT, now=NOW + timedelta(minutes=minutes))
        results[minutes] = {source.eval(activation) for _ in range(200)}

    threads = [threading.Thread(target=run, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {n: {300.0 + 60 * n} for n in range(4)}
    assert isinstance(source.eval(shared().activation(object=OBJECT)), CelError)


def test_compilation_waits_for_the_first_use():
    found = Cel().compile("object.")
    assert found.source == "object."
    with pytest.raises(BadExpression):
        found.check()


@pytest.mark.parametrize(
    ("source", "expected"), [("object.i + 1", 4), ("quantity(object.memory) > 1.0", True), ("age(object.at)", 300.0)]
)
def test_what_is_remembered_is_not_compiled_again(source, expected):
    compiled_before = Cel().compile(source).check().serialize()
    known = Cel()
    known.remember({source: compiled_before, "object.s": Cel().compile("object.i").check().serialize()})
    assert known.compile(source).eval(known.activation(object=OBJECT, now=NOW)) == expected
    # What it takes for `object.s` is what it was told: the source was not looked at.
    assert known.compile("object.s").eval(known.activation(object=OBJECT, now=NOW)) == OBJECT["i"]


def test_what_was_remembered_wrongly_is_compiled():
    known = Cel()
    known.remember({"object.i": b"no expression"})
    assert known.compile("object.i").eval(known.activation(object=OBJECT, now=NOW)) == OBJECT["i"]


@pytest.mark.parametrize(
    ("source", "line", "column", "message"),
    [
        ("object.a &&", 1, 12, "it ends too early"),
        ("object.a == 1 &&\n  objct.b == 2", 2, 3, "`objct` is not known: did you mean `object`?"),
        ("quantiti(object.a)", 1, 1, "`quantiti` is not known: did you mean `quantity`?"),
        ("quantity(true)", 1, 9, "`quantity` does not take (bool)"),
        ("object.a.size('x')", 1, 10, "`size` is not used like this"),
        ("'a' + 1 == 2", 1, 5, "`+` does not take (string, int)"),
        ("object.a b", 1, 10, "there should be no 'b'"),
        ("true ? 1", 1, 9, "it ends too early"),
        (
            "object.a == 'x",
            1,
            13,
            "a quote is not closed, or a backslash in it means nothing: write `\\\\d`, or r'\\d'",
        ),
        ("(" * 40 + "1" + ")" * 40, 1, 1, "nested too deeply: at most 32 levels"),
        ("1" * 5000, 1, 1, "the expression has 5,000 characters: write at most 4,000"),
    ],
)
def test_complaints_are_said_for_people(source, line, column, message):
    with pytest.raises(BadExpression) as raised:
        program(source).check()
    (complaint,) = raised.value.complaints
    assert (complaint.line, complaint.column, complaint.message) == (line, column, message)


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("object.status.phase == 'x'", {"status.phase"}),
        ("object.a.exists(x, x.b == 'q' && x.c)", {"a[].b", "a[].c"}),
        ("object.a.exists(x, x == 'q')", {"a"}),
        ("object.a.exists(x, true)", {"a"}),
        ("object.a.filter(x, x.t == 'R')[0].reason", {"a[].t", "a[].reason"}),
        ("object.a.filter(x, x.t).map(y, y.b).size() > 0", {"a[].t", "a[].b"}),
        ("object.a.map(x, x.n).exists(y, y == 'q')", {"a[].n"}),
        ("object.a.exists(x, x.b.exists(y, y.c == x.d))", {"a[].b[].c", "a[].d"}),
        ("object.a[0].b", {"a[].b"}),
        ("object.a[object.i].b", {"a", "i"}),
        ("object['a']['b'] == 1", {"a.b"}),
        ("object.metadata.labels['app.kubernetes.io/name'] == 'x'", {"metadata.labels"}),
        ("object.metadata.labels.exists(k, object.metadata.labels[k] == 'b')", {"metadata.labels"}),
        ("has(object.a.b)", {"a.b"}),
        ("has(object.a) && object.a.b == 1", {"a.b"}),
        ("has(object.a) && !has(object.a.b)", {"a.b"}),
        ("object.a.all(x, !has(x.b))", {"a[].b"}),
        ("size(object.a) > 1 && object.a[0].b", {"a[].b"}),
        ("object.a ? object.b.c : object.d", {"a", "b.c", "d"}),
        ("(object.a ? object.b : object.c).d", {"a", "b.d", "c.d"}),
        ("{'a': object.b}['a'].c", {"b"}),
        ("[object.a, object.b].exists(x, x.c)", {"a", "b"}),
        ("(object.a + object.b).exists(x, x.c)", {"a[].c", "b[].c"}),
        ("object.a in object.b", {"a", "b"}),
        ("dyn(object.a).b", {"a.b"}),
        ("quantity(object.a) > quantity(object.b)", {"a", "b"}),
        ("object.a.all(object, object.b)", {"a[].b"}),
    ],
)
def test_what_an_expression_reads(source, paths):
    found = reads(source)
    assert (found.paths["object"], found.complaints) == (paths, ())


def test_related_objects_are_read_by_name():
    found = reads("related.pods.exists(p, p.status.phase == 'x') && size(related.nodes) == 0")
    assert found.paths["related"] == {"pods[].status.phase", "nodes"}


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("object == 1", 1, "`object` is used as a whole"),
        ("1 == 1 && [object].size() > 0", 12, "`object` is used as a whole"),
        ("container.a == object", 16, "`object` is used as a whole"),
        ("object.exists(k, k == 'a')", 18, "`object` is used as a whole"),
        ("related.pods == []", 8, "`related.pods` is used as a whole"),
        ("object.a.exists(x, x.b.exists(y, y.c.exists(z, z == 1)))", 44, "more than 2 deep"),
    ],
)
def test_what_an_expression_may_not_read(source, column, message):
    (complaint,) = reads(source).complaints
    assert message in complaint.message
    assert complaint.column == column


def test_patterns_in_expressions_are_found():
    found = reads(
        "object.a.matches('x') || ['y', 'z'].exists(p, object.a.matches(p)) || capture(object.a, 'w', 0) == ''"
    )
    assert {text for function, text in found.strings if function == "matches"} == {"x", "y", "z", "w"}


PIECES = r"""
object .a [0] ['b'] ( ) [ ] { } && || ! ? : , 1 1u -1.5e300 'x' b'x' r'\d' null true .exists(x, .map(x, .matches( has(
size( quantity( capture( age( now + / in duration('1h') timestamp( type( dyn( string( int( é // 99999999999999999999
"""
TOKENS = st.sampled_from(PIECES.split())


@settings(max_examples=400, deadline=None)
@given(source=st.lists(TOKENS, max_size=14).map(" ".join))
def test_no_expression_raises_or_crashes(source):
    activation = shared().activation(object=OBJECT, now=NOW)
    found = program(source).eval(activation)
    assert isinstance(holds(source, activation), bool | CelError)
    if not (isinstance(found, CelError) and raises(source)):
        assert reads(source).variables <= {"object", "now"}


def raises(source) -> bool:
    try:
        reads(source)
    except BadExpression as e:
        return bool(e.complaints)
    return False


PATHS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map(
    lambda steps: ".".join(["object", *steps])
)
TERMS = st.recursive(
    PATHS.map(lambda p: f"{p} == 1") | PATHS.map(lambda p: f"has({p})") | PATHS.map(lambda p: f"size({p}) > 0"),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})")
        | st.tuples(PATHS, inner).map(lambda t: f"{t[0]}.exists(x, x.a == 2 || ({t[1]}))")
    ),
    max_leaves=5,
)
JSON = st.recursive(
    st.integers(0, 2) | st.none(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(source=TERMS, data=st.dictionaries(st.sampled_from(["a", "b", "c"]), JSON))
@example(source="size(object.b) == 1 && object.b.b == 1", data={"b": {"a": 0, "b": 1}})
@example(source="object.b.exists_one(k, true) && object.b.b == 1", data={"b": {"a": 0, "b": 1}})
def test_an_object_with_only_the_fields_read_gives_the_same(source, data):
    """The property that the projection of live lists rests on."""
    try:
        known = reads(source)
    except BadExpression:
        return  # nested too deeply
    kept: dict[str, object] = {}
    for path in known.paths.get("object", ()):
        keep(kept, data, path.replace("[]", ".[]").split("."))
    whole = program(source).eval(shared().activation(object=data))
    part = program(source).eval(shared().activation(object=kept))
    assert type(part) is type(whole)
    assert isinstance(whole, CelError) or part == whole or part is whole


def keep(target, source, steps):
    """Copy what stands at a path, as the projection does: what has another shape than the path is kept as it is."""
    step, *rest = steps
    if not isinstance(source, dict) or step not in source:
        return
    below = source[step]
    if not rest or not isinstance(below, list if rest[0] == "[]" else dict):
        target[step] = below
    elif rest[0] == "[]":
        held = target.setdefault(step, [{} if isinstance(x, dict) else x for x in below])
        for place, item in zip(held, below, strict=True):
            if isinstance(item, dict) and rest[1:]:
                keep(place, item, rest[1:])
    else:
        keep(target.setdefault(step, {}), below, rest)


@pytest.mark.parametrize(
    ("selector", "labels", "expected"),
    [
        ({}, {"a": "b"}, True),
        ({"a": "b"}, {"a": "b", "c": "d"}, True),
        ({"a": "b"}, {"a": "c"}, False),
        ({"matchLabels": {"a": "b"}}, {"a": "b"}, True),
        ({"matchLabels": {"a": "b"}, "matchExpressions": [{"key": "c", "operator": "Exists"}]}, {"a": "b"}, False),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["b", "c"]}]}, {"a": "c"}, True),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}, {}, False),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["b"]}]}, {}, True),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["b"]}]}, {"a": "b"}, False),
        ({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}, {"a": "b"}, False),
    ],
)
def test_selectors_are_those_of_kubernetes(selector, labels, expected):
    assert fn.selects(selector, labels) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100m", 0.1),
        ("1", 1),
        ("1.5", 1.5),
        ("2Ki", 2048),
        ("1k", 1000),
        ("1e3", 1000),
        ("1E", 1e18),
        ("1Ei", 2.0**60),
        ("5u", 5e-6),
        ("-1Gi", -(2.0**30)),
    ],
)
def test_quantities_are_those_of_kubernetes(text, expected):
    assert fn.quantity(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("1.2.3", "1.2.3", 0),
        ("v1.2", "1.2.0", 0),
        ("1.9.0", "1.10.0", -1),
        ("1.0.0-rc1", "1.0.0", -1),
        ("1.0.0-rc.2", "1.0.0-rc.10", -1),
        ("1.0.0-alpha", "1.0.0-1", 1),
        ("1.0.0+build", "1.0.0", 0),
        ("2", "1.99.99", 1),
    ],
)
def test_versions_compare_as_semver_says(a, b, expected):
    assert (fn.semver(a, b), fn.semver(b, a)) == (expected, -expected)


def test_paths_of_both_systems():
    assert [fn.path_base(p) for p in ("/a/b/", "C:\\a\\b.exe", "x", "")] == ["b", "b.exe", "x", ""]
    assert [fn.path_dir(p) for p in ("/a/b/", "C:\\a\\b.exe", "x", "/x")] == ["/a", "C:\\a", "", "/"]


@pytest.mark.parametrize("pattern", ["(?=x)", "[", "a{1001}", "((a{100}){100}){100}", "x" * 2001, "\\p{Nope}"])
def test_bad_patterns_are_refused(pattern):
    with pytest.raises(BadPattern) as raised:
        compiled(pattern)
    assert "\n" not in str(raised.value)


def test_patterns_take_linear_time_and_have_groups():
    assert compiled("(a+)+$").search("a" * 50_000 + "b") is None
    assert groups("(?P<one>.)(x)(?P<two>.)") == {"one", "two"}
