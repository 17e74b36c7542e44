"""Which nodes have which labels, so that a selector is held to each value once and not to each node."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from diagflow.packs.kubernetes.scheduling.selectors import Json, requirement_holds

Names = frozenset[str]
"""Names of nodes."""

NOWHERE: Final[Names] = frozenset()
_ByValue = Mapping[Any, Names]
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"


class Places:
    """The labels of all nodes.

    Attributes:
        every: the names of all nodes.
    """

    __slots__ = ("_labels", "_values", "every")

    def __init__(self, labels: Mapping[str, Mapping[str, str]]) -> None:
        self._labels = labels
        self._values: dict[str, _ByValue] = {}
        self.every = frozenset(labels)

    def values(self, key: str) -> _ByValue:
        """Return the nodes by their value of a label; nodes without it are not in there."""
        found = self._values.get(key)
        if found is None:
            sets: dict[Any, set[str]] = {}
            for name, labels in self._labels.items():
                if key in labels:
                    sets.setdefault(labels[key], set()).add(name)
            found = self._values[key] = {value: frozenset(names) for value, names in sets.items()}
        return found

    def label(self, name: str, key: str) -> str | None:
        """Return a label of a node; None where it has none, or where there is no such node."""
        return self._labels[name].get(key) if name in self._labels else None

    def having(self, key: str) -> Names:
        """Return the nodes that have a label."""
        return union(self.values(key).values())

    def domain(self, key: str, value: Any) -> Names:
        """Return the nodes that share a value of a label."""
        return self.values(key).get(value, NOWHERE)

    def selected(self, spec: Json) -> Names:
        """Return the nodes that a pod's `nodeSelector` and required node affinity allow."""
        found = self.every
        for key, value in (spec.get("nodeSelector") or {}).items():
            found &= self.values(key).get(value, NOWHERE)
        required = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(_REQUIRED)
        return found if required is None else found & self.in_terms(required)

    def in_terms(self, selector: Json) -> Names:
        """Return the nodes that one term of a NodeSelector allows."""
        return union(self._in_term(t) for t in selector.get("nodeSelectorTerms") or ())

    def _in_term(self, term: Json) -> Names:
        expressions, fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
        if not expressions and not fields:
            return NOWHERE  # an empty term matches no node: k8s.io/component-helpers nodeaffinity
        found = self.every
        for requirement in expressions:
            found &= self._meeting(requirement, self.values)
        for requirement in fields:
            found &= self._meeting(requirement, self._field)
        return found

    def _field(self, key: str) -> _ByValue:
        return {name: frozenset((name,)) for name in self.every} if key == "metadata.name" else {}

    def _meeting(self, requirement: Json, values_of: Callable[[str], _ByValue]) -> Names:
        key = str(requirement.get("key", ""))
        values = values_of(key)
        found = union(names for v, names in values.items() if requirement_holds({key: v}, requirement))
        return found | (self.every - union(values.values())) if requirement_holds({}, requirement) else found


def union(sets: Iterable[Names]) -> Names:
    """Return what is in any of some sets."""
    return NOWHERE.union(*sets)
