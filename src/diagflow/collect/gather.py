"""Many answers at once, from threads that nobody has to wait for.

Threads are daemonic: one that hangs in a name lookup holds up neither the caller nor the end of the program.
"""

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Generic, TypeVar

from diagflow.model import Query, Reading, Want

T = TypeVar("T")
Q = TypeVar("Q")
A = TypeVar("A")

GRACE: Final = 0.5
"""Seconds after the deadline for answers that are being decoded."""

_TICK: Final = 0.1  # how long a Ctrl-C on Windows may go unnoticed: waiting cannot be interrupted there


@dataclass(frozen=True, slots=True)
class _Item(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


def together(streams: Sequence[Callable[[], Iterable[T]]], *, end: float, cancel: Callable[[], None]) -> Iterator[T]:
    """Yield what all streams yield, as it comes, until all have ended or the time is over.

    Args:
        streams: each is run in a thread of its own; what one raises is raised here.
        end: `time.monotonic()` value after which only what has arrived is yielded.
        cancel: called when the caller stops listening (Ctrl-C, an error) too early: ends what is under way.
    """
    come: queue.SimpleQueue[_Item[T] | _End] = queue.SimpleQueue()
    stopped = threading.Event()
    for stream in streams:
        threading.Thread(target=_pump, args=(stream, come, stopped), name="diagflow-collect", daemon=True).start()
    try:
        yield from _arriving(come, len(streams), end)
    except BaseException:
        cancel()
        raise
    finally:
        stopped.set()


def _pump(
    stream: Callable[[], Iterable[T]], come: "queue.SimpleQueue[_Item[T] | _End]", stopped: threading.Event
) -> None:
    error: BaseException | None = None
    try:
        for value in stream():
            come.put(_Item(value))
            if stopped.is_set():
                break
    except BaseException as e:  # noqa: BLE001  # it is raised again in the thread that waits
        error = e
    come.put(_End(error))


def _arriving(come: "queue.SimpleQueue[_Item[T] | _End]", running: int, end: float) -> Iterator[T]:
    while running:
        left = end - time.monotonic()
        try:
            item = come.get(timeout=min(left, _TICK)) if left > 0 else come.get_nowait()
        except queue.Empty:
            if left <= 0:
                return
            continue
        if isinstance(item, _Item):
            yield item.value
            continue
        running -= 1
        if item.error is not None:
            raise item.error


def gather(
    questions: Sequence[Q], answer: Callable[[Q], A], *, width: int, deadline: float, cancel: Callable[[], None]
) -> Generator[tuple[Q, A], None, None]:
    """Yield each question with its answer as they arrive, until a moment after the deadline.

    Args:
        questions: what to answer; begun in this order.
        answer: called in threads; what it raises is raised here.
        width: how many are answered at once.
        deadline: `time.monotonic()` value; what has no answer soon after is not yielded.
        cancel: see `together`.
    """
    todo, lock = iter(list(questions)), threading.Lock()

    def work() -> Iterator[tuple[Q, A]]:
        while True:
            with lock:
                first = list(islice(todo, 1))
            if not first:
                return
            yield first[0], answer(first[0])

    streams = [work] * min(width, len(questions))
    yield from together(streams, end=deadline + GRACE, cancel=cancel)


def readings(
    wants: Sequence[Want],
    answer: Callable[[Want], Reading],
    late: Callable[[Want], Reading],
    *,
    width: int,
    deadline: float,
    cancel: Callable[[], None],
) -> Iterator[Reading]:
    """Yield exactly one reading for every want; `late` makes those that did not arrive in time.

    Wants for the same query are asked once, with the fields of all of them.
    """
    merged = merge(wants)
    left: dict[Want, int] = {}
    for want in wants:
        left[merged[want.query]] = left.get(merged[want.query], 0) + 1
    for want, reading in gather(list(left), answer, width=width, deadline=deadline, cancel=cancel):
        for _ in range(left.pop(want)):
            yield reading
    for want, times in left.items():
        reading = late(want)
        for _ in range(times):
            yield reading


def merge(wants: Sequence[Want]) -> dict[Query, Want]:
    """Return one want for each query, with the fields of all wants for it."""
    merged: dict[Query, Want] = {}
    for want in wants:
        before = merged.get(want.query)
        merged[want.query] = want if before is None else Want(want.query, before.fields | want.fields)
    return merged
