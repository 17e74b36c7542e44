"""The report for people in a terminal: short, the worst first, and the last line counts."""

from collections.abc import Iterator, Sequence
from typing import Final

from diagflow.feedback import visible
from diagflow.gate import phrases
from diagflow.gate.calibration import Calibration
from diagflow.gate.compare import Change, Comparison
from diagflow.gate.outcome import Outcome
from diagflow.gate.report import Report
from diagflow.gate.totals import Totals
from diagflow.gate.waivers import Waiver

_FEW: Final = 10
"""Recordings, rules and names listed before the rest is counted; -v lists all."""


def as_text(report: Report, *, verbose: bool = False) -> str:
    """Return the report as text; `verbose` lists everything."""
    few = len(report.outcomes) + len(report.rules) if verbose else _FEW
    lines = [
        *_compared(report.comparison, few),
        *_wrong(report, few),
        *_unjudged(report),
        *_faint(report),
        *_figures(report),
        *_confused(report, few),
        *_rules(report, few),
    ]
    lines += [*_unusable(report.unusable), "", phrases.verdict(report)]
    return visible.command("\n".join(lines)) + "\n"  # names and labels are written by others


def _unjudged(report: Report) -> Iterator[str]:
    if report.unjudged:
        yield f"NOT JUDGED  {phrases.unjudged(report.unjudged, len(report.outcomes))}"
    if report.unproven:
        yield f"NOT JUDGED  {phrases.unproven(report.unproven)}"


def _faint(report: Report) -> Iterator[str]:
    for rule in report.faint:
        yield f"FIRES ON HEALTHY  {phrases.faint(rule)}"


