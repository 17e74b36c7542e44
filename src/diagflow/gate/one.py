"""One recording: diagnosed, compared with its labels, again with readings removed, and as if nobody knew its cause."""

import shlex
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from diagflow.analyze import Analysis
from diagflow.bundle import Bundle
from diagflow.collect.pointed import unpointed
from diagflow.collect.recorded import BundleReader
from diagflow.engine import Result, conclude, diagnose, suppressions_of
from diagflow.gate import score
from diagflow.gate.causeids import require_known
from diagflow.gate.corpus import OpenedRecording, Recording, open_recording
from diagflow.gate.given import INSTALLED, Given
from diagflow.gate.labels import Labels
from diagflow.gate.lesser import lesser
from diagflow.gate.outcome import Guess, Lesson, Outcome, Prediction, Use
from diagflow.gate.reweigh import reweighed
from diagflow.gate.ruleuse import rule_uses
from diagflow.gate.sample import Sample, samples
from diagflow.gate.unknown import can_be_unknown, consequences_of, true_causes, without
from diagflow.model import FITTED, BadInput, Weights
from diagflow.rules import RuleSet


@dataclass(frozen=True, slots=True)
class How:
    """How a recording is run.

    Attributes:
        seeds: how many times again, with readings removed; then each run is also made as a scan.
        weights: that it is weighed with.
        learn: also keep what fitting learns from it.
        given: the rules that were chosen, as the commands that it shows say them.
    """

    seeds: int = 0
    weights: Weights = FITTED
    learn: bool = False
    given: Given = INSTALLED


ONCE: Final = How()


def run_one(recording: Recording, ruleset: RuleSet, how: How = ONCE) -> Outcome:
    """Diagnose a recording; one that cannot be used, or on which the engine fails, is an outcome that says why."""
    synthetic = False
    try:
        opened = open_recording(recording, how.given)
        synthetic = bool(opened.labels.synthetic)
        require_known(opened.labels, ruleset.causes)
        return _One(recording, opened, ruleset, how).outcome()
    except BadInput as e:
        why = str(e).removeprefix(f"{recording.path}: ")
    except Exception as e:  # noqa: BLE001  # which recording it was is what somebody needs to know
        see = f"diagflow scan --bundle {shlex.quote(str(recording.path))}{how.given} --debug FILE"
        why = f"the engine failed: {type(e).__name__}: {e}; see: {see}"
    path = str(recording.path)
    return Outcome(recording.corpus, recording.name, path, synthetic=synthetic, given=how.given, error=why)


Runs = Sequence[tuple[int, Result]]
"""Diagnoses of a recording, each with its seed."""


