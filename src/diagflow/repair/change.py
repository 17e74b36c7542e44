"""One change of this machine."""

from typing import Protocol

from diagflow.model import DiagFlowError


class Refused(DiagFlowError):  # noqa: N818  # what happened
    """A change that is not made: what it was planned for has changed, or cannot be written."""


class Change(Protocol):
    """Something that can be done and undone."""

    def show(self) -> tuple[str, ...]:
        """Return lines for people: what is changed, from what to what."""
        ...

    def apply(self) -> None:
        """Do it.

        Raises:
            Refused: it is not as it was when this was planned, or cannot be written.
        """
        ...

    def variables(self) -> tuple[str, ...]:
        """Return the names of the variables that a new terminal may see differently."""
        ...
