"""Where an alert has no cause, what statistics say about it: added to the diagnosis, never instead of a cause."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from diagflow.model import CLUSTER, BadInput, Entity, Incident, Topology
from diagflow.model.diagnosis import Diagnosis, Status

if TYPE_CHECKING:
    from diagflow.promql.storage import Storage

_OPEN: Final = (Status.UNKNOWN, Status.SUSPECTS)


def with_suspects(diagnosis: Diagnosis, topology: Topology, series: "Callable[[], Storage | None]") -> Diagnosis:
    """Return the diagnosis with suspects, if it names no cause of its alert and there are series to look at.

    A scan has no suspects: nobody says that something is wrong, nor since when. Neither has an alert whose cause was
    found, or is known and suppressed. Asked again with more series, it says what these say.

    Args:
        diagnosis: what rules say.
        topology: as in `suspects`.
        series: returns the recorded samples; asked only where they are needed. Without any nothing imports numpy.
    """
    incident = diagnosis.incident
    if diagnosis.status not in _OPEN or incident.alert is None or diagnosis.suppressed:
        return diagnosis
    try:
        storage = series()
    except BadInput:  # said where the reading is
        storage = None
    if storage is None:
        return diagnosis
    from diagflow.analyze.watched import watched  # noqa: PLC0415  # numpy: only where there are series
    from diagflow.infer.suspects import suspects  # noqa: PLC0415

    began = incident.onset or incident.now
    found = suspects(list(watched(storage)), topology, alerting(incident), began=began, now=incident.now)
    return replace(diagnosis, status=Status.SUSPECTS if found else Status.UNKNOWN, suspects=found)


def alerting(incident: Incident) -> tuple[Entity, ...]:
    """Return what the alert is about; a service outside of Kubernetes has no namespace, and is one of its labels."""
    if incident.entities not in ((), (CLUSTER,)):
        return incident.entities
    service = incident.labels.get("service")
    return (Entity("service", service),) if service else incident.entities
