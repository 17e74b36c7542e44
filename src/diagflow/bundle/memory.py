"""A bundle in memory: all readings of one incident, the only thing that the analysis ever sees."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from diagflow._version import __version__
from diagflow.bundle import blobs, manifest
from diagflow.bundle.answer import lacking, narrowed, wider
from diagflow.bundle.blobs import Blob
from diagflow.bundle.resources import canonical_query
from diagflow.model import Incident, Query, Reading, State

if TYPE_CHECKING:
    from diagflow.bundle.series import HeldSeries

NOT_RECORDED: Final = "not recorded"
SERIES: Final = "series"
"""The kind of readings that hold the samples below expressions."""


@dataclass(slots=True)
class Entry:
    """One reading: as it is, or its head and the bytes that its data will be decoded from when somebody looks."""

    reading: Reading
    kind: str = ""
    blob: Blob | None = None
    body: bytes | None = None

    def opened(self) -> Reading:
        """Return the reading with its data.

        Raises:
            BadInput: the bytes do not decode.
        """
        if self.blob is not None and self.body is not None and self.reading.data is None:
            self.reading = replace(self.reading, data=blobs.decode(self.reading, self.kind, self.blob.media, self.body))
        return self.reading

    def described(self) -> Blob | None:
        """Return what identifies the data; None when there is none."""
        if self.blob is None and self.reading.data is not None:
            body, media = blobs.encode(self.reading)
            self.blob = Blob(blobs.digest_of(body), len(body), media)
        return self.blob

    def packed(self) -> bytes:
        """Return the data as bytes."""
        if self.body is None and self.reading.data is not None:
            return blobs.encode(self.reading)[0]
        return self.body or b""


class Bundle:
    """All readings of one incident, in memory; each is redacted before it is added.

    Attributes:
        unrecorded: why a query of some kind was never asked, by `Query.kind`; else `not recorded`.
        engine: version of DiagFlow that made it.
    """

    __slots__ = ("_answers", "_digest", "_entries", "_evaluated", "_incident", "_series", "engine", "unrecorded")

    def __init__(
        self, incident: Incident, *, unrecorded: Mapping[str, str] | None = None, engine: str = __version__
    ) -> None:
        self._incident = manifest.normal_incident(incident)
        self.unrecorded = dict(unrecorded or {})
        self.engine = engine
        self._entries: dict[Query, Entry] = {}
        self._answers: dict[tuple[Query, frozenset[str]], Reading | None] = {}
        self._series: HeldSeries | None = None
        self._evaluated: dict[Query, Reading] = {}
        self._digest = ""

    @property
    def incident(self) -> Incident:
        """What is diagnosed; it is part of the digest."""
        return self._incident

    @incident.setter
    def incident(self, incident: Incident) -> None:
        self._incident = manifest.normal_incident(incident)
        self._answers.clear()
        self._forget_series()
        self._digest = ""

    def add(self, reading: Reading) -> None:
        """Keep a reading; a later one of the same query replaces it. Its data must not be changed afterwards."""
        kept = blobs.normal(reading)
        self.add_entry(Entry(kept, getattr(kept.data, "kind", "")))

    def add_entry(self, entry: Entry) -> None:
        """Keep a reading whose data is still to be decoded."""
        self._entries[canonical_query(entry.reading.query)] = entry
        self._answers.clear()
        if entry.reading.query.kind == SERIES:
            self._forget_series()
        self._digest = ""

    def get(self, query: Query, fields: Iterable[str] = ()) -> Reading:
        """Return the recorded answer to `query`, or one that contains it, or an `absent` reading that says why not.

        Args:
            query: what is asked.
            fields: for objects, the paths that must have been kept of each.

        Raises:
            BadInput: the data in the file that this bundle was opened from does not decode.
        """
        needed = frozenset(fields)
        found = self._find(query, needed)
        return found if found is not None else self._absent(query, needed)

    def has(self, query: Query, fields: Iterable[str] = ()) -> bool:
        """True when the question was asked, whatever became of it, so that asking again is of no use."""
        return self._find(query, frozenset(fields)) is not None

    def readings(self) -> Iterator[Reading]:
        """Yield all readings, ordered by their queries."""
        for entry in self.entries():
            yield entry.opened()

    def entries(self) -> list[Entry]:
        """Return what `readings` yields, without decoding any data."""
        return [self._entries[q] for q in sorted(self._entries)]

    def digest(self) -> str:
        """Return `sha256:<hex>` over incident and readings: the same for the same content, wherever it is stored."""
        if not self._digest:
            self._digest = manifest.digest_of(self.incident, self.unrecorded, self.entries())
        return self._digest

    def series(self) -> "HeldSeries | None":
        """Return the samples that were recorded below expressions, ready to be asked; None where there are none."""
        if self._series is None:
            held = [e.opened() for q, e in sorted(self._entries.items()) if q.kind == SERIES]
            if not held:
                return None
            from diagflow.bundle.series import HeldSeries  # noqa: PLC0415  # numpy: only where there is something to do

            self._series = HeldSeries(held, self.incident.now)
        return self._series

    def __len__(self) -> int:
        return len(self._entries)

    def _find(self, query: Query, fields: frozenset[str]) -> Reading | None:
        key = (query, fields)
        if key not in self._answers:
            usable = (r for r in self._candidates(canonical_query(query)) if not lacking(r, fields))
            found = next(usable, None)
            self._answers[key] = found and (found if found.query == query else replace(found, query=query))
        return self._answers[key]

    def _candidates(self, query: Query) -> Iterator[Reading]:
        """Yield the answers to `query`: its own if it is one, what a wider query answers, its own refusal."""
        own = self._entries[query].opened() if query in self._entries else None
        if own is not None and own.readable:
            yield own
        for other in wider(query, self._entries):
            if other in self._entries and (answer := narrowed(self._entries[other].opened(), query)):
                yield answer
        if own is not None and not own.readable:
            yield own
        if own is None and query.kind == "promql" and (answer := self._from_series(query)):
            yield answer

    def _from_series(self, query: Query) -> Reading | None:
        """Return our own answer to an expression, where series were recorded and Prometheus' answer was not."""
        if query not in self._evaluated:
            held = self.series()
            if held is None:
                return None
            self._evaluated[query] = blobs.normal(held.answer(query))
        return self._evaluated[query]

    def _forget_series(self) -> None:
        self._series = None
        self._evaluated.clear()

    def _absent(self, query: Query, fields: frozenset[str]) -> Reading:
        detail = self.unrecorded.get(query.kind, NOT_RECORDED)
        for answer in self._candidates(canonical_query(query)):
            detail = f"recorded without {', '.join(lacking(answer, fields))}"
            break
        return Reading(query, State.ABSENT, self.incident.now, source="bundle", detail=detail)
