"""A fit for people in a terminal: each weight, how it moved, and the figures before and after."""

from collections.abc import Iterator

from diagflow.feedback import visible
from diagflow.gate import phrases
from diagflow.gate.fit import Fit
from diagflow.gate.report import Report
from diagflow.gate.text import calibration_lines
from diagflow.model import FITTED, Strength, Weights


def as_text(found: Fit) -> str:
    """Return it as text."""
    return visible.command("\n".join(_lines(found))) + "\n"


def _lines(found: Fit) -> Iterator[str]:
    taught = [one for one in found.before.corpora if one.name not in found.held_out]
    recordings, families = (sum(getattr(one, what) for one in taught) for what in ("recordings", "families"))
    told = phrases.count(recordings, "recording"), phrases.count(families, "family", "families")
    apart = f"; judged on {', '.join(found.held_out)} too" if found.held_out else ""
    if made := found.before.synthetic:
        apart += f"; {phrases.count(made.recordings, 'synthetic recording')} checked only"
    different = (
        f"{phrases.count(found.faults, 'fault')}, {phrases.count(found.healthy, 'healthy family', 'healthy families')}"
    )
    yield f"fitted on {told[0]} of {told[1]}: {different}{apart}"
    yield ""
    yield f"{'nats':<16}{'now':>8}{'fitted':>8}   without one part of the faults"
    now, fitted = _named(FITTED), _named(found.weights)
    for name in now:
        parts = [_named(fold)[name] for fold in found.folds]
        spread = f"{min(parts):.2f} to {max(parts):.2f}" if parts else ""
        yield f"{name:<16}{now[name]:>8.2f}{fitted[name]:>8.2f}   {spread}"
    yield ""
    yield "with the weights that the engine has:"
    yield from _figures(found.before)
    others = f", those of {', '.join(found.held_out)} by all of them" if found.held_out else ""
    yield f"with fitted ones, each recording judged by weights that its fault taught nothing{others}:"
    yield from _figures(found.after)
    yield ""
    yield from (f"cannot be used: {outcome.key}: {outcome.error}" for outcome in found.before.unusable)
    yield from (f"would lose by it: {key}" for key in found.harm)
    if found.before.unusable:
        yield "nothing is written: a recording cannot be used"
    else:
        yield "nothing is written: a recording would lose by it" if found.harm else "no recording loses by it"


def _named(weights: Weights) -> dict[str, float]:
    strengths = {strength.value: weights.strengths[strength] for strength in Strength}
    return {**strengths, "prior, alert": weights.near, "prior, scan": weights.scan}


def _figures(report: Report) -> Iterator[str]:
    overall = report.overall
    yield f"  best answer right    {phrases.share(overall.top1)}"
    yield f"  false on healthy     {phrases.rate(overall.false_on_healthy)}"
    yield f"  false on faulty      {phrases.rate(overall.false_on_faulty)}"
    yield from (f"  {line}" for line in calibration_lines(report))
