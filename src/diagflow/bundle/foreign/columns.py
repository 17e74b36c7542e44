"""Tables as kubectl prints them: columns begin below their heading, at least two blanks apart.

`kubectl get` pads with three blanks (cli-runtime, printers.GetNewTabWriter), `kubectl describe` with two.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

_HEADING: Final = re.compile(r"\S+(?: \S+)*")
_GAP: Final = re.compile(r" {2,}")
_DASHES: Final = re.compile(r"[- ]+")


def rows(lines: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield the rows below a line of headings, by heading; `<none>` and an empty cell are the empty string.

    A row that is not set in the columns, as one with a character wider than it counts, is split at its gaps; where that
    gives another number of cells, it is left out.
    """
    if not lines:
        return
    headings = list(_HEADING.finditer(lines[0]))
    names, starts = [h.group() for h in headings], [h.start() for h in headings]
    for line in lines[1:]:
        if not line.strip() or _DASHES.fullmatch(line):
            continue
        cells = _below(line, starts) or _GAP.split(line.strip())
        if len(cells) == len(names):
            yield {name: "" if cell == "<none>" else cell for name, cell in zip(names, cells, strict=True)}


def _below(line: str, starts: Sequence[int]) -> list[str]:
    """Cut a line where columns begin; nothing when a cell runs over the beginning of the next."""
    if any(line[start - 1 : start].strip() for start in starts[1:]):
        return []
    return [line[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)]
