"""An incident folder, or a single file with objects, as a bundle; redacted on the way in."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from diagflow.bundle.disk import Opened
from diagflow.bundle.folder import gathered, moment
from diagflow.bundle.folder.documents import SUFFIXES
from diagflow.bundle.folder.files import Found, files_of
from diagflow.bundle.folder.logs import is_log, logs_of, node_of
from diagflow.bundle.folder.objects import Kind, Objects
from diagflow.bundle.folder.parts import Parts
from diagflow.bundle.folder.problem import Problem
from diagflow.bundle.memory import Bundle
from diagflow.bundle.redact import Redactor
from diagflow.model import BadInput, Coverage, Incident, Query, Reading, State
from diagflow.model.projection import ObjectList

_NOT_HERE: Final = "not in this folder"
_UNRECORDED: Final = {
    "objects": _NOT_HERE,
    "log": _NOT_HERE,
    "logs": "no logs of nodes in this folder",
    "change": _NOT_HERE,
    "fact": _NOT_HERE,
    "promql": "no metrics in this folder",
}
_NAMED: Final = 3  # of many ignored files


def is_single_file(path: Path) -> bool:
    """True for a file that holds objects, by its suffix; a bundle may be called anything."""
    if not path.is_file() or path.suffix.lower() not in SUFFIXES:
        return False
    try:
        with path.open("rb") as file:
            return file.read(2) != b"PK"
    except OSError:
        return True


def open_folder(path: Path, *, at: datetime | None = None, key: bytes | None = None) -> Opened:
    """Read an incident folder, a dump of another tool, or one file with objects.

    Args:
        path: the folder or file.
        at: for which moment to diagnose (UTC); default: what the labels of a recording say, else
            the alert's time, else the latest time in the objects.
        key: for the tokens that take the place of secrets; default: a random one.

    Raises:
        BadInput: nothing in it can be used, or nothing says when it was.
    """
    files, problems = files_of(path)
    objects, parts, logs, ignored = Objects(), Parts(), [], []
    for file in files:
        if is_log(file):
            logs.append(file)
        elif path.is_dir() and parts.take(file):
            continue
        elif file.suffix in SUFFIXES:
            objects.read(file)
        else:
            ignored.append(file.name)
    for resource, why in list(gathered.lacking(files, objects.kinds)):
        objects.lacks(resource, why)
    problems += [*objects.problems, *parts.problems]
    if not (objects.kinds or logs or parts.alert or parts.changes or parts.series or parts.unread):
        raise _nothing(path, problems)
    redactor = Redactor(key) if key else Redactor.new()
    bundle = Bundle(
        redactor.incident(_incident(path, objects, parts, at, problems, gathered.stamps(files))), unrecorded=_UNRECORDED
    )
    for reading in (*_lists(objects, bundle), *_logs(logs, bundle, problems), *_parts(parts, bundle)):
        bundle.add(redactor.reading(reading))
    told = tuple(str(p) for p in problems)
    return Opened(bundle, None, parts.labels, "folder", told, _notes(objects.ignored + ignored, bundle))


def _nothing(path: Path, problems: Sequence[Problem]) -> BadInput:
    if problems:
        return BadInput(f"{path}: nothing in it can be read: {_first(problems)}")
    return BadInput(
        f"{path}: neither a bundle nor an incident folder: it holds no Kubernetes objects, no logs and no alert; "
        "make one: kubectl get pods,nodes,events -A -o json > FOLDER/objects/all.json"
    )


def _first(problems: Sequence[Problem]) -> str:
    return f"{problems[0]} (and {len(problems) - 1} more)" if len(problems) > 1 else str(problems[0])


def _incident(
    path: Path, objects: Objects, parts: Parts, at: datetime | None, problems: list[Problem], stamps: str
) -> Incident:
    now = at or moment.of_labels(parts.labels) or moment.of_alert(parts.alert)
    now = now or moment.of_gathering(stamps, _latest(path, objects, problems)) or parts.last
    if now is None:
        first = f"; also, {_first(problems)}" if problems else ""
        told = (
            "add `time: 2026-01-31T10:00:00Z` to its labels"  # the gate, which wants labels, has no --at
            if parts.labels is not None
            else "add --at TIME, such as --at 2026-01-31T10:00:00Z"
        )
        raise BadInput(f"{path}: nothing in it says when it was written: {told}{first}")
    return Incident(now=now, alert=parts.alert, onset=moment.onset_of(parts.alert))


def _latest(path: Path, objects: Objects, problems: list[Problem]) -> datetime | None:
    times = moment.times_of(item for kind in objects.kinds.values() for item in kind.items.values())
    now, wrong = moment.latest(times, datetime.now(UTC))
    if wrong:
        what = f"names times that are still to come, as {wrong[-1].isoformat()}: whose clock is wrong? They are ignored"
        problems.append(Problem(path.name, what))
    return now


def _lists(objects: Objects, bundle: Bundle) -> Iterator[Reading]:
    for resource, kind in sorted(objects.kinds.items()):
        items = [kind.items[key] for key in sorted(kind.items)]
        yield Reading(
            Query.of("objects", resource),
            State.DATA if items else State.EMPTY,
            bundle.incident.now,
            ObjectList(items, None, kind.kind),
            source="folder",
            coverage=Coverage(complete=not kind.incomplete),
            detail=_lacking(kind),
        )


def _lacking(kind: Kind) -> str:
    return "; ".join(kind.incomplete[:_NAMED]) + (" ..." if len(kind.incomplete) > _NAMED else "")


def _logs(files: Sequence[Found], bundle: Bundle, problems: list[Problem]) -> Iterator[Reading]:
    now, nodes = bundle.incident.now, set()
    for file in files:
        try:
            for query, text in logs_of(file):
                nodes.update(node_of(query))
                yield Reading(query, State.DATA if text else State.EMPTY, now, text, source="folder")
        except (OSError, UnicodeDecodeError) as e:
            problems.append(Problem(file.name, f"cannot be read: {getattr(e, 'strerror', None) or e}"))
    if nodes:
        yield Reading(Query.of("logs", "node"), State.DATA, now, sorted(nodes), source="folder")


def _parts(parts: Parts, bundle: Bundle) -> Iterator[Reading]:
    now = bundle.incident.now
    for kind, changes in sorted((parts.changes or {}).items()):
        state = State.DATA if changes else State.EMPTY
        yield Reading(Query.of("change", kind), state, now, changes, source="folder")
    if parts.topology is not None:
        state = State.DATA if parts.topology else State.EMPTY
        yield Reading(Query.of("topology", ""), state, now, parts.topology, source="folder")
    for name, block in sorted(parts.series.items()):
        query = Query.of("series", name)
        if isinstance(block, str):
            yield Reading(query, State.ERROR, now, source="folder", detail=block)
        else:
            yield Reading(query, State.DATA if block.labels else State.EMPTY, now, block, source="folder")
    for kind, name in sorted(parts.unread.items()):
        detail = "spans of incident folders are not evaluated yet"
        yield Reading(Query.of(kind, name), State.ABSENT, now, source="folder", detail=detail)


def _notes(ignored: Sequence[str], bundle: Bundle) -> tuple[str, ...]:
    """Say what was left out on purpose."""
    notes = [r.detail for r in (e.reading for e in bundle.entries()) if "Secrets was left out" in r.detail]
    if ignored:
        some = ", ".join(sorted(ignored)[:_NAMED]) + (" ..." if len(ignored) > _NAMED else "")
        notes.append(f"left out, as no Kubernetes objects are in it: {some} ({len(ignored)} in all)")
    return tuple(notes)
