"""Small phrases about entities, queries, values and probabilities."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from diagflow.feedback.plain import number, plain
from diagflow.feedback.visible import clip, one_line, visible
from diagflow.feedback.words import Words
from diagflow.model import Entity, Query

_LIKELIHOODS: Final = (0.95, 0.85, 0.7, 0.5)
_VALUE_LIMIT: Final = 120
_QUERY_LIMIT: Final = 1000
_NAME_LIMIT: Final = 400
"""A kind, a namespace and a name of Kubernetes fit."""
_EXACT: Final = 1e15
"""Beyond, not every digit of a float is exact."""
_CLUSTER_KEYS: Final = ("cluster", "context", "server")


def likelihood(confidence: float, words: Words) -> str:
    """Return a probability in words."""
    above = (word for least, word in zip(_LIKELIHOODS, words.likelihoods, strict=False) if confidence >= least)
    return next(above, words.likelihoods[-1])


def sure(confidence: float, words: Words, *, provisional: bool = False) -> str:
    """Return a probability in words and as a number, and whether it is provisional."""
    pattern = words.sure_provisional if provisional else words.sure
    return pattern.format(word=likelihood(confidence, words), percent=f"{confidence * 100:.0f}")


def name(entity: Entity) -> str:
    """Return the canonical name, every character visible."""
    return label(str(entity))


def label(identifier: str) -> str:
    """Return an identifier with every character visible, cut where no honest one is so long."""
    return clip(visible(identifier), _NAME_LIMIT, "…")


def folded(names: Sequence[str], words: Words, limit: int = 3, total: int = 0) -> str:
    """Return the first names and how many there are beyond: a list of one more than `limit` is shown whole.

    Args:
        names: the names, or the first of them.
        words: of the reader's language.
        limit: names to show.
        total: how many there are, where `names` are only the first.
    """
    total = max(total, len(names))
    if total <= limit + 1 and total == len(names):
        return words.comma.join(names)
    shown = names[:limit]
    rest = f"{total - len(shown):,}"
    return words.and_more.format(names=words.comma.join(shown), n=rest, total=f"{total:,}")


def things(entities: Sequence[Entity], words: Words) -> str:
    """Return how many there are, with their kind where they share one: "18 pods"."""
    return words.things.format(n=f"{len(entities):,}", noun=_noun(entities, len(entities), words))


def more_things(entities: Sequence[Entity], words: Words) -> str:
    """Return how many there are beyond the first: " (and 17 more pods)"; empty for none."""
    n = len(entities) - 1
    return words.more_things.format(n=f"{n:,}", noun=_noun(entities, n, words)) if n > 0 else ""


def _noun(entities: Sequence[Entity], n: int, words: Words) -> str:
    kinds = {e.kind for e in entities}
    noun = words.kinds.get(next(iter(kinds)), words.thing) if len(kinds) == 1 else words.thing
    return noun.one if n == 1 else noun.other


def query(q: Query, words: Words) -> str:
    """Return what a query asks, for people."""
    key = "log.previous" if q.kind == "log" and q.param("previous") else q.kind
    template = words.queries.get(key, "{target}")
    phrase = template.format(target=clip(one_line(q.target), _QUERY_LIMIT, "…"))
    namespace = q.param("namespace")
    return words.in_namespace.format(what=phrase, namespace=label(namespace)) if namespace else phrase


def value(seen: Any) -> str:
    """Return a value that was seen, in one short line; empty for None."""
    if seen is None:
        return ""
    if isinstance(seen, float):
        return _number(seen)
    text = seen if isinstance(seen, str) else json.dumps(plain(seen), ensure_ascii=False)
    return clip(one_line(text), _VALUE_LIMIT, "…")


def _number(seen: float) -> str:
    known = number(seen)
    if isinstance(known, str):
        return known
    return str(int(known)) if known.is_integer() and abs(known) < _EXACT else f"{known:.4g}"


def cluster(source: Mapping[str, Any]) -> str:
    """Return the name of the cluster that answered, or the empty string.

    Readers describe themselves at the top level or, where several were combined, each under its own name.
    """
    layers = [source, *(v for _, v in sorted(source.items()) if isinstance(v, Mapping))]
    names = (layer.get(key) for key in _CLUSTER_KEYS for layer in layers)
    return next((label(one_line(n)) for n in names if isinstance(n, str) and n), "")
