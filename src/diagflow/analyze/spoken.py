"""Of which kinds the answer to a metric condition speaks: those of its samples that may stand for what is inside.

A sample about a namespace or a node tells something of everything in it, if the whole answer is about namespaces or
nodes. In an answer about deployments, a sample that names only a namespace is one that lost its label: it is not about
each deployment there.
"""

from collections.abc import Iterable
from typing import Final

from diagflow.analyze.labels import kinds_of_labels, namespaced
from diagflow.model import CLUSTER
from diagflow.rules.rule import MetricInput

_FINENESS: Final = {CLUSTER.kind: 0, "namespace": 1, "pod": 4}
"""From the cluster down to the pod; of all other kinds, those outside of namespaces are 2 and those in them 3."""


def spoken_of(wanted: MetricInput, seen: Iterable[str]) -> frozenset[str]:
    """Return the finest kinds that an answer is about.

    What the rule's `labels` say decides; without them the kinds that the expression groups by or writes count as much
    as those that samples have: where all samples lost a label, the answer still is about that kind.

    Args:
        wanted: the condition's input.
        seen: the kinds that the samples are about, those below the threshold too.
    """
    if wanted.labels:
        return _finest(kind.partition(".")[0] for kind in wanted.labels.values())
    from diagflow.promql.named import named_labels  # noqa: PLC0415  # only an answer with samples needs it

    return _finest({*kinds_of_labels(named_labels(wanted.expr), wanted.metric), *seen})


def _finest(kinds: Iterable[str]) -> frozenset[str]:
    fineness = {kind: _fineness(kind) for kind in kinds}
    finest = max(fineness.values(), default=0)
    return frozenset(kind for kind, fine in fineness.items() if fine == finest)


def _fineness(kind: str) -> int:
    return _FINENESS[kind] if kind in _FINENESS else 3 if namespaced(kind) else 2
