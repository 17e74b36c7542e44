"""Threads that nobody has to wait for."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from diagflow.collect.gather import gather, merge, readings, together
from diagflow.model import Query, Reading, State, Want

NOW = datetime(2026, 1, 31, tzinfo=UTC)


def soon(seconds: float = 5.0) -> float:
    return time.monotonic() + seconds


def never() -> None:
    raise AssertionError("nobody stopped listening")


def test_every_question_is_answered_once():
    found = dict(gather(range(20), lambda n: n * n, width=3, deadline=soon(), cancel=never))
    assert found == {n: n * n for n in range(20)}


def test_no_more_than_the_width_at_once():
    lock, running, most = threading.Lock(), 0, 0

    def answer(_: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1

    list(gather(range(12), answer, width=3, deadline=soon(), cancel=never))
    assert most == 3


def test_nobody_waits_longer_than_a_moment_after_the_deadline():
    wait = threading.Event()
    start = time.monotonic()
    found = list(gather([0, 1], lambda n: wait.wait(30) if n else None, width=2, deadline=soon(0.1), cancel=never))
    assert time.monotonic() - start < 10
    assert found == [(0, None)]
    wait.set()


def test_what_an_answer_raises_arrives_where_it_is_waited_for():
    cancelled: list[bool] = []

    def answer(n: int) -> int:
        return 1 // n

    with pytest.raises(ZeroDivisionError):
        list(gather([0], answer, width=1, deadline=soon(), cancel=lambda: cancelled.append(True)))
    assert cancelled


def test_who_stops_listening_ends_what_is_under_way():
    cancelled, wait = threading.Event(), threading.Event()
    stream = gather(range(100), lambda n: wait.wait(30) if n else None, width=2, deadline=soon(), cancel=cancelled.set)
    assert next(stream) == (0, None)
    stream.close()
    assert cancelled.is_set()
    wait.set()


def test_answers_that_have_come_are_yielded_even_to_a_slow_listener():
    found = []
    for pair in gather(range(5), lambda n: n, width=5, deadline=soon(-0.4), cancel=never):
        found.append(pair)
        time.sleep(0.05)
    assert len(found) == 5


def test_streams_are_put_together_until_the_last_has_ended():
    def stream(n: int) -> Iterator[int]:
        yield from range(n)

    streams = [lambda: stream(3), lambda: stream(0), lambda: stream(2)]
    assert sorted(together(streams, end=soon(), cancel=never)) == [0, 0, 1, 1, 2]


def want(target: str, *fields: str) -> Want:
    return Want(Query.of("objects", target), frozenset(fields))


def test_wants_for_the_same_query_are_asked_once_with_the_fields_of_all():
    assert merge([want("pods", "a"), want("nodes"), want("pods", "b")]) == {
        Query.of("objects", "pods"): want("pods", "a", "b"),
        Query.of("objects", "nodes"): want("nodes"),
    }


def test_one_reading_for_every_want_also_for_the_late_ones():
    wait = threading.Event()

    def answer(one: Want) -> Reading:
        if one.query.target == "slow":
            wait.wait(30)
        return Reading(one.query, State.EMPTY, NOW)

    def late(one: Want) -> Reading:
        return Reading(one.query, State.ERROR, NOW)

    wants = [want("a"), want("slow"), want("a", "x"), want("slow", "y")]
    found = list(readings(wants, answer, late, width=4, deadline=soon(0.1), cancel=never))
    wait.set()
    assert sorted((r.query.target, r.state.value) for r in found) == [
        ("a", "empty"), ("a", "empty"), ("slow", "error"), ("slow", "error"),
    ]  # fmt: skip
