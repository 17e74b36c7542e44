"""Patterns of rules: RE2, whose time is linear in the text whatever the pattern; `re` runs none of them."""

from functools import lru_cache
from typing import Any, Final

import re2

MAX_LENGTH: Final = 2000
"""Characters of a pattern."""

MAX_MEMORY: Final = 8 << 20
"""Bytes that RE2 may use for one pattern: `(a{1000}){1000}` is refused."""


class BadPattern(ValueError):  # noqa: N818  # what it is about
    """A pattern that RE2 does not take; the message says why."""


def by_line(pattern: str) -> str:
    """Return a pattern in which ^ and $ stand at the ends of each line, unless it says otherwise itself."""
    return f"(?m){pattern}"


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Any:
    """Return the compiled pattern: `search(text)`, `fullmatch`, `groupindex` as in `re`.

    Raises:
        BadPattern: RE2 does not take it.
    """
    if len(pattern) > MAX_LENGTH:
        raise BadPattern(f"the pattern has {len(pattern):,} characters: write at most {MAX_LENGTH:,}")
    try:
        return re2.compile(pattern, _options())
    except re2.error as e:
        detail = e.args[0].decode("utf-8", "replace") if e.args and isinstance(e.args[0], bytes) else str(e)
        raise BadPattern(f"RE2 does not take this pattern: {detail}{_advice(pattern)}") from None
    except UnicodeEncodeError:
        raise BadPattern("the pattern is no text") from None


def _advice(pattern: str) -> str:
    if any(look in pattern for look in ("(?=", "(?!", "(?<=", "(?<!")):
        return " (it has no lookahead or lookbehind: match the whole and leave the rest to a condition)"
    return ""


@lru_cache(maxsize=1)
def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MAX_MEMORY
    return options


def groups(pattern: str) -> frozenset[str]:
    """Return the names of the groups.

    Raises:
        BadPattern: RE2 does not take it.
    """
    return frozenset(compiled(pattern).groupindex)