class _One:
    """A recording that is being run."""

    def __init__(self, recording: Recording, opened: OpenedRecording, ruleset: RuleSet, how: How) -> None:
        self._recording = recording
        self._opened = opened
        self._labels = opened.labels
        self._ruleset = ruleset
        self._how = how

    def outcome(self) -> Outcome:
        """Run it."""
        labels, bundle = self._labels, self._opened.bundle
        # Before any reading is added by a diagnosis.
        less = [lesser(bundle, self._recording.name, seed + 1) for seed in range(self._how.seeds)]
        asked = (bundle, *less) if self._how.seeds else (bundle,) if labels.healthy else ()
        scans = [(seed, scan) for seed, one in enumerate(asked) if (scan := _scan(one)) is not None]
        began = time.process_time()
        result = self._diagnosed(bundle)
        seconds = time.process_time() - began
        made_as_scan = [(seed, self._diagnosed(scan)) for seed, scan in scans]
        scanned = made_as_scan[0][1] if made_as_scan and labels.healthy else None
        runs = [*enumerate([result, *map(self._diagnosed, less)]), *(made_as_scan if self._how.seeds else ())]
        diagnosis = result.diagnosis
        roots = score.roots_of(diagnosis, labels)
        if scanned is not None:
            roots = score.with_scan(roots, score.roots_of(scanned.diagnosis, labels))
        return Outcome(
            corpus=self._recording.corpus,
            name=self._recording.name,
            path=str(self._recording.path),
            family=labels.family,
            healthy=labels.healthy,
            known=labels.known,
            synthetic=bool(labels.synthetic),
            expected=tuple(map(str, labels.causes)),
            alert=labels.alert,
            digest=self._opened.digest,
            status=str((scanned or result).diagnosis.status),
            roots=roots,
            suspects=tuple(str(suspect.entity) for suspect in diagnosis.suspects),
            false=score.false_roots(roots, labels),
            forbidden=score.forbidden(diagnosis, labels),
            not_ruled_out=score.not_ruled_out(diagnosis, labels),
            missed=score.missed(diagnosis, labels),
            checks=score.checks_of(labels, roots, diagnosis, scanned.diagnosis if scanned else None),
            abstained=not roots,
            seconds=seconds,
            rules=_merged(self._ruleset, labels, result, scanned),
            predictions=self._predictions(runs),
            unexplained=tuple(self._unexplained(runs)),
            lesson=self._lesson(runs) if self._how.learn else None,
            given=self._how.given,
            host=any(e.reading.query.kind == "fact" and e.reading.readable for e in bundle.entries()),
        )

    def _diagnosed(self, bundle: Bundle) -> Result:
        result = diagnose(self._ruleset, BundleReader(bundle), bundle.incident, bundle=bundle)
        if self._how.weights == FITTED:
            return result
        verdicts = reweighed(result.analysis.verdicts, self._how.weights)
        return self._concluded(result, replace(result.analysis, verdicts=verdicts))

    def _without(self, result: Result, names: frozenset[str]) -> Result:
        return self._concluded(result, without(result.analysis, names))

    def _concluded(self, result: Result, analysis: Analysis) -> Result:
        bundle, weights = result.bundle, self._how.weights
        hidden = suppressions_of(bundle)
        diagnosis = conclude(self._ruleset, bundle.incident, bundle, analysis, suppressions=hidden, weights=weights)
        return replace(result, diagnosis=diagnosis, analysis=analysis)

    def _predictions(self, runs: Runs) -> tuple[Prediction, ...]:
        labels = self._labels
        made = (score.prediction(score.roots_of(r.diagnosis, labels), labels, seed) for seed, r in runs)
        return tuple(one for one in made if one is not None)

    def _unexplained(self, runs: Runs) -> Iterator[Guess]:
        if can_be_unknown(self._labels):
            true = true_causes(self._labels, self._ruleset)
            below = consequences_of(true, self._ruleset)
            for seed, result in runs:
                diagnosis = self._without(result, true).diagnosis
                yield score.guess(score.roots_of(diagnosis, self._labels), below, seed)

    def _lesson(self, runs: Runs) -> Lesson | None:
        labels = self._labels
        if labels.synthetic or not labels.known:
            return None
        found = [one for _, run in runs for one in self._samples(run)]
        if can_be_unknown(labels):
            true = true_causes(labels, self._ruleset)
            gone = true | consequences_of(true, self._ruleset)  # whether something is a root, no weight can say
            found += [one for _, run in runs for one in self._samples(self._without(run, gone))]
        faults = faults_of(labels, self._ruleset)
        return Lesson(" + ".join(faults), frozenset({*faults, labels.family}), tuple(found))

    def _samples(self, run: Result) -> Iterator[Sample]:
        analysis = run.analysis
        yield from samples(
            analysis.verdicts, self._ruleset.causes, analysis.topology, run.bundle.incident, self._labels
        )


def faults_of(labels: Labels, ruleset: RuleSet) -> list[str]:
    """Return the faults by the ids of the causes, whatever a corpus calls them; of a healthy recording its family."""
    if not labels.causes:
        return [labels.family]
    rows = {ref: cause for cause, known in sorted(ruleset.causes.items(), reverse=True) for ref in known.refs}
    return sorted({one.id or rows.get(one.ref, one.ref) or labels.family for one in labels.causes})


def _scan(bundle: Bundle) -> Bundle | None:
    """Return it without what anybody pointed at; None where nobody did."""
    if not bundle.incident.near:
        return None
    made = Bundle(unpointed(bundle.incident), unrecorded=bundle.unrecorded, engine=bundle.engine)
    for entry in bundle.entries():
        made.add_entry(entry)
    return made


def _merged(ruleset: RuleSet, labels: Labels, *results: Result | None) -> dict[str, Use]:
    """Return what became of the rules in all diagnoses of a recording; who names in one is in none too faint to."""
    found: dict[str, Use] = {}
    for result in results:
        for rule, use in rule_uses(ruleset, result, labels).items() if result else ():
            found[rule] = found.get(rule, Use(0)) | use
    return {rule: use & ~Use.FAINT if use & Use.WRONG else use for rule, use in found.items()}
