"""Logs of an incident folder, and of the dumps of other tools."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from diagflow.bundle.folder import inspected
from diagflow.bundle.folder.files import Found, body_of
from diagflow.model import Query

_CONTAINER_PARTS: Final = 3  # namespace, pod, container
_DUMP: Final = re.compile(
    r"^==== START logs for container (?P<container>\S+) of pod (?P<pod>\S+/\S+) ====\n(?P<log>.*?)"
    r"^==== END logs for container (?P=container) of pod (?P=pod) ====$",
    re.DOTALL | re.MULTILINE,
)
"""How `kubectl cluster-info dump` writes the logs of one pod."""

_UNREAD: Final = re.compile(r"(?:Create log request|Request log) error: .*\n")
"""What it writes for a log that it could not read, as that of a container that never ran."""

_PREVIOUS: Final = (".previous", "-previous")


def is_log(file: Found) -> bool:
    """True for files that hold logs of containers or of other entities."""
    if file.parts[-1] == "logs.txt":
        return len(file.parts) >= _CONTAINER_PARTS
    return file.suffix == ".log" and "logs" in file.parts[:-1]


def logs_of(file: Found) -> Iterator[tuple[Query, str]]:
    """Yield the queries that a log file answers, and the logs.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError: it says that it is UTF-16 and is not.
    """
    text = body_of(file).decode(errors="replace").replace("\r\n", "\n")
    if file.parts[-1] == "logs.txt":
        for found in _DUMP.finditer(text):
            if not _UNREAD.fullmatch(found["log"]):
                yield Query.of("log", f"{found['pod']}/{found['container']}"), found["log"]
        return
    query = inspected.query_of(file)
    if query is None:
        yield _query(file), text
    elif text:
        yield query, inspected.without_times(text)


def node_of(query: Query) -> list[str]:
    """Return the name of the node whose log a query asks for; nothing where it is another's."""
    kind, _, name = query.target.partition("/")
    return [name] if kind == "node" and name and "/" not in name and not query.params else []


def _query(file: Found) -> Query:
    """Return what `logs/NAMESPACE/POD/CONTAINER[.previous].log` or `logs/ENTITY.log` answers."""
    below = list(file.parts[len(file.parts) - file.parts[::-1].index("logs") : -1])
    name, previous = file.path.stem, ""
    for ending in _PREVIOUS:
        if name.endswith(ending):
            name, previous = name.removesuffix(ending), "true"
    return Query.of("log", "/".join(unquote(p) for p in (*below, name)), previous=previous)
