"""From text to a syntax tree: the grammar of Prometheus 3 (`promql/parser/generated_parser.y`)."""

from dataclasses import replace
from typing import Final, Literal, cast

from diagflow.promql.check import check
from diagflow.promql.selectors import POSTFIX, parse_postfix, parse_selector
from diagflow.promql.stream import MAX_DEPTH, MAX_NESTING, Stream
from diagflow.promql.syntax import Aggregate, Binary, Call, Matching, Node, Number, Paren, Text, Unary, deeper_than
from diagflow.promql.tokens import AGGREGATORS, END, KEYWORD, METRIC, NAME, STRING

_RANK: Final = {
    "or": 1, "and": 2, "unless": 2, "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "</": 3, ">/": 3,
    "+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "atan2": 5, "^": 6,
}  # fmt: skip
_SIGN_RANK: Final = 5
_CALLABLE: Final = ("start", "end", "step", "range", "max_of", "min_of")
_NO_METRIC: Final = ("on", "ignoring", "group_left", "group_right", "bool", "atan2")
_NO_LABEL: Final = ("without",)


def parse(text: str, *, experimental: bool = True) -> Node:
    """Return the syntax tree of an expression.

    Raises:
        ParseError: it is no PromQL; says where.
        Unsupported: it uses what is experimental, and that was not asked for.
    """
    stream = Stream(text)
    if stream.token.kind == END:
        raise stream.wrong("no expression found in input")
    node = _expression(stream, 0)
    if stream.token.kind != END:
        raise stream.unexpected()
    if deeper_than(node, MAX_DEPTH):
        raise stream.wrong(f"this expression has more than {MAX_DEPTH} operators inside each other", 0)
    check(node, stream, experimental=experimental)
    return node


def _expression(stream: Stream, least: int) -> Node:
    stream.depth += 1
    if stream.depth > MAX_NESTING:
        raise stream.wrong(f"this expression nests deeper than {MAX_NESTING}")
    left = _unary(stream)
    while (rank := _RANK.get(stream.token.word, 0)) > least:
        sign = stream.take()
        op = sign.word
        returns_bool = stream.accept("bool") is not None
        matching = _matching(stream)
        right = _expression(stream, rank - (op == "^"))
        left = Binary(left.start, op, left, right, returns_bool, matching, sign.start)
    stream.depth -= 1
    return left


def _unary(stream: Stream) -> Node:
    sign = stream.accept("+", "-")
    if sign is None:
        return _postfixed(stream)
    inside = _expression(stream, _SIGN_RANK)
    if isinstance(inside, Number):
        return Number(sign.start, -inside.value if sign.text == "-" else inside.value)
    return Unary(sign.start, sign.text, inside)


def _postfixed(stream: Stream) -> Node:
    node = _primary(stream)
    while stream.token.word in POSTFIX:
        node = parse_postfix(stream, node)
    return node


def _primary(stream: Stream) -> Node:
    token, start = stream.token, stream.token.start
    if stream.at_number():
        return Number(start, stream.number())
    if token.kind == STRING:
        return Text(start, stream.string())
    if token.word == "(":
        return _paren(stream)
    if token.word in AGGREGATORS and stream.ahead().word in ("(", "by", "without"):
        return _aggregate(stream)
    if stream.ahead().word == "(" and (token.kind in (NAME, METRIC) or token.word in _CALLABLE):
        return Call(start, stream.take().text, _arguments(stream))
    if token.word == "{" or token.kind in (NAME, METRIC) or (token.kind == KEYWORD and token.word not in _NO_METRIC):
        return parse_selector(stream)
    raise stream.unexpected()


def _paren(stream: Stream) -> Node:
    start = stream.take().start
    inside = _expression(stream, 0)
    stream.expect(")", "")
    return Paren(start, inside)


def _arguments(stream: Stream) -> tuple[Node, ...]:
    stream.expect("(", "call")
    args: list[Node] = []
    while not stream.accept(")"):
        if args:
            comma = stream.expect(",", "")
            if stream.token.word == ")":
                raise stream.wrong("trailing commas not allowed in function call args", comma.start)
        args.append(_expression(stream, 0))
    return tuple(args)


def _aggregate(stream: Stream) -> Node:
    op = stream.take()
    modifier = _grouping(stream)
    if stream.token.word != "(":
        raise stream.unexpected("aggregation")
    args = _arguments(stream)
    modifier = modifier or _grouping(stream)
    grouping, without = modifier or ((), False)
    if not args:
        raise stream.wrong("no arguments for aggregate expression provided", op.start)
    wanted = 2 if op.word in ("topk", "bottomk", "count_values", "quantile", "limitk", "limit_ratio") else 1
    if len(args) != wanted:
        what = "wrong number of arguments for aggregate expression provided"
        raise stream.wrong(f"{what}, expected {wanted}, got {len(args)}", op.start)
    return Aggregate(op.start, op.word, args[-1], args[0] if wanted > 1 else None, grouping, without)


def _grouping(stream: Stream) -> tuple[tuple[str, ...], bool] | None:
    word = stream.accept("by", "without")
    return (_labels(stream), word.word == "without") if word else None


def _labels(stream: Stream) -> tuple[str, ...]:
    stream.expect("(", "grouping opts", '"("')
    found: list[str] = []
    while not stream.accept(")"):
        if found:
            stream.expect(",", "grouping opts", '"," or ")"')
            if stream.accept(")"):
                break
        found.append(_label(stream))
    return tuple(found)


def _label(stream: Stream) -> str:
    token = stream.token
    if token.kind == STRING:
        name = stream.string()
    elif token.kind in (NAME, METRIC) or (token.kind == KEYWORD and token.word not in _NO_LABEL):
        name = stream.take().text
    else:
        raise stream.unexpected("grouping opts", "label")
    if not valid_label(name):
        raise stream.wrong(f'invalid label name for grouping: "{name}"', token.start)
    return name


def valid_label(name: str) -> bool:
    """Return whether a text can be the name of a label: not empty, and UTF-8."""
    return bool(name) and not any("\ud800" <= letter <= "\udfff" for letter in name)


def _matching(stream: Stream) -> Matching:
    matching = Matching()
    if on := stream.accept("on", "ignoring"):
        matching = replace(matching, on=on.word == "on", labels=_labels(stream))
        if group := stream.accept("group_left", "group_right"):
            card = cast("Literal['many-to-one']", "many-to-one" if group.word == "group_left" else "one-to-many")
            include = _labels(stream) if stream.token.word == "(" else ()
            matching = replace(matching, card=card, include=include)
    return _filled(stream, matching)


def _filled(stream: Stream, matching: Matching) -> Matching:
    while fill := stream.accept("fill", "fill_left", "fill_right"):
        stream.expect("(", "fill")
        sign = stream.accept("+", "-")
        if not stream.at_number():
            raise stream.unexpected("fill", "number")
        value = stream.number() * (-1 if sign and sign.text == "-" else 1)
        stream.expect(")", "fill")
        if fill.word != "fill_right":
            matching = replace(matching, fill_left=value)
        if fill.word != "fill_left":
            matching = replace(matching, fill_right=value)
    return matching
