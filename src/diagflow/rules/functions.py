"""What CEL conditions may call beyond standard CEL; pure functions of their arguments."""

import re
from collections.abc import Mapping
from typing import Any, Final

from diagflow.rules import patterns

NOTHING: Final = "diagflow: nothing there"
"""Message of an error that means the same as a missing key."""

_QUANTITY = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(n|u|m|k|Ki|[MGTPE]i?)?")
_SCALES: Final = {
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    "k": 1e3,
    **{unit: 1000.0 ** (i + 2) for i, unit in enumerate("MGTPE")},
    **{unit + "i": 1024.0 ** (i + 1) for i, unit in enumerate("KMGTPE")},
}
_SEMVER = re.compile(r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")


def quantity(value: str | float) -> float:
    """Return the number of a Kubernetes quantity: `100m` is 0.1, `1Gi` is 1073741824.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, str):
        return float(value)
    found = _QUANTITY.fullmatch(value)
    if not found:
        raise ValueError(f"{value[:40]!r} is no quantity")
    return float(found[1]) * _SCALES.get(found[2] or "", 1.0)


def capture(text: str, pattern: str, group: int | str) -> str:
    """Return what a group of an RE2 pattern caught in a text.

    Raises:
        ValueError: the pattern is wrong, or nothing was caught.
    """
    found = patterns.compiled(pattern).search(text)
    try:
        caught = found.group(group) if found else None
    except (IndexError, KeyError):
        raise ValueError(f"the pattern has no group {group!r}") from None
    if caught is None:
        raise ValueError(NOTHING)
    return str(caught)


def selects(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """True when a label selector, or a plain map of labels, selects these labels; an empty one selects all."""
    if not {"matchLabels", "matchExpressions"} & selector.keys():
        return _equal(selector, labels)
    expressions = selector.get("matchExpressions") or []
    return _equal(selector.get("matchLabels") or {}, labels) and all(_holds(e, labels) for e in expressions)


def _equal(wanted: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    return all(key in labels and labels[key] == value for key, value in wanted.items())


def _holds(expression: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    key, operator, values = str(expression.get("key")), expression.get("operator"), expression.get("values") or []
    if operator in ("Exists", "DoesNotExist"):
        return bool(key in labels) is (operator == "Exists")
    if operator in ("In", "NotIn"):
        return bool(key in labels and labels[key] in values) is (operator == "In")
    raise ValueError(f"{operator!r} is no operator of a label selector")


def semver(a: str, b: str) -> int:
    """Compare two versions: -1 when `a` is older, 0 when equal, 1 when newer; `v` and missing parts are fine.

    Raises:
        ValueError: one is no version.
    """
    one, other = _version(a), _version(b)
    return (one > other) - (one < other)


def _version(text: str) -> tuple[Any, ...]:
    found = _SEMVER.fullmatch(text)
    if not found:
        raise ValueError(f"{text[:40]!r} is no version")
    numbers = tuple(int(n or 0) for n in found.groups()[:3])
    # A release is newer than its pre-releases; numbers in these are older than words, as semver.org has it.
    pre = tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in found[4].split(".")) if found[4] else ()
    return (*numbers, not pre, pre)


def path_base(path: str) -> str:
    """Return the last part of a path, written with slashes or backslashes."""
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1]


def path_dir(path: str) -> str:
    """Return a path without its last part; empty when there is only one."""
    found = re.match(r"(.*)[\\/][^\\/]*$", path.rstrip("\\/"), re.DOTALL)
    return (found[1] or path[0]) if found else ""
