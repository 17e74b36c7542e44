import promql_parser
import pytest

from diagflow.promql import ParseError, Unsupported
from diagflow.promql.parse import parse
from diagflow.promql.syntax import Aggregate, Binary, Call, Number, Range, Selector, Subquery, Sum, Unary
from tests.promql.shared import evals


def test_precedence_and_sides() -> None:
    tree = parse("1 + 2 * 3 ^ 2 ^ 2")
    assert isinstance(tree, Binary)
    assert tree.op == "+"
    assert isinstance(tree.right, Binary)
    assert tree.right.op == "*"
    power = tree.right.right
    assert isinstance(power, Binary)
    assert isinstance(power.right, Binary), "^ is right associative"
    left = parse("a - b - c")
    assert isinstance(left, Binary)
    assert isinstance(left.left, Binary)


def test_a_sign_binds_less_than_a_power_and_belongs_to_a_number() -> None:
    assert isinstance(parse("-a ^ 2"), Unary)
    assert parse("-1") == Number(0, -1.0)
    assert parse("- -1") == Number(0, 1.0)


def test_modifiers() -> None:
    tree = parse("rate(x{a='b'}[5m] offset -1m @ end())")
    assert isinstance(tree, Call)
    window = tree.args[0]
    assert isinstance(window, Range)
    assert (window.length, window.selector.offset, window.selector.at) == (300_000, -60_000, "end")
    subquery = parse("x[1h:] @ 1.5 offset 30s")
    assert isinstance(subquery, Subquery)
    assert (subquery.length, subquery.step, subquery.at, subquery.offset) == (3_600_000, None, 1500, 30_000)


def test_an_offset_ends_with_its_literal() -> None:
    tree = parse("foo offset -2^2")
    assert isinstance(tree, Binary)
    assert isinstance(tree.left, Selector)
    assert tree.left.offset == -2000


def test_calculated_durations() -> None:
    tree = parse("x[5m + step() * 2]")
    assert isinstance(tree, Range)
    assert isinstance(tree.length, Sum)


def test_names_in_quotes_and_keywords_as_names() -> None:
    tree = parse('{"my.metric", "a.b"="c"}')
    assert isinstance(tree, Selector)
    assert [(m.name, m.value) for m in tree.matchers] == [("__name__", "my.metric"), ("a.b", "c")]
    assert isinstance(parse("sum + by"), Binary)
    assert isinstance(parse("sum by (by) (on{offset='x'})".replace("on{", "start{")), Aggregate)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sum(a", "1:6: parse error: unclosed left parenthesis"),
        ("rate(a)", '1:6: parse error: expected type range vector in call to function "rate", got instant vector'),
        ("a\n+\nfoo(b)", '3:1: parse error: unknown function with name "foo"'),
        ("1 == 1", "1:3: parse error: comparisons between scalars must use BOOL modifier"),
        ("{a=''}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
        ("a[0s]", "1:3: parse error: duration must be greater than 0"),
        ("a @ -Inf", "1:1: parse error: timestamp out of bounds for @ modifier: -Inf"),
        ("a @ NaN", "1:1: parse error: timestamp out of bounds for @ modifier: NaN"),
        ("é", "1:1: parse error: unexpected character: 'é'"),
        ('"é" + b(1)', '1:8: parse error: unknown function with name "b"'),
        ("a and on(b) group_left c", '1:1: parse error: no grouping allowed for "and" operation'),
        ("sum(a) by", '1:10: parse error: unexpected end of input in grouping opts, expected "("'),
    ],
)
def test_errors_have_the_words_of_prometheus_and_a_place(text: str, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert str(caught.value) == message


def test_an_error_shows_the_place() -> None:
    with pytest.raises(ParseError) as caught:
        parse("up +\n rate(up)")
    assert caught.value.explain().splitlines()[1:] == ["   rate(up)", "        ^"]


@pytest.mark.parametrize("text", ["mad_over_time(a[5m])", "limitk(1, a)", "a + fill(0) b", "sort_by_label(a, 'b')"])
def test_what_is_experimental_must_be_asked_for(text: str) -> None:
    parse(text, experimental=True)
    with pytest.raises(Unsupported):
        parse(text, experimental=False)


def test_a_hostile_depth_is_refused() -> None:
    with pytest.raises(ParseError, match="nests deeper"):
        parse("(" * 5000 + "1" + ")" * 5000)
    with pytest.raises(ParseError, match="more than 250 operators"):
        parse("+".join(["a"] * 5000))


@pytest.mark.parametrize("expression", evals())
def test_promql_parser_agrees_on_the_kind_of_tree(expression: str) -> None:
    ours, theirs = type(parse(expression)).__name__, type(promql_parser.parse(expression)).__name__
    names = {
        "AggregateExpr": "Aggregate", "BinaryExpr": "Binary", "MatrixSelector": "Range", "NumberLiteral": "Number",
        "ParenExpr": "Paren", "StringLiteral": "Text", "SubqueryExpr": "Subquery", "UnaryExpr": "Unary",
        "VectorSelector": "Selector",
    }  # fmt: skip
    if expression.startswith("+"):
        ours = type(parse(expression[1:])).__name__  # it forgets a plus
    assert ours == names.get(theirs, theirs)
