"""The driver: analyze, collect what it still wants, analyze again; then infer.

All effects are here and in the reader; `analyze` and `infer` are functions of what they get, so that a replay of the
same bundle with the same rules gives the same diagnosis, byte for byte.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from diagflow import __version__
from diagflow.analyze import Analysis, Runner, analyze
from diagflow.bundle import Bundle
from diagflow.collect.reader import Reader
from diagflow.infer import infer
from diagflow.infer.suspected import with_suspects
from diagflow.model import FITTED, Entity, Incident, Query, Reading, State, Want, Weights
from diagflow.model.diagnosis import Diagnosis
from diagflow.model.garbage import no_collections
from diagflow.model.projection import WHOLE
from diagflow.model.suppression import Suppression
from diagflow.rules import RuleSet

if TYPE_CHECKING:
    from diagflow.model.changes import Key
    from diagflow.promql.storage import Storage

MAX_ROUNDS: Final = 6
"""Rounds of reading: triggers, dependencies, analyzers, what these then want; more is a rule that never has enough."""

_LATE: Final = f"wanted only after {MAX_ROUNDS} rounds of reading"

TIMEOUT: Final = 30.0
"""Seconds for all reading of one run, unless the caller says otherwise."""

SOURCE: Final = Query.of("source", "")
"""Where a bundle keeps who answered."""

SUPPRESSIONS: Final = Query.of("suppressions", "")
"""Where a bundle keeps what was not to be told."""


@dataclass(frozen=True, slots=True)
class Result:
    """A diagnosis with the bundle it was made from and the last round's analysis."""

    diagnosis: Diagnosis
    bundle: Bundle
    analysis: Analysis


@no_collections()
def diagnose(
    ruleset: RuleSet,
    reader: Reader,
    incident: Incident,
    *,
    bundle: Bundle | None = None,
    runner: Runner | None = None,
    timeout: float = TIMEOUT,
    advice: bool = False,
    suppressions: Sequence[Suppression] = (),
    whole_objects: bool = False,
    whole_lists: bool = False,
    series: bool = False,
) -> Result:
    """Diagnose one incident.

    Args:
        ruleset: what is known.
        reader: answers what the analysis wants.
        incident: what is diagnosed.
        bundle: readings that are there already; a new one by default.
        runner: runs the analyzers; by default ours here and those of others in child processes.
        timeout: seconds for all reading; what has no answer by then is missing, and said.
        advice: show best practices too.
        suppressions: what not to tell; a recorded bundle brings its own.
        whole_objects: also keep the whole (redacted) objects of what the diagnosis names, as a recording does.
        whole_lists: keep whole objects in all lists, so that later rules can read what today's do not.
        series: also read the samples below the expressions, so that changed rules can be evaluated on them.
    """
    bundle = Bundle(incident) if bundle is None else bundle
    runner = Runner(ruleset) if runner is None else runner
    deadline = time.monotonic() + timeout
    with runner:  # until all is said: what the rounds remembered serves the inference too
        analysis = _rounds(ruleset, _Whole(reader) if whole_lists else reader, bundle, runner, deadline)
        for reading in runner.record(incident.now):  # analyzers that were killed: a replay must not try them again
            bundle.add(reading)
        diagnosis = conclude(
            ruleset, incident, bundle, analysis, advice=advice, suppressions=suppressions_of(bundle, suppressions)
        )
    if whole_objects:
        _read(reader, bundle, [Want(Query.of("object", str(e))) for e in named_entities(diagnosis)], deadline)
    if series:
        _read_series(reader, bundle, time.monotonic() + timeout)
        # A replay has the samples from its start: what they say must be said now too.
        diagnosis = with_suspects(diagnosis, analysis.topology, lambda: _samples(bundle))
    return Result(_signed(diagnosis, ruleset, bundle), bundle, analysis)


@no_collections()
def so_far(ruleset: RuleSet, reader: Reader, bundle: Bundle) -> Diagnosis:
    """Return what can be said while readings still come, as `diagnose` would; what it was made of is not noted."""
    with Runner(ruleset) as runner:
        analysis = _rounds(ruleset, reader, bundle, runner, time.monotonic() + TIMEOUT)
        return conclude(ruleset, bundle.incident, bundle, analysis)


