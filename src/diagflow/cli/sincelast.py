"""`diagflow scan --since-last`: only what is new since the last scan of the same cluster."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from diagflow.cli.options import Format
from diagflow.cli.remembered import Damaged, Scanned, remember, remembered, scanned_of
from diagflow.cli.run import OutputOptions, language

if TYPE_CHECKING:
    from diagflow.engine import Result
    from diagflow.model.changes import Memory
    from diagflow.rules import RuleSet

FORMATS = (Format.TEXT, Format.JSON, Format.YAML)


def tell_since_last(
    ruleset: "RuleSet",
    result: "Result",
    output: OutputOptions,
    *,
    packs: str | None = None,
    rules: Sequence[Path] = (),
) -> int:
    """Print what is new, remember this scan for the next, and return the exit status.

    It is remembered after it was printed: what nobody could be told is told again.
    """
    from diagflow.feedback.changes import Told
    from diagflow.feedback.output import print_changes
    from diagflow.news import news

    diagnosis = result.diagnosis
    scanned = scanned_of(diagnosis.source, diagnosis.incident.namespace, packs, rules)
    before = _before(scanned)
    found = news(ruleset, result, before)
    told = Told(found.diagnosis, found.changes, ruleset.causes)
    print_changes(told, output.format.value, language(output), verbose=output.verbose, out=output.out)
    if scanned is not None:
        _keep(scanned, found.memory)
    return found.exit_status


def _before(scanned: Scanned | None) -> "Memory | None":
    if scanned is None:
        _say("nobody said which cluster this is, so there is nothing to compare with, and nothing is kept")
        return None
    try:
        before = remembered(scanned)
    except Damaged as e:
        _say(f"what was kept of the last scan cannot be used and is replaced: {scanned.file}: {e}")
        return None
    if before is None:
        _say("no earlier scan of this cluster, namespace and rules is known: everything is told, and kept for the next")
    return before


def _keep(scanned: Scanned, memory: "Memory") -> None:
    try:
        remember(scanned, memory)
    except OSError as e:
        _say(
            f"this scan cannot be kept for the next: {scanned.file}: {e.strerror or e}; the next --since-last compares "
            "with an earlier one, or with none: make that folder writable"
        )


def _say(message: str) -> None:
    sys.stderr.write(f"diagflow: {message}\n")
