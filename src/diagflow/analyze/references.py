"""Objects that others name by reference: with kind, group or namespace, not by name alone."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from diagflow.analyze.links import Reference
from diagflow.analyze.paths import values_at
from diagflow.analyze.plan import resource
from diagflow.bundle.resources import has_namespace
from diagflow.model import Entity
from diagflow.model.projection import entity_of

_OWNERS: Final = values_at("metadata.ownerReferences[]")

_NO_OBJECTS: Final = frozenset({"User", "Group"})
"""Kinds of subjects that a role binding names and that no API server keeps."""


def owners_of(item: Any, namespace: str) -> list[Entity]:
    """Return the entities that an object names in `metadata.ownerReferences`."""
    return list(_entities(_OWNERS(item), namespace))


def referred(reference: Reference, item: Any, namespace: str) -> list[Entity]:
    """Return the entities that an object in `namespace` names in one field."""
    return list(_entities(values_at(reference.path)(item), namespace, reference.target))


def _entities(references: list[Any], namespace: str, kind: str = "") -> Iterator[Entity]:
    for ref in references:
        if isinstance(ref, Mapping) and ref.get("name") and ref.get("kind") not in _NO_OBJECTS:
            yield _named(
                str(ref.get("kind") or kind),
                str(ref.get("apiVersion") or ref.get("apiGroup") or ""),
                str(ref["name"]),
                str(ref.get("namespace") or namespace),
            )


@lru_cache(maxsize=65536)
def _named(kind: str, version: str, name: str, namespace: str) -> Entity:
    """A thousand pods name the same few owners."""
    space = namespace if has_namespace(resource(kind.lower())) else ""
    group = version if "/" in version or "." not in version else f"{version}/"
    return entity_of({"kind": kind, "apiVersion": group, "metadata": {"name": name, "namespace": space}})
