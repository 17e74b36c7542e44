"""Links that come from packs: only the web, never a script."""

from typing import Final
from urllib.parse import quote, urlsplit

_SAFE: Final = ":/?#@!$&'*+,;=%~-._"
"""Characters of a URL that mean nothing to Markdown's `<...>` or to an HTML attribute."""


def safe_link(url: str) -> str:
    """Return an http or https URL with every unusual character percent-encoded; empty for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or "\\" in url:
        return ""
    return quote(url, safe=_SAFE)
