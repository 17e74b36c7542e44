"""The metrics that a PromQL expression reads."""

from functools import lru_cache


@lru_cache(maxsize=4096)
def metric_names(expression: str) -> frozenset[str] | None:
    """Return the name of each metric in `expression`; None when not all can be known: a pattern, or unknown syntax."""
    import promql_parser  # noqa: PLC0415  # only an empty answer needs it

    names: list[str | None] = []

    def visit(node: promql_parser.Expr) -> None:
        if isinstance(node, promql_parser.VectorSelector):
            names.append(node.name or _exact_name(node))

    def _exact_name(selector: promql_parser.VectorSelector) -> str | None:
        equal = [m for m in selector.matchers.matchers if m.name == "__name__" and m.op == promql_parser.MatchOp.Equal]
        return str(equal[0].value) if equal else None

    try:
        promql_parser.walk(promql_parser.parse(expression), visit)
    except ValueError:
        return None
    known = frozenset(name for name in names if name)
    return known if all(names) else None
