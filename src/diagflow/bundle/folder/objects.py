"""Objects of Kubernetes from any files that hold some, put together to one list for each kind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from diagflow.bundle.folder.documents import documents
from diagflow.bundle.folder.files import Found, body_of
from diagflow.bundle.folder.hints import resource_of_file
from diagflow.bundle.folder.problem import Problem, Unreadable
from diagflow.bundle.resources import kind_of, resource_of

_LIST: Final = "List"
_KIND: Final = re.compile(rb'"?kind"?\s*:\s*"?([A-Za-z]{1,80})')
_SCANNED: Final = 1 << 20  # bytes of a broken file in which kinds are looked for
_METADATA_ONLY: Final = "PartialObjectMetadata"


@dataclass(slots=True)
class Kind:
    """All objects of one resource.

    Attributes:
        kind: as objects say it: `Pod`.
        items: by namespace and name, the newest of each.
        files: where they came from.
        incomplete: why the list may lack some; empty when it is complete as far as anybody can know.
    """

    kind: str
    items: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    incomplete: list[str] = field(default_factory=list)

    def add(self, item: dict[str, Any]) -> None:
        """Keep an object, unless a newer one of this name is there."""
        metadata = item["metadata"]
        key = (str(metadata.get("namespace") or ""), str(metadata["name"]))
        if key not in self.items or _age(item) >= _age(self.items[key]):
            self.items[key] = item


@dataclass(slots=True)
class Objects:
    """What the files of a folder hold.

    Attributes:
        kinds: by resource.
        problems: what could not be used.
        ignored: files without any object.
    """

    kinds: dict[str, Kind] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def read(self, file: Found) -> None:
        """Take the objects of one file."""
        hint = resource_of_file(file)
        try:
            body = body_of(file)
        except (OSError, UnicodeDecodeError) as e:
            self._broken(file, Unreadable(f"cannot be read: {getattr(e, 'strerror', None) or e}"), {hint} - {""})
            return
        used = False
        try:
            for document in documents(body, file.suffix):
                used |= self._document(file, document, hint)
        except Unreadable as e:
            self._broken(file, e, _kinds_in(body, hint))
            return
        if not used:
            self.ignored.append(file.name)

    def _document(self, file: Found, document: Any, hint: str) -> bool:
        """Take one document and return whether it is about Kubernetes objects."""
        if isinstance(document, list):
            return self._items(file, document, "", "", hint) if _are_objects(document, hint) else False
        if not isinstance(document, dict):
            return False
        kind, version = str(document.get("kind") or ""), str(document.get("apiVersion") or "")
        if isinstance(document.get("items"), list | None) and (kind.endswith(_LIST) or "items" in document):
            return self._list(file, document, kind.removesuffix(_LIST), version, hint)
        if not kind or not isinstance(document.get("metadata"), dict):
            return False
        return self._items(file, [document], "", "", hint)

    def _list(self, file: Found, document: dict[str, Any], kind: str, version: str, hint: str) -> bool:
        if kind == _METADATA_ONLY:
            kind, version = kind_of(hint), ""
        resource = resource_of(kind, version) if kind else hint
        metadata = document.get("metadata")
        if "items" not in document:
            self._broken(file, Unreadable("is a list without `items`"), {resource} - {""})
        if resource:
            self._kind(resource, kind or kind_of(resource)).files.add(file.name)
        if isinstance(metadata, dict) and metadata.get("continue"):
            self.lacks(resource, f"{file.name} holds only the first page of the list")
        return self._items(file, document.get("items") or [], kind, version, hint) or bool(resource)

    def _items(self, file: Found, items: list[Any], kind: str, version: str, hint: str) -> bool:
        """Take the items of a list; those that do not say their kind are of the list's, else of the file's."""
        for i, item in enumerate(items):
            wrong = _wrong(item)
            if wrong:
                where = f"item {i + 1} " if len(items) > 1 else ""
                self._broken(file, Unreadable(f"{where}{wrong}"), {resource_of(kind, version) if kind else hint} - {""})
                continue
            self._item(file, item, kind, version, hint)
        return bool(items)

    def _item(self, file: Found, item: dict[str, Any], kind: str, version: str, hint: str) -> None:
        own = str(item.get("kind") or "")
        if not own or own == _METADATA_ONLY:
            own = item["kind"] = kind or kind_of(hint)
            item.pop("apiVersion", None) if not version and "meta.k8s.io" in str(item.get("apiVersion")) else None
        if version and not item.get("apiVersion"):
            item["apiVersion"] = version
        if not own:
            self._broken(
                file, Unreadable("holds an object without a kind: add `kind`, or name the file after it"), set()
            )
            return
        resource = resource_of(own, str(item.get("apiVersion") or ""))
        found = self._kind(resource, own)
        found.files.add(file.name)
        found.add(item)

    def _kind(self, resource: str, kind: str) -> Kind:
        return self.kinds.setdefault(resource, Kind(kind))

    def lacks(self, resource: str, why: str) -> None:
        """Note that a list may lack objects, and why."""
        found = self._kind(resource, kind_of(resource)) if resource else None
        if found and why not in found.incomplete:
            found.incomplete.append(why)

    def _broken(self, file: Found, error: Unreadable, resources: set[str]) -> None:
        problem = error.problem(file.name)
        self.problems.append(problem)
        for resource in sorted(resources):
            self.lacks(resource, str(problem))


def _wrong(item: Any) -> str:
    """Return what keeps an item from being an object."""
    if not isinstance(item, dict):
        return "is no object"
    metadata = item.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str) or not metadata["name"]:
        return "has no metadata.name"
    for name in ("kind", "apiVersion"):
        if not isinstance(item.get(name, ""), str | None):
            return f"has a {name} that is no string"
    return "" if isinstance(metadata.get("namespace", ""), str | None) else "has a namespace that is no string"


def _are_objects(items: list[Any], hint: str) -> bool:
    """True for a bare list of objects; other tools write lists of other things."""
    return (
        bool(items)
        and all(isinstance(i, dict) and isinstance(i.get("metadata"), dict) for i in items)
        and (bool(hint) or all(i.get("kind") for i in items))
    )


def _age(item: dict[str, Any]) -> tuple[str, int]:
    """Return what grows when an object is made anew or changed."""
    version = str(item["metadata"].get("resourceVersion") or "")
    number = version.isdecimal() and len(version) < 20  # noqa: PLR2004  # a 64-bit number
    return str(item["metadata"].get("creationTimestamp") or ""), int(version) if number else -1


def _kinds_in(body: bytes, hint: str) -> set[str]:
    """Return of which resources a broken file holds objects, so that their lists are known to lack some."""
    if hint:
        return {hint}
    kinds = [k.decode() for k in _KIND.findall(body[:_SCANNED])]
    lists = {k.removesuffix(_LIST) for k in kinds if k.endswith(_LIST) and k != _LIST}
    return {resource_of(k) for k in lists or kinds if kind_of(resource_of(k))}


def iter_items(objects: Objects) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield resource and object of all objects."""
    for resource, kind in sorted(objects.kinds.items()):
        for key in sorted(kind.items):
            yield resource, kind.items[key]
