"""Lines of the terminal output, coloured and broken: all that needs rich, which nobody in a pipe waits for."""

from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from diagflow.feedback.lines import GAP, Line
from diagflow.feedback.wrap import wrap

_WIDEST: Final = 100
"""Cells of a sentence: longer lines are hard to read on a wide screen."""
_NARROWEST: Final = 40
_GAP: Final = Text(GAP)


def show(unbroken: Iterable[Line]) -> None:
    """Print lines to stdout, broken where they are wider than the terminal."""
    console = Console(highlight=False)
    _put(console, unbroken, width=console.width if console.is_terminal else None)


def painted(unbroken: Iterable[Line], *, color: bool = False, width: int | None = None) -> str:
    """Return lines as text; see `written.written`."""
    out = StringIO()
    console = Console(
        file=out,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
    )
    _put(console, unbroken, width=width)
    return out.getvalue()


def _put(console: Console, unbroken: Iterable[Line], *, width: int | None) -> None:
    for line in unbroken:
        for broken in _broken(line, width):
            console.print(broken, soft_wrap=True, highlight=False, markup=False, emoji=False)


def _broken(line: Line, width: int | None) -> Iterator[Text]:
    prefix, body, aside = (Text.assemble(*parts) for parts in (line.prefix, line.parts, line.aside))
    if width is None or line.keep:
        yield prefix + body + (_GAP + aside if aside else aside)
        return
    room = max(min(width, _WIDEST), _NARROWEST) - prefix.cell_len
    rows = _rows(body, room)
    if aside and rows[-1].cell_len + _GAP.cell_len + aside.cell_len <= room:
        rows[-1] = rows[-1] + _GAP + aside
    elif aside:
        rows += _rows(aside, room)
    for number, row in enumerate(rows):
        yield (prefix if number == 0 else Text(" " * prefix.cell_len)) + row


def _rows(line: Text, room: int) -> list[Text]:
    cuts = [place for span in wrap(line.plain, room, cell_len) for place in span]
    return list(line.divide(cuts))[1::2]
