"""What all filters say about all nodes, with the nodes together about which they say the same.

A cluster has thousands of nodes and few sorts of them: whatever follows is asked once about each sort.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from diagflow.packs.kubernetes.scheduling.reasons import Kind


@dataclass(frozen=True, slots=True)
class Rejection:
    """One filter's no to one node.

    Attributes:
        kind: what stands against it.
        detail: the taint, resource, claim or rule.
    """

    kind: Kind
    detail: str = ""

    @property
    def resource(self) -> str:
        """The resource that it is about; empty for other filters."""
        return {Kind.CPU: "cpu", Kind.MEMORY: "memory", Kind.PODS: "pods"}.get(self.kind, self.detail)


Rejections = tuple[Rejection, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """Nodes about which all filters say the same.

    Attributes:
        rejections: in the order of the plugins; empty for nodes that could take the pod.
        kinds: theirs.
        nodes: the names, in order.
    """

    rejections: Rejections
    kinds: frozenset[Kind]
    nodes: Sequence[str]


class Table(Mapping[str, Rejections]):
    """All rejections by node name, in the order of the plugins; a node without any could take the pod.

    Attributes:
        groups: the same, by what is said.
    """

    def __init__(self, groups: Iterable[Alike] = ()) -> None:
        self.groups = tuple(groups)

    @cached_property
    def _group_of(self) -> Mapping[str, Alike]:
        return {name: alike for alike in self.groups for name in alike.nodes}

    def __getitem__(self, name: str) -> Rejections:
        return self._group_of[name].rejections

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._group_of))

    def __len__(self) -> int:
        return sum(len(alike.nodes) for alike in self.groups)

    def said_of(self, names: Iterable[str]) -> set[Alike]:
        """Return the groups that some nodes are in."""
        wanted = frozenset(names)
        return {alike for alike in self.groups if not wanted.isdisjoint(alike.nodes)}


Refusal = tuple[Rejections, Collection[str]]
"""What a filter says, and the nodes about which it says so, each once."""


def table_of(nodes: Iterable[str], refusals: Sequence[Refusal]) -> Table:
    """Put the nodes (in the order of their names) together by what the filters (in the order of the plugins) say."""
    marks = dict.fromkeys(nodes, 0)  # one bit for each refusal
    common = 0
    for position, (_, refused) in enumerate(refusals):
        bit = 1 << position
        if len(refused) == len(marks):
            common |= bit
            continue
        for name in refused:
            marks[name] |= bit
    groups: dict[int, list[str]] = {}
    for name, mark in marks.items():
        groups.setdefault(mark, []).append(name)
    return Table(_alike(common | mark, names, refusals) for mark, names in groups.items())


def _alike(mark: int, names: Sequence[str], refusals: Sequence[Refusal]) -> Alike:
    said = tuple(r for position in _ones(mark) for r in refusals[position][0])
    return Alike(said, frozenset(r.kind for r in said), names)


def _ones(mark: int) -> Iterator[int]:
    """Yield the positions of the bits that are set, the lowest first: there may be hundreds, few are set."""
    while mark:
        lowest = mark & -mark
        yield lowest.bit_length() - 1
        mark ^= lowest


def nodes_of(groups: Sequence[Alike]) -> tuple[str, ...]:
    """Return the nodes of some groups, in order."""
    names = chain.from_iterable(alike.nodes for alike in groups)
    return tuple(names if len(groups) == 1 else sorted(names))


def details(groups: Iterable[Alike], kind: Kind) -> list[str]:
    """Return the details of all rejections of one kind, in order, each once."""
    return sorted({r.detail for alike in groups for r in alike.rejections if r.kind is kind})
