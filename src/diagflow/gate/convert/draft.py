"""A recording that is put together, and how it is written: the same input gives the same bytes."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import yaml

from diagflow.bundle.resources import group_of, resource_of

_MORE: Final = "the rest was not recorded"
"""A list with a token to go on is one of which there is more: what is not in it is not known to be absent."""


@dataclass(slots=True)
class Draft:
    """One recording.

    Attributes:
        name: its path in the corpus.
        labels: what is right.
        objects: of Kubernetes, each once.
        whole: the lists of objects hold all that there were.
        logs: by the path below `logs/`, in parts that are quoted when they are written.
        metrics: samples: timestamp, metric, value, labels.
        topology: relations.
        alert: the body of a webhook.
        files: any other, by name.
    """

    name: str
    labels: dict[str, Any]
    objects: list[dict[str, Any]] = field(default_factory=list)
    whole: bool = True
    logs: dict[tuple[str, ...], str] = field(default_factory=dict)
    metrics: list[tuple[float, str, str, Mapping[str, str]]] = field(default_factory=list)
    topology: list[dict[str, str]] = field(default_factory=list)
    alert: dict[str, Any] | None = None
    files: dict[str, bytes] = field(default_factory=dict)


def is_object(one: Any) -> bool:
    """True for what can stand in a list of objects: it says its kind and its name."""
    metadata = one.get("metadata") if isinstance(one, dict) else None
    return (
        isinstance(metadata, dict)
        and all(isinstance(text, str) and text for text in (one.get("kind"), metadata.get("name")))
        and all(isinstance(text, str | None) for text in (one.get("apiVersion"), metadata.get("namespace")))
    )


def write(draft: Draft, corpus: Path) -> None:
    """Write a recording below a folder.

    Raises:
        OSError: it cannot be written.
    """
    folder = corpus / draft.name
    for name, body in _files(draft).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


def _files(draft: Draft) -> dict[str, bytes]:
    files = {"labels.yaml": yaml.safe_dump(draft.labels, sort_keys=False, allow_unicode=True, width=120).encode()}
    for resource, items in _by_resource(draft.objects).items():
        files[f"objects/{resource}.json"] = _list(items, whole=draft.whole)
    for parts, text in draft.logs.items():
        *folders, name = map(_quoted, parts)
        files["/".join(("logs", *folders, f"{name}.log"))] = text.encode()
    if draft.metrics:
        files["metrics.csv"] = _table(draft.metrics)
    if draft.topology:
        files["topology.json"] = _json(draft.topology)
    if draft.alert:
        files["alert.json"] = _json(draft.alert)
    return files | draft.files


def _quoted(part: str) -> str:
    """Return a name that cannot lead to another folder."""
    return quote(part, safe="@:") if part.strip(".") else part.replace(".", "%2E")


def _by_resource(objects: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for item in objects:
        found.setdefault(resource_of(item["kind"], item.get("apiVersion") or ""), []).append(item)
    return found


def _list(items: list[dict[str, Any]], *, whole: bool) -> bytes:
    first = items[0]
    order = sorted(items, key=lambda i: (str(i["metadata"].get("namespace") or ""), str(i["metadata"]["name"])))
    version = str(first.get("apiVersion") or "v1")
    return _json(
        {
            "apiVersion": version if group_of(version) else "v1",
            "kind": f"{first['kind']}List",
            "metadata": {} if whole else {"continue": _MORE},
            "items": order,
        }
    )


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode(errors="replace")


def _table(samples: Sequence[tuple[float, str, str, Mapping[str, str]]]) -> bytes:
    names = sorted({name for about in {id(s[3]): s[3] for s in samples}.values() for name in about})
    cells = {id(s[3]): [s[3].get(name, "") for name in names] for s in samples}  # few mappings have many samples
    text = StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(["timestamp", "metric", "value", *names])
    for time, metric, value, about in sorted(samples, key=lambda s: (s[0], s[1], cells[id(s[3])])):
        out.writerow([_seconds(time), metric, value, *cells[id(about)]])
    return text.getvalue().encode()


def _seconds(time: float) -> str:
    return str(int(time)) if time == int(time) else repr(time)
