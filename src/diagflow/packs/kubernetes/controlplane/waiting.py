"""The analyzer `find-scheduler`: pods that no scheduler has looked at wait for the holder of the scheduler's lease.

It names nothing. It relates each pod to the lease (`calls`), so that a scheduler that is gone becomes the root, and the
pods that nobody places are its consequences.
"""

from typing import Final

from diagflow.analyze.api import Case, Finding
from diagflow.model import Edge, Entity, Outcome

LEASE: Final = Entity("lease", "kube-scheduler", "kube-system")


def run(case: Case) -> list[Finding]:
    """Relate the pods that its rule matched to the scheduler's lease."""
    return [_finding(pod) for pod in sorted(case.entities)]


def _finding(pod: Entity) -> Finding:
    return Finding(pod, outcome=Outcome.NO_MATCH, edges=(Edge(pod, "calls", LEASE),), detail=f"it waits for {LEASE}")
