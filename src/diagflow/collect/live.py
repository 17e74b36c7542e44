"""All live sources as one: each question goes to who can answer it, all at once, within one deadline."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from diagflow.collect.gather import GRACE, together
from diagflow.collect.reader import Progress, Reader
from diagflow.model import Query, Reading, State, Want

_END: Final = 2 * GRACE  # after the deadline: later than each source's own end, which knows better why nothing came
_SHARE: Final = 0.75
"""Of the time that is left, what metrics may take beside lists: lists lead to more lists, metrics to nothing."""

_INTRODUCTION: Final = 5.0  # seconds in which the sources must have said who they are


class LiveReader:
    """Routes by `Query.kind`, redacts what arrives, reports progress.

    Sources are read in threads of their own; redaction and progress happen in the thread that reads.
    """

    def __init__(
        self,
        sources: Mapping[str, tuple[Reader, Sequence[str]]],
        *,
        redact: Callable[[Reading], Reading],
        nobody: Mapping[str, str] | None = None,
        progress: Progress | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Put the sources together.

        Args:
            sources: by name, who answers which kinds of queries.
            redact: what every reading passes before anybody sees it.
            nobody: why there is nobody to ask, by `Query.kind`.
            progress: hears what is asked and answered.
            clock: the time of readings that nobody answered.
        """
        self._readers = {name: reader for name, (reader, _) in sources.items()}
        self._names = {kind: name for name, (_, kinds) in sources.items() for kind in kinds}
        self._nobody = dict(nobody or {})
        self._redact = redact
        self._progress = progress
        self._clock = clock

    def read(self, wants: Sequence[Want], *, deadline: float) -> Iterator[Reading]:
        """Yield one redacted reading for every want."""
        groups: dict[str, list[Want]] = {}
        for want in wants:
            self._started(want.query)
            groups.setdefault(self._names.get(want.query.kind, ""), []).append(want)
        for want in groups.pop("", ()):
            yield self._finished(self._absent(want.query))
        left = Counter(want.query for group in groups.values() for want in group)
        streams = [
            partial(self._readers[name].read, group, deadline=_end(group, deadline, alone=len(groups) == 1))
            for name, group in groups.items()
        ]
        for reading in together(streams, end=deadline + _END, cancel=self.close):
            left[reading.query] -= 1
            yield self._finished(reading)
        for query in left.elements():
            yield self._finished(self._late(query))

    def source(self) -> Mapping[str, Any]:
        """Describe all sources; they are asked who they are at the same time, for a few seconds at most."""
        streams = [partial(_introduced, name, reader) for name, reader in self._readers.items()]
        told = dict(together(streams, end=time.monotonic() + _INTRODUCTION, cancel=self.close))
        name = told.get("kubernetes", {}).get("cluster")
        return {"kind": "live", **({"cluster": name} if name else {}), **{n: told[n] for n in sorted(told)}}

    def close(self) -> None:
        """Let go of all connections; whoever waits for an answer stops waiting."""
        for reader in self._readers.values():
            reader.close()

    def _started(self, query: Query) -> None:
        if self._progress is not None:
            self._progress.started(query)

    def _finished(self, reading: Reading) -> Reading:
        redacted = self._redact(reading)
        if self._progress is not None:
            self._progress.finished(redacted)
        return redacted

    def _absent(self, query: Query) -> Reading:
        detail = self._nobody.get(query.kind) or f"nobody here answers {query.kind} queries"
        return Reading(query, State.ABSENT, self._clock(), detail=detail)

    def _late(self, query: Query) -> Reading:
        return Reading(query, State.ERROR, self._clock(), detail="no answer within the deadline")


def _end(group: Sequence[Want], deadline: float, *, alone: bool) -> float:
    """Return until when a source may answer, so that one that keeps silent leaves time for what is asked after it."""
    if alone or any(want.query.kind != "promql" for want in group):
        return deadline
    now = time.monotonic()
    return now + (deadline - now) * _SHARE


def _introduced(name: str, reader: Reader) -> Iterator[tuple[str, dict[str, Any]]]:
    yield name, dict(reader.source())
