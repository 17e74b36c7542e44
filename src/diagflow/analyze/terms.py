"""Triggers and dependencies, prepared once for a set of rules: what is asked first, and who names the entities."""

from dataclasses import dataclass
from typing import Final

from diagflow.rules.rule import Combination, Condition, LogInput, NodeLogInput

Node = Condition | Combination

CHEAP: Final = 0
TEMPLATED: Final = 1
LOG: Final = 2
"""Costs: what is there already; what needs another part's arguments; what must be read for each pod or node."""


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A condition or a combination; equal only to itself, so that it can be a key.

    Attributes:
        node: as the rule has it.
        parts: of a combination, as written.
        by_cost: the parts, the cheap ones first.
        naming: those parts of an `all` that name its entities: logs and templates only where there is nothing else, a
            `not` never, because it only takes some away.
        cost: the highest in it.
        templated: something in it is about an entity that arguments name.
        op: `all`, `any` or `not`; empty for a condition.
        core: the one condition that it comes to: that of an `all` or `any` of one part, without a weight of its own.
    """

    node: Node
    parts: tuple["Term", ...] = ()
    by_cost: tuple["Term", ...] = ()
    naming: tuple["Term", ...] = ()
    cost: int = CHEAP
    templated: bool = False
    op: str = ""
    core: "Term | None" = None


def term(node: Node) -> Term:
    """Prepare a condition or combination."""
    if isinstance(node, Condition):
        cost = LOG if isinstance(node.input, LogInput | NodeLogInput) else TEMPLATED if node.entity else CHEAP
        return Term(node, cost=cost, templated=bool(node.entity))
    parts = tuple(term(part) for part in node.conditions)
    return Term(
        node,
        parts=parts,
        by_cost=tuple(sorted(parts, key=lambda p: p.cost)),
        naming=_naming(parts),
        cost=max((p.cost for p in parts), default=CHEAP),
        templated=any(p.templated for p in parts),
        op=node.op,
        core=_core(node, parts),
    )


def _core(node: Combination, parts: tuple[Term, ...]) -> Term | None:
    if len(parts) != 1 or node.op == "not" or node.weight.sign or parts[0].templated:
        return None
    return parts[0] if not parts[0].op else parts[0].core


def _naming(parts: tuple[Term, ...]) -> tuple[Term, ...]:
    able = [p for p in parts if p.op != "not"]
    cheapest = min((p.cost for p in able), default=CHEAP)
    return tuple(p for p in able if p.cost == cheapest)