def _unusable(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        yield f"cannot be used: {outcome.key}: {outcome.error}"


def _compared(found: Comparison | None, few: int) -> Iterator[str]:
    if found is None:
        return
    for change in found.losses:
        yield from _change("WORSE", change)
    yield from (f"GONE  {key}: put it back, or accept it: --update-baseline --reason WHY" for key in found.gone)
    yield from (f"EXPIRED  the waiver of {_waiver(w)}: mend it, or decide again" for w in found.expired)
    for change in found.waived:
        yield from _change("waived", change)
    for change in found.gains:
        yield f"better  {change.key}: {', '.join(change.checks)}"
    yield from (f"not needed any more: the waiver of {_waiver(w)}" for w in found.needless)
    for title, names in _listed(found):
        yield from _some(title, names, few)


def _change(word: str, change: Change) -> Iterator[str]:
    yield f"{word}  {change.key}: {', '.join(change.checks)}"
    yield from (f"    {line}" for line in change.difference)
    if change.waiver:
        yield f"    accepted: {_waiver(change.waiver)}"
    yield f"    look closer: {change.closer}"


def _waiver(waiver: Waiver) -> str:
    return f"{waiver.recording} ({waiver.owner}, until {waiver.expires}: {waiver.reason})"


def _listed(found: Comparison) -> Iterator[tuple[str, Sequence[str]]]:
    yield "said otherwise, as right as before", [change.key for change in found.moved]
    yield "new", found.new
    yield "readings or labels changed", found.edited
    yield "corpora that did not run", found.not_run
    yield "rules since the baseline", found.rules
    yield "engine since the baseline", found.engine


def _some(title: str, names: Sequence[str], few: int) -> Iterator[str]:
    if names:
        more = f" ... ({len(names)} in all)" if len(names) > few else ""
        yield f"{title}: {', '.join(names[:few])}{more}"


def _wrong(report: Report, few: int) -> Iterator[str]:
    """List what is wrong and did not get worse: what was said wrongly at length, what was not said by name."""
    told = (
        {change.key for change in (*report.comparison.losses, *report.comparison.waived)} if report.comparison else ()
    )
    wrong = [o for o in report.wrong if o.key not in told]
    new = set(report.comparison.new) if report.comparison else set()
    said = [o for o in wrong if o.said_wrong]
    title = "answered wrongly, and no worse than before:" if report.comparison else "answered wrongly:"
    yield from _said(title, [o for o in said if o.key not in new], few)
    yield from _said("answered wrongly, and not in the baseline:", [o for o in said if o.key in new], few)
    unsaid = [o for o in wrong if not o.said_wrong]
    yield from _some("named nothing", [o.key for o in unsaid if not o.healthy], few)
    yield from _some("healthy, and not called so", [o.key for o in unsaid if o.healthy], few)


def _said(title: str, outcomes: Sequence[Outcome], few: int) -> Iterator[str]:
    if outcomes:
        yield title
    for outcome in outcomes[:few]:
        yield f"  {outcome.key}: {', '.join(outcome.wrong)}"
        yield from (f"    {line}" for line in phrases.what_is_wrong(outcome))
        yield f"    look closer: {outcome.closer}"
    if len(outcomes) > few:
        yield f"  ... and {len(outcomes) - few} more: -v lists all"


def _figures(report: Report) -> Iterator[str]:
    several = (*report.corpora, report.overall) if len(report.corpora) > 1 else report.corpora
    for one in several:
        yield ""
        yield from _totals(one)
    if report.calibration:
        yield ""
        yield from calibration_lines(report)
    if report.synthetic:
        yield ""
        yield f"synthetic: {phrases.synthetic(report)}"


def _totals(one: Totals) -> Iterator[str]:
    families = phrases.count(one.families, "family", "families")
    unknown = f", {one.unknown} whose cause nobody knows" if one.unknown else ""
    yield (
        f"{one.name}: {phrases.count(one.recordings, 'recording')} of {families}: "
        f"{one.faulty} faulty, {one.healthy} healthy{unknown}"
    )
    if one.top1.of:
        yield f"  best answer right    {phrases.share(one.top1)}"
        yield f"  in the first three   {phrases.share(one.top3)}"
    if one.suspected.of:
        yield f"  place suspected      {phrases.share(one.suspected)}"
    yield f"  false on healthy     {phrases.rate(one.false_on_healthy)}"
    yield f"  false on faulty      {phrases.rate(one.false_on_faulty)}"
    if one.forbidden.of:
        yield f"  forbidden named      {one.forbidden.count} of {one.forbidden.of}"
    if one.not_ruled_out.of:
        yield f"  not ruled out        {one.not_ruled_out.count} of {one.not_ruled_out.of}"
    yield f"  abstained            {one.abstained} of {one.faulty} faulty; {one.uncertain} of {one.healthy} healthy"
    median, most, longest = map(phrases.seconds, one.seconds)
    yield f"  time                 median {median}, 95 % within {most}, longest {longest}"


def calibration_lines(report: Report) -> Iterator[str]:
    """Yield how well the confidences fit."""
    found, said, unexplained = report.calibration, report.said, report.unexplained
    if found:
        families = phrases.count(found.families, "family", "families")
        yield f"calibration of {phrases.count(found.answers, 'best answer')} ({families}): {_error(found)}"
    if said and said != found:
        yield f"  as said, provisional rules capped: {_error(said)}"
    if unexplained:
        named = [guess for o in report.counted for guess in o.unexplained if guess.confidence]
        below, runs = sum(guess.consequence for guess in named), phrases.count(unexplained.answers, "run")
        yield (
            f"  as if nobody knew the cause: {len(named)} of {runs} name something, {below} of them a consequence; "
            f"{_error(unexplained)}"
        )


def _error(found: Calibration) -> str:
    interval = f"95 %: {found.low:.3f} to {found.high:.3f}"
    return f"expected error {found.ece:.3f} ({interval}), Brier score {found.brier:.3f}"


def _confused(report: Report, few: int) -> Iterator[str]:
    """List the rows of the matrix that are not clear: those in which something false is named come first."""
    rows = sorted((row for row in report.confusion if not row.clear), key=lambda row: not row.others)
    if rows:
        yield ""
        yield "what was named where something else is right:"
    for row in rows[:few]:
        yield f"  {row.cause}: {phrases.confused(row)}"
    if len(rows) > few:
        yield f"  ... and {len(rows) - few} more: -v lists all"


def _rules(report: Report, few: int) -> Iterator[str]:
    yield f"rules: {phrases.rules(report)}"
    for rule in report.rules:
        if rule.wrong:
            yield f"  {rule.id}: fired in {rule.fired}, right in {rule.right}, wrong in {rule.wrong}"
    idle = [f"{rule.id} ({', '.join(rule.idle)})" for rule in report.rules if rule.idle]
    yield from _some("  did not run where its inputs are", idle, few)
