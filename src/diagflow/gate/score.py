"""One diagnosis beside the labels of its recording."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from diagflow.gate.labels import Expected, Labels
from diagflow.gate.outcome import Check, Guess, Prediction, Root
from diagflow.model.diagnosis import Diagnosis, NamedCause, Status

FIRST: Final = 3
"""Roots, or suspects, that somebody looks at."""


def roots_of(diagnosis: Diagnosis, labels: Labels) -> tuple[Root, ...]:
    """Return the roots as ranked, each with whether it is a true one."""
    return tuple(
        Root(c.id, str(c.entity), c.confidence, c.by_evidence, labels.right(c.id, c.refs, c.entities))
        for c in diagnosis.causes
        if c.root
    )


def with_scan(roots: Sequence[Root], scanned: Sequence[Root]) -> tuple[Root, ...]:
    """Return the roots behind an alert and those of a scan, each once: what is false in either is false."""
    sure = {str(root): root.confidence for root in scanned}
    named = {str(root) for root in roots}
    alerted = [replace(root, behind_alert=True) for root in roots]
    more = [root for root in scanned if str(root) not in named]
    return tuple(replace(root, in_scan=sure.get(str(root))) for root in (*alerted, *more))


def missed(diagnosis: Diagnosis, labels: Labels) -> tuple[str, ...]:
    """Return the true causes that are no roots."""
    roots = [c for c in diagnosis.causes if c.root]
    return tuple(str(one) for one in labels.causes if not any(_is(one, root) for root in roots))


def forbidden(diagnosis: Diagnosis, labels: Labels) -> tuple[str, ...]:
    """Return the causes that are named, as whatever, and must not be."""
    named = (c for c in diagnosis.causes if any(_is(one, c) for one in labels.forbidden))
    return tuple(f"{c.id}@{c.entity}" for c in named)


def not_ruled_out(diagnosis: Diagnosis, labels: Labels) -> tuple[str, ...]:
    """Return what must be ruled out and is not."""
    return tuple(str(one) for one in labels.ruled_out if not any(_is_out(one, r) for r in diagnosis.ruled_out))


def _is(expected: Expected, cause: NamedCause) -> bool:
    return expected.fits(cause.id, cause.refs, cause.entities)


def _is_out(expected: Expected, entry: Any) -> bool:
    return expected.fits(entry.id, entry.refs, entry.entities or (entry.entity,))


def false_roots(roots: Iterable[Root], labels: Labels) -> tuple[str, ...]:
    """Return the roots that are not true; none where nobody knows the truth."""
    return tuple(str(root) for root in roots if labels.known and not root.right)


def checks_of(
    labels: Labels, roots: Sequence[Root], diagnosis: Diagnosis, scanned: Diagnosis | None = None
) -> dict[Check, bool]:
    """Return the checks that are about this recording.

    Args:
        labels: what is right.
        roots: those named.
        diagnosis: of the recording as it was recorded.
        scanned: of a healthy one with an alert, what a scan says: behind an alert nothing is ever called healthy.
    """
    found = dict(_of_causes(labels, roots, diagnosis))
    if labels.healthy:
        found[Check.QUIET] = (scanned or diagnosis).status is Status.HEALTHY
    if labels.forbidden:
        found[Check.ALLOWED] = not forbidden(diagnosis, labels)
    if labels.ruled_out:
        found[Check.RULED_OUT] = not not_ruled_out(diagnosis, labels)
    return found


def _of_causes(labels: Labels, roots: Sequence[Root], diagnosis: Diagnosis) -> Iterator[tuple[Check, bool]]:
    if labels.causes:
        yield Check.TOP1, any(root.right for root in roots[:1])
        yield Check.TOP3, any(root.right for root in roots[:FIRST])
        yield Check.ALL, not missed(diagnosis, labels)
    if labels.known:
        yield Check.CLEAN, not false_roots(roots, labels)
    if any(_place_only(one) for one in labels.causes):
        places = [suspect.entity for suspect in diagnosis.suspects[:FIRST]]
        yield Check.SUSPECT, any(one.at([place]) for one in labels.causes for place in places)


def _place_only(one: Expected) -> bool:
    return bool(one.entity) and not (one.id or one.ref)


def guess(roots: Sequence[Root], consequences: Container[str], seed: int = 0) -> Guess:
    """Return the best answer where none can be right; to name nothing claims nothing."""
    if not roots:
        return Guess(0.0, consequence=False, seed=seed)
    return Guess(roots[0].uncapped, roots[0].id in consequences, seed)


def prediction(roots: Sequence[Root], labels: Labels, seed: int = 0) -> Prediction | None:
    """Return the best answer, right or not; None for an abstention, and where nobody knows the truth."""
    if not roots or not labels.known:
        return None
    return Prediction(roots[0].confidence, roots[0].uncapped, roots[0].right, seed)
