"""What differs between two scans, told to people: what is new in full, all else in a line each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Final

from diagflow.feedback import phrases
from diagflow.feedback.build import build
from diagflow.feedback.clock import Clock
from diagflow.feedback.lines import Line, Part
from diagflow.feedback.text import lines
from diagflow.feedback.visible import clip, one_line
from diagflow.feedback.words import words
from diagflow.infer.texts import filled_name
from diagflow.model import Cause, Entity, Query
from diagflow.model.changes import Changes, Ended, Gap
from diagflow.model.diagnosis import Diagnosis, Status

_NAMES: Final = 3
_ALL: Final = 1 << 20
_DETAIL: Final = 200


@dataclass(frozen=True, slots=True)
class Told:
    """A diagnosis of what is new, and what else differs.

    Attributes:
        diagnosis: of what is new; of everything where there was no scan before.
        changes: what differs.
        causes: causes and symptoms by id, for their names.
    """

    diagnosis: Diagnosis
    changes: Changes
    causes: Mapping[str, Cause]


def change_lines(
    told: Told, lang: str, tz: tzinfo | None = None, *, watched: bool = False, verbose: bool = False
) -> list[Line]:
    """Return what is printed, line by line, unbroken.

    Args:
        told: what to say.
        lang: "en" or "zh".
        tz: the zone for times; None is the system's.
        watched: one of many reports in a row: each line says when; else what stands is counted too.
        verbose: the whole decision path, and every name.
    """
    return list(_Changes(told, lang, tz, watched=watched, verbose=verbose).lines())


def status_line(now: datetime, standing: int, lang: str, tz: tzinfo | None = None) -> str:
    """Return the line that stands on a terminal between two scans."""
    w = words(lang)
    return w.watching.format(time=Clock(now, tz, w).moment(now), stand=w.stand.of(standing))


class _Changes:
    def __init__(self, told: Told, lang: str, tz: tzinfo | None, *, watched: bool, verbose: bool) -> None:
        self._each = watched
        self._d, self._c, self._causes = told.diagnosis, told.changes, told.causes
        self._lang, self._tz, self._verbose = lang, tz, verbose
        self._w = words(lang)
        self._clock = Clock(self._d.incident.now, tz, self._w)

    def lines(self) -> Iterator[Line]:
        if self._c.before is None:
            yield from self._report(self._d)
        elif self._each:
            yield from self._watched()
        else:
            yield from self._compared(self._c.before)

    def _report(self, diagnosis: Diagnosis) -> Iterator[Line]:
        yield from lines(build(diagnosis, self._lang, self._tz), verbose=self._verbose)

    def _new(self) -> Iterator[Line]:
        """What is new in full; what cannot be seen follows in a line of its own, without what was told before."""
        if self._c.new:
            status = Status.DIAGNOSED if self._d.causes else Status.UNKNOWN
            yield from self._report(replace(self._d, missing=(), status=status))

    def _watched(self) -> Iterator[Line]:
        time = f"{self._clock.moment(self._d.incident.now)}  "
        for heading, sentence in self._sentences():
            yield Line(((heading, "bold"), (f": {sentence}" if sentence else "", "")), ((time, "dim"),))
        if self._c.new:
            yield Line(((self._w.newly.of(len(self._c.new)), "bold"),), ((time, "dim"),))
            yield Line()
            yield from self._new()
            yield Line()

    def _compared(self, before: datetime) -> Iterator[Line]:
        yield from self._new()
        if self._c.new:
            yield Line()
        yield Line((self._since(before),))
        yield from (self._line(heading, sentence) for heading, sentence in self._gaps())

    def _since(self, before: datetime) -> Part:
        new = self._w.newly.of(len(self._c.new)) if self._c.new else self._w.nothing_new
        stand = [self._w.as_before.of(len(self._c.standing))] if self._c.standing else []
        over = [self._w.joined.format(what=heading, why=sentence) for heading, sentence in self._over()]
        what = self._w.since_scan.format(time=self._clock.moment(before))
        return self._w.joined.format(what=what, why=" · ".join([new, *over, *stand, self._place()])), ""

    def _place(self) -> str:
        name = phrases.cluster(self._d.source)
        return self._w.cluster.format(name=name) if name else self._w.this_cluster

    def _line(self, heading: str, sentence: str) -> Line:
        return Line(((heading, "bold"), (f": {sentence}", "")))

    def _sentences(self) -> Iterator[tuple[str, str]]:
        yield from self._gaps()
        yield from self._over()

    def _over(self) -> Iterator[tuple[str, str]]:
        """What has ended, one sentence for all that is alike: a hundred pods that recover are one."""
        groups: dict[tuple[str, str], list[Ended]] = {}
        for one in self._c.ended:
            groups.setdefault((one.end.value, one.id), []).append(one)
        for (end, _), found in groups.items():
            stood = self._clock.span(self._d.incident.now - min(one.since for one in found))
            what = f"{self._name(found[0].id, found[0].entity)} {self._entities([one.entity for one in found])}"
            why = self._w.bracketed.format(what=what, why=self._w.stood.format(span=stood)) if stood else what
            yield self._w.ends[end], why

    def _gaps(self) -> Iterator[tuple[str, str]]:
        groups: dict[tuple[str, str], list[Gap]] = {}
        for gap in self._c.lost:
            groups.setdefault((gap.state.value, gap.detail), []).append(gap)
        for (state, detail), found in groups.items():
            what = self._w.bracketed.format(what=self._queries(found), why=self._w.states[state])
            why = clip(one_line(detail), _DETAIL, self._w.clipped)
            yield self._w.lost, self._w.joined.format(what=what, why=why) if why else what
        if self._c.regained:
            yield self._w.regained, self._queries(self._c.regained)
        if self._c.unseen and (self._c.lost or not self._each):
            yield self._w.not_looked_at, self._w.clause.join(self._unseen())

    def _unseen(self) -> Iterator[str]:
        groups: dict[str, list[Entity]] = {}
        for one in self._c.unseen:
            groups.setdefault(one.id, []).append(one.entity)
        yield from (f"{self._name(name, found[0])} {self._entities(found)}" for name, found in groups.items())

    def _queries(self, gaps: Sequence[Gap]) -> str:
        return self._folded([phrases.query(Query.parse(gap.query), self._w) for gap in gaps])

    def _entities(self, entities: Sequence[Entity]) -> str:
        return self._folded([phrases.name(entity) for entity in entities])

    def _folded(self, names: Sequence[str]) -> str:
        return phrases.folded(names, self._w, _ALL if self._verbose else _NAMES)

    def _name(self, cause_id: str, entity: Entity) -> str:
        """Return a few words with the id; the id alone where the words need what is not remembered."""
        known = self._causes.get(cause_id)
        name = filled_name(known, entity, {}) if known and known.name.en else None
        if name is None or name.placeholders():
            return phrases.label(cause_id)
        return self._w.bracketed.format(what=one_line(name.lang(self._lang)), why=phrases.label(cause_id))
