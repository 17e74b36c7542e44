"""How long a healthy cluster may leave a pod without a node, and how sure that makes us.

A rollout, a drain or an autoscaler leaves pods unschedulable for a while, and nothing is wrong. Evidence from such a
moment is strong: near an alert it is named, in a scan it is not. What lasts longer is conclusive.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from diagflow.analyze.events import Event
from diagflow.model import Entity, Strength

ORDINARY: Final = 60.0
"""Seconds: pods that a drain evicts get 30 s to end (terminationGracePeriodSeconds) before their room is free."""

PREEMPTING: Final = 300.0
"""Seconds while room is being made on a nominated node: the victims' grace period, as a rule of thumb."""

SCALING: Final = 900.0
"""Seconds that a node may take to come (cluster-autoscaler's --max-node-provision-time is 15 min by default)."""

PROVISIONING: Final = 300.0
"""Seconds that a volume may take to be made (external-provisioner retries with back-off up to 5 min)."""

SCALE_UP: Final = ("TriggeredScaleUp", "Nominated")
"""Events of cluster-autoscaler and Karpenter about a pod for which a node is on its way."""

_ORDER: Final = (Strength.WEAK, Strength.MODERATE, Strength.STRONG, Strength.CONCLUSIVE)


def scaling_up(events: Iterable[Event], pod: Entity, now: datetime) -> bool:
    """True while an autoscaler has a node on its way for a pod."""
    return any(
        e.reason in SCALE_UP and e.entity == pod and e.last is not None and age(e.last, now) < SCALING for e in events
    )


def age(since: datetime, now: datetime) -> float:
    """Return the seconds that have passed; a moment in the future is now."""
    return max(0.0, (now - since).total_seconds())


def at_most(strength: Strength, limit: Strength) -> Strength:
    """Return the weaker of two strengths."""
    return min(strength, limit, key=_ORDER.index)


def one_less(strength: Strength) -> Strength:
    """Return the next weaker strength."""
    return _ORDER[max(0, _ORDER.index(strength) - 1)]
