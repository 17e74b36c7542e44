"""One list of objects, with what is asked of it often: rows by value, by name, as plain objects."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any

from msgspec import UNSET, Struct, UnsetType
from msgspec.inspect import StructType, type_info

from diagflow.analyze.containers import PREFIX, containers_of
from diagflow.analyze.paths import attributes_of, scalar, values_at
from diagflow.analyze.scan import Postings, index
from diagflow.model import Entity, Reading
from diagflow.model.projection import ObjectList

Wanted = Mapping[str, Iterable[str]]
"""path → values that some rule names there."""
_NAME = values_at("metadata.name")
_NAMESPACE = values_at("metadata.namespace")
_UID = values_at("metadata.uid")


class Table:
    """The objects of one reading; everything is computed when it is first asked for, and once.

    Attributes:
        reading: where the objects come from.
        readable: there is something to look at, be it cut off.
        answered: what is not in it is not there.
        kind: singular, lower case, with group where ambiguous.
        rows: the objects.
    """

    __slots__ = (
        "_by_name",
        "_containers",
        "_entities",
        "_every",
        "_names",
        "_postings",
        "_seen",
        "_wanted",
        "answered",
        "kind",
        "readable",
        "reading",
        "rows",
    )

    def __init__(self, reading: Reading, kind: str, wanted: Wanted) -> None:
        self.reading = reading
        self.readable = reading.readable
        self.answered = reading.answered
        self.kind = kind
        self.rows = _as_list(reading, kind)
        self._wanted = wanted
        self._postings: Postings | None = None
        self._entities: dict[int, Entity] = {}
        self._every: Sequence[Entity] | None = None
        self._names: Sequence[tuple[str, str]] | None = None
        self._by_name: dict[tuple[str, str], int] | None = None
        self._containers: dict[int, list[dict[str, Any]]] = {}
        self._seen: dict[tuple[int, str], dict[str, list[int]]] = {}

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def postings(self) -> Postings:
        """Rows by path and value, for the paths and values that rules name."""
        if self._postings is None:
            self._postings = index(self.rows.items, self._wanted)
        return self._postings

    def plain(self, row: int) -> dict[str, Any]:
        """Return one object as kubectl prints it, with the kept fields; do not change it."""
        return self.rows.plain(row)

    def entity(self, row: int) -> Entity:
        """Return the entity that one object is."""
        found = self._entities.get(row)
        if found is None:
            kind, _, group = self.kind.partition(".")
            namespace, name = self._named()[row]
            found = self._entities[row] = Entity(kind, name, namespace, group)
        return found

    def row_of(self, entity: Entity) -> int | None:
        """Return the row of an entity of this kind, None if it is not in the list."""
        if self._by_name is None:
            self._by_name = dict(zip(self._named(), range(len(self.rows)), strict=True))
        return self._by_name.get((entity.namespace, entity.name))

    def _named(self) -> Sequence[tuple[str, str]]:
        """Return namespace and name of each object."""
        if self._names is None:
            self._names = _names(self.rows.items)
        return self._names

    def uid(self, row: int) -> str:
        """Return the uid of one object, empty where it has none."""
        return _first(_UID(self.rows[row]))

    @property
    def entities(self) -> Sequence[Entity]:
        """The entity of every object, in the order of the rows."""
        if self._every is None:
            self._every = [self.entity(row) for row in range(len(self.rows))]
        return self._every

    def entities_of(self, rows: Collection[int]) -> Sequence[Entity]:
        """Return the entities of some objects, in the order of `rows`."""
        if len(rows) == len(self.rows):
            return self.entities
        return [self.entity(row) for row in rows]

    def containers(self, row: int) -> Sequence[dict[str, Any]]:
        """Return the containers of one object (see `diagflow.analyze.containers`)."""
        found = self._containers.get(row)
        if found is None:
            found = self._containers[row] = list(containers_of(self.plain(row), self.kind))
        return found

    def seen(self, row: int, path: str) -> Mapping[str, Sequence[int]]:
        """Return the values at a path of containers (`container.state.waiting.reason`) with the containers' numbers."""
        found = self._seen.get((row, path))
        if found is None:
            found = self._seen[row, path] = {}
            read = values_at(path.removeprefix(PREFIX))
            for number, container in enumerate(self.containers(row)):
                for value in {scalar(value) for value in read(container)} - {None}:
                    found.setdefault(str(value), []).append(number)
        return found


def _names(items: Sequence[Any]) -> Sequence[tuple[str, str]]:
    """Return (namespace, name) of each object; by attributes where all have both, as nearly always."""
    owner: Any = type(items[0]) if items else None
    get = _name_getter(owner)
    try:
        found: list[tuple[Any, Any]] = list(map(get, items)) if get is not None else []
    except AttributeError:  # objects of several types, or one without metadata
        found = []
    types = set(map(type, chain.from_iterable(found)))
    if types == {str}:
        return found
    if types == {str, UnsetType}:
        return [("" if namespace is UNSET else namespace, "" if name is UNSET else name) for namespace, name in found]
    return [(_first(_NAMESPACE(item)), _first(_NAME(item))) for item in items]


@lru_cache(maxsize=256)
def _name_getter(owner: Hashable) -> Callable[[Any], Any] | None:
    """Return a function that gets namespace and name of a struct; None for dicts."""
    if not (isinstance(owner, type) and issubclass(owner, Struct)):
        return None
    fields = {f.encode_name: f for f in getattr(type_info(owner), "fields", ())}
    if "metadata" not in fields:
        return None
    options = getattr(fields["metadata"].type, "types", (fields["metadata"].type,))
    inner = next((attributes_of(o.cls) for o in options if isinstance(o, StructType)), {})
    if "name" not in inner or "namespace" not in inner:
        return None
    own = fields["metadata"].name
    return attrgetter(f"{own}.{inner['namespace']}", f"{own}.{inner['name']}")


def _first(values: Sequence[Any]) -> str:
    return str(values[0]) if values else ""


def _as_list(reading: Reading, kind: str) -> ObjectList:
    """Return the objects; a reading made by hand may hold a plain list."""
    if isinstance(reading.data, ObjectList):
        return reading.data
    return ObjectList(list(reading.data or ()), reading.fields, kind)
