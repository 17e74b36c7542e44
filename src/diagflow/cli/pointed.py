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
    import json

    from diagflow.collect.alert import parse_alert

    parsed = parse_alert(json.dumps(incident.alert).encode(), name="alert.json", resolved=True)
    return replace(
        incident, entities=parsed.entities, alert=parsed.body, onset=parsed.onset, labels=dict(parsed.labels)
    )
