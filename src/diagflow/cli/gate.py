"""`diagflow gate`: recordings, scores, and what got worse."""

import os
import shlex
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from diagflow.cli import options as o
from diagflow.cli.gate_convert import convert
from diagflow.cli.gate_fit import fit

if TYPE_CHECKING:
    from diagflow.gate.add import Added
    from diagflow.gate.baseline import Baseline
    from diagflow.gate.compare import Comparison
    from diagflow.gate.corpus import Recording
    from diagflow.gate.given import Given
    from diagflow.gate.outcome import Outcome
    from diagflow.gate.report import Report
    from diagflow.gate.waivers import Waiver
    from diagflow.rules import RuleSet

app = typer.Typer(help="Did a change make any diagnosis worse?", no_args_is_help=True, rich_markup_mode=None)

_PLACES: Final = ("tests/corpus", "corpus")
"""Where a corpus is looked for when nobody names one."""


class Form(StrEnum):
    """Forms of the report."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    JUNIT = "junit"


@app.command("run")
def run(
    corpora: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CORPUS]...",
            help="Folders of recordings, or NAME=FOLDER. Default: tests/corpus or corpus.",
        ),
    ] = None,
    *,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="What held. Default: baseline.json in the first corpus.")
    ] = None,
    update: Annotated[bool, typer.Option("--update-baseline", help="Write the baseline anew; needs --reason.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why the new baseline is right.")] = "",
    waivers: Annotated[
        Path | None,
        typer.Option("--waivers", help="Losses that are accepted. Default: waivers.yaml beside the baseline."),
    ] = None,
    seeds: Annotated[
        int,
        typer.Option("--seeds", min=0, max=100, help="Runs of each with random readings removed, for calibration."),
    ] = 0,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, max=256, help="Processes; default: what the corpus is worth.")
    ] = None,
    figures: Annotated[
        Path | None, typer.Option("--figures", help="Write here what says which rules are provisional.")
    ] = None,
    output: Annotated[Form, typer.Option("-o", "--output", help="Form of the report.")] = Form.TEXT,
    out: o.Out = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="List everything, not only the first.")] = False,
    rules: o.RulePaths = None,
    packs: o.Packs = None,
) -> int:
    """Diagnose every recording, compare with its labels, and with the baseline, recording by recording.

    Exit status 0 when nothing got worse, 1 when a recording did, is gone or cannot be used, or a waiver expired;
    without a baseline 1 when something false is said; 2 for bad usage. What it says is explained in docs/gate.md.

    Examples:
      diagflow gate run tests/corpus

      diagflow gate run tests/corpus --rules my-rules/ -o html --out gate.html

      diagflow gate run tests/corpus --update-baseline --reason "rules for quotas"
    """
    from diagflow.cli.run import load_rules
    from diagflow.feedback.output import put, readable
    from diagflow.gate import find_recordings
    from diagflow.gate.baseline import require_shared
    from diagflow.gate.given import Given
    from diagflow.gate.report import report_of
    from diagflow.model import BadInput

    if update != bool(reason):
        raise BadInput("--update-baseline and --reason go together: say why the new baseline is right")
    named = corpora or _default()
    recordings = find_recordings(named)
    file = baseline or _first(named) / "baseline.json"
    before, accepted = _read(file, waivers, asked=baseline is not None and not update)
    if before is not None and not update:
        require_shared(before, (one.corpus for one in recordings), file)
    ruleset = load_rules(rules, packs, host=None)
    given = Given.of(rules, packs)
    outcomes = _outcomes(recordings, ruleset, seeds, jobs, given)
    if update:
        before = _updated(file, before, outcomes, ruleset, reason)
    report = report_of(outcomes, ruleset, _compared(before, outcomes, ruleset, accepted), seeds)
    if figures is not None:
        from diagflow.gate.structured import figures_json

        put(figures_json(report.rules), figures, option="--figures")
    if output is Form.TEXT and out is None:
        readable()
        sys.stdout.write(_shown(report, output, verbose=verbose))
    else:
        put(_shown(report, output, verbose=verbose), out)
    if before is None and not report.unusable:
        again = f"diagflow gate run {shlex.join(named)}{given}"
        sys.stderr.write(f"to compare with this from now on: {again} --update-baseline --reason WHY\n")
    return 0 if report.passed else 1


def _default() -> list[str]:
    from diagflow.model import BadInput

    for place in filter(os.path.isdir, _PLACES):
        return [place]
    raise BadInput("name a corpus: a folder of recordings; make one: diagflow gate add BUNDLE --cause ID --to FOLDER")


def _first(named: Sequence[str]) -> Path:
    from diagflow.gate.corpus import corpus_at

    return corpus_at(named[0])[1]


def _read(file: Path, waivers: Path | None, *, asked: bool) -> tuple["Baseline | None", "tuple[Waiver, ...]"]:
    from diagflow.gate.baseline import read_baseline
    from diagflow.gate.waivers import FILE, read_waivers
    from diagflow.model import BadInput

    before = read_baseline(file)
    if before is None and asked:
        raise BadInput(f"there is no baseline {file}; make one: --update-baseline --reason WHY")
    beside = file.parent / FILE
    return before, read_waivers(waivers or beside) if waivers or beside.exists() else ()


def _outcomes(
    recordings: "list[Recording]", ruleset: "RuleSet", seeds: int, jobs: int | None, given: "Given"
) -> "list[Outcome]":
    from diagflow.cli.progress import Progress
    from diagflow.gate import run_all

    with Progress() as progress:
        return run_all(
            recordings,
            ruleset,
            seeds=seeds,
            jobs=jobs,
            given=given,
            told=lambda done, of: progress(f"{done} of {of} recordings"),
        )


def _compared(
    before: "Baseline | None", outcomes: "list[Outcome]", ruleset: "RuleSet", waivers: "tuple[Waiver, ...]"
) -> "Comparison | None":
    from datetime import UTC, datetime

    from diagflow.gate.compare import compare

    return compare(before, outcomes, ruleset, waivers, datetime.now(UTC).date()) if before else None


def _updated(
    file: Path, before: "Baseline | None", outcomes: "list[Outcome]", ruleset: "RuleSet", reason: str
) -> "Baseline | None":
    """Write a new baseline, and say what it accepts; with a recording that cannot be used there is none."""
    from diagflow.gate.baseline import baseline_of, write_baseline
    from diagflow.gate.phrases import count

    if any(outcome.error for outcome in outcomes):
        sys.stderr.write(f"diagflow: {file} stays as it is: a recording cannot be used\n")
        return before
    accepted = _compared(before, outcomes, ruleset, ())
    made = baseline_of(outcomes, ruleset, reason, before)
    write_baseline(made, file)
    sys.stderr.write(f"written to {file}: {count(len(made.recordings), 'recording')}\n")
    for change in accepted.losses if accepted else ():
        sys.stderr.write(f"accepted as right from now on: {change.key} without {', '.join(change.checks)}\n")
    for key in accepted.gone if accepted else ():
        sys.stderr.write(f"not known any more: {key}\n")
    return made


def _shown(report: "Report", form: Form, *, verbose: bool) -> str:
    if form is Form.TEXT:
        from diagflow.gate.text import as_text

        return as_text(report, verbose=verbose)
    if form is Form.JSON:
        from diagflow.gate.structured import as_json

        return as_json(report)
    if form is Form.HTML:
        from diagflow.gate.page import as_html

        return as_html(report)
    from diagflow.gate.junit import as_junit

    return as_junit(report)


@app.command("add")
def add(
    bundle: Annotated[Path, typer.Argument(help="A bundle (file or folder) or an incident folder.")],
    *,
    cause: Annotated[
        list[str] | None,
        typer.Option("--cause", metavar="ID[@ENTITY]", help="The true root; may be given again."),
    ] = None,
    entity: Annotated[str, typer.Option("--entity", help="Where it is; default: where the diagnosis names it.")] = "",
    healthy: Annotated[bool, typer.Option("--healthy", help="Nothing is wrong, and nothing may be named.")] = False,
    forbidden: Annotated[
        list[str] | None, typer.Option("--forbidden", metavar="ID", help="Must not be named; may be given again.")
    ] = None,
    ruled_out: Annotated[
        list[str] | None, typer.Option("--ruled-out", metavar="ID", help="Must be ruled out; may be given again.")
    ] = None,
    to: Annotated[Path | None, typer.Option("--to", help="The corpus. Default: tests/corpus or corpus.")] = None,
    family: Annotated[
        str, typer.Option("--family", help="What counts once: say the same for recordings of one incident.")
    ] = "",
    source: Annotated[str, typer.Option("--source", help="Where it comes from.")] = "",
    name: Annotated[str, typer.Option("--name", help="Of the recording; default: the bundle's.")] = "",
    relabel: Annotated[bool, typer.Option("--relabel", help="Replace the labels that it has.")] = False,
    rules: o.RulePaths = None,
    packs: o.Packs = None,
) -> int:
    """Make a test of an incident: a bundle with labels, in a corpus, redacted as it is.

    Says what today's rules make of it. An id is what a diagnosis names, such as kubernetes.node-pod-capacity.

    Examples:
      diagflow gate add incident.zip --cause kubernetes.node-pod-capacity --entity node/worker-1 --to corpus

      diagflow gate add quiet.zip --healthy --family "staging, week 12"
    """
    from diagflow.cli.run import load_rules
    from diagflow.gate.add import Wanted
    from diagflow.gate.add import add as added
    from diagflow.gate.given import Given
    from diagflow.gate.one import How

    wanted = Wanted(
        bundle=bundle,
        to=to or Path(next(filter(os.path.isdir, _PLACES), _PLACES[-1])),
        causes=tuple(cause or ()),
        entity=entity,
        healthy=healthy,
        forbidden=tuple(forbidden or ()),
        ruled_out=tuple(ruled_out or ()),
        family=family,
        source=source,
        name=name,
        relabel=relabel,
    )
    how = How(given=Given.of(rules, packs))
    _say(added(wanted, load_rules(rules, packs, host=None), how), f"{shlex.quote(str(wanted.to))}{how.given}")
    return 0


def _say(added: "Added", again: str) -> None:
    from diagflow.gate import phrases

    right = ", ".join(map(str, added.labels.causes)) or "healthy"
    lines = [f"{added.path}: {right} (family {added.labels.family})", *(f"note: {note}" for note in added.notes)]
    if added.outcome.wrong:
        lines.append(f"today's answer is wrong: {', '.join(added.outcome.wrong)}")
        lines += [f"  {line}" for line in phrases.what_is_wrong(added.outcome)]
        lines.append(f"look closer: {added.outcome.closer}")
    else:
        lines.append("today's answer is right")
    lines.append(f"next: diagflow gate run {again}")
    sys.stdout.write("\n".join(lines) + "\n")


app.command("fit")(fit)
app.command("convert")(convert)
