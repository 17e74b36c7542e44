"""URLs that people wrote: checked once, before anything is asked."""

from urllib.parse import SplitResult, urlsplit

import httpx2


def http_url(text: str) -> SplitResult | None:
    """Return the parts of an `http://` or `https://` URL; None for what is none, as one with port 99999."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        httpx2.URL(text)  # knows which names of hosts can be written as IDNA
    except (ValueError, httpx2.InvalidURL):
        return None
    return parts if usable else None
