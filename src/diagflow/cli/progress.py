"""What is being read, on a terminal, while it is being read."""

import sys
from types import TracebackType
from typing import Any, Self


class Progress:
    """A line on stderr that says what we wait for; silent where stderr is no terminal."""

    def __init__(self) -> None:
        self._status: Any = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console

            self._status = Console(stderr=True).status("reading")
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def __call__(self, message: str) -> None:
        """Say what is going on; may be called from any thread."""
        if self._status is not None:
            from rich.text import Text

            self._status.update(Text(message))
