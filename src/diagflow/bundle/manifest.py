"""The table of contents of a bundle, `diagflow.bundle/v1`, as canonical JSON.

`digest` is over what was read (incident and readings, whose data is in it by its own digest). `seal` is over the whole
manifest, so that no flipped bit goes unseen, and is no part of what was read.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import msgspec

from diagflow.bundle import limits
from diagflow.bundle.blobs import MALFORMED, Blob, decode_json, encode_json
from diagflow.bundle.blobs import digest_of as digest_of_bytes
from diagflow.model import BadInput, Coverage, Entity, Incident, Query, Reading, State
from diagflow.model.typed import from_json

SCHEMA: Final = "diagflow.bundle/v1"
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_STEP: Final = r"""[^\[\].\s"'\\\x00-\x1f]+(?:\[\])*"""
_PATH: Final = re.compile(rf"{_STEP}(?:\.{_STEP})*")


class Packed(Protocol):
    """A reading and its data as a blob."""

    reading: Reading
    kind: str

    def described(self) -> Blob | None:
        """Return what identifies the data; None when there is none."""
        ...


class BlobRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bytes in another file of the bundle."""

    digest: str
    size: int
    media: str

    def checked(self) -> Blob:
        """Return it as a `Blob`.

        Raises:
            BadInput: it names no possible content.
        """
        if not _DIGEST.fullmatch(self.digest) or not 0 <= self.size <= limits.MAX_BYTES:
            raise BadInput(f"{self.digest[:80]!r} with {self.size} bytes is no blob")
        return Blob(self.digest, self.size, self.media)


class CoverageEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much the answer covers."""

    start: str | None
    end: str | None
    complete: bool


class QueryEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was asked."""

    kind: str
    target: str
    params: list[tuple[str, str]]


class ReadingEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reading without its data. `kind` is that of the items of a list that do not say theirs."""

    query: QueryEntry
    state: State
    time: str
    source: str
    product: str
    coverage: CoverageEntry
    detail: str
    fields: list[str] | None
    kind: str
    blob: BlobRef | None


class IncidentEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is diagnosed."""

    now: str
    entities: list[str]
    alert: dict[str, Any] | None
    namespace: str
    onset: str | None
    labels: dict[str, str]
    since: float = 0.0


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was read: that over which the digest of a bundle goes."""

    incident: IncidentEntry
    readings: list[ReadingEntry]
    unrecorded: dict[str, str]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`manifest.json`. `files` are those beside the blobs: the stored diagnosis and the labels."""

    schema: str
    engine: str
    content: Content
    digest: str
    files: dict[str, BlobRef]
    seal: str


def write_time(time: datetime) -> str:
    """Return a moment as `2026-01-01T00:00:00Z`, in UTC, microseconds only where there are some.

    Raises:
        ValueError: it has no time zone, so that it is no moment.
    """
    if time.tzinfo is None:
        raise ValueError(f"{time} has no time zone")
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_time(text: str) -> datetime:
    """Read what `write_time` wrote.

    Raises:
        BadInput: it is no moment.
    """
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else _no_moment(text)
    except (ValueError, OverflowError):
        return _no_moment(text)


def _no_moment(text: str) -> datetime:
    raise BadInput(f"{text[:80]!r} is no time such as 2026-01-01T00:00:00Z")


def digest_of(incident: Incident, unrecorded: Mapping[str, str], entries: Iterable[Packed]) -> str:
    """Return the digest of a bundle."""
    return _digest(content_of(incident, unrecorded, entries))


def content_of(incident: Incident, unrecorded: Mapping[str, str], entries: Iterable[Packed]) -> Content:
    """Return what was read, in its canonical form."""
    return Content(_incident_entry(incident), [_reading_entry(e) for e in entries], dict(unrecorded))


def encode(content: Content, *, engine: str, files: Mapping[str, Blob]) -> bytes:
    """Return the manifest as it stands in the file."""
    refs = {name: BlobRef(b.digest, b.size, b.media) for name, b in files.items()}
    made = Manifest(SCHEMA, engine, content, _digest(content), refs, "")
    sealed = msgspec.structs.replace(made, seal=_digest(made))
    return msgspec.json.format(encode_json(sealed), indent=1) + b"\n"


def decode(body: bytes) -> Manifest:
    """Read and check a manifest.

    Raises:
        BadInput: it is none, of another version, or was changed after it was written.
    """
    _check_schema(decode_json(body))
    try:
        found = from_json(body, Manifest)
    except MALFORMED as e:
        raise BadInput(str(e)) from None
    if _digest(msgspec.structs.replace(found, seal="")) != found.seal or _digest(found.content) != found.digest:
        raise BadInput("it was changed after it was written: its digest does not fit")
    return found


def _check_schema(raw: Any) -> None:
    schema = raw.get("schema") if isinstance(raw, dict) else None
    if schema == SCHEMA:
        return
    if isinstance(schema, str) and schema.startswith("diagflow.bundle/"):
        raise BadInput(
            f"it is of version {schema[:80]!r}, this DiagFlow reads {SCHEMA!r}: use the version that wrote it"
        )
    raise BadInput(f"it does not say that it is a bundle ({SCHEMA!r})")


def _digest(value: Any) -> str:
    return digest_of_bytes(encode_json(value))


def normal_incident(incident: Incident) -> Incident:
    """Return the incident as it will be after it was stored and read again."""
    entry = _incident_entry(incident)
    return read_incident(from_json(encode_json(entry), IncidentEntry))


def _incident_entry(incident: Incident) -> IncidentEntry:
    return IncidentEntry(
        now=write_time(incident.now),
        entities=[str(e) for e in incident.entities],
        alert=None if incident.alert is None else dict(incident.alert),
        namespace=incident.namespace,
        onset=write_time(incident.onset) if incident.onset else None,
        labels=dict(incident.labels),
        since=incident.since,
    )


def read_incident(entry: IncidentEntry) -> Incident:
    """Return the incident of a manifest.

    Raises:
        BadInput: an entity or a time is none.
    """
    if not 0 <= entry.since <= limits.MAX_SINCE:
        raise BadInput(f"{entry.since} seconds is no time to look back")
    return Incident(
        now=read_time(entry.now),
        entities=tuple(Entity.parse(e) for e in entry.entities),
        alert=entry.alert,
        namespace=entry.namespace,
        onset=read_time(entry.onset) if entry.onset else None,
        labels=entry.labels,
        since=entry.since,
    )


def _reading_entry(packed: Packed) -> ReadingEntry:
    reading, blob = packed.reading, packed.described()
    query, coverage = reading.query, reading.coverage
    return ReadingEntry(
        query=QueryEntry(query.kind, query.target, list(query.params)),
        state=reading.state,
        time=write_time(reading.time),
        source=reading.source,
        product=reading.product,
        coverage=CoverageEntry(
            start=write_time(coverage.start) if coverage.start else None,
            end=write_time(coverage.end) if coverage.end else None,
            complete=coverage.complete,
        ),
        detail=reading.detail,
        fields=None if reading.fields is None else sorted(reading.fields),
        kind=packed.kind,
        blob=BlobRef(blob.digest, blob.size, blob.media) if blob else None,
    )


def read_head(entry: ReadingEntry) -> Reading:
    """Return a reading of a manifest, without its data.

    Raises:
        BadInput: a time or a path is none.
    """
    coverage = Coverage(
        start=read_time(entry.coverage.start) if entry.coverage.start else None,
        end=read_time(entry.coverage.end) if entry.coverage.end else None,
        complete=entry.coverage.complete,
    )
    query = Query(entry.query.kind, entry.query.target, tuple(sorted(entry.query.params)))
    head = Reading(query, entry.state, read_time(entry.time), None, entry.source, entry.product, coverage, entry.detail)
    return replace(head, fields=_checked_fields(entry.fields))


def _checked_fields(fields: list[str] | None) -> frozenset[str] | None:
    """Refuse paths of which a decoder cannot be made."""
    if fields is None:
        return None
    if len(fields) > limits.MAX_FIELDS or not all(_is_path(f) for f in fields):
        raise BadInput("a reading names fields that are no paths such as status.conditions[].reason")
    return frozenset(fields)


def _is_path(field: str) -> bool:
    return len(field) <= limits.MAX_PATH and field.count(".") < limits.MAX_STEPS and bool(_PATH.fullmatch(field))
