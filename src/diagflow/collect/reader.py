"""The one seam between live and recorded: a Reader answers what the analysis wants."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from diagflow.model import Reading, Want


class Reader(Protocol):
    """Answers questions; what the world refuses or breaks is a state of the reading, never an exception."""

    def read(self, wants: Sequence[Want], *, deadline: float) -> Iterator[Reading]:
        """Yield exactly one reading for every want, as they arrive.

        Args:
            wants: what to ask; nothing is asked twice.
            deadline: `time.monotonic()` value after which whatever has no answer yet becomes an `error` that says so.
        """
        ...

    def source(self) -> Mapping[str, Any]:
        """Describe who answers (JSON): cluster name, server, Prometheus URL without credentials, product."""
        ...

    def close(self) -> None:
        """Let go of connections; called once."""
        ...
