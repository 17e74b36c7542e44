"""Short ways to say verdicts and causes in tests of the inference."""

from datetime import UTC, datetime
from typing import Any

from diagflow.model import (
    FITTED,
    Cause,
    Direction,
    Entity,
    Evidence,
    Explains,
    Incident,
    Onset,
    Outcome,
    Query,
    Role,
    Strength,
    Text,
    Verdict,
)

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
PODS = Query.of("objects", "pods")
SCAN = Incident(now=NOW)


def entity(text: str) -> Entity:
    return Entity.parse(text)


def seen(strength: str = "conclusive", sign: int = 1, origin: str = "state") -> Evidence:
    return Evidence(
        query=PODS,
        origin=origin,
        nats=sign * FITTED.strengths[Strength(strength)],
        text=Text(f"{origin} says so"),
        strength=Strength(strength),
    )


def match(names: str, about: str, *evidence: Evidence, **more: Any) -> Verdict:
    return Verdict(f"T-{names.upper()}-001", entity(about), Outcome.MATCH, names, evidence or (seen(),), **more)


def cause(cause_id: str, *explains: Explains, role: Role = Role.CAUSE, title: str = "") -> Cause:
    return Cause(cause_id, Text(title or cause_id), role=role, explains=explains)


def symptom(cause_id: str, *explains: Explains) -> Cause:
    return cause(cause_id, *explains, role=Role.SYMPTOM)


def brings(what: str, *via: str, direction: str = "dependents") -> Explains:
    return Explains(what, frozenset(via), Direction(direction))


def known(*causes: Cause) -> dict[str, Cause]:
    return {c.id: c for c in causes}


def alert_on(*entities: str) -> Incident:
    return Incident(
        now=NOW,
        entities=tuple(entity(e) for e in entities),
        alert={"alerts": []},
        labels={"alertname": "KubePodNotReady"},
    )


def at(minute: int, second: int = 0) -> Onset:
    moment = NOW.replace(hour=11, minute=minute, second=second)
    return Onset(moment, moment)
