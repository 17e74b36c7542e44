"""The one seam between live and recorded: a Reader answers what the analysis wants."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from diagflow.model import Query, Reading, Want


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
        """Describe who answers (JSON): cluster name, server, Prometheus URL without credentials, product.

        It may ask the servers who they are, for a few seconds at most; what they do not say is left out.
        """
        ...

    def close(self) -> None:
        """Let go of connections; called once."""
        ...


class Progress(Protocol):
    """Hears what is being read; called only in the thread that reads."""

    def started(self, query: Query) -> None:
        """Hear that `query` is asked now."""
        ...

    def finished(self, reading: Reading) -> None:
        """Hear of an answer."""
        ...
