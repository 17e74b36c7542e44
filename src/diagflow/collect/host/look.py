"""What a probe is handed: the machine, the time that is left, and the facts of other probes."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from diagflow.collect.host.machine import Machine
from diagflow.collect.host.outcome import Outcome

LIMIT: Final = 10.0
"""Seconds that a probe may take, not counting what it waits for others."""

_SPARE: Final = 1.5  # seconds to make a fact of what a command did before it was killed


class Others(Protocol):
    """Knows the facts of all probes."""

    def wait(self, name: str) -> Any:
        """Return a fact when it is there; raises what its probe raised."""
        ...


@dataclass(slots=True)
class Look:
    """One probe's look at the machine.

    Attributes:
        machine: what is looked at.
        others: the other probes.
        offline: nobody on the network may be asked.
        started: `time.monotonic()` when the probe began.
        waited: seconds that it waited for other facts.
    """

    machine: Machine
    others: Others
    offline: bool = False
    started: float = field(default_factory=time.monotonic)
    waited: float = 0.0
    waiting_since: float | None = None

    def spent(self) -> float:
        """Return the seconds of its own that the probe took so far."""
        now = time.monotonic()
        return now - self.started - self.waited - (now - self.waiting_since if self.waiting_since is not None else 0.0)

    def left(self) -> float:
        """Return the seconds in which a command must have ended."""
        return max(0.1, LIMIT - _SPARE - self.spent())

    def fact(self, name: str) -> Any:
        """Return another fact.

        Raises:
            Absent: it makes no sense here (or whatever else its probe raised).
        """
        self.waiting_since = time.monotonic()
        try:
            return self.others.wait(name)
        finally:
            self.waited += time.monotonic() - self.waiting_since
            self.waiting_since = None

    def known(self, name: str) -> dict[str, Any]:
        """Return another fact, nothing where it could not be read: a probe does not fail because another did."""
        try:
            value = self.fact(name)
        except Exception:  # noqa: BLE001  # the other reading says what happened
            return {}
        return value if isinstance(value, dict) else {}

    def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        most: float = LIMIT,
    ) -> Outcome:
        """Run a command within the time that is left, at most `most` seconds."""
        return self.machine.run(argv, timeout=min(most, self.left()), env=env, cwd=cwd)


Probe = Callable[[Look], Any]
"""Returns the JSON value of one fact, or raises `Absent` or `Forbidden`."""
