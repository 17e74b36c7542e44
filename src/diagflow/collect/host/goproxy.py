"""Which servers the go command asks for modules, by GOPROXY and GOSUMDB."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

_MOST: Final = 4  # servers of a list; the first ones decide


@dataclass(frozen=True, slots=True)
class Server:
    """One server: what it is for (`goproxy`, `gosumdb`), its URL without credentials, and the URL in parts."""

    name: str
    url: str
    parts: SplitResult

    @property
    def host(self) -> str:
        """Its name or address."""
        return self.parts.hostname or ""

    @property
    def port(self) -> int:
        """Its port."""
        return self.parts.port or (443 if self.parts.scheme == "https" else 80)


def servers(values: Mapping[str, str]) -> list[Server]:
    """Return the servers that the settings name, in order; `direct`, `off` and files are none."""
    found = [s for text in re.split(r"[,|]", values.get("GOPROXY", "")) if (s := _server("goproxy", text.strip()))]
    sumdb = _sumdb(values)
    database = _server("gosumdb", sumdb) if sumdb else None
    return [*found[:_MOST], *([database] if database else [])]


def _sumdb(values: Mapping[str, str]) -> str | None:
    """Return the URL of the checksum database: `name`, `name+key` or `name+key URL`."""
    words = values.get("GOSUMDB", "").split()
    if not words or words[0] == "off":
        return None
    if len(words) > 1:
        return words[1] if "://" in words[1] else f"https://{words[1]}"
    return f"https://{words[0].partition('+')[0]}"


def _server(name: str, text: str) -> Server | None:
    if text in ("", "direct", "off"):
        return None
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        parts.port  # noqa: B018  # it raises for what is no port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return Server(name, shown, parts)
