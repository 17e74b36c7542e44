"""Bundles on disk: one file or a folder, each a manifest and content-addressed blobs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagflow.bundle import limits, manifest, write
from diagflow.bundle.archive import DIAGNOSIS, LABELS, MANIFEST, Archive, FolderArchive, ZipArchive, blob_name
from diagflow.bundle.blobs import JSON, Blob, decode_json, digest_of, encode_json
from diagflow.bundle.manifest import Manifest, ReadingEntry
from diagflow.bundle.memory import Bundle, Entry
from diagflow.model import BadInput


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found at a path.

    Attributes:
        bundle: all readings.
        diagnosis: the diagnosis stored with them, byte for byte; None without one.
        labels: what is known to be right, of a recording (JSON); kept apart, analysis never sees them.
        kind: `bundle` or `folder` (an incident folder).
        problems: what of an incident folder could not be used, one line each.
        notes: what of an incident folder was left out on purpose, one line each.
    """

    bundle: Bundle
    diagnosis: bytes | None = None
    labels: Any = None
    kind: str = "bundle"
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def save(bundle: Bundle, path: str | Path, *, diagnosis: bytes | None = None, labels: Any = None) -> None:
    """Write a bundle: a folder if `path` ends in a slash or is one already, else a single file.

    It appears at `path` complete or not at all.

    Raises:
        BadInput: it cannot be written there, or is too large to be read again.
    """
    target, folder = Path(path), _means_folder(path)
    _check_size(bundle)
    (write.write_folder if folder else write.write_zip)(target, _files(bundle, diagnosis, labels))


def open_stored(path: Path) -> Opened:
    """Open what `save` wrote, and check all of it.

    Raises:
        BadInput: it is no bundle, or not as it was written: what, where and what to do in one line.
    """
    try:
        with _archive(path) as archive:
            return _open(archive)
    except BadInput as e:
        raise BadInput(f"{path}: {e}") from None


def is_stored(path: Path) -> bool:
    """True when `path` is, or was to become, a bundle: anything but an incident folder."""
    return not path.is_dir() or os.path.lexists(path / MANIFEST) or write.is_partial(path)


def _means_folder(path: str | Path) -> bool:
    text = str(path)
    return text.endswith(("/", os.sep)) or Path(path).is_dir()


def _check_size(bundle: Bundle) -> None:
    size = sum(b.size for b in _blobs(bundle).values())
    if size > limits.MAX_BYTES or len(bundle) > limits.MAX_ENTRIES - 10:
        raise BadInput(
            f"the bundle is too large: {len(bundle):,} readings with {size >> 20:,} MiB, at most "
            f"{limits.MAX_ENTRIES:,} and {limits.MAX_BYTES >> 20:,} MiB: narrow it with --namespace"
        )


def _blobs(bundle: Bundle) -> dict[str, Blob]:
    described = (e.described() for e in bundle.entries())
    return {b.digest: b for b in described if b}


def _files(bundle: Bundle, diagnosis: bytes | None, labels: Any) -> Iterator[tuple[str, bytes]]:
    """Yield the files, always in the same order."""
    beside = {DIAGNOSIS: diagnosis, LABELS: None if labels is None else encode_json(labels)}
    files = {name: body for name, body in beside.items() if body is not None}
    refs = {name: Blob(digest_of(body), len(body), JSON) for name, body in files.items()}
    content = manifest.content_of(bundle.incident, bundle.unrecorded, bundle.entries())
    yield MANIFEST, manifest.encode(content, engine=bundle.engine, files=refs)
    yield from files.items()
    by_digest = {blob.digest: e for e in bundle.entries() if (blob := e.described())}
    for digest in sorted(by_digest):
        yield blob_name(digest), by_digest[digest].packed()


@contextmanager
def _archive(path: Path) -> Iterator[Archive]:
    if write.is_partial(path):
        raise BadInput("it is a bundle of which the recording was interrupted: remove it and record again")
    if path.is_dir():
        yield FolderArchive(path)
        return
    with ZipArchive(path) as archive:
        yield archive


def _open(archive: Archive) -> Opened:
    found = _manifest(archive)
    extra = {name: _checked(archive, name, ref.checked()) for name, ref in found.files.items() if _is_extra(name)}
    labels = decode_json(extra[LABELS]) if LABELS in extra else None
    return Opened(_bundle(archive, found), extra.get(DIAGNOSIS), labels)


def _manifest(archive: Archive) -> Manifest:
    if not archive.has(MANIFEST):
        raise BadInput(f"it has no {MANIFEST}: it is no bundle, or was not written to its end")
    try:
        return manifest.decode(archive.read(MANIFEST, limits.MAX_MANIFEST))
    except BadInput as e:
        raise BadInput(f"{MANIFEST}: {e}") from None


def _is_extra(name: str) -> bool:
    if name not in (DIAGNOSIS, LABELS):
        raise BadInput(f"{MANIFEST} names {name[:120]!r}, which is no file of a bundle")
    return True


def _bundle(archive: Archive, found: Manifest) -> Bundle:
    try:
        incident = manifest.read_incident(found.content.incident)
        bundle = Bundle(incident, unrecorded=found.content.unrecorded, engine=found.engine)
        heads = [_entry(e) for e in found.content.readings]
    except BadInput as e:
        raise BadInput(f"{MANIFEST}: {e}") from None
    _fill(archive, bundle, heads)
    if bundle.digest() != found.digest:
        raise BadInput(f"{MANIFEST} does not say what it holds in the way that DiagFlow writes it: record it again")
    return bundle


def _entry(entry: ReadingEntry) -> Entry:
    return Entry(manifest.read_head(entry), entry.kind, entry.blob.checked() if entry.blob else None)


def _fill(archive: Archive, bundle: Bundle, entries: list[Entry]) -> None:
    """Read the data of all entries, each blob once."""
    blobs = {e.blob.digest: e.blob for e in entries if e.blob}
    if sum(b.size for b in blobs.values()) > limits.MAX_BYTES:
        raise BadInput(f"it would unpack to more than {limits.MAX_BYTES >> 20:,} MiB; a bundle never does")
    bodies = {digest: _checked(archive, blob_name(digest), blob) for digest, blob in blobs.items()}
    for entry in entries:
        entry.body = bodies[entry.blob.digest] if entry.blob else None
        bundle.add_entry(entry)


def _checked(archive: Archive, name: str, blob: Blob) -> bytes:
    body = archive.read(name, blob.size)
    if len(body) != blob.size or digest_of(body) != blob.digest:
        raise BadInput(
            f"{name} was changed after it was written (its digest does not fit): copy or record the bundle again"
        )
    return body
