"""The analyzers `find-scheduler` and `find-controller-manager`: what nobody acts on waits for the holder of a lease.

They name nothing. They relate each pod that no scheduler has looked at, and each workload whose change no controller
has looked at, to the lease (`calls`), so that a component that is gone becomes the root, and they are its consequences.
"""

from typing import Final

from diagflow.analyze.api import Case, Finding
from diagflow.model import Edge, Entity, Outcome

LEASE: Final = Entity("lease", "kube-scheduler", "kube-system")
CONTROLLERS: Final = Entity("lease", "kube-controller-manager", "kube-system")


def run(case: Case) -> list[Finding]:
    """Relate the pods that its rule matched to the scheduler's lease."""
    return [_finding(pod, LEASE) for pod in sorted(case.entities)]


def run_controllers(case: Case) -> list[Finding]:
    """Relate the workloads that its rules matched to the controller manager's lease."""
    return [_finding(workload, CONTROLLERS) for workload in sorted(case.entities)]


def _finding(waits: Entity, lease: Entity) -> Finding:
    return Finding(
        waits, outcome=Outcome.NO_MATCH, edges=(Edge(waits, "calls", lease),), detail=f"it waits for {lease}"
    )
