"""All facts of one machine: every probe in a thread of its own, once, in time."""

import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from diagflow.collect.host.look import LIMIT, Look, Probe
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.tidy import tidy
from diagflow.collect.host.trouble import Absent

TOGETHER: Final = 30.0
"""Seconds that all probes may take together, from the first question on."""


@dataclass(slots=True)
class _Task:
    """One probe under way; `error` is what it raised."""

    look: Look
    done: bool = False
    value: Any = None
    error: Exception | None = None
    threads: list[threading.Thread] = field(default_factory=list)


class Facts:
    """Starts probes when they are first asked for and remembers what they found."""

    def __init__(self, machine: Machine, probes: Mapping[str, Probe], *, offline: bool = False) -> None:
        self._machine = machine
        self._probes = probes
        self._offline = offline
        self._tasks: dict[str, _Task] = {}
        self._changed = threading.Condition()
        self._end: float | None = None

    def start(self, names: Collection[str]) -> None:
        """Begin to look, at all of them at once."""
        for name in names:
            self._task(name)

    def wait(self, name: str, end: float | None = None) -> Any:
        """Return a fact.

        Args:
            name: which; unknown ones are absent.
            end: `time.monotonic()` value after which nobody waits any more.

        Raises:
            Absent: it makes no sense here, or nobody knows such a fact.
            TimeoutError: the probe has no answer yet and its time is over.
            Exception: what the probe raised.
        """
        task = self._task(name)
        with self._changed:
            while not task.done:
                left = self._left(task, end)
                if left <= 0:
                    raise TimeoutError(_too_long(task.look))
                self._changed.wait(left)
        if task.error is not None:
            raise task.error
        return task.value

    def ready(self, names: Collection[str], end: float) -> str | None:
        """Wait for any of the facts; return the name of one that has an answer or no time left, None after `end`."""
        tasks = {name: self._task(name) for name in names}
        with self._changed:
            while True:
                for name, task in tasks.items():
                    if task.done or self._left(task, None) <= 0:
                        return name
                left = min(end - time.monotonic(), *(self._left(task, end) for task in tasks.values()))
                if left <= 0:
                    return None
                self._changed.wait(left)

    def _left(self, task: _Task, end: float | None) -> float:
        """Return the seconds that a probe has left: its own, those of all, those of who asks."""
        own = LIMIT - task.look.spent()
        if task.look.waiting_since is not None:
            own = max(own, 0.05)  # it waits for another; that one's limit counts
        now = time.monotonic()
        ends = [e - now for e in (self._end, end) if e is not None]
        return min([own, *ends])

    def _task(self, name: str) -> _Task:
        with self._changed:
            if name in self._tasks:
                return self._tasks[name]
            if self._end is None:
                self._end = time.monotonic() + TOGETHER
            task = self._tasks[name] = _Task(Look(self._machine, self, offline=self._offline))
        thread = threading.Thread(target=self._work, args=(name, task), name=f"diagflow-{name}", daemon=True)
        task.threads.append(thread)
        thread.start()
        return task

    def _work(self, name: str, task: _Task) -> None:
        try:
            probe = self._probes.get(name)
            if probe is None:
                raise Absent(f"there is no fact {name}")  # noqa: TRY301  # the one place that stores what was raised
            task.value = tidy(probe(task.look))
        except Exception as e:  # noqa: BLE001  # it becomes a reading; the others go on
            task.error = e
        except BaseException as e:  # noqa: BLE001  # what ends a program must not end who waits for this
            task.error = RuntimeError(f"{type(e).__name__}: {e}")
        with self._changed:
            task.done = True
            self._changed.notify_all()


def _too_long(look: Look) -> str:
    return f"no answer after {look.spent():.0f} s"
