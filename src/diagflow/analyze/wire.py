"""Frames between us and the child that runs a stranger's analyzer: a length, then MessagePack.

MessagePack and not JSON: NaN and times come through as they are. What comes from a child is checked field by field,
because its author may be careless, or worse.
"""

import struct
from collections.abc import Sequence
from datetime import datetime
from typing import Any, BinaryIO, Final

import msgspec

from diagflow.analyze.api import Finding, Observation
from diagflow.analyze.case import Ask
from diagflow.model import Coverage, Edge, Entity, Outcome, Query, Reading, State, Strength, Text
from diagflow.model.typed import from_msgpack

MOST_BYTES: Final = 16 * 1024 * 1024
"""Size of a frame that we accept from a child; findings are small."""

_LENGTH: Final = struct.Struct(">Q")
_encoder = msgspec.msgpack.Encoder()


class BadFrame(Exception):  # noqa: N818  # becomes a verdict, never an error of ours
    """What came is no frame of this protocol."""


def send(stream: BinaryIO, frame: Any) -> None:
    """Write one frame."""
    body = _encoder.encode(frame)
    stream.write(_LENGTH.pack(len(body)))
    stream.write(body)
    stream.flush()


def receive(stream: BinaryIO, most: int = MOST_BYTES) -> bytes | None:
    """Read the body of one frame; None where the stream ends.

    Raises:
        BadFrame: it is larger than `most`, or ends within.
    """
    head = stream.read(_LENGTH.size)
    if not head:
        return None
    if len(head) < _LENGTH.size:
        raise BadFrame("the answer ends within a frame")
    (length,) = _LENGTH.unpack(head)
    if length > most:
        raise BadFrame(f"the answer has {length:,} bytes, at most {most:,} are read")
    body = stream.read(length)
    if len(body) < length:
        raise BadFrame("the answer ends within a frame")
    return body


class WireAsk(msgspec.Struct):
    """`diagflow.analyze.case.Ask`."""

    now: datetime
    near: bool
    entities: list[str]
    args: dict[str, str]


class WireReading(msgspec.Struct):
    """A reading for a child, or why it gets none: `state` is then `not-yet` or `undeclared`."""

    query: str
    state: str
    time: datetime | None = None
    data: Any = None
    source: str = ""
    product: str = ""
    detail: str = ""
    start: datetime | None = None
    end: datetime | None = None
    complete: bool = True


class WireObservation(msgspec.Struct):
    """`diagflow.analyze.api.Observation`."""

    query: str
    en: str
    zh: str = ""
    supports: Strength | None = None
    refutes: Strength | None = None
    origin: str = "state"
    value: Any = None
    time: datetime | None = None


class WireFinding(msgspec.Struct):
    """`diagflow.analyze.api.Finding`."""

    entity: str
    names: str = ""
    outcome: Outcome = Outcome.MATCH
    observations: list[WireObservation] = []
    args: dict[str, Any] = {}
    edges: list[tuple[str, str, str]] = []
    since: datetime | None = None
    detail: str = ""


class FromChild(msgspec.Struct):
    """What a child says: that it is there, what it wants to read, or how a call ended.

    Attributes:
        ready: it has started, or loaded the analyzer.
        read: the query of a reading that it wants.
        findings: the analyzer has come to its end.
        wanted: it ended for want of this reading.
        fault: it failed, in one line.
        exhausted: it failed for want of memory.
    """

    ready: bool = False
    read: str = ""
    findings: list[WireFinding] | None = None
    wanted: str = ""
    fault: str = ""
    exhausted: bool = False


def from_child(body: bytes) -> FromChild:
    """Return what a child says.

    Raises:
        BadFrame: it says something else.
    """
    try:
        return from_msgpack(body, FromChild)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise BadFrame(f"the answer cannot be read: {e}") from None


def ask_to_wire(ask: Ask) -> WireAsk:
    """Return a call for a child."""
    return WireAsk(ask.now, ask.near, [str(e) for e in ask.entities], dict(ask.args))


def ask_from_wire(ask: WireAsk) -> Ask:
    """Return a call from us."""
    return Ask(ask.now, ask.near, tuple(Entity.parse(e) for e in ask.entities), ask.args)


def reading_to_wire(reading: Reading) -> WireReading:
    """Return a reading for a child; lists of objects are made plain here, so that the child has its own copy."""
    data = reading.data
    plain = list(data) if isinstance(data, Sequence) and not isinstance(data, str) else data
    return WireReading(
        query=str(reading.query),
        state=str(reading.state),
        time=reading.time,
        data=plain,
        source=reading.source,
        product=reading.product,
        detail=reading.detail,
        start=reading.coverage.start,
        end=reading.coverage.end,
        complete=reading.coverage.complete,
    )


def reading_from_wire(wire: WireReading, now: datetime) -> Reading:
    """Return a reading from us."""
    return Reading(
        query=Query.parse(wire.query),
        state=State(wire.state),
        time=wire.time or now,
        data=wire.data,
        source=wire.source,
        product=wire.product,
        coverage=Coverage(wire.start, wire.end, wire.complete),
        detail=wire.detail,
    )


def finding_to_wire(finding: Finding) -> WireFinding:
    """Return a finding for us."""
    return WireFinding(
        entity=str(finding.entity),
        names=finding.names,
        outcome=finding.outcome,
        observations=[_observation_to_wire(o) for o in finding.observations],
        args=dict(finding.args),
        edges=[(str(e.source), e.relation, str(e.target)) for e in finding.edges],
        since=finding.since,
        detail=finding.detail,
    )


def _observation_to_wire(seen: Observation) -> WireObservation:
    return WireObservation(
        query=str(seen.query),
        en=seen.text.en,
        zh=seen.text.zh,
        supports=seen.supports,
        refutes=seen.refutes,
        origin=seen.origin,
        value=seen.value,
        time=seen.time,
    )


def finding_from_wire(wire: WireFinding) -> Finding:
    """Return a finding from a child.

    Raises:
        BadInput: an entity is none.
    """
    return Finding(
        entity=Entity.parse(wire.entity),
        names=wire.names,
        outcome=wire.outcome,
        observations=tuple(_observation_from_wire(o) for o in wire.observations),
        args=wire.args,
        edges=tuple(Edge(Entity.parse(a), relation, Entity.parse(b)) for a, relation, b in wire.edges),
        since=wire.since,
        detail=wire.detail,
    )


def _observation_from_wire(wire: WireObservation) -> Observation:
    return Observation(
        query=Query.parse(wire.query),
        text=Text(wire.en, wire.zh),
        supports=wire.supports,
        refutes=wire.refutes,
        origin=wire.origin,
        value=wire.value,
        time=wire.time,
    )
