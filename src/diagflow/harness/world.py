"""From what a case gives to readings: a small world that answers completely."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import msgspec

from diagflow.analyze.analyze import TOPOLOGY, given_edges
from diagflow.analyze.times import parsed
from diagflow.bundle import Bundle
from diagflow.bundle.resources import canonical, canonical_query, has_namespace, kind_of, plural_of, resource_of
from diagflow.harness.series import Metrics, series_of
from diagflow.model import BadInput, Coverage, Entity, Incident, Query, Reading, State, Want
from diagflow.model.projection import ObjectList, projection
from diagflow.rules.kinds import KINDS
from diagflow.rules.near import did_you_mean

NOW: Final = "2026-01-01T00:00:00Z"
"""The moment of a case that names none."""

CUT_OFF: Final = "cut-off"
"""A state for cases: there is an answer, but not all of it."""

_EDGES: Final = "write a list of such as `{from: service/shop/web, relation: calls, to: service/shop/cart}`"

_LABELS: Final = "write a sample such as `{pod: cart-0, code: '500', value: 1}`, with numbers in quotes"

_EVENT: Final = frozenset({"reason", "on", "type", "message", "last", "first", "count", "component", "container"})
"""What a short event says."""

_READ: Final = ("objects", "promql", "log", "logs", "fact", "change")
"""What a state can be of."""

_META: Final = {
    "name": "name",
    "namespace": "namespace",
    "labels": "labels",
    "annotations": "annotations",
    "uid": "uid",
}
_TIMES: Final = {"created": "creationTimestamp", "deleted": "deletionTimestamp"}
_SHORT: Final = frozenset({"kind", "apiVersion", "owner", *_META, *_TIMES})


def incident_of(given: Mapping[str, Any]) -> Incident:
    """Return the incident of a case.

    Raises:
        BadInput: a time or an entity is none.
    """
    return Incident(
        now=_time(given.get("now") or NOW),
        entities=tuple(Entity.parse(e) for e in given.get("entities") or ()),
        alert=given.get("alert"),
        namespace=given.get("namespace") or "",
        onset=_time(given["onset"]) if given.get("onset") else None,
    )


def _time(value: Any) -> datetime:
    time = parsed(value)
    if time is None:
        raise BadInput(f"{value!r} is no time: write 2026-01-01T00:05:00Z")
    return time


class World:
    """A `Reader` that knows just what a case gives; lists are complete, and empty where nothing is given."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        """Prepare the answers.

        Raises:
            BadInput: an object without kind or name, an event without its object, a state or a series that is none.
        """
        self.incident = incident_of(given)
        self._given = given
        self._objects = _by_resource(given.get("objects") or ())
        uids = {
            (o["kind"], o["metadata"].get("namespace", ""), o["metadata"]["name"]): o["metadata"]["uid"]
            for o in self.objects()
        }
        self._objects["events"] = [event(e, self.incident, uids) for e in given.get("events") or ()]
        states = (given.get("states") or {}).items()
        self._states = {canonical_query(_read_as(name)): _checked(state) for name, state in states}
        self._metrics = _metrics(given, self.incident.now)
        self.asked: set[Query] = set()
        self._failed = False

    def bundle(self) -> Bundle:
        """Return what is known before anything is read: the topology, which nobody asks for.

        Raises:
            BadInput: a relation is none.
        """
        bundle = Bundle(self.incident)
        edges = self._given.get("topology")
        if edges is None:
            return bundle
        bundle.add(self._reading(TOPOLOGY, edges))
        if not isinstance(edges, list) or len(list(given_edges(bundle))) < len(edges):
            raise BadInput(f"topology: {_EDGES}")
        return bundle

    def unasked(self) -> list[str]:
        """Return the expressions that have an answer and that nobody asked for: a typing mistake, most likely."""
        asked = {_one_line(q.target) for q in self.asked if q.kind == "promql"}
        return [str(name) for name in self._given.get("answers") or {} if _one_line(name) not in asked]

    def unasked_series(self, known: Callable[[], Iterable[Query]] = tuple) -> list[str]:
        """Return the series of metrics that no expression names, neither of what was asked nor of `known`."""
        if self._metrics is None or self._failed:  # which of them a broken expression names, nobody can tell
            return []
        return self._metrics.unasked(q for q in (*self.asked, *known()) if q.kind == "promql")

    def objects(self) -> Iterator[dict[str, Any]]:
        """Yield all objects, events not among them."""
        return (o for name, objects in self._objects.items() if name != "events" for o in objects)

    def read(self, wants: Sequence[Want], *, deadline: float) -> Iterator[Reading]:  # noqa: ARG002  # nothing takes time here
        """Answer, as a `diagflow.collect.reader.Reader` does."""
        for want in wants:
            self.asked.add(want.query)
            yield self._stated(self._answer(want))

    def source(self) -> Mapping[str, Any]:
        """Describe who answers."""
        return {"kind": "test"}

    def close(self) -> None:
        """Nothing to let go of."""

    def _answer(self, want: Want) -> Reading:
        query = want.query
        match query.kind:
            case "objects":
                return self._list(want)
            case "promql":
                return self._metric(query)
            case "log":
                return self._log(query)
            case "logs":
                return self._reading(query, self._with_log(query.target))
            case "fact":
                facts = self._given.get("facts") or {}
                return (
                    self._reading(query, facts[query.target]) if query.target in facts else self._reading(query, None)
                )
            case "change":
                found = [c for c in self._given.get("changes") or () if c.get("kind", query.target) == query.target]
                return self._reading(query, found)
            case _:
                return self._reading(query, None)

    def _stated(self, reading: Reading) -> Reading:
        """Apply `states`; those without a namespace hold for each."""
        query = canonical_query(reading.query)
        plain = Query(query.kind, query.target)
        state = self._states.get(query, self._states.get(plain, ""))
        if not state:
            return reading
        if state == CUT_OFF:
            return replace(reading, coverage=Coverage(complete=False))
        return Reading(reading.query, State(state), reading.time, source="test", detail=f"the test says {state}")

    def _list(self, want: Want) -> Reading:
        resource = canonical(want.query.target)
        namespace = want.query.param("namespace") if has_namespace(resource) else ""
        objects = self._objects.get(resource, [])
        found = [o for o in objects if not namespace or o["metadata"].get("namespace") == namespace]
        decoder = projection(want.fields)
        items = [decoder.decode_item(msgspec.json.encode(o)) for o in found]
        kind = kind_of(resource) or next((str(o["kind"]) for o in found), "")
        return replace(self._reading(want.query, ObjectList(items, want.fields, kind)), fields=want.fields)

    def _metric(self, query: Query) -> Reading:
        answers = {_one_line(name): value for name, value in (self._given.get("answers") or {}).items()}
        value = answers.get(_one_line(query.target))
        if value is None:  # as in a bundle: a recorded answer counts more than what series would give
            return self._evaluated(query, self._metrics) if self._metrics else self._reading(query, None)
        samples = value if isinstance(value, list) else [value]
        return self._reading(query, [self._sample(s) for s in samples])

    def _evaluated(self, query: Query, metrics: Metrics) -> Reading:
        found = metrics.answer(query)
        self._failed = self._failed or found.state is State.ERROR
        return found

    def _sample(self, sample: Any) -> dict[str, Any]:
        if not isinstance(sample, Mapping):
            sample = {"value": sample}
        labels = sample.get("labels") or {k: v for k, v in sample.items() if k not in ("value", "time")}
        if not isinstance(labels, Mapping) or not all(isinstance(v, str) for v in labels.values()):
            raise BadInput(f"answers: the labels {labels} are no texts: {_LABELS}")
        time = parsed(sample.get("time")) or self.incident.now
        return {"labels": dict(labels), "value": _number(sample.get("value")), "time": time.timestamp()}

    def _log(self, query: Query) -> Reading:
        name = f"{query.target}.previous" if query.param("previous") == "true" else query.target
        text = (self._given.get("logs") or {}).get(name, "")
        lines = text.splitlines(keepends=True)
        tail = query.param("tail")
        return self._reading(query, "".join(lines[-int(tail) :] if tail else lines))

    def _with_log(self, kind: str) -> list[str]:
        """Return the names of those of a kind, as `node`, whose logs are given."""
        split = (str(name).split("/") for name in self._given.get("logs") or {})
        return sorted(parts[1] for parts in split if len(parts) == 2 and parts[0] == kind)  # noqa: PLR2004

    def _reading(self, query: Query, data: Any) -> Reading:
        if data is None:
            return Reading(query, State.ABSENT, self.incident.now, source="test", detail="not given")
        empty = isinstance(data, (str, Sequence)) and not len(data)
        return Reading(query, State.EMPTY if empty else State.DATA, self.incident.now, data, source="test")


def _metrics(given: Mapping[str, Any], now: datetime) -> Metrics | None:
    return Metrics(series_of(given["series"], _wrong_series), now) if "series" in given else None


def _wrong_series(message: str, *steps: str | int) -> BadInput:
    return BadInput(f"{'.'.join(map(str, ('series', *steps)))}: {message}")


def _checked(state: Any) -> str:
    if state not in (CUT_OFF, *(s.value for s in State)):
        raise BadInput(f"{state!r} is no state: write forbidden, error, absent, empty or {CUT_OFF}")
    return str(state)


def _read_as(name: str) -> Query:
    """Return what a state is of.

    Raises:
        BadInput: nothing that anybody could read.
    """
    query = Query.parse(name)
    if query.kind not in _READ:
        raise BadInput(f"states: `{name}` is read by nobody: {did_you_mean(query.kind, _READ)}")
    resource = canonical(query.target)
    if query.kind == "objects" and resource != "events" and "." not in resource and not kind_of(resource):
        meant = did_you_mean(query.target, map(plural_of, KINDS))
        raise BadInput(f"states: there are no `{query.target}`: write the plural, {meant}")
    return query


def _one_line(expression: Any) -> str:
    return " ".join(str(expression).split())


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _by_resource(items: Iterable[Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        for obj in item.get("items", ()) if str(item.get("kind", "")).endswith("List") else (item,):
            full = whole(obj)
            found.setdefault(resource_of(full["kind"], full["apiVersion"]), []).append(full)
    return found


def whole(obj: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object as an API server gives it; it may be written short: `{kind, namespace, name, spec, status}`.

    Raises:
        BadInput: it has no kind, or no name.
    """
    kind, version = _kind(obj)
    meta = dict(obj.get("metadata") or {})
    meta |= {long: obj[short] for short, long in {**_META, **_TIMES}.items() if short in obj and "metadata" not in obj}
    if not meta.get("name"):
        raise BadInput(f"a {kind} has no name: write `name:`")
    _check_conditions(kind, meta["name"], obj.get("status"))
    meta.setdefault("uid", f"{kind.lower()}-{meta.get('namespace', '')}-{meta['name']}")
    if "owner" in obj:
        meta["ownerReferences"] = [_reference(Entity.parse(obj["owner"]))]
    rest = {k: v for k, v in obj.items() if k not in _SHORT and k != "metadata"} if "metadata" not in obj else dict(obj)
    return {**rest, "kind": kind, "apiVersion": version, "metadata": meta}


