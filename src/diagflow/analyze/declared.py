"""What an analyzer may read: a subset of what its pack declares."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from diagflow.bundle.resources import canonical
from diagflow.model import Query, Want
from diagflow.rules.analyzer import VARIABLE, Analyzer, Input
from diagflow.rules.patterns import compiled


def declared_for(analyzer: Analyzer, query: Query) -> Input | None:
    """Return the declared input that a query is one of; None when it was not declared."""
    return next((i for i in analyzer.inputs if _matcher(i.query)(_name(query))), None)


def fixed_wants(analyzer: Analyzer) -> tuple[Want, ...]:
    """Return the inputs without variables: they are wanted at once, not one a round."""
    fixed = (i for i in analyzer.inputs if not i.made)
    return tuple(Want(Query.parse(i.query), frozenset(i.fields)) for i in fixed)


def fields_of(analyzer: Analyzer, query: Query) -> frozenset[str]:
    """Return the fields that an analyzer gets of the objects of a query: those of all inputs that it is one of."""
    inputs: Iterable[Input] = (i for i in analyzer.inputs if _matcher(i.query)(_name(query)))
    return frozenset(f for i in inputs for f in i.fields)


def _name(query: Query) -> str:
    """Return a query without parameters: which lines of a log, which namespace of a list, is not declared."""
    return f"{query.kind}:{canonical(query.target) if query.kind == 'objects' else query.target}"


@lru_cache(maxsize=1024)
def _matcher(declared: str) -> Any:
    pattern = ".+".join(re.escape(part) for part in VARIABLE.split(_name(Query.parse(declared))))
    return compiled(f"(?s){pattern}").fullmatch