def conclude(
    ruleset: RuleSet,
    incident: Incident,
    bundle: Bundle,
    analysis: Analysis,
    *,
    advice: bool = False,
    suppressions: Sequence[Suppression] = (),
    only: "frozenset[Key] | None" = None,
    weights: Weights = FITTED,
) -> Diagnosis:
    """Infer from the verdicts of the last round; `only` and `weights` are as in `infer`."""
    diagnosis = infer(
        analysis.verdicts,
        ruleset.causes,
        analysis.topology,
        incident,
        failures=frozenset(r.id for r in ruleset.rules if r.severity_class == "F"),
        source=recorded_source(bundle),
        advice=advice,
        suppressions=suppressions,
        blind=not any(bundle.get(query).readable for query in analysis.consulted),
        only=only,
        proven=ruleset.proven,
        weights=weights,
    )
    return diagnosis if only is not None else with_suspects(diagnosis, analysis.topology, lambda: _samples(bundle))


def _samples(bundle: Bundle) -> "Storage | None":
    held = bundle.series()
    return held.storage if held is not None else None


class _Whole:
    """A reader that asks for whole objects where fields are wanted."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.source, self.close = reader.source, reader.close

    def read(self, wants: Sequence[Want], *, deadline: float) -> Iterator[Reading]:
        """Yield what the reader reads."""
        whole = [Want(w.query, w.fields | {WHOLE}) if w.query.kind == "objects" else w for w in wants]
        return self._reader.read(whole, deadline=deadline)


def recorded_source(bundle: Bundle) -> Mapping[str, Any]:
    """Return who answered, as it was when the bundle was recorded; empty when nobody was asked yet."""
    return bundle.get(SOURCE).data or {}


def suppressions_of(bundle: Bundle, given: Sequence[Suppression] = ()) -> list[Suppression]:
    """Those that were recorded, so that a replay hides the same; else those given, which are recorded now."""
    recorded = bundle.get(SUPPRESSIONS)
    if recorded.readable:
        return [Suppression.of(plain) for plain in recorded.data]
    if given:
        bundle.add(Reading(SUPPRESSIONS, State.DATA, bundle.incident.now, [s.plain() for s in given], source="config"))
    return list(given)


def _rounds(ruleset: RuleSet, reader: Reader, bundle: Bundle, runner: Runner, deadline: float) -> Analysis:
    if not recorded_source(bundle):
        bundle.add(Reading(SOURCE, State.DATA, bundle.incident.now, dict(reader.source())))
    analysis = analyze(ruleset, bundle, runner)
    asked: set[Want] = set()
    for number in range(2 * MAX_ROUNDS):
        wants = [want for want in analysis.wants if want not in asked]
        if not wants:
            break
        asked.update(wants)
        if number < MAX_ROUNDS:
            _read(reader, bundle, wants, deadline)
        else:
            _refuse(bundle, wants)
        analysis = analyze(ruleset, bundle, runner)
    return analysis


def _refuse(bundle: Bundle, wants: Sequence[Want]) -> None:
    """Answer with an error, which says why: without an answer it would read as if the world had none."""
    for query in (want.query for want in wants if not bundle.has(want.query, frozenset())):
        bundle.add(Reading(query, State.ERROR, bundle.incident.now, detail=_LATE))


def _read(reader: Reader, bundle: Bundle, wants: Sequence[Want], deadline: float) -> None:
    if wants:
        for reading in reader.read(wants, deadline=deadline):
            bundle.add(reading)


def _read_series(reader: Reader, bundle: Bundle, deadline: float) -> None:
    if any(r.query.kind == "promql" and r.readable for r in (e.reading for e in bundle.entries())):
        from diagflow.bundle.below import series_below  # noqa: PLC0415  # numpy: only for a recording

        _read(reader, bundle, [Want(query) for query in series_below(bundle)], deadline)


def named_entities(diagnosis: Diagnosis) -> list[Entity]:
    """Return what the diagnosis names: causes and symptoms, a few of each, in order."""
    entries: Iterable[Any] = (*diagnosis.causes, *diagnosis.symptoms)
    found = {entity for entry in entries for entity in entry.entities[:3]}
    return sorted(e for e in found | set(diagnosis.incident.entities) if e.kind not in ("cluster", "host", "secret"))


def _signed(diagnosis: Diagnosis, ruleset: RuleSet, bundle: Bundle) -> Diagnosis:
    digests = {rule.id: rule.digest for rule in sorted(ruleset.rules, key=lambda r: r.id)}
    return replace(diagnosis, rules=digests, bundle_digest=bundle.digest(), engine=__version__)
