"""Readings of a bundle, as a source of readings: nobody is asked, what was not recorded is absent."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from diagflow.model import Query, Reading, State, Want


class Recorded(Protocol):
    """What a bundle can do, as far as it is read here."""

    def get(self, query: Query, fields: Iterable[str] = ()) -> Reading:
        """Return the recorded answer, or an `absent` reading."""
        ...


class BundleReader:
    """Answers from a bundle alone."""

    def __init__(self, bundle: Recorded) -> None:
        self._bundle = bundle

    def read(self, wants: Sequence[Want], *, deadline: float) -> Iterator[Reading]:  # noqa: ARG002  # nothing takes time
        """Yield the recorded reading for every want; `absent` where there is none.

        A list that was recorded without one of the fields comes as it is: it serves all rules that do not need it.
        """
        for want in wants:
            full = self._bundle.get(want.query, want.fields)
            yield self._bundle.get(want.query) if full.state is State.ABSENT else full

    def source(self) -> Mapping[str, Any]:
        """Say that nobody was asked; who was, when it was recorded, is a reading of the bundle."""
        return {"kind": "bundle"}

    def close(self) -> None:
        """Nothing to let go of."""
