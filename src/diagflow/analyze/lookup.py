"""What one analysis looks at: the bundle, and a note of what was consulted and what is still wanted."""

from diagflow.analyze.memo import Memo
from diagflow.analyze.plan import Plan, resource
from diagflow.analyze.table import Table
from diagflow.bundle import Bundle
from diagflow.bundle.resources import has_namespace
from diagflow.model import Entity, Query, Reading, Want


def list_query(kind: str, namespace: str = "") -> Query:
    """Return the query for the list of a kind, of one namespace where that is asked for and means something."""
    target = resource(kind)
    return Query.of("objects", target, namespace=namespace if has_namespace(target) else "")


def names_of_kind(bundle: Bundle, kind: str) -> frozenset[Entity] | None:
    """Return the entities of a kind that a bundle holds; None if their list was not read completely."""
    reading = bundle.get(list_query(kind, bundle.incident.namespace))
    return frozenset(Table(reading, kind, {}).entities) if reading.answered else None


class Lookup:
    """Reads the bundle; lists of objects come as tables, each built once.

    Attributes:
        bundle: all that there is to see.
        consulted: the queries that were looked at.
        incident: what the bundle is about, as it was at first.
        memo: what earlier rounds left.
    """

    __slots__ = ("_by_fields", "_plan", "_queries", "_wants", "bundle", "consulted", "incident", "memo")

    def __init__(self, bundle: Bundle, plan: Plan, memo: Memo | None = None) -> None:
        self.bundle = bundle
        self.incident = bundle.incident
        self.consulted: set[Query] = set()
        self._plan = plan
        self.memo = memo or Memo()
        self._by_fields: dict[tuple[str, frozenset[str]], Table] = {}
        self._queries: dict[str, Query] = {}
        self._wants: dict[Query, frozenset[str]] = {}

    def want_lists(self) -> None:
        """Want all lists that rules may look at, whether they come to it or not."""
        for kind in self._plan.lists:
            query = self.query(kind)
            if not self.bundle.has(query):
                self._wants[query] = self._plan.fields(kind)

    @property
    def wants(self) -> tuple[Want, ...]:
        """What was looked for and never asked, in order."""
        return tuple(Want(query, fields) for query, fields in sorted(self._wants.items()))

    def resume(self, before: "Lookup") -> None:
        """Note what was looked at in the round before, and what was wanted then and is still not there."""
        self.consulted |= before.consulted
        self._wants |= {q: fields for q, fields in before._wants.items() if not self.bundle.has(q, fields)}  # noqa: SLF001

    def reading(self, query: Query) -> Reading:
        """Return the reading; if nobody has asked yet, it is wanted from now on."""
        self.consulted.add(query)
        if not self.bundle.has(query):
            self._wants.setdefault(query, frozenset())
        return self.bundle.get(query)

    def query(self, kind: str) -> Query:
        """Return the query for the list of a kind, within the incident's namespace."""
        found = self._queries.get(kind)
        if found is None:
            found = self._queries[kind] = list_query(kind, self.bundle.incident.namespace)
        return found

    def table(self, kind: str, fields: frozenset[str] = frozenset()) -> Table:
        """Return the objects of a kind; where `fields` of them were not kept, the table's reading is `absent`."""
        found = self._by_fields.get((kind, fields))
        if found is None:
            reading = self.objects(self.query(kind), fields, self._plan.fields(kind))
            found = self._by_fields[kind, fields] = self._table(reading, kind)
        return found

    def objects(self, query: Query, fields: frozenset[str], every: frozenset[str]) -> Reading:
        """Return a list of objects with `fields`; if it must be asked for, then with `every` field anybody needs."""
        self.consulted.add(query)
        if self.bundle.has(query, every):  # the usual case, and one look-up for all rules
            return self.bundle.get(query, every)
        if not self.bundle.has(query, fields):
            self._wants[query] = self._wants.get(query, frozenset()) | every | fields
        return self.bundle.get(query, fields)

    def peek(self, kind: str) -> Table | None:
        """Return the objects of a kind if they were read; they are not wanted otherwise."""
        query = self.query(kind)
        reading = self.bundle.get(query)
        if not reading.readable:
            return None
        self.consulted.add(query)
        return self._table(reading, kind)

    def _table(self, reading: Reading, kind: str) -> Table:
        """Return the table of a reading; that of an earlier round, if the reading says the same."""
        if reading.data is None:
            return Table(reading, kind, self._plan.wanted(kind))
        found = self.memo.tables.get(id(reading.data))
        if found is None or found.reading.state is not reading.state or found.answered is not reading.answered:
            found = self.memo.tables[id(reading.data)] = Table(reading, kind, self._plan.wanted(kind))
        return found
