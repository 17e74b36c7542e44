"""The analyzer `check-lease-holder`: is the pod that holds an expired lease still there?"""

from collections.abc import Iterator, Sequence
from typing import Any

from diagflow.analyze.api import Case, Finding, Observation
from diagflow.model import Entity, Outcome, Query, Strength, Text

LEASES = Query.parse("objects:leases.coordination.k8s.io")
PODS = Query.parse("objects:pods")
ENDED = ("Succeeded", "Failed")


def run(case: Case) -> list[Finding]:
    """Look up the holder of each lease that a rule asks about."""
    leases, pods = case.read(LEASES), case.read(PODS)
    if not pods.answered:
        return [Finding(e, outcome=Outcome.INCONCLUSIVE, detail="pods could not be read") for e in case.entities]
    living = {
        Entity("pod", pod["metadata"]["name"], pod["metadata"]["namespace"])
        for pod in pods.data or ()
        if pod.get("status", {}).get("phase") not in ENDED
    }
    holders = dict(_holders(leases.data or ()))
    return [_finding(lease, holders.get(lease, ""), living) for lease in case.entities]


def _holders(leases: Sequence[dict[str, Any]]) -> Iterator[tuple[Entity, str]]:
    """Client libraries write `POD_UUID`: the name of the pod is what stands before the underscore."""
    for lease in leases:
        meta = lease["metadata"]
        name = str(lease.get("spec", {}).get("holderIdentity") or "")
        yield Entity("lease", meta["name"], meta["namespace"]), name.split("_", maxsplit=1)[0]


def _finding(lease: Entity, holder: str, living: set[Entity]) -> Finding:
    if not holder or Entity("pod", holder, lease.namespace) in living:
        return Finding(lease, outcome=Outcome.NO_MATCH)
    text = Text(
        f"no pod {holder} runs in namespace {lease.namespace}", f"命名空间 {lease.namespace} 中没有运行的 Pod {holder}"
    )
    seen = Observation(PODS, text, supports=Strength.CONCLUSIVE)
    return Finding(lease, "acme.leader-is-gone", observations=(seen,), args={"holder": holder})
