"""What a recorded alert is about."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from diagflow.model import Incident

if TYPE_CHECKING:
    from diagflow.bundle import Bundle


@dataclass(frozen=True, slots=True)
class Pointed:
    """What is diagnosed.

    Attributes:
        incident: with the entities that its alert names; a scan, where its alert fires while all is well.
        notes: what somebody should know of the alert, a line each.
    """

    incident: Incident
    notes: tuple[str, ...] = ()


def unpointed(incident: Incident) -> Incident:
    """Return an incident as a scan has it: nobody points at anything."""
    return replace(incident, entities=(), alert=None, onset=None, labels={})


def pointed(incident: Incident, bundle: "Bundle") -> Pointed:
    """Return an incident with the entities that its alert names, if nobody has named any yet.

    Args:
        incident: of the bundle, or with another alert.
        bundle: where things are looked up that the alert names without their namespace.

    Raises:
        BadInput: the alert is none.
    """
    if incident.alert is None or incident.entities:
        return Pointed(incident)
    import json  # noqa: PLC0415  # most commands meet no recorded alert

    from diagflow.collect.alert import parse_alert  # noqa: PLC0415
    from diagflow.collect.alertplaces import Places  # noqa: PLC0415

    places = Places(bundle, incident.namespace)
    body = json.dumps(incident.alert).encode()
    parsed = parse_alert(body, name="alert.json", resolved=True, locate=places.find)
    if not parsed.firing:
        return Pointed(unpointed(incident), (parsed.note,))
    found = replace(
        incident, entities=parsed.entities, alert=parsed.body, onset=parsed.onset, labels=dict(parsed.labels)
    )
    return Pointed(found, tuple(places.notes))
