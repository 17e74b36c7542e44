"""Times as facts hold them: RFC 3339, UTC."""

from datetime import UTC, datetime


def stamp(time: datetime | None) -> str | None:
    """Return `2026-11-20T08:00:00Z`; None for no time."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if time else None
