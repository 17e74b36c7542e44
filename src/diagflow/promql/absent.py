"""`absent`, `absent_over_time`: the labels that the expression asks for (`createLabelsForAbsentFunction`)."""

from diagflow.promql.context import Context
from diagflow.promql.frame import METADATA, Frame
from diagflow.promql.syntax import Node, Range, Selector


def absent_labels(context: Context, node: Node) -> Frame:
    """Return the labels that exactly one `=` asks for."""
    selector = node.selector if isinstance(node, Range) else node
    found: dict[str, str] = {}
    seen: set[str] = set()
    for matcher in selector.matchers if isinstance(selector, Selector) else ():
        if matcher.name in METADATA:
            continue
        if matcher.op == "=" and matcher.name not in seen:
            found[matcher.name] = matcher.value
            seen.add(matcher.name)
        else:
            found.pop(matcher.name, None)
    return Frame.of(context.symbols, [{name: value for name, value in found.items() if value}])
