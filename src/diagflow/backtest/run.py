"""Rules on recordings: the whole run."""

from collections.abc import Callable, Iterable
from pathlib import Path

from diagflow.backtest.freshness import Freshness
from diagflow.backtest.grid import Asked, steps_on
from diagflow.backtest.judging import judged, missed
from diagflow.backtest.ours import our_result
from diagflow.backtest.outcome import Backtest, RecordingResult
from diagflow.backtest.promresults import prom_results
from diagflow.backtest.recordings import Recorded
from diagflow.backtest.selection import Selection
from diagflow.gate.labels import Labels, read_labels
from diagflow.model import BadInput


def backtest(
    selection: Selection, recordings: Iterable[Path], asked: Asked, told: Callable[[str], None] = lambda _: None
) -> Backtest:
    """Try all rules on all recordings, one in memory at a time; what cannot be read is said in the result.

    Args:
        selection: the rules.
        recordings: where the recordings are.
        asked: when to evaluate.
        told: called with what is being done.
    """
    found = []
    for path in recordings:
        told(str(path))
        try:
            found.append(_on(selection, Recorded(path), asked, told))
        except BadInput as error:
            found.append(RecordingResult(str(path), why_not=_why(error, str(path))))
    return Backtest(found, selection.unused)


def _why(error: BadInput, path: str) -> str:
    """Return what is wrong without the path in front, which stands before it anyway."""
    rest = str(error).removeprefix(path)
    return rest.removeprefix(":").strip() if rest.startswith((": ", " ")) else str(error)


def _on(selection: Selection, recorded: Recorded, asked: Asked, told: Callable[[str], None]) -> RecordingResult:
    steps = steps_on(recorded, asked)
    result = RecordingResult(str(recorded.path), start=steps.start, end=steps.end, step=steps.interval)
    if selection.prometheus.order.rules:
        result.rules += prom_results(
            selection.prometheus, recorded, asked, lambda rule: told(f"{recorded.path}: {rule.name}")
        )
    freshness = Freshness(recorded.storage)
    theirs = len(result.rules)
    for rule in selection.ours:
        told(f"{recorded.path}: {rule.id}")
        result.rules.append(our_result(rule, selection.ruleset, recorded, asked, freshness))
    if selection.ours and recorded.opened:
        result.problems = recorded.opened.problems
    labels = _labels(recorded)
    if labels is not None:
        for number, one in enumerate(result.rules):
            judged(one, selection.ours[number - theirs] if number >= theirs else None, selection.ruleset, labels)
        result.missed = missed(result.rules[theirs:], selection.ours, selection.ruleset, labels)
    return result


def _labels(recorded: Recorded) -> Labels | None:
    if not recorded.labelled or recorded.opened is None or recorded.opened.labels is None:
        return None
    return read_labels(recorded.opened.labels)
