"""Names of persons and machines in what a host says: tokens of the same shape, wherever they stand."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from diagflow.bundle.redact.token import Tokens

_NOBODY = """
    root admin administrator user users guest default public system local go test runner runneradmin vagrant ubuntu
    debian home work dev build docker jenkins github localhost desktop windows program files microsoft
"""
_COMMON: Final = frozenset(_NOBODY.split())
"""Names that name nobody, and words that stand everywhere."""

_LONG: Final = 4
"""Characters from which on a name is recognised anywhere; a shorter one only as a folder of homes."""


class Personal:
    """Replaces given names in every string of a value."""

    __slots__ = ("_pattern", "_tokens")

    def __init__(self, names: Iterable[str], tokens: Tokens) -> None:
        self._tokens = tokens
        given = {name.strip() for name in names} - {""}
        known = sorted((n for n in given if n.lower() not in _COMMON), key=lambda n: (-len(n), n))
        homes = [
            rf"(?<=[\\/]{place}[\\/]){re.escape(n)}(?![^\\/;:\"'\s])" for n in known for place in ("Users", "home")
        ]
        words = [rf"(?<![\w-]){re.escape(n)}(?![\w-])" for n in known if len(n) >= _LONG]
        self._pattern = re.compile("|".join([*homes, *words]), re.IGNORECASE) if known else None

    def of(self, value: Any) -> Any:
        """Return a JSON value with the names replaced, keys of objects included."""
        return _mapped(value, self._text) if self._pattern else value

    def _text(self, text: str) -> str:
        assert self._pattern is not None  # noqa: S101  # `of` looked
        made = list(self._tokens.spans(text))

        def one(found: re.Match[str]) -> str:
            inside = any(start < found.end() and found.start() < end for start, end in made)
            return found.group() if inside else self._tokens.of(found.group())

        return self._pattern.sub(one, text)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(k) if isinstance(k, str) else k: _mapped(v, change) for k, v in value.items()}
    return [_mapped(v, change) for v in value] if isinstance(value, list) else value
