"""What got worse since the baseline, recording by recording, and what else changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from diagflow.gate.baseline import Baseline, Entry, corpus_of, engine_now, entry_of, rules_now
from diagflow.gate.outcome import Outcome
from diagflow.gate.waivers import Waiver
from diagflow.rules import RuleSet

_SHOWN: Final = 5  # lines of a difference


@dataclass(frozen=True, slots=True)
class Change:
    """A recording of which something else holds than in the baseline.

    Attributes:
        key: of the recording.
        checks: those lost, or those gained.
        difference: between both diagnoses, in a few lines.
        closer: the command that looks closer.
        waiver: who accepts the loss.
    """

    key: str
    checks: tuple[str, ...]
    difference: tuple[str, ...]
    closer: str
    waiver: Waiver | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """This run beside the baseline.

    Attributes:
        losses: recordings that lost a check; nobody accepts it.
        waived: recordings that lost a check, with the waiver.
        gains: recordings that gained a check and lost none.
        moved: recordings whose checks are the same and whose roots or status are not.
        new: keys of recordings that the baseline does not know.
        misleading: of those, the ones of which something false is said; nobody accepts it.
        gone: keys of recordings that the baseline knows and that are not there.
        edited: keys of recordings whose readings or labels are others than then.
        not_run: corpora of the baseline that did not run.
        rules: how the rules changed, one line each.
        touched: ids of the rules that are new, or another than then.
        engine: how the engine changed, one line each.
        expired: waivers whose last day is over.
        needless: waivers of recordings that ran, or are not there, and lost nothing.
    """

    losses: tuple[Change, ...] = ()
    waived: tuple[Change, ...] = ()
    gains: tuple[Change, ...] = ()
    moved: tuple[Change, ...] = ()
    new: tuple[str, ...] = ()
    misleading: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    not_run: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    engine: tuple[str, ...] = ()
    expired: tuple[Waiver, ...] = ()
    needless: tuple[Waiver, ...] = ()

    @property
    def failed(self) -> bool:
        """True when something got worse that nobody accepts."""
        return bool(self.losses or self.misleading or self.gone or self.expired)


def compare(
    baseline: Baseline, outcomes: Sequence[Outcome], ruleset: RuleSet, waivers: Iterable[Waiver], today: date
) -> Comparison:
    """Compare a run with the baseline.

    Args:
        baseline: what held.
        outcomes: of this run; those that could not be used are not compared, they fail by themselves.
        ruleset: what ran.
        waivers: losses that are accepted.
        today: the day (UTC) by which waivers expire.
    """
    waivers = tuple(waivers)
    holding = {waiver.recording: waiver for waiver in waivers if waiver.holds(today)}
    pairs = [(o, baseline.recordings[o.key]) for o in outcomes if o.key in baseline.recordings and not o.error]
    lost = [change for outcome, entry in pairs if (change := _loss(outcome, entry, holding))]
    unknown = [o for o in outcomes if o.key not in baseline.recordings and not o.error]
    false = {o.key for o in unknown if o.misleads}
    keys, corpora = {o.key for o in outcomes}, {o.corpus for o in outcomes}
    mine = {key for key in baseline.recordings if corpus_of(key) in corpora}
    return Comparison(
        losses=tuple(change for change in lost if change.waiver is None),
        waived=tuple(change for change in lost if change.waiver is not None),
        gains=tuple(change for outcome, entry in pairs if (change := _gain(outcome, entry))),
        moved=tuple(change for outcome, entry in pairs if (change := _move(outcome, entry))),
        new=tuple(sorted(o.key for o in unknown)),
        misleading=tuple(sorted(false - holding.keys())),
        gone=tuple(sorted(mine - keys)),
        edited=tuple(o.key for o, entry in pairs if entry_of(o).digest != entry.digest),
        not_run=tuple(sorted({corpus_of(key) for key in baseline.recordings} - corpora)),
        rules=tuple(_rules(baseline.rules, rules_now(ruleset))),
        touched=tuple(rule for rule, digest in rules_now(ruleset).items() if baseline.rules.get(rule) != digest),
        engine=tuple(_engine(baseline)),
        expired=tuple(waiver for waiver in waivers if not waiver.holds(today)),
        needless=tuple(_needless(holding.values(), {change.key for change in lost} | false, outcomes)),
    )


def _needless(waivers: Iterable[Waiver], lost: set[str], outcomes: Sequence[Outcome]) -> Iterator[Waiver]:
    """Yield the waivers that cover nothing; of a corpus that did not run, and of what cannot be used, nobody knows."""
    corpora, unknown = {o.corpus for o in outcomes}, {o.key for o in outcomes if o.error}
    for waiver in waivers:
        if waiver.recording not in lost | unknown and corpus_of(waiver.recording) in corpora:
            yield waiver


def _lost(outcome: Outcome, entry: Entry) -> tuple[str, ...]:
    """Return the checks that held and do not; a label that asks no more is a loss too."""
    now = entry_of(outcome).checks
    return tuple(check for check, held in entry.checks.items() if held and not now.get(check, False))


def _loss(outcome: Outcome, entry: Entry, waivers: Mapping[str, Waiver]) -> Change | None:
    lost = _lost(outcome, entry)
    if not lost:
        return None
    return Change(outcome.key, lost, difference(outcome, entry), outcome.closer, waivers.get(outcome.key))


def _gain(outcome: Outcome, entry: Entry) -> Change | None:
    now = entry_of(outcome).checks
    gained = tuple(check for check, holds in now.items() if holds and not entry.checks.get(check, True))
    if not gained or _lost(outcome, entry):
        return None
    return Change(outcome.key, gained, difference(outcome, entry), outcome.closer)


def _move(outcome: Outcome, entry: Entry) -> Change | None:
    now = entry_of(outcome)
    if (now.roots, now.status) == (entry.roots, entry.status) or now.checks != entry.checks:
        return None
    return Change(outcome.key, (), difference(outcome, entry), outcome.closer)


def difference(outcome: Outcome, entry: Entry) -> tuple[str, ...]:
    """Return what is different about a diagnosis, in a few lines."""
    lines = [*_differences(outcome, entry_of(outcome), entry)]
    more = [f"... and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return (*lines[:_SHOWN], *more)


def _differences(outcome: Outcome, now: Entry, then: Entry) -> Iterator[str]:
    if now.digest != then.digest:
        yield "the recording itself changed: its readings or its labels"
    yield from (f"no longer asked for: {check}" for check in then.checks if check not in now.checks)
    if now.status != then.status:
        yield f"status: {then.status}, now {now.status}"
    before, after = dict(then.roots), dict(now.roots)
    if then.roots[:1] and then.roots[0][0] not in after and outcome.expected:
        yield f"expected: {', '.join(outcome.expected)}"
    yield from (f"- {name} ({sure})" for name, sure in then.roots if name not in after)
    named_by = {str(root): root.named_by for root in outcome.roots}
    for rank, (name, sure) in enumerate(now.roots, 1):
        if name not in before:
            false = ", false" if name in outcome.false else ""
            yield f"+ {name} ({named_by.get(name) or sure}){false}, in place {rank}"
        elif before[name] != sure:
            yield f"  {name}: {before[name]}, now {sure}"
    yield from (f"forbidden, and named: {name}" for name in outcome.forbidden)
    yield from (f"to be ruled out, and is not: {name}" for name in outcome.not_ruled_out)


def _rules(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for rule in sorted(before.keys() | now.keys()):
        if rule not in now:
            yield f"{rule} is gone"
        elif rule not in before:
            yield f"{rule} is new"
        elif before[rule] != now[rule]:
            yield f"{rule} changed"


def _engine(baseline: Baseline) -> Iterator[str]:
    now = engine_now()
    if now.version != baseline.engine.version:
        yield f"version {baseline.engine.version}, now {now.version}"
    elif now.source != baseline.engine.source:
        yield "its source changed"
