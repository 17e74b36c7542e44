"""Where no rule named a cause: who is unlike itself, ranked by statistics alone. Suspects, never causes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from diagflow.analyze.changepoint import LOUD, Change, Window, change_in
from diagflow.analyze.metrics import shown
from diagflow.analyze.signals import weight
from diagflow.analyze.watched import Watched, parts_of
from diagflow.infer.localise import localise
from diagflow.model import Direction, Entity, Text, Topology
from diagflow.model.diagnosis import NAMED_FROM, Suspect
from diagflow.model.topology import Edges

MOST: Final = 5
"""Suspects that somebody looks at."""
SURE: Final = NAMED_FROM
"""Scores stay below: above, it would look like a cause."""
LEAST: Final = 0.1
"""Less blame than this sends nobody anywhere: normal life has such changes each few hours."""
LEAD: Final = 300.0
"""Seconds before an alert from which its incident is looked for: alerts wait, and rates are of some minutes."""
SHORTEST: Final = 600.0
"""Seconds after an alert's start until which is looked at least: a folder's moment is often the alert's own, and what
lies behind it in the folder is known all the same."""
LONGEST: Final = 1800.0
"""Seconds after an alert's start at which its incident is no longer looked at: what comes then has other reasons."""

_REASONS: Final = 3
_CALLS: Final = frozenset({"calls"})
_STEPS: Final = 4


@dataclass(frozen=True, slots=True)
class _Seen:
    """A metric of an entity that changed."""

    watched: Watched
    change: Change
    anomaly: float


def suspects(
    series: Sequence[Watched], topology: Topology, alerting: Iterable[Entity], *, began: datetime, now: datetime
) -> tuple[Suspect, ...]:
    """Return who changed when an alert began and can have caused it, the most suspect first.

    A function of its arguments. It is asked where no rule named a cause, and there is an alert: without one there is
    no moment to compare with what was before.

    Args:
        series: what was watched, with its history.
        topology: who calls whom (`calls`), and what is a part of what (`selects`, `owner`).
        alerting: what the alert is about.
        began: since when it fires.
        now: until when is looked, if that is neither too soon nor too late after `began`.
    """
    alerting = frozenset(alerting)
    units = _Units(topology, Edges(parts_of(series)), alerting)
    onset = began.timestamp()
    window = Window(onset - LEAD, min(max(now.timestamp(), onset + SHORTEST), onset + LONGEST))
    places = {units.of(entity) for entity in alerting}
    near = units.called_by(places)
    seen = _seen([one for one in series if units.of(one.entity) in near], window, units)
    anomalies = {unit: max((s.anomaly for s in changed), default=0.0) for unit, changed in seen.items()}
    blame = localise(anomalies, units.callees, places)
    first = [(unit, share) for unit, share in blame.items() if share >= LEAST][:MOST]
    return tuple(_suspect(seen[unit], share) for unit, share in first)


def _seen(series: Iterable[Watched], window: Window, units: "_Units") -> Mapping[Entity, list[_Seen]]:
    """Return what changed at each unit that is watched, the loudest first."""
    found: dict[Entity, list[_Seen]] = {}
    for one in series:
        change = change_in(one.times, one.values, window)
        if change is None:  # nobody can say: that is not as always
            continue
        changed = found.setdefault(units.of(one.entity), [])
        anomaly = _anomaly(one.metric, change)
        if anomaly > 0:
            changed.append(_Seen(one, change, anomaly))
    for changed in found.values():
        changed.sort(key=lambda seen: (-seen.anomaly, str(seen.watched.entity), seen.watched.metric))
    return found


def _anomaly(metric: str, change: Change) -> float:
    """Return a change as a share below one: zero where it begins to count, a half at twice that."""
    return weight(metric, change.before, change.after) * max(0.0, 1 - LOUD / max(change.score, LOUD))


class _Units:
    """What has a place of its own in the call graph: a service with its pods is one."""

    def __init__(self, topology: Topology, parts: Topology, alerting: Iterable[Entity]) -> None:
        self._both = (topology, parts)
        self._alerting = frozenset(alerting)
        self._unit: dict[Entity, Entity] = {}
        self._callees: dict[Entity, list[Entity]] = {}

    def callees(self, unit: Entity) -> list[Entity]:
        """Return the units that one calls."""
        if unit not in self._callees:
            called = self._next(unit, Direction.DEPENDENCIES, _CALLS)
            self._callees[unit] = sorted({self.of(other) for other in called})
        return self._callees[unit]

    def called_by(self, units: Iterable[Entity]) -> set[Entity]:
        """Return some units, and all that they call, and so on."""
        found, todo = set(units), list(units)
        while todo:
            new = [callee for callee in self.callees(todo.pop()) if callee not in found]
            found.update(new)
            todo.extend(new)
        return found

    def of(self, entity: Entity) -> Entity:
        """Return the unit that an entity is a part of: the nearest that has calls, or is in the alert, or itself."""
        if entity not in self._unit:
            self._unit[entity] = self._find(entity)
        return self._unit[entity]

    def _find(self, entity: Entity) -> Entity:
        levels = [[entity]]
        for _ in range(_STEPS):
            levels.append(sorted({o for e in levels[-1] for o in self._wholes(e)}))
        nearest = [e for level in levels for e in level]
        calling = (e for e in nearest if self._calls(e))
        named = (e for e in nearest if e in self._alerting)
        return next(calling, next(named, entity))

    def _calls(self, entity: Entity) -> bool:
        return any(self._next(entity, direction, _CALLS) for direction in Direction)

    def _wholes(self, entity: Entity) -> list[Entity]:
        """Return what an entity is a part of: a Service selects its pods, a pod names its owner."""
        return [
            *self._next(entity, Direction.DEPENDENTS, frozenset({"selects"})),
            *self._next(entity, Direction.DEPENDENCIES, frozenset({"owner"})),
        ]

    def _next(self, entity: Entity, direction: Direction, relations: frozenset[str]) -> list[Entity]:
        return [o for t in self._both for relation, o in t.neighbours(entity, direction) if relation in relations]


def _suspect(changed: Sequence[_Seen], blame: float) -> Suspect:
    entity = changed[0].watched.entity
    return Suspect(entity, round(SURE * blame, 3), tuple(_why(seen, entity) for seen in changed[:_REASONS]))


def _number(value: float) -> str:
    """Return a measured value with as many digits as anybody compares."""
    return shown(float(f"{value:.4g}"))


def _why(seen: _Seen, entity: Entity) -> Text:
    """Say which metric changed, how, and since when."""
    change, other = seen.change, seen.watched.entity
    args = {
        "metric": seen.watched.metric if other == entity else f"{seen.watched.metric} ({other})",
        "before": _number(change.before),
        "after": _number(change.after),
        "since": datetime.fromtimestamp(change.since, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": f"{change.score:.0f}",
    }
    return Text(
        "{metric}: {before} before, {after} since {since} ({score} times its normal deviation)",
        "{metric}：此前 {before}，自 {since} 起 {after}（为正常偏差的 {score} 倍）",
    ).fill(args)
