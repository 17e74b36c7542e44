"""Hide what somebody decided not to be told, and say that it was hidden."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from diagflow.infer.weigh import Weighed
from diagflow.model.diagnosis import Suppressed
from diagflow.model.suppression import Suppression


def suppress(
    shown: Iterable[Weighed], suppressions: Sequence[Suppression], now: datetime
) -> tuple[list[Weighed], tuple[Suppressed, ...]]:
    """Split what would be shown into what is shown and what is hidden; an expired suppression hides nothing."""
    kept: list[Weighed] = []
    hidden: list[Suppressed] = []
    for one in shown:
        by = next((s for s in suppressions if s.hides(one.id, one.entity, now)), None)
        if by is None:
            kept.append(one)
        else:
            hidden.append(Suppressed(one.id, one.entity, by.reason, by.owner, by.expires.isoformat()))
    return kept, tuple(hidden)
