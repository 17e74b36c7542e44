"""Label selectors, node affinity and tolerations, as the scheduler's plugins read them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

Json = Mapping[str, Any]

_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_BLOCKING: Final = ("NoSchedule", "NoExecute")
"""Effects that keep a pod off a node; PreferNoSchedule does not."""


class Taint(NamedTuple):
    """A taint of a node."""

    key: str
    value: str
    effect: str

    def __str__(self) -> str:
        return f"{self.key}={self.value}:{self.effect}" if self.value else f"{self.key}:{self.effect}"


def _number(text: Any) -> int | None:
    try:
        return int(str(text))
    except ValueError:
        return None


def _compares(operator: str, own: Any, wanted: Iterable[Any]) -> bool:
    left, right = _number(own), _number(next(iter(wanted), ""))
    if left is None or right is None:
        return False
    return left > right if operator == "Gt" else left < right


def requirement_holds(labels: Mapping[str, str], requirement: Json) -> bool:
    """True when `labels` meet one `{key, operator, values}`; an unknown operator is met by nothing."""
    key, values = str(requirement.get("key", "")), requirement.get("values") or ()
    match requirement.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return key not in labels or labels[key] not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case "Gt" | "Lt" as operator:
            return key in labels and _compares(operator, labels[key], values)
    return False


def selects(selector: Json | None, labels: Mapping[str, str]) -> bool:
    """True when a LabelSelector selects `labels`; None selects nothing, an empty one everything."""
    if selector is None:
        return False
    wanted = selector.get("matchLabels") or {}
    return all(labels.get(k) == v for k, v in wanted.items()) and all(
        requirement_holds(labels, r) for r in selector.get("matchExpressions") or ()
    )


def terms(spec: Json, kind: str) -> list[Json]:
    """Return the required terms of `podAffinity` or `podAntiAffinity`."""
    return list(((spec.get("affinity") or {}).get(kind) or {}).get(_REQUIRED) or ())


def looks_at(term: Json, owner_namespace: str, namespace: str) -> bool:
    """True when a term of a pod (anti-)affinity is about pods of a namespace."""
    return namespace in (term.get("namespaces") or [owner_namespace])


def node_wanted(spec: Json) -> str:
    """Return what a pod asks of its node, in one line: `disk=ssd`, `zone In [a, b]`."""
    parts = [f"{k}={v}" for k, v in sorted((spec.get("nodeSelector") or {}).items())]
    required = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(_REQUIRED) or {}
    terms = [_term_text(t) for t in required.get("nodeSelectorTerms") or ()]
    return ", ".join([*parts, " or ".join(terms)] if terms else parts)


def _term_text(term: Json) -> str:
    every = [*(term.get("matchExpressions") or ()), *(term.get("matchFields") or ())]
    return " and ".join(_requirement_text(r) for r in every) or "an empty term (matches no node)"


def _requirement_text(requirement: Json) -> str:
    values = ", ".join(str(v) for v in requirement.get("values") or ())
    text = f"{requirement.get('key', '')} {requirement.get('operator', '')}"
    return f"{text} [{values}]" if values else text


def tolerates(toleration: Json, taint: Taint) -> bool:
    """True when one toleration covers one taint (`Toleration.ToleratesTaint` in k8s.io/api/core/v1)."""
    effect, key = toleration.get("effect") or "", toleration.get("key") or ""
    if (effect and effect != taint.effect) or (key and key != taint.key):
        return False
    value = str(toleration.get("value") or "")
    match toleration.get("operator") or "Equal":
        case "Exists":
            return True
        case "Equal":
            return bool(key) and value == taint.value
        case "Gt" | "Lt" as operator:
            return _compares(operator, taint.value, [value])
    return False


def untolerated(taints: Iterable[Taint], tolerations: Iterable[Json]) -> tuple[Taint, ...]:
    """Return the taints that keep a pod with these tolerations off a node, in the node's order."""
    known = tuple(tolerations)
    return tuple(t for t in taints if t.effect in _BLOCKING and not any(tolerates(o, t) for o in known))
