"""What follows from the scheduler's message alone, where the nodes cannot be read.

The message has reasons and counts, no names. A reason that shuts every node that is not ruled out otherwise is the root
all the same; what depends on which node it was stays undecided, and says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from diagflow.model import Strength
from diagflow.packs.kubernetes.scheduling.message import Message, Reason
from diagflow.packs.kubernetes.scheduling.reasons import Kind
from diagflow.packs.kubernetes.scheduling.roots import Root

CLAIM_KINDS = frozenset(
    {Kind.CLAIM_MISSING, Kind.CLAIM_UNBOUND, Kind.CLAIM_LOST, Kind.CLAIM_DELETING, Kind.VOLUME_NONE, Kind.VOLUME_NODE}
)
_PLACE = frozenset({Kind.AFFINITY, Kind.NODE_NAME})
_SHUT = frozenset({Kind.TAINT, Kind.CONDITION, Kind.CORDON})
_SCARCE = (Kind.RESOURCE, Kind.CPU, Kind.MEMORY)
_KNOWN = frozenset({*_SCARCE, *_PLACE, *_SHUT, Kind.PODS, Kind.POD_AFFINITY, Kind.SPREAD, Kind.PORTS})


@dataclass(frozen=True, slots=True)
class Undecided:
    """What the message makes likely, and only the nodes could tell."""

    kind: Kind


def root_of(message: Message) -> Root | Undecided | None:
    """Return what the message proves, what it leaves open, or None where it says nothing that we understand."""
    counts = message.counts()
    if not counts or message.cut or not message.adds_up():
        return None
    left = {k: v for k, v in counts.items() if k not in _PLACE}
    if not left:
        return Root(Kind.AFFINITY, (), lasting=True)
    if not set(left) <= _KNOWN:
        return None
    open_kinds = {k: v for k, v in left.items() if k not in _SHUT}
    return _open(message, open_kinds) if open_kinds else _shut(message, left)


def _shut(message: Message, left: Mapping[Kind, int]) -> Root | Undecided | None:
    if Kind.CORDON in left:
        return Undecided(Kind.CORDON)
    if Kind.CONDITION in left:
        return Root(Kind.CONDITION, (), args={"taints": _details(message, Kind.CONDITION)})
    named = _details(message, Kind.TAINT)
    if not named:
        return Undecided(Kind.TAINT)  # since 1.35 the taint is not named: it may be one that the node controller set
    return Root(Kind.TAINT, (), lasting=True, args={"taints": named})


def _details(message: Message, kind: Kind) -> str:
    found = {r.detail.strip().rstrip(":").replace(": ", "=") for r in message.reasons if r.kind is kind}
    return ", ".join(sorted(found - {""}))


def _open(message: Message, kinds: Mapping[Kind, int]) -> Root | Undecided | None:
    if Kind.PODS in kinds:
        return Undecided(Kind.PODS)
    scarce = [r for r in message.reasons if r.kind in _SCARCE]
    if scarce:
        return _scarce(scarce, strict=len(scarce) == 1 and set(kinds) <= set(_SCARCE))
    kind = max(kinds, key=lambda k: (kinds[k], k))
    return Root(kind, (), strength=Strength.CONCLUSIVE if len(kinds) == 1 else Strength.STRONG)


def _scarce(found: list[Reason], *, strict: bool) -> Root:
    best = max(found, key=lambda r: (r.count or 0, -_SCARCE.index(r.kind)))
    resource = {Kind.CPU: "cpu", Kind.MEMORY: "memory"}.get(best.kind, best.detail)
    strength = Strength.CONCLUSIVE if strict else Strength.STRONG
    return Root(best.kind, (), resource, strength, args={"resource": resource})
