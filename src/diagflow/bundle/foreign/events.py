"""Events as kubectl prints them: below a described object, by `kubectl events`, by `kubectl get events`.

Their names, and the container that they are about, are not printed; a number stands in for the name.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from diagflow.bundle.foreign.ages import age_of, before, repeated
from diagflow.bundle.foreign.columns import rows
from diagflow.bundle.foreign.values import filled
from diagflow.bundle.resources import kind_of, plural_of

_BEGINS: Final = re.compile(r"  (?:Normal|Warning|Type|----) ")
_NODE_KIND: Final = "Node"


def described(lines: Sequence[str], about: dict[str, Any], now: datetime | None) -> list[dict[str, Any]]:
    """Return the events below `Events:` of a described object.

    Args:
        lines: what follows `Events:`, indented; the further lines of a message are not.
        about: kind, name and namespace of the object.
        now: when it was described: ages count from there; without it the events have no times.
    """
    table = list(rows(list(_unfolded(lines))))
    return [_event(row, about, row.get("From", ""), number, now) for number, row in enumerate(table, 1)]


def listed(lines: Sequence[str], namespace: str, now: datetime | None) -> list[dict[str, Any]]:
    """Return the events of a table with the columns LAST SEEN, TYPE, REASON, OBJECT, MESSAGE.

    Args:
        lines: the headings and what follows.
        namespace: of all of them, where the table has no such column.
        now: when they were listed.
    """
    found = []
    for number, row in enumerate(rows(lines), 1):
        kind, slash, name = row.get("OBJECT", "").partition("/")
        if not slash:
            continue
        about = {"kind": kind_of(plural_of(kind)) or kind, "name": name}
        if about["kind"] != _NODE_KIND:
            about |= filled({"namespace": row.get("NAMESPACE") or namespace})
        about |= filled({"fieldPath": row.get("SUBOBJECT")})
        event = _event(_plain(row), about, row.get("SOURCE", ""), number, now)
        found.append({**event, **_wide(row, event, now)})
    return found


def _plain(row: dict[str, str]) -> dict[str, str]:
    """Return a row under the headings that `kubectl describe` has for it."""
    headings = {"Type": "TYPE", "Reason": "REASON", "Age": "LAST SEEN", "Message": "MESSAGE"}
    return {name: row.get(heading, "") for name, heading in headings.items()}


def _wide(row: dict[str, str], event: dict[str, Any], now: datetime | None) -> dict[str, Any]:
    """Return what `kubectl get events -o wide` adds: how often, since when, and the event's own name."""
    count, name = row.get("COUNT", ""), row.get("NAME")
    return {
        **({"count": int(count)} if count.isdecimal() and count.isascii() else {}),
        **filled({"firstTimestamp": before(now, age_of(row.get("FIRST SEEN", "")))}),
        **({"metadata": {**event["metadata"], "name": name}} if name else {}),
    }


def _unfolded(lines: Sequence[str]) -> Iterator[str]:
    """Yield one line for each event."""
    held: list[str] = []
    for line in lines:
        if _BEGINS.match(line) and held:
            yield "\n".join(held)
            held = []
        held.append(line)
    if held:
        yield "\n".join(held).rstrip()


def _event(
    row: dict[str, str], about: dict[str, Any], source: str, number: int, now: datetime | None
) -> dict[str, Any]:
    last, count, first = repeated(row.get("Age", ""))
    component, _, host = source.partition(",")
    kind, name = about["kind"], about["name"]
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{kind.lower()}.{name}.{number}", "namespace": about.get("namespace", "default")},
        "involvedObject": about,
        "type": row.get("Type", ""),
        "reason": row.get("Reason", ""),
        "message": row.get("Message", ""),
        "count": count,
        **filled(
            {
                "source": filled({"component": component.strip(), "host": host.strip()}),
                "firstTimestamp": before(now, age_of(first)),
                "lastTimestamp": before(now, age_of(last)),
            }
        ),
    }
