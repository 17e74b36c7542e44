"""One recording: diagnosed, compared with its labels, and again with readings removed."""

import time

from diagflow.bundle import Bundle
from diagflow.collect.pointed import unpointed
from diagflow.collect.recorded import BundleReader
from diagflow.engine import Result, diagnose
from diagflow.gate import score
from diagflow.gate.causeids import require_known
from diagflow.gate.corpus import OpenedRecording, Recording, open_recording
from diagflow.gate.labels import Labels
from diagflow.gate.lesser import lesser
from diagflow.gate.outcome import Outcome, Prediction, Use
from diagflow.gate.ruleuse import rule_uses
from diagflow.model import BadInput, Incident
from diagflow.rules import RuleSet


def run_one(recording: Recording, ruleset: RuleSet, seeds: int = 0) -> Outcome:
    """Diagnose a recording; one that cannot be used, or on which the engine fails, is an outcome that says why.

    Args:
        recording: where it is.
        ruleset: what is known.
        seeds: how many times to run it again with readings removed.
    """
    try:
        opened = open_recording(recording)
        require_known(opened.labels, ruleset.causes)
        return _outcome(recording, opened, ruleset, seeds)
    except BadInput as e:
        why = str(e).removeprefix(f"{recording.path}: ")
    except Exception as e:  # noqa: BLE001  # which recording it was is what somebody needs to know
        why = f"the engine failed: {type(e).__name__}: {e}; see: diagflow scan --bundle {recording.path} --debug FILE"
    return Outcome(recording.corpus, recording.name, str(recording.path), error=why)


def _outcome(recording: Recording, opened: OpenedRecording, ruleset: RuleSet, seeds: int) -> Outcome:
    labels, bundle = opened.labels, opened.bundle
    less = [lesser(bundle, recording.name, seed + 1) for seed in range(seeds)]  # before any reading is added
    whole = _copy(bundle, unpointed(bundle.incident)) if labels.healthy and bundle.incident.near else None
    began = time.process_time()
    result = _diagnosed(bundle, ruleset)
    seconds = time.process_time() - began
    scanned = _diagnosed(whole, ruleset) if whole else None
    diagnosis = result.diagnosis
    roots = score.roots_of(diagnosis, labels)
    if scanned is not None:  # what is false behind the alert or without it is false
        roots += tuple(root for root in score.roots_of(scanned.diagnosis, labels) if root not in roots)
    return Outcome(
        corpus=recording.corpus,
        name=recording.name,
        path=str(recording.path),
        family=labels.family,
        healthy=labels.healthy,
        known=labels.known,
        expected=tuple(map(str, labels.causes)),
        alert=labels.alert,
        digest=opened.digest,
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
        rules=_merged(ruleset, labels, result, scanned),
        predictions=_predictions(labels, result, less, ruleset),
        host=any(e.reading.query.kind == "fact" and e.reading.readable for e in bundle.entries()),
    )


def _diagnosed(bundle: Bundle, ruleset: RuleSet) -> Result:
    return diagnose(ruleset, BundleReader(bundle), bundle.incident, bundle=bundle)


def _copy(bundle: Bundle, incident: Incident) -> Bundle:
    made = Bundle(incident, unrecorded=bundle.unrecorded, engine=bundle.engine)
    for entry in bundle.entries():
        made.add_entry(entry)
    return made


def _merged(ruleset: RuleSet, labels: Labels, *results: Result | None) -> dict[str, Use]:
    """Return what became of the rules in all diagnoses of a recording."""
    found: dict[str, Use] = {}
    for result in results:
        for rule, use in rule_uses(ruleset, result, labels).items() if result else ():
            found[rule] = found.get(rule, Use(0)) | use
    return found


def _predictions(labels: Labels, result: Result, less: list[Bundle], ruleset: RuleSet) -> tuple[Prediction, ...]:
    diagnoses = [result.diagnosis, *(_diagnosed(bundle, ruleset).diagnosis for bundle in less)]
    made = (score.prediction(score.roots_of(d, labels), labels, seed) for seed, d in enumerate(diagnoses))
    return tuple(one for one in made if one is not None)
