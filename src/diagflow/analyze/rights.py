"""What a set of rules must be allowed to read of a cluster, for a role that grants that and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from diagflow.analyze.plan import plan_for
from diagflow.rules import RuleSet
from diagflow.rules.rule import LogInput
from diagflow.rules.walk import conditions

READ: Final = ("get", "list")
"""Lists are what rules look at; single objects are kept whole where an incident is recorded (`--record`)."""

SECRETS: Final = "secrets"


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """Leave to read one resource.

    Attributes:
        group: API group; empty for the core group.
        resource: plural, with a subresource if any: `pods`, `pods/log`.
        verbs: of Kubernetes' role-based access control.
    """

    group: str
    resource: str
    verbs: tuple[str, ...] = READ


def rights_of(ruleset: RuleSet) -> tuple[Right, ...]:
    """Return what these rules and their analyzers read, in order; secrets are left out: nothing needs them."""
    resources = {tuple(name.partition(".")[::2]) for name in plan_for(ruleset).kept}
    rights = {Right(group, plural) for plural, group in resources if (plural, group) != (SECRETS, "")}
    if any(isinstance(c.input, LogInput) for rule in ruleset.rules for c in conditions(rule)):
        rights.add(Right("", "pods/log", ("get",)))
    return tuple(sorted(rights))


def by_group(rights: Iterable[Right]) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    """Return the resources of each group and set of verbs, as a role lists them."""
    grouped: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for right in sorted(rights):
        grouped.setdefault((right.group, right.verbs), []).append(right.resource)
    return grouped
