"""Whether what a rule reads is in a recording, told from the readings alone and not from what the rule made of them."""

from collections.abc import Iterator
from typing import Final

from diagflow.analyze.hostlog import HOST_LOG
from diagflow.analyze.nodelog import NODE_LOGS
from diagflow.analyze.plan import objects_of, resource
from diagflow.bundle import Bundle
from diagflow.model import Query
from diagflow.rules import (
    ChangeInput,
    Condition,
    EventInput,
    FactInput,
    HostLogInput,
    LogInput,
    MetricInput,
    NodeLogInput,
    Rule,
)
from diagflow.rules.walk import leaves

_EVENTS: Final = Query.of("objects", "events")


class Inputs:
    """Which inputs a bundle holds; each is looked up once for all rules."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._logs = any(e.reading.query.kind == "log" and e.reading.answered for e in bundle.entries())
        self._known: dict[Query, bool] = {}

    def has(self, rule: Rule) -> bool:
        """True when all that the triggers of a rule read is there, completely: a cut-off list settles nothing."""
        return all(self._holds(condition) for condition in leaves(rule.trigger))

    def _holds(self, condition: Condition) -> bool:
        wanted = condition.input
        if isinstance(wanted, LogInput) and not self._logs:
            return False
        if isinstance(wanted, ChangeInput):
            return any(self._answered(Query.of("change", kind)) for kind in wanted.kinds)
        return all(self._answered(query) for query in _queries(condition))

    def _answered(self, query: Query) -> bool:
        if query not in self._known:
            self._known[query] = self._bundle.get(query).answered
        return self._known[query]


def _queries(condition: Condition) -> Iterator[Query]:
    match condition.input:
        case MetricInput() as metric:
            yield metric.query
        case EventInput():
            yield _EVENTS
        case FactInput(name=name, facts=facts):
            yield from (Query.of("fact", one) for one in (name, *facts))
        case HostLogInput(facts=facts):
            yield HOST_LOG
            yield from (Query.of("fact", one) for one in facts)
        case NodeLogInput():
            yield NODE_LOGS
    objects = objects_of(condition)
    if objects is not None:
        yield from (Query.of("objects", resource(kind)) for kind in (objects.kind, *(r.kind for r in objects.related)))
