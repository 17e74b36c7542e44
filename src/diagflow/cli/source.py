"""Where readings come from: a bundle, or the live cluster."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diagflow.cli.times import parse_duration, parse_moment
from diagflow.collect.pointed import Pointed, pointed, unpointed
from diagflow.model import BadInput, Entity, Incident

if TYPE_CHECKING:
    from diagflow.bundle import Bundle
    from diagflow.collect.reader import Reader
    from diagflow.rules import Combination, Condition, RuleSet


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What the user said about the source."""

    bundle: Path | None = None
    prometheus: str | None = None
    context: str | None = None
    kubeconfig: Path | None = None
    at: str | None = None
    namespace: str = ""
    timeout: float | None = None
    since: str | None = None

    @property
    def seconds_back(self) -> float:
        """`--since` in seconds; 0 leaves it to the rules."""
        return parse_duration(self.since, option="--since").total_seconds() if self.since else 0.0


@dataclass(frozen=True, slots=True)
class Source:
    """A reader, what it already holds, and the incident."""

    reader: "Reader"
    incident: Incident
    bundle: "Bundle"
    problems: tuple[str, ...] = ()
    stored: bytes | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What the user or an alert pointed at.

    Attributes:
        entities: what was named.
        alert: the body of the alert.
        onset: when it began.
        labels: those that its alerts share.
        everything: a scan was asked for, whatever a bundle was made for.
        notes: what to say of it, a line each.
    """

    entities: tuple[Entity, ...] = ()
    alert: "dict[str, Any] | None" = None
    onset: datetime | None = None
    labels: "dict[str, str] | None" = None
    everything: bool = False
    notes: tuple[str, ...] = ()


def open_source(options: SourceOptions, target: Target, *, progress: Callable[[str], None] | None = None) -> Source:
    """Open the bundle, or connect to the cluster and to Prometheus.

    Raises:
        BadInput: the bundle cannot be read, there is no kubeconfig, the options contradict each other.
    """
    if options.bundle is not None:
        return _recorded(options, target)
    return _live(options, target, progress)


def _recorded(options: SourceOptions, target: Target) -> Source:
    from diagflow.bundle import open_bundle
    from diagflow.collect.recorded import BundleReader

    path = options.bundle
    assert path is not None  # noqa: S101  # the caller looked
    if options.prometheus not in (None, "none") or options.context or options.kubeconfig:
        options = replace(options, prometheus=None, context=None, kubeconfig=None)
    at = parse_moment(options.at, now=datetime.now(UTC)) if options.at else None
    opened = open_bundle(path, at=at)
    found = _pointed(opened.bundle, target, options.namespace)
    incident = found.incident
    if at is not None:
        incident = replace(incident, now=at)
    if options.seconds_back:
        incident = replace(incident, since=options.seconds_back)
    opened.bundle.incident = incident
    problems = (*opened.problems, *found.notes)
    return Source(BundleReader(opened.bundle), incident, opened.bundle, problems, opened.diagnosis)


def _pointed(bundle: "Bundle", target: Target, namespace: str) -> Pointed:
    """What the user points at now counts; else what the bundle was recorded for."""
    recorded = replace(bundle.incident, namespace=namespace or bundle.incident.namespace)
    if target.everything:
        return Pointed(unpointed(recorded), target.notes)
    if target.alert is not None:  # which is read again: the bundle knows where things are that it names
        given = replace(recorded, entities=(), alert=target.alert, namespace=namespace)
        return pointed(given, bundle)
    if target.entities:
        return Pointed(replace(unpointed(recorded), entities=target.entities, namespace=namespace))
    return pointed(recorded, bundle)


def _live(options: SourceOptions, target: Target, progress: Callable[[str], None] | None) -> Source:
    from diagflow.bundle import Bundle, Redactor, new_key
    from diagflow.collect import live_reader

    now = datetime.now(UTC)
    at = parse_moment(options.at, now=now) if options.at else now
    incident = Incident(
        now=at.replace(microsecond=at.microsecond // 1000 * 1000),
        entities=target.entities,
        alert=target.alert,
        onset=target.onset,
        labels=target.labels or {},
        namespace=options.namespace,
        since=options.seconds_back,
    )
    redactor = Redactor(new_key())
    reader = live_reader(
        kubeconfig=options.kubeconfig,
        context=options.context,
        prometheus=options.prometheus,
        now=incident.now,
        redact=redactor.reading,
        progress=progress,
    )
    return Source(reader, incident, Bundle(incident), target.notes)


def reads_objects(part: "Combination | Condition") -> bool:
    """True when a condition looks at objects or events, which a cluster has only as of now."""
    from diagflow.rules import Combination, EventInput, ObjectInput

    if isinstance(part, Combination):
        return any(reads_objects(inner) for inner in part.conditions)
    return isinstance(part.input, ObjectInput | EventInput)


def refuse_the_past(incident: Incident, ruleset: "RuleSet", *, live: bool) -> None:
    """Live objects exist only as of now: say so instead of diagnosing yesterday's metrics with today's pods.

    Raises:
        BadInput: `--at` lies in the past and a rule needs objects.
    """
    late = datetime.now(UTC) - incident.now > timedelta(minutes=1)
    needing = [rule.id for rule in ruleset.rules if live and late and reads_objects(rule.trigger)]
    if needing:
        raise BadInput(
            f"--at {incident.now:%Y-%m-%dT%H:%M:%SZ} lies in the past, but {len(needing)} rules (e.g. {needing[0]}) "
            "need objects, which Kubernetes has only as of now: use a bundle of that time, or --packs with rules on "
            "metrics"
        )


def say_problems(problems: Sequence[str]) -> None:
    """Print what could not be used of the input; the rest of the run goes on."""
    for problem in problems:
        sys.stderr.write(f"diagflow: {problem}\n")
