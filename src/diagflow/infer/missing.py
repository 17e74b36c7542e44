"""What could not be seen, and whether silence still means anything."""

from collections.abc import Iterable, Mapping

from diagflow.infer.weigh import Key
from diagflow.model import Need, Outcome, Query, State, Verdict
from diagflow.model.diagnosis import Missing

_UNREADABLE = frozenset({State.FORBIDDEN, State.ERROR, State.DATA, State.EMPTY})
"""States of a need that make silence worthless; `data` and `empty` stand in a need only when they were cut off."""


def missing(verdicts: Iterable[Verdict], failures: frozenset[str]) -> tuple[Missing, ...]:
    """Collect the needs of all verdicts, one entry a reading.

    Args:
        verdicts: of the last round.
        failures: ids of the rules of class F.
    """
    needs: dict[Query, list[tuple[Verdict, Need]]] = {}
    for verdict in verdicts:
        for need in verdict.needs:
            needs.setdefault(need.query, []).append((verdict, need))
    return tuple(_entry(query, found, failures) for query, found in sorted(needs.items()))


def _entry(query: Query, found: list[tuple[Verdict, Need]], failures: frozenset[str]) -> Missing:
    needs = [need for _, need in found]
    return Missing(
        query=query,
        state=needs[0].state,
        rules=tuple(sorted({verdict.rule for verdict, _ in found})),
        detail=next((n.detail for n in needs if n.detail), ""),
        required=any(n.required for n in needs),
        blocking=any(_blocks(verdict, need, failures) for verdict, need in found),
    )


def _blocks(verdict: Verdict, need: Need, failures: frozenset[str]) -> bool:
    undecided = verdict.outcome in (Outcome.INCONCLUSIVE, Outcome.SKIPPED)
    unread = need.state in _UNREADABLE or bool(verdict.analyzer)
    return undecided and need.required and unread and verdict.rule in failures


def could_not_tell(verdicts: Iterable[Verdict], entries: Iterable[Missing]) -> bool:
    """True when nothing was named but an analyzer was asked and could not answer, or a required reading failed."""
    asked = any(v.analyzer and v.outcome is Outcome.INCONCLUSIVE for v in verdicts)
    return asked or any(e.blocking for e in entries)


def undecided(verdicts: Iterable[Verdict]) -> Mapping[Key, tuple[Query, ...]]:
    """Return, for each (cause, entity) with an inconclusive verdict, the readings that would decide it."""
    found: dict[Key, set[Query]] = {}
    for verdict in verdicts:
        if verdict.outcome is Outcome.INCONCLUSIVE and verdict.names:
            found.setdefault((verdict.names, verdict.entity), set()).update(n.query for n in verdict.needs)
    return {key: tuple(sorted(queries)) for key, queries in sorted(found.items())}
