"""Small values of `kubectl describe`: labels, annotations, selectors, numbers, tolerations, taints."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from diagflow.bundle.foreign.outline import Entry

_NUMBER: Final = re.compile(r"-?\d{1,18}")
_TOLERATION: Final = re.compile(
    r"(?P<key>(?!op=Exists)[^=:\s]+)?(?:=(?P<value>[^:\s]*))?(?::(?P<effect>\w+))?(?P<exists> ?op=Exists)?"
    r"(?: for (?P<seconds>\d{1,12})s)?"
)
_TAINT: Final = re.compile(r"(?P<key>[^=:\s]+)(?:=(?P<value>[^:\s]*))?:(?P<effect>\w+)")


def number(text: str) -> int | None:
    """Return the whole number that a text begins with, None without one."""
    found = _NUMBER.match(text.strip())
    return int(found.group()) if found else None


def filled(pairs: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping without what kubectl did not print: None, and what is empty; 0 and False say something."""
    return {key: value for key, value in pairs.items() if value not in (None, "", {}, [])}


def labels_of(lines: Iterable[str]) -> dict[str, str]:
    """Return `key=value` lines as a mapping; a line without `=` is none."""
    return {key: value for key, equals, value in (line.partition("=") for line in lines) if equals}


def annotations_of(entry: Entry) -> dict[str, str]:
    """Return annotations: `key: value` lines, where a long value stands below its key."""
    found, key = {}, ""
    for line in entry.lines():
        name, colon, value = line.partition(":")
        if colon and " " not in name and (not value or value.startswith(" ")):
            key, found[name] = name, value.strip()
        elif key:
            found[key] = f"{found[key]}\n{line}".strip()
    for below in entry.below:  # kubectl breaks a value that is too long for its line
        if below.below and below.key in found:
            found[below.key] = "\n".join(deeper.text for deeper in below.below)
    return found


def selector_of(text: str) -> dict[str, Any]:
    """Return a selector of labels that are all plain, as `app=web,tier=front`; nothing for any other."""
    parts = [part.strip().partition("=") for part in text.split(",")]
    plain = all(equals and key.isprintable() and " " not in key + value for key, equals, value in parts)
    return {"matchLabels": {key: value for key, _, value in parts}} if text and plain else {}


def tolerations_of(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Return tolerations, as printTolerations of kubectl writes them: `key=value:Effect op=Exists for 300s`."""
    return [_toleration(found) for line in lines if (found := _TOLERATION.fullmatch(line.strip()))]


def _toleration(found: re.Match[str]) -> dict[str, Any]:
    seconds = found["seconds"]
    exists = {"operator": "Exists"} if found["exists"] else {}
    return {
        **filled({"key": found["key"], "value": found["value"], "effect": found["effect"]}),
        **exists,
        **({"tolerationSeconds": int(seconds)} if seconds else {}),
    }


def taints_of(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Return taints: `key=value:NoSchedule`, one a line."""
    matches = (_TAINT.fullmatch(line.strip()) for line in lines)
    return [filled({"key": m["key"], "value": m["value"], "effect": m["effect"]}) for m in matches if m]


def quantities_of(entry: Entry) -> dict[str, str]:
    """Return the resources below an entry such as `Limits:`."""
    return {below.key: below.value for below in entry.below if below.value}
