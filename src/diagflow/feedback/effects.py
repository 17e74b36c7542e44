"""Which consequence and which symptom stands under which root."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from diagflow.model.diagnosis import Diagnosis, NamedCause, SeenSymptom

Entry = NamedCause | SeenSymptom


@dataclass(frozen=True, slots=True)
class Ordered:
    """The causes and symptoms of a diagnosis in the order in which people read them.

    Attributes:
        roots: each with what it brought about, directly or through others. A consequence of nothing that is named
            stands here too: nothing found is ever left out.
        alone: symptoms that no root explains.
    """

    roots: tuple[tuple[NamedCause, tuple[Entry, ...]], ...]
    alone: tuple[SeenSymptom, ...]


def ordered(diagnosis: Diagnosis) -> Ordered:
    """Put every consequence under its roots."""
    entries: list[Entry] = [*diagnosis.symptoms, *diagnosis.causes]
    by_key = {key: entry for entry in entries for key in _keys(entry)}
    under: dict[int, list[Entry]] = {}
    tops: dict[int, NamedCause] = {id(c): c for c in diagnosis.causes if c.root}
    alone: list[SeenSymptom] = []
    for effect in _effects(diagnosis):
        roots = _roots(effect, by_key)
        for root in roots:
            under.setdefault(id(root), []).append(effect)
        if not roots and isinstance(effect, NamedCause):
            tops[id(effect)] = effect
        elif not roots and isinstance(effect, SeenSymptom):
            alone.append(effect)
    listed = [c for c in diagnosis.causes if id(c) in tops]
    return Ordered(tuple((c, tuple(under.get(id(c), ()))) for c in listed), tuple(alone))


def _effects(diagnosis: Diagnosis) -> Iterator[Entry]:
    yield from (c for c in diagnosis.causes if not c.root)
    yield from diagnosis.symptoms


def _keys(entry: Entry) -> Iterator[str]:
    return (f"{entry.id}@{entity}" for entity in entry.entities or (entry.entity,))


def _roots(effect: Entry, by_key: Mapping[str, Entry]) -> list[NamedCause]:
    """Climb from an effect to its roots, through causes and symptoms; each is found once, also around a cycle."""
    found: dict[int, NamedCause] = {}
    seen: set[int] = set()
    todo = list(_parents(effect, by_key))
    while todo:
        entry = todo.pop(0)
        if id(entry) in seen:
            continue
        seen.add(id(entry))
        if isinstance(entry, NamedCause) and entry.root:
            found[id(entry)] = entry
        else:
            todo.extend(_parents(entry, by_key))
    return list(found.values())


def _parents(effect: Entry, by_key: Mapping[str, Entry]) -> Iterable[Entry]:
    return (by_key[key] for key in effect.explained_by if key in by_key)
