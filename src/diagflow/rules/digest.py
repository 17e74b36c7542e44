"""The digest of a rule: equal exactly when two rules mean the same.

It is over the compiled form, the causes that it or its analyzer may name, the weights and the analyzer's version;
comments, the order of keys, file, line and pack do not matter, and neither does any other rule.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

import msgspec

from diagflow.model import FITTED, Cause
from diagflow.rules.analyzer import Analyzer
from diagflow.rules.rule import Rule

_LEFT_OUT: Final = frozenset({"position", "places", "pack", "digest", "contained", "fields"})
"""Where it stands, and what is computed from the rest."""


def digest_of(rule: Rule, causes: Mapping[str, Cause], analyzers: Mapping[str, Analyzer]) -> str:
    """Return `sha256:...` of one rule with all that its verdicts depend on."""
    analyzer = analyzers.get(rule.action.analyzer) if rule.action else None
    named = {name for name in (rule.names, *(analyzer.names if analyzer else ())) if name}
    whole = {
        "rule": plain(rule),
        "causes": {name: plain(causes[name]) if name in causes else None for name in named},
        "analyzer": plain(analyzer),
        "weights": plain(FITTED),
    }
    return "sha256:" + hashlib.sha256(msgspec.json.encode(whole, order="deterministic")).hexdigest()


def plain(value: Any) -> Any:
    """Return a value as JSON: a dataclass as the list of its kind and the fields that matter, sets in order."""
    kind = value.__class__
    if kind in _AS_IT_IS:
        return value
    if take := _taker(kind):
        # Without a call for what is known already: most of a rule is text.
        return [kind.__name__, *[item if item.__class__ in _AS_IT_IS else plain(item) for item in take(value)]]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return [plain(item) for item in value]


@lru_cache(maxsize=64)
def _taker(kind: type) -> Callable[[Any], tuple[Any, ...]] | None:
    """Return the function that gives the fields of a dataclass that matter; None for any other type."""
    if not is_dataclass(kind):
        return None
    names = [f.name for f in fields(kind) if f.name not in _LEFT_OUT]
    # With two names or more, a tuple.
    return attrgetter(*names) if len(names) > 1 else lambda value: tuple(getattr(value, name) for name in names)


_AS_IT_IS: Final = frozenset({str, int, float, bool, type(None)})
