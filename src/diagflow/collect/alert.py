"""Alerts as Alertmanager sends or lists them, read into what an incident needs.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from diagflow.collect.alertlabels import Locate, entities_of, nowhere
from diagflow.model import CLUSTER, BadInput, Entity
from diagflow.model.typed import converted

MAX_BYTES: Final = 16 << 20
"""Of a body; an Alertmanager group of a thousand alerts has one."""

BY_DESIGN: Final = frozenset({"Watchdog", "InfoInhibitor"})
"""Alerts of kube-prometheus that fire while all is well: one tests the way of alerts, the other holds back others.

Theirs have the severity `none`; with another, somebody else's alert (of a hardware watchdog) has that name.
https://runbooks.prometheus-operator.dev/runbooks/general/watchdog/ and .../infoinhibitor/
"""

_NONE: Final = "none"

_BYTE: Final = re.compile(r"\(byte (\d+)\)")
_AT: Final = re.compile(r" - at `(\$[^`]*)`$")
_FIRING: Final = frozenset({"firing", "active", "unprocessed", "suppressed"})  # silenced is ill all the same
_ZERO_YEAR: Final = 1  # Go's zero time


@dataclass(frozen=True, slots=True)
class ParsedAlert:
    """What an alert, or a group of alerts, says.

    Attributes:
        entities: what the firing alerts name, sorted; `cluster/local` when they name nothing smaller.
        onset: the earliest start of a firing alert (UTC), None if none says.
        labels: those that all firing alerts share.
        body: as a webhook body, whatever form it came in.
        firing: how many alerts fire that say that something is wrong; 0 leaves nothing to diagnose but everything.
        by_design: the names of those that fire while all is well, which count nowhere above.
    """

    entities: tuple[Entity, ...]
    onset: datetime | None
    labels: Mapping[str, str]
    body: dict[str, Any]
    firing: int
    by_design: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """Why this alert is no reason to look for a cause; empty when it is one."""
        if self.firing:
            return ""
        fire = "fires" if len(self.by_design) == 1 else "fire"
        return (
            f"{' and '.join(self.by_design)} {fire} by design, also while nothing is wrong, so this is a scan of "
            "everything (https://runbooks.prometheus-operator.dev/runbooks/general/)"
        )


class _State(msgspec.Struct):
    state: str = ""


class _Alert(msgspec.Struct):
    labels: dict[str, str]
    status: str | _State = "firing"
    startsAt: datetime | None = None  # noqa: N815  # as it is written

    @property
    def name(self) -> str:
        return self.labels.get("alertname", "")

    @property
    def by_design(self) -> bool:
        return self.name in BY_DESIGN and self.labels.get("severity", _NONE) == _NONE

    @property
    def fires(self) -> bool:
        return (self.status if isinstance(self.status, str) else self.status.state) in _FIRING


class _Group(msgspec.Struct):
    alerts: list[_Alert]


def parse_alert(body: bytes, *, name: str, resolved: bool = False, locate: Locate = nowhere) -> ParsedAlert:
    """Read the body of an Alertmanager webhook, a list of alerts (`amtool alert query -o json`), or one alert.

    Args:
        body: JSON.
        name: of the file, for errors.
        resolved: of an incident of the past, take the alerts that are resolved by now where none fires.
        locate: where something is that an alert names without its namespace.

    Raises:
        BadInput: it is no such thing, or no alert in it fires.
    """
    group = _webhook(_json(body, name), name)
    alerts = _typed(group, name)
    firing = [alert for alert in alerts if alert.fires] or (alerts if resolved else [])
    if not alerts:
        raise BadInput(f"{name}: there is no alert in it")
    if not firing:
        raise BadInput(f"{name}: none of its {len(alerts)} alerts fires any more, so there is nothing to diagnose")
    ill = [alert for alert in firing if not alert.by_design]
    by_design = tuple(sorted({alert.name for alert in firing if alert.by_design}))
    if not ill:
        return ParsedAlert((), None, {}, group, 0, by_design)
    return ParsedAlert(_entities(ill, locate), _onset(ill), _common(ill), group, len(ill), by_design)


def _json(body: bytes, name: str) -> Any:
    if len(body) > MAX_BYTES:
        raise BadInput(f"{name}: {len(body):,} bytes are too many for an alert (at most {MAX_BYTES:,})")
    try:
        return msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except UnicodeDecodeError as e:
        raise BadInput(f"{name}: this is no UTF-8: {e.reason}") from None
    except RecursionError:
        raise BadInput(f"{name}: this is no alert: it is nested too deeply") from None
    except msgspec.DecodeError as e:
        raise BadInput(f"{_place(str(e), body, name)}: this is no JSON: {_BYTE.sub('', str(e)).strip()}") from None


def _place(message: str, body: bytes, name: str) -> str:
    """Return `file:line:col` for the byte that a decoder complains of; its end when it ends too early."""
    found = _BYTE.search(message)
    before = body[: int(found.group(1))] if found else body
    line = before.count(b"\n") + 1
    column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
    return f"{name}:{line}:{column}"


def _webhook(data: Any, name: str) -> dict[str, Any]:
    """Return any of the forms as a webhook body."""
    if isinstance(data, list):
        return {"version": "4", "status": "firing", "alerts": data}
    if isinstance(data, dict) and isinstance(data.get("alerts"), list):
        return data
    if isinstance(data, dict) and "alerts" not in data and isinstance(data.get("labels"), dict):
        return {"version": "4", "status": "firing", "alerts": [data]}
    raise BadInput(f"{name}: this is no alert: it needs `alerts`, a list, as in the body of an Alertmanager webhook")


def _typed(group: Mapping[str, Any], name: str) -> list[_Alert]:
    try:
        return converted(group, _Group).alerts
    except msgspec.ValidationError as e:
        where = _AT.search(str(e))
        path = where.group(1).removeprefix("$.") if where else "the body"
        raise BadInput(f"{name}: {path}: {_AT.sub('', str(e))}") from None


def _entities(alerts: Sequence[_Alert], locate: Locate) -> tuple[Entity, ...]:
    """Return what the alerts name; the whole cluster only if none names anything smaller."""
    found = {entity for alert in alerts for entity in entities_of(alert.labels, locate)}
    return tuple(sorted(found - {CLUSTER})) or (CLUSTER,)


def _onset(alerts: Sequence[_Alert]) -> datetime | None:
    starts = [alert.startsAt for alert in alerts if alert.startsAt is not None and alert.startsAt.year > _ZERO_YEAR]
    return min((s.astimezone(UTC) if s.tzinfo else s.replace(tzinfo=UTC) for s in starts), default=None)


def _common(alerts: Sequence[_Alert]) -> dict[str, str]:
    shared = set(alerts[0].labels.items()).intersection(*(alert.labels.items() for alert in alerts))
    return dict(sorted(shared))