def _check_conditions(kind: str, name: str, status: Any) -> None:
    """Refuse `status: False` of a condition, which YAML takes for a boolean: no rule would see what a cluster has."""
    found = status.get("conditions") if isinstance(status, Mapping) else None
    for condition in found if isinstance(found, list) else ():
        if isinstance(condition, Mapping) and isinstance(condition.get("status"), bool):
            about, value = condition.get("type"), condition["status"]
            raise BadInput(f'{kind} {name}: the status of its condition {about} is text: write `status: "{value}"`')


def _kind(obj: Mapping[str, Any]) -> tuple[str, str]:
    written = str(obj.get("kind") or "")
    if not written:
        raise BadInput("an object has no kind: write `kind:`")
    name, _, group = written.partition(".")
    if not group and not obj.get("apiVersion") and name.lower() not in KINDS:
        meant = did_you_mean(name, KINDS)
        raise BadInput(f"the kind `{name}` is not known: {meant} (one of another group needs its `apiVersion`)")
    resource = resource_of(name, str(obj.get("apiVersion") or (f"{group}/v1" if group else "")))
    group = resource.partition(".")[2]
    version = str(obj.get("apiVersion") or (f"{group}/v1" if group else "v1"))
    return kind_of(resource) or name, version


def _reference(owner: Entity) -> dict[str, Any]:
    kind, version = _kind({"kind": f"{owner.kind}.{owner.group}" if owner.group else owner.kind})
    uid = f"{kind.lower()}-{owner.namespace}-{owner.name}"
    return {"kind": kind, "apiVersion": version, "name": owner.name, "uid": uid, "controller": True}


