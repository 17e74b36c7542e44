"""What a recorded alert is about."""

from dataclasses import replace

from diagflow.model import Incident


def pointed(incident: Incident) -> Incident:
    """Return an incident with the entities that its alert names, if nobody has named any yet.

    Raises:
        BadInput: the alert is none.
    """
    if incident.alert is None or incident.entities:
        return incident
    import json  # noqa: PLC0415  # most commands meet no recorded alert

    from diagflow.collect.alert import parse_alert  # noqa: PLC0415

    parsed = parse_alert(json.dumps(incident.alert).encode(), name="alert.json", resolved=True)
    return replace(
        incident, entities=parsed.entities, alert=parsed.body, onset=parsed.onset, labels=dict(parsed.labels)
    )
