"""Lines as one text; without colours and width it needs no rich."""

from collections.abc import Iterable

from diagflow.feedback.lines import GAP, Line


def written(unbroken: Iterable[Line], *, color: bool = False, width: int | None = None) -> str:
    """Return lines as text.

    Args:
        unbroken: the lines.
        color: with ANSI colours.
        width: cells of a line; None (a pipe) breaks no line.
    """
    if not color and width is None:
        return "".join(f"{_whole(line)}\n" for line in unbroken)
    from diagflow.feedback.paint import painted  # noqa: PLC0415  # rich, where there are colours or lines to break

    return painted(unbroken, color=color, width=width)


def _whole(line: Line) -> str:
    prefix, body, aside = ("".join(words for words, _ in parts) for parts in (line.prefix, line.parts, line.aside))
    return prefix + body + (GAP + aside if aside else "")
