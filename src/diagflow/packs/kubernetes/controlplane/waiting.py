"""The analyzers `find-scheduler`, `find-controller-manager` and `find-database`: who waits for whom.

They name nothing. They relate each pod that no scheduler has looked at, and each workload whose change no controller
has looked at, to the lease of who should (`calls`), so that a component that is gone becomes the root, and they are its
consequences; and a lease that nobody renews to the cluster, whose database may take no writes.
"""

from collections.abc import Iterable
from typing import Final

from diagflow.analyze.api import Case, Finding
from diagflow.model import CLUSTER, Edge, Entity, Outcome

LEASE: Final = Entity("lease", "kube-scheduler", "kube-system")
CONTROLLERS: Final = Entity("lease", "kube-controller-manager", "kube-system")


def run(case: Case) -> list[Finding]:
    """Relate the pods that its rule matched to the scheduler's lease."""
    return _related(case.entities, LEASE)


def run_controllers(case: Case) -> list[Finding]:
    """Relate the workloads that its rules matched to the controller manager's lease."""
    return _related(case.entities, CONTROLLERS)


def run_database(case: Case) -> list[Finding]:
    """Relate the leases that its rules matched to the cluster, which is where causes of its database are."""
    return _related(case.entities, CLUSTER)


def _related(waiting: Iterable[Entity], whom: Entity) -> list[Finding]:
    return [
        Finding(one, outcome=Outcome.NO_MATCH, edges=(Edge(one, "calls", whom),), detail=f"it waits for {whom}")
        for one in sorted(waiting)
    ]
