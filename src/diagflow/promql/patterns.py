"""Regular expressions of label matchers: RE2, anchored on both sides, `.` matches line breaks."""

from functools import lru_cache
from typing import Any

import re2


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Any:
    """Return a compiled pattern with `fullmatch`, `groups` and `groupindex`.

    Raises:
        ValueError: it is none; the text says why.
    """
    options = re2.Options()
    options.dot_nl = True
    options.never_capture = False
    options.log_errors = False
    try:
        re2.compile(clean(pattern), options)  # alone, so that a message shows what was written
        return re2.compile(clean(f"(?:{pattern})"), options)
    except re2.error as error:
        text = error.args[0]
        raise ValueError(text.decode() if isinstance(text, bytes) else str(text)) from None


def clean(text: str) -> str:
    """Return a text with bytes that are no UTF-8 as `\ufffd`, which is how patterns see them."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
