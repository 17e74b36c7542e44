"""What happened when: onsets, changes and observations in one order."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from diagflow.feedback.clock import Clock
from diagflow.feedback.phrases import label
from diagflow.feedback.plain import rfc3339
from diagflow.feedback.report import Happening, Moment
from diagflow.feedback.visible import clip, one_line
from diagflow.feedback.words import Words
from diagflow.model import Evidence
from diagflow.model.diagnosis import Diagnosis, NamedCause, SeenSymptom

_LIMIT: Final = 40
_TEXT_LIMIT: Final = 240
_ORDER: Final = ("change", "onset", "evidence", "alert", "now")
"""Of what happens in the same second, what can be a reason comes first."""

_Raw = tuple[datetime, str, str]


def timeline(diagnosis: Diagnosis, lang: str, clock: Clock, words: Words) -> tuple[Happening, ...]:
    """Return the moments in order, the same observation at the same second once, the latest ones where too many."""
    raw = Counter(
        (_utc(t), kind, clip(one_line(what), _TEXT_LIMIT, words.clipped)) for t, kind, what in _all(diagnosis, lang)
    )
    listed = sorted(raw, key=lambda entry: (entry[0], _ORDER.index(entry[1]), entry[2]))
    return tuple(
        Happening(Moment(clock.moment(t), rfc3339(t)), kind, what, raw[t, kind, what])
        for t, kind, what in listed[-_LIMIT:]
    )


def _utc(time: datetime) -> datetime:
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(microsecond=0)


def _all(diagnosis: Diagnosis, lang: str) -> Iterator[_Raw]:
    things: tuple[NamedCause | SeenSymptom, ...] = (*diagnosis.causes, *diagnosis.symptoms)
    for thing in things:
        if began := thing.onset.latest or thing.onset.earliest:
            yield began, "onset", thing.title.lang(lang)
        yield from _evidence(thing.evidence, lang)
    if diagnosis.incident.onset and diagnosis.incident.alert is not None:
        yield diagnosis.incident.onset, "alert", alert_name(diagnosis)
    yield diagnosis.incident.now, "now", ""


def _evidence(evidence: Iterable[Evidence], lang: str) -> Iterator[_Raw]:
    for seen in evidence:
        if seen.time is not None:
            kind = "change" if seen.query.kind == "change" else "evidence"
            yield seen.time, kind, seen.text.lang(lang)


def alert_name(diagnosis: Diagnosis) -> str:
    """Return the name of the alert, or the empty string: from its labels, wherever Alertmanager put them."""
    alert = diagnosis.incident.alert or {}
    alerts = alert.get("alerts")
    first = alerts[0] if isinstance(alerts, list) and alerts else {}
    places = (diagnosis.incident.labels, alert.get("commonLabels"), alert.get("labels"), _labels(first))
    names = (place.get("alertname") for place in places if hasattr(place, "get"))
    return next((label(one_line(str(n))) for n in names if n), "")


def _labels(alert: object) -> object:
    return alert.get("labels") if isinstance(alert, dict) else None
