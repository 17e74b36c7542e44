"""Commands in settings such as CC, split as Go does (cmd/internal/quoted): blanks separate, quotes hold together."""

import re
from typing import Final

_BLANKS: Final = " \t\n\r"
_WORD: Final = re.compile(r"[^ \t\n\r]+")


def split_command(value: str) -> list[str] | None:
    """Return the words; None where a quote is not closed."""
    words: list[str] = []
    rest = value.lstrip(_BLANKS)
    while rest:
        if rest[0] in "\"'":
            word, closed, rest = rest[1:].partition(rest[0])
            if not closed:
                return None
        else:
            word = _WORD.match(rest)[0]  # type: ignore[index]  # there is a character that is no blank
            rest = rest[len(word) :]
        words.append(word)
        rest = rest.lstrip(_BLANKS)
    return words
