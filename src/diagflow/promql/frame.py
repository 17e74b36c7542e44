"""Label sets of many series as columns: one array of codes a label, code 0 where a series does not have it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Self

import numpy as np

from diagflow.promql.arrays import Codes, Ints

METADATA: Final = ("__name__", "__type__", "__unit__")
"""Labels that say what a metric is: what changes the meaning of a value drops them (`schema.IsMetadataLabel`)."""
_KEY_BITS: Final = 1 << 62


class Symbols:
    """Texts and their codes. The empty text is 0. A child adds texts for one query and leaves its parent alone."""

    def __init__(self, parent: "Symbols | None" = None) -> None:
        self._parent = parent
        self._offset = len(parent) if parent else 0
        self._codes: dict[str, int] = {} if parent else {"": 0}
        self._texts: list[str] = [] if parent else [""]

    def __len__(self) -> int:
        return self._offset + len(self._texts)

    def code(self, text: str) -> int:
        """Return the code of a text; a new text gets one."""
        code = self.find(text)
        if code is None:
            code = self._codes[text] = len(self)
            self._texts.append(text)
        return code

    def find(self, text: str) -> int | None:
        """Return the code of a text, if it has one."""
        found = self._parent.find(text) if self._parent else None
        if found is not None and found < self._offset:
            return found
        return self._codes.get(text)

    def text(self, code: int) -> str:
        """Return the text of a code."""
        if self._parent and code < self._offset:
            return self._parent.text(code)
        return self._texts[code - self._offset]


class Frame:
    """The label sets of `size` series."""

    __slots__ = ("columns", "size", "symbols")

    def __init__(self, symbols: Symbols, columns: Mapping[str, Codes], size: int) -> None:
        self.symbols = symbols
        self.columns = dict(columns)
        self.size = size

    @classmethod
    def of(cls, symbols: Symbols, rows: Sequence[Mapping[str, str]]) -> Self:
        """Return the frame of label sets that are mappings."""
        columns = {name: np.zeros(len(rows), np.int32) for name in {name for row in rows for name in row}}
        for number, row in enumerate(rows):
            for name, value in row.items():
                columns[name][number] = symbols.code(value)
        return cls(symbols, columns, len(rows))

    @classmethod
    def join(cls, symbols: Symbols, frames: Sequence["Frame"]) -> Self:
        """Return frames one below the other."""
        size = sum(frame.size for frame in frames)
        names = dict.fromkeys(name for frame in frames for name in frame.columns)
        columns = {name: np.concatenate([frame.column(name) for frame in frames]) for name in names}
        return cls(symbols, columns, size)

    def column(self, name: str) -> Codes:
        """Return the codes of a label; zeros if nothing has it."""
        found = self.columns.get(name)
        return np.zeros(self.size, np.int32) if found is None else found

    def names(self) -> list[str]:
        """Return the names of all labels, sorted."""
        return sorted(self.columns)

    def take(self, rows: Ints) -> "Frame":
        """Return some of the series, in this order."""
        columns = {name: codes[rows] for name, codes in self.columns.items()}
        return Frame(self.symbols, columns, len(rows))

    def keep(self, names: Iterable[str]) -> "Frame":
        """Return the series with only these labels."""
        wanted = set(names)
        return Frame(self.symbols, {n: c for n, c in self.columns.items() if n in wanted}, self.size)

    def drop(self, names: Iterable[str]) -> "Frame":
        """Return the series without these labels."""
        gone = set(names)
        if gone.isdisjoint(self.columns):
            return self
        return Frame(self.symbols, {n: c for n, c in self.columns.items() if n not in gone}, self.size)

    def put(self, name: str, codes: Codes) -> "Frame":
        """Return the series with this label instead."""
        return Frame(self.symbols, {**self.columns, name: codes}, self.size)

    def get(self, row: int, name: str) -> str:
        """Return the value of a label of one series."""
        codes = self.columns.get(name)
        return "" if codes is None else self.symbols.text(int(codes[row]))

    def row(self, row: int) -> dict[str, str]:
        """Return the label set of one series, sorted by name."""
        text = self.symbols.text
        return {name: text(int(self.columns[name][row])) for name in sorted(self.columns) if self.columns[name][row]}

    def rows(self) -> Iterator[dict[str, str]]:
        """Return all label sets, each sorted by name."""
        return iter(self.dicts())

    def dicts(self) -> list[dict[str, str]]:
        """Return all label sets, each sorted by name; every text is looked up once."""
        found: list[dict[str, str]] = [{} for _ in range(self.size)]
        for name in sorted(self.columns):
            codes, inverse = np.unique(self.columns[name], return_inverse=True)
            texts = [self.symbols.text(int(code)) for code in codes]
            if len(texts) == 1:
                for own in found if texts[0] else ():
                    own[name] = texts[0]
                continue
            for own, number in zip(found, inverse.tolist(), strict=True):
                if text := texts[number]:
                    own[name] = text
        return found

    def groups(self, names: Iterable[str] | None = None) -> tuple[Ints, Ints]:
        """Return the number of the group of each series, equal in these labels (all), and the first series of each."""
        return groups_of([self.column(name) for name in (self.columns if names is None else names)], self.size)

    def repeats(self) -> bool:
        """Return whether two series have the same label set."""
        return self.size > 1 and len(self.groups()[1]) < self.size


def groups_of(columns: Sequence[Codes | Ints], size: int) -> tuple[Ints, Ints]:
    """Return for rows of codes the number of their group, in order of appearance, and the first row of each group."""
    if size == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    key, bound = np.zeros(size, np.int64), 1
    for codes in columns:
        most = int(codes.max()) + 1
        if most == 1:
            continue
        if bound * most >= _KEY_BITS:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            bound = int(key.max()) + 1
        key, bound = key * most + codes, bound * most
    if bound == 1:
        return key, np.zeros(1, np.int64)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[inverse].astype(np.int64), first[order].astype(np.int64)


def show(labels: Mapping[str, str]) -> str:
    """Return a label set as Prometheus prints it: `{__name__="up", job="x"}` (`Labels.String`)."""
    from diagflow.promql.tokens import go_quote  # noqa: PLC0415  # only messages need it

    return "{" + ", ".join(f"{name}={go_quote(value)}" for name, value in sorted(labels.items())) + "}"
