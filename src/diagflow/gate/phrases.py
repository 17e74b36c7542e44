"""Figures in words, the same in the text and on the page."""

from collections.abc import Sequence
from typing import Final

from diagflow.gate.confusion import HEALTHY, Row
from diagflow.gate.outcome import Outcome
from diagflow.gate.report import Report
from diagflow.gate.rulefigures import RuleFigures
from diagflow.gate.totals import Rate, Share

_WIDE: Final = 3
"""Corpora on which a rule should have run."""


def percent(value: float) -> str:
    """Return `7.4 %`: one decimal below ten and just below all, where it matters; only all of them are `100 %`."""
    if 0 < value < 0.0005:  # noqa: PLR2004  # what would round to nothing
        return "under 0.1 %"
    if 0.9995 <= value < 1:  # noqa: PLR2004  # what would round to all
        return "over 99.9 %"
    shown = 100 * value
    decimal = 0 < shown < 9.95 or 99.5 <= shown < 100  # noqa: PLR2004  # 9.95 becomes 10
    return f"{shown:.1f} %" if decimal else f"{shown:.0f} %"


def share(one: Share) -> str:
    """Return `25 of 27, 93 % (95 %: 77 % to 98 %)`, with the share by family where that is another one."""
    if not one.of:
        return "none asked for"
    families = count(one.families, "family", "families")
    by_family = f"; {percent(one.by_family)} of {families}" if one.families < one.of else ""
    interval = f"(95 %: {percent(one.low)} to {percent(one.high)})"
    return f"{one.count} of {one.of}, {percent(one.share)}{by_family} {interval}"


def rate(one: Rate) -> str:
    """Return `0 of 20 (5 families: at most 45 %)`."""
    if not one.of:
        return "none"
    bad = f"{one.bad_families} of " if one.bad_families else ""
    return f"{one.count} of {one.of} ({bad}{count(one.families, 'family', 'families')}: at most {percent(one.bound)})"


def count(number: int, word: str, plural: str = "") -> str:
    """Return `1 recording`, `2 recordings`."""
    return f"{number} {word if number == 1 else plural or word + 's'}"


def seconds(value: float) -> str:
    """Return `24 ms`, `1.3 s`."""
    return f"{value:.1f} s" if value >= 1 else f"{value * 1000:.0f} ms"


def what_is_wrong(outcome: Outcome) -> list[str]:
    """Return what is wrong about a recording, in a few lines."""
    lines = [f"expected: {', '.join(outcome.expected)}"] if outcome.missed else []
    named_by = {str(root): f" ({root.named_by})" for root in outcome.roots if root.named_by}
    lines += [f"false: {name}{named_by.get(name, '')}" for name in outcome.false[:3]]
    lines += [f"... and {len(outcome.false) - 3} more false causes"] if len(outcome.false) > 3 else []  # noqa: PLR2004
    lines += [f"forbidden, and named: {name}" for name in outcome.forbidden]
    lines += [f"to be ruled out, and is not: {name}" for name in outcome.not_ruled_out]
    return lines + ([f"nothing is named; status {outcome.status}"] if outcome.abstained else [])


def confused(row: Row) -> str:
    """Return what was named where a cause is right and was not, or not alone: `b in 2, nothing in 1 of 3`."""
    named = [f"{other.named} in {len(other.recordings)}" for other in row.others]
    nothing = "not called so" if row.cause == HEALTHY else "nothing"
    silent = [f"{nothing} in {row.silent}"] if row.silent else []
    return f"{', '.join([*named, *silent])} of {count(row.recordings, 'recording')}"


def verdict(report: Report) -> str:
    """Return the one line that counts."""
    total = count(len(report.outcomes), "recording")
    found = report.comparison
    if report.unusable:
        return f"FAILED: {count(len(report.unusable), 'recording')} of {len(report.outcomes)} cannot be used"
    if found is None:
        total_of = f"{count(len(report.misleading), 'recording')} of {len(report.outcomes)}"
        without = f"no baseline to compare with: {total}, {len(report.wrong)} not as labelled"
        return f"FAILED: {total_of} answered wrongly, and no baseline that accepts it" if report.misleading else without
    if found.losses:
        return f"FAILED: {count(len(found.losses), 'recording')} of {len(report.outcomes)} got worse"
    if report.misleading:
        total_of = f"{count(len(report.misleading), 'recording')} of {len(report.outcomes)}"
        return f"FAILED: {total_of} answered wrongly, and the baseline knows nothing of it"
    if found.gone:
        return f"FAILED: {count(len(found.gone), 'recording')} of the baseline cannot be found"
    if found.expired:
        return f"FAILED: {count(len(found.expired), 'waiver')} expired"
    better = f", {len(found.gains)} better" if found.gains else ""
    waived = f", {len(found.waived)} waived" if found.waived else ""
    new = f", {len(found.new)} not in the baseline" if found.new else ""
    unknown = f"; {count(len(report.unjudged), 'rule')} not judged by any" if report.unjudged else ""
    unproven = f"; {count(len(report.unproven), 'rule')} judged by synthetic ones alone" if report.unproven else ""
    return f"passed: {total}, none worse{better}{waived}{new}{unknown}{unproven}"


def synthetic(report: Report) -> str:
    """Return `38 recordings, 37 as labelled; not in the figures`."""
    mine = [o for o in report.outcomes if o.synthetic]
    right = sum(not (o.wrong or o.error) for o in mine)
    return f"{count(len(mine), 'recording')}, {right} as labelled; not in the figures"


def unjudged(rules: Sequence[RuleFigures], recordings: int) -> str:
    """Return what to tell of rules that no recording could judge."""
    return (
        f"{', '.join(rule.id for rule in rules)} could be judged in none of {count(recordings, 'recording')}, so that "
        f"nothing is known of {'it: what it reads' if len(rules) == 1 else 'them: what they read'} is in none of them; "
        "add one that has it"
    )


def unproven(rules: Sequence[RuleFigures]) -> str:
    """Return what to tell of rules that synthetic recordings alone could judge."""
    return (
        f"{', '.join(rule.id for rule in rules)} could be judged in synthetic recordings alone, which are not in the "
        f"figures: add one that was not written by hand and has what {'it reads' if len(rules) == 1 else 'they read'}"
    )


def faint(rule: RuleFigures) -> str:
    """Return what to tell of a rule that fires on something healthy, and weighs too little to be named for it."""
    return (
        f"{rule.id} matches in {count(rule.faint, 'healthy recording')}, too weakly to be named there: beside an "
        "alert, or another observation, it would be; ask for more, or weigh it less"
    )


def rules(report: Report) -> str:
    """Return the rules in one line."""
    figures, outside = report.rules, " outside synthetic recordings" if report.synthetic else ""
    fired = [r for r in figures if r.fired]
    naming = [r for r in figures if r.naming]
    wide = sum(len(r.ran) >= _WIDE for r in figures)
    where = f"{wide} ran on {_WIDE} corpora or more; " if wide else ""
    return (
        f"{len(figures)}: {len(fired)} fired, {sum(bool(r.wrong) for r in fired)} of them wrongly; "
        f"{len(figures) - len(fired)} never fired{outside}; {where}"
        f"{sum(r.provisional for r in naming)} of {len(naming)} that name causes are provisional"
    )
