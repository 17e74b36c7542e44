import io
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.analyze import wire
from diagflow.analyze.api import Finding, Observation
from diagflow.analyze.case import Ask
from diagflow.model import Coverage, Entity, Outcome, Query, Reading, State, Strength, Text
from diagflow.model.topology import Edge

NOW = datetime(2026, 1, 1, tzinfo=UTC)
POD = Entity("pod", "a", "shop")
NODE = Entity("node", "n:1")
FINDING = Finding(
    POD,
    "p.cause",
    Outcome.MATCH,
    (
        Observation(
            Query.of("log", "shop/a/b", previous="true"), Text("en", "zh"), refutes=Strength.WEAK, value=[1], time=NOW
        ),
    ),
    {"x": 1},
    (Edge(POD, "candidate", NODE),),
    NOW,
    "said",
)


def test_a_finding_comes_back_as_it_was():
    body = msgspec.msgpack.encode(wire.FromChild(findings=[wire.finding_to_wire(FINDING)]))
    answer = wire.from_child(body)
    assert answer.findings is not None
    assert [wire.finding_from_wire(f) for f in answer.findings] == [FINDING]


def test_a_call_and_a_reading_come_back_as_they_were():
    ask = Ask(NOW, near=True, entities=(POD, NODE), args={"a": "b"})
    assert (
        wire.ask_from_wire(msgspec.msgpack.decode(msgspec.msgpack.encode(wire.ask_to_wire(ask)), type=wire.WireAsk))
        == ask
    )
    reading = Reading(
        Query.of("objects", "pods", namespace="shop"),
        State.DATA,
        NOW,
        [{"a": None}],
        "k",
        "p 1",
        Coverage(NOW, None, complete=False),
        "d",
    )
    body = msgspec.msgpack.encode(wire.reading_to_wire(reading))
    assert wire.reading_from_wire(msgspec.msgpack.decode(body, type=wire.WireReading), NOW) == reading


def test_frames_follow_each_other():
    stream = io.BytesIO()
    wire.send(stream, {"a": 1})
    wire.send(stream, "b")
    stream.seek(0)
    assert [msgspec.msgpack.decode(wire.receive(stream) or b"") for _ in range(2)] == [{"a": 1}, "b"]
    assert wire.receive(stream) is None


@pytest.mark.parametrize("data", [b"\x00", b"\x00" * 7 + b"\x05abc", b"\xff" * 8])
def test_what_is_no_frame_is_refused(data: bytes):
    with pytest.raises(wire.BadFrame):
        wire.receive(io.BytesIO(data))


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.integers(-9, 9) | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    ).map(msgspec.msgpack.encode)
)
def test_whatever_a_child_says_is_an_answer_or_refused(body: bytes):
    try:
        answer: Any = wire.from_child(body)
    except wire.BadFrame:
        return
    assert isinstance(answer, wire.FromChild)
