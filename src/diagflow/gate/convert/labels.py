"""Labels of converted recordings, in one form."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

SYMPTOMS: Final = frozenset({"K8S-024", "K8S-054"})
"""Rows of the catalogue that are symptoms: never a root, so no label names them as one."""


def ill(
    source: str,
    family: str,
    causes: Sequence[dict[str, str]],
    *,
    forbidden: Sequence[str] = (),
    time: datetime | None = None,
) -> dict[str, Any]:
    """Return the labels of a recording of which the causes are known; without causes nobody knows them."""
    roots = [cause for cause in causes if cause.get("ref") not in SYMPTOMS]
    return _labels({"healthy": False, "causes": roots, "forbidden": list(forbidden)}, source, family, time)


def healthy(source: str, family: str, *, time: datetime | None = None) -> dict[str, Any]:
    """Return the labels of a recording in which nothing may be named."""
    return _labels({"healthy": True}, source, family, time)


def _labels(right: dict[str, Any], source: str, family: str, time: datetime | None) -> dict[str, Any]:
    moment = {"time": time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")} if time else {}
    return {
        **{k: v for k, v in right.items() if v != [] or k == "causes"},
        **moment,
        "source": source,
        "family": family,
    }
