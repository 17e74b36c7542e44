"""Prints as kubectl does: Go's text/tabwriter, with which its describers and table printers align their columns.

https://pkg.go.dev/text/tabwriter: a cell is what a tab ends; cells of one column in lines that follow each other are as
wide as the widest of them, and at least `minwidth`; what is behind the last tab of a line is not aligned.
"""

from itertools import pairwise


def printed(text: str, *, padding: int = 2, minwidth: int = 0) -> str:
    """Align a text with tabs; describe has a padding of 2, `kubectl get` one of 3 and a least width of 6."""
    lines = [line.split("\t") for line in text.split("\n")]
    widths: list[list[int]] = [[] for _ in lines]
    _column(lines, widths, 0, len(lines), 0, padding, minwidth)
    out = []
    for cells, row in zip(lines, widths, strict=True):
        out.append("".join(cell.ljust(width) for cell, width in zip(cells[:-1], row, strict=True)) + cells[-1])
    return "\n".join(out)


def _column(lines, widths, first, last, column, padding, minwidth):
    """Set the widths of a column in the blocks of lines that have it, then of those right of it."""
    has = [i for i in range(first, last) if len(lines[i]) > column + 1]
    breaks = [i for i, (one, following) in enumerate(pairwise(has), 1) if following != one + 1]
    parts = [has[a:b] for a, b in pairwise([0, *breaks, len(has)]) if has]
    blocks = [(part[0], part[-1] + 1) for part in parts]
    for begin, end in blocks:
        width = max(minwidth, *(len(lines[i][column]) + padding for i in range(begin, end)))
        for i in range(begin, end):
            widths[i].append(width)
        _column(lines, widths, begin, end, column + 1, padding, minwidth)
