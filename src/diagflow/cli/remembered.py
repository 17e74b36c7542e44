"""What is remembered of the last scan of a source: a small file in the user's folder for state.

    {"version": 1, "source": {"cluster": "prod", ...}, "now": "...", "standing": [...], "gaps": [...]}

It holds names, times and queries, never evidence. Its name is a digest of what must be the same for two scans to be
compared: the cluster, the namespace and the choice of rules.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from diagflow.model import BadInput, Entity, State
from diagflow.model.changes import Gap, Memory, Standing
from diagflow.model.typed import from_json

_MOST: Final = 64 << 20
"""Bytes that are read: a hundred times what ten thousand causes take."""


class Damaged(Exception):  # noqa: N818  # a state of the file, which is then replaced
    """What is remembered cannot be read; the message says why."""


class _Standing(msgspec.Struct):
    id: str
    entity: str
    since: datetime
    there: bool
    waits: list[str]


class _Gap(msgspec.Struct):
    query: str
    state: State
    told: bool


class _File(msgspec.Struct):
    version: Literal[1]
    source: dict[str, Any]
    now: datetime
    standing: list[_Standing]
    gaps: list[_Gap]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What must be the same for two scans to be compared.

    Attributes:
        cluster: who answered, as the source says.
        namespace: the only one that was looked at; empty for all.
        packs: as `--packs` says; empty for all that are installed.
        rules: absolute paths of `--rules` and of the configuration.
    """

    cluster: Mapping[str, str]
    namespace: str = ""
    packs: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "cluster": dict(self.cluster),
            "namespace": self.namespace,
            "packs": list(self.packs),
            "rules": list(self.rules),
        }

    @property
    def file(self) -> Path:
        """Where the last scan of it is remembered."""
        from platformdirs import user_state_path

        text = json.dumps(self.plain(), sort_keys=True, ensure_ascii=True)
        name = hashlib.sha256(text.encode()).hexdigest()[:24]
        return user_state_path("diagflow", appauthor=False) / "scans" / f"{name}.json"


def cluster_of(source: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what tells one live source from another; empty when nobody said who it is.

    The context and the version are left out: another name for a cluster, or its upgrade, makes it no other cluster.
    """
    server = source.get("kubernetes", {}).get("server")
    if server:
        return {"server": str(server), "cluster": str(source.get("cluster", ""))}
    url = source.get("prometheus", {}).get("url")
    return {"prometheus": str(url)} if url else {}


def remembered(scanned: Scanned) -> Memory | None:
    """Return what is remembered; None when nothing is.

    Raises:
        Damaged: the file is there and is not what `remember` writes.
    """
    try:
        with scanned.file.open("rb") as file:
            body = file.read(_MOST + 1)
    except FileNotFoundError:
        return None
    except OSError as e:
        raise Damaged(e.strerror or str(e)) from None
    if len(body) > _MOST:
        raise Damaged("it is too large")
    try:
        return _memory(from_json(body, _File), scanned)
    except (msgspec.MsgspecError, BadInput, UnicodeError, RecursionError) as e:
        raise Damaged(" ".join(str(e).split())) from None


def _memory(found: _File, scanned: Scanned) -> Memory:
    if found.source != scanned.plain():
        raise BadInput("it is about another source")
    if any(time.tzinfo is None for time in (found.now, *(one.since for one in found.standing))):
        raise BadInput("a time has no zone")
    return Memory(
        found.now,
        tuple(Standing(s.id, Entity.parse(s.entity), s.since, s.there, tuple(s.waits)) for s in found.standing),
        tuple(Gap(g.query, g.state, told=g.told) for g in found.gaps),
    )


def remember(scanned: Scanned, memory: Memory) -> None:
    """Write what is remembered, whole or not at all, for this user alone.

    Raises:
        OSError: it cannot be written.
    """
    content = _File(
        1,
        scanned.plain(),
        memory.now,
        [_Standing(s.id, str(s.entity), s.since, s.there, list(s.waits)) for s in memory.standing],
        [_Gap(g.query, g.state, g.told) for g in memory.gaps],
    )
    _replace(scanned.file, msgspec.json.format(msgspec.json.encode(content)))


def _replace(path: Path, body: bytes) -> None:
    """Write to a neighbour (made for this user alone), force it to the disk, put it in place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".partial", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def scanned_of(source: Mapping[str, Any], namespace: str, packs: str | None, rules: Sequence[Path]) -> Scanned | None:
    """Return what a scan was of; None when nobody said which cluster it is."""
    cluster = cluster_of(source)
    if not cluster:
        return None
    names = sorted({name.strip() for name in (packs or "").split(",") if name.strip()})
    return Scanned(cluster, namespace, tuple(names), tuple(sorted({str(p.expanduser().absolute()) for p in rules})))