def event(given: Mapping[str, Any], incident: Incident, uids: Mapping[tuple[str, str, str], str]) -> dict[str, Any]:
    """Return an event as core/v1 has it, from `{reason, on, message, last, count ...}` or a whole one.

    Raises:
        BadInput: it does not say what it is about.
    """
    if "involvedObject" in given or "regarding" in given:
        return {
            "kind": "Event",
            "apiVersion": "v1",
            **given,
            "metadata": {"name": "event", **(given.get("metadata") or {})},
        }
    if "on" not in given:
        raise BadInput(f"the event {given.get('reason')} is about nothing: write `on: pod/shop/cart-0`")
    if unknown := sorted(given.keys() - _EVENT):
        key, meant = unknown[0], did_you_mean(unknown[0], _EVENT)
        raise BadInput(f"the event {given.get('reason')}: `{key}` is not known here: {meant}")
    about = Entity.parse(given["on"])
    kind, version = _kind({"kind": f"{about.kind}.{about.group}" if about.group else about.kind})
    involved = {"kind": kind, "apiVersion": version, "name": about.name}
    if about.namespace:
        involved["namespace"] = about.namespace
    if uid := uids.get((kind, about.namespace, about.name)):
        involved["uid"] = uid
    if given.get("container"):
        involved["fieldPath"] = f"spec.containers{{{given['container']}}}"
    last = given.get("last") or incident.now.isoformat().replace("+00:00", "Z")
    return {
        "kind": "Event",
        "apiVersion": "v1",
        "metadata": {
            "name": f"{about.name}.{given.get('reason', '').lower()}",
            "namespace": about.namespace or "default",
        },
        "reason": given.get("reason", ""),
        "type": given.get("type", "Warning"),
        "message": given.get("message", ""),
        "count": given.get("count", 1),
        "firstTimestamp": given.get("first") or last,
        "lastTimestamp": last,
        "involvedObject": involved,
        **({"source": {"component": given["component"]}} if "component" in given else {}),
    }
