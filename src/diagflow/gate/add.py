"""From an incident to a recording: a bundle gets its labels and goes into a corpus."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from diagflow.analyze.lookup import names_of_kind
from diagflow.bundle import Bundle, Opened, open_bundle, save
from diagflow.collect.pointed import pointed
from diagflow.gate.causeids import expected_of
from diagflow.gate.corpus import Recording
from diagflow.gate.labels import Expected, Labels, plain_labels, read_labels
from diagflow.gate.one import ONCE, How, run_one
from diagflow.gate.outcome import Outcome
from diagflow.model import BadInput, Entity
from diagflow.rules import RuleSet
from diagflow.rules.near import near

_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody says about an incident.

    Attributes:
        bundle: where it is.
        to: folder of the corpus.
        causes: `ID`, `REF`, `ID@ENTITY` or `REF@ENTITY`.
        entity: of the cause, where there is one.
        healthy: nothing is wrong in it.
        forbidden: what must not be named.
        ruled_out: what must be ruled out.
        family: what counts once; default: the recording alone.
        source: where it comes from.
        name: of the recording; default: the bundle's.
        relabel: it may have labels already; of those only `synthetic` stays.
    """

    bundle: Path
    to: Path
    causes: tuple[str, ...] = ()
    entity: str = ""
    healthy: bool = False
    forbidden: tuple[str, ...] = ()
    ruled_out: tuple[str, ...] = ()
    family: str = ""
    source: str = ""
    name: str = ""
    relabel: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """A new recording.

    Attributes:
        path: where it is.
        labels: what it says is right.
        notes: what somebody should know, one line each.
        outcome: what today's rules make of it.
    """

    path: Path
    labels: Labels
    notes: tuple[str, ...]
    outcome: Outcome


def add(wanted: Wanted, ruleset: RuleSet, how: How = ONCE) -> Added:
    """Make a recording of an incident: checked labels, the readings redacted as they are.

    Args:
        wanted: what somebody says about it.
        ruleset: today's rules.
        how: it is run with these.

    Raises:
        BadInput: the bundle cannot be read or has labels, a name is unknown, the labels contradict each other, or there
            is such a recording already.
    """
    causes = _causes(wanted, ruleset)
    opened = open_bundle(wanted.bundle)
    if opened.labels is not None and not wanted.relabel:
        raise BadInput(f"{wanted.bundle} has labels already: {_told(opened)}; to replace them, add --relabel")
    found = pointed(opened.bundle.incident, opened.bundle)
    opened.bundle.incident = found.incident
    target = _target(wanted)
    notes = [*_twice(wanted, target), *(line for one in causes for line in _notes(one, opened.bundle))]
    labels = _labels(wanted, causes, opened, target, ruleset)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise BadInput(f"{target.parent} cannot be made a folder: {e.strerror}; name another with --to") from None
    save(opened.bundle, target, diagnosis=opened.diagnosis, labels=plain_labels(labels))
    outcome = run_one(Recording(wanted.to.resolve().name, target.name, target), ruleset, how)
    if outcome.error:
        raise BadInput(f"{target} was written and cannot be used: {outcome.error}")
    if any(not one.entity for one in causes):
        labels, outcome = _placed(labels, outcome, opened, target, (ruleset, how))
    return Added(target, labels, (*found.notes, *notes, *_unplaced(labels)), outcome)


def _causes(wanted: Wanted, ruleset: RuleSet) -> tuple[Expected, ...]:
    if wanted.healthy and wanted.causes:
        raise BadInput("a healthy recording has no cause: leave out --healthy or --cause")
    if not wanted.healthy and not wanted.causes:
        raise BadInput("say what is right: --cause ID, or --healthy when nothing is wrong (diagflow rules list)")
    if wanted.entity and len(wanted.causes) != 1:
        raise BadInput("--entity goes with one --cause; with several write --cause ID@ENTITY")
    causes = tuple(expected_of(text, ruleset.causes) for text in wanted.causes)
    if not wanted.entity:
        return causes
    if causes[0].entity:
        raise BadInput(f"the entity is given twice: {causes[0].entity} and {wanted.entity}")
    Entity.parse(wanted.entity)
    return (replace(causes[0], entity=wanted.entity),)


def _told(opened: Opened) -> str:
    try:
        labels = read_labels(opened.labels)
    except BadInput:
        return "which cannot be read"
    return ", ".join(map(str, labels.causes)) or ("healthy" if labels.healthy else "no cause")


def _target(wanted: Wanted) -> Path:
    name = _UNFIT.sub("-", wanted.name or wanted.bundle.resolve().name.removesuffix(".zip")).strip("-.")
    target = wanted.to / f"{name or 'incident'}.zip"
    if target.exists() and not (wanted.relabel and target.resolve() == wanted.bundle.resolve()):
        raise BadInput(f"there is a recording {target} already: give this one another name with --name")
    return target


def _twice(wanted: Wanted, target: Path) -> list[str]:
    """Say when the corpus now holds the incident in two forms: as two families it would count twice."""
    bundle = wanted.bundle.resolve()
    if bundle == target.resolve() or wanted.to.resolve() not in bundle.parents:
        return []
    return [f"{wanted.bundle} is in the corpus too, and would count twice, or cannot be used: remove it"]


def _labels(wanted: Wanted, causes: tuple[Expected, ...], opened: Opened, target: Path, ruleset: RuleSet) -> Labels:
    return Labels(
        healthy=wanted.healthy,
        causes=causes,
        forbidden=tuple(expected_of(text, ruleset.causes, root=False) for text in wanted.forbidden),
        ruled_out=tuple(expected_of(text, ruleset.causes, root=False) for text in wanted.ruled_out),
        family=wanted.family or target.name.removesuffix(".zip"),
        source=wanted.source or "an incident, labelled by hand",
        time=opened.bundle.incident.now,
        synthetic=_synthetic(opened),
    )


def _synthetic(opened: Opened) -> str:
    """Return what old labels say was written by hand: new labels make it no more real, so that it never counts."""
    said = opened.labels.get("synthetic") if isinstance(opened.labels, Mapping) else None
    return str(said or "").strip()


def _notes(one: Expected, bundle: Bundle) -> list[str]:
    """Say when an entity is not in the readings: a slip of the pen, or something that should exist and does not."""
    if not one.entity or "*" in one.entity or "?" in one.entity:
        return []
    entity = Entity.parse(one.entity)
    known = names_of_kind(bundle, entity.kind)
    if not known or entity in known:
        return []
    guess = near(str(entity), [str(e) for e in known])
    return [
        f"{entity} is not in the readings{f' ({guess} is)' if guess else ''}: right if it should exist and does not"
    ]


def _placed(
    labels: Labels, outcome: Outcome, opened: Opened, target: Path, run: tuple[RuleSet, How]
) -> tuple[Labels, Outcome]:
    """Where the diagnosis names a true cause, take its entity: nobody needs to write what is plain to see."""
    places: Mapping[str, str] = {root.id: root.entity for root in reversed(outcome.roots) if root.right}
    causes = tuple(one if one.entity else replace(one, entity=places.get(one.id, "")) for one in labels.causes)
    if causes == labels.causes:
        return labels, outcome
    placed = replace(labels, causes=causes)
    save(opened.bundle, target, diagnosis=opened.diagnosis, labels=plain_labels(placed))
    return placed, run_one(Recording(outcome.corpus, outcome.name, target), *run)


def _unplaced(labels: Labels) -> Sequence[str]:
    return [
        f"{one} has no entity, so that any will do: better name it with --entity"
        for one in labels.causes
        if not one.entity
    ]
