"""`diagflow scan`: everything that is wrong now, no alert needed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from diagflow.cli import options as o
from diagflow.cli.run import OutputOptions, load_rules, run, show
from diagflow.cli.source import SourceOptions, Target
from diagflow.model import BadInput

_AGAIN = "Again and again"

Watched = Annotated[
    bool,
    typer.Option(
        "--watch",
        help="Scan until Ctrl-C: first everything, then only what changes; -o text or json (a line each).",
        rich_help_panel=_AGAIN,
    ),
]
Every = Annotated[
    str | None,
    typer.Option("--every", help="With --watch: time between two scans; default: 30s.", rich_help_panel=_AGAIN),
]
SinceLast = Annotated[
    bool,
    typer.Option(
        "--since-last",
        help="Only what is new since the last scan with this option of the same cluster, namespace and rules.",
        rich_help_panel=_AGAIN,
    ),
]


def scan(
    bundle: o.BundlePath = None,
    prometheus: o.Prometheus = None,
    context: o.Context = None,
    kubeconfig: o.Kubeconfig = None,
    at: o.At = None,
    since: o.Since = None,
    namespace: o.Namespace = "",
    timeout: o.Timeout = None,
    rules: o.RulePaths = None,
    packs: o.Packs = None,
    output: o.Output = o.Format.TEXT,
    lang: o.Language = None,
    record: o.Record = None,
    out: o.Out = None,
    verbose: o.Verbose = False,
    advice: o.Advice = False,
    watch: Watched = False,
    every: Every = None,
    since_last: SinceLast = False,
) -> int:
    """Find everything that is wrong now; a healthy cluster gets one quiet line.

    Examples:
      diagflow scan

      diagflow scan -n shop -o json

      diagflow scan --bundle ./incident-folder --lang zh

      diagflow scan --watch --every 1m

      diagflow scan --watch -o json | jq -c '.changes.new'

      diagflow scan --since-last --out new.txt || mail oncall < new.txt
    """
    source = SourceOptions(bundle, prometheus, context, kubeconfig, at, namespace, timeout, since)
    result = OutputOptions(output, lang, verbose, out)
    if every is not None and not watch:
        raise BadInput("--every is the time between two scans of --watch: add --watch")
    if watch and since_last:
        raise BadInput("--watch and --since-last both say what is new: take one of them")
    if watch:
        return _watch(source, result, every, rules, packs, record=record, advice=advice)
    if since_last:
        return _since_last(source, result, rules, packs, record=record, advice=advice)
    found = run(load_rules(rules, packs), source, Target(everything=True), record=record, advice=advice)
    return show(found, result)


def _watch(
    source: SourceOptions,
    output: OutputOptions,
    every: str | None,
    rules: Sequence[Path] | None,
    packs: str | None,
    *,
    record: Path | None,
    advice: bool,
) -> int:
    from diagflow.cli.watch import FORMATS, Watch, pause

    _refuse("--watch", source, output, FORMATS, advice=advice)
    if output.out is not None:
        raise BadInput("--watch writes one report after another, and --out keeps one: write `> FILE` instead")
    seconds = pause(every)
    Watch(load_rules(rules, packs), source, output, record).forever(seconds)


def _since_last(
    source: SourceOptions,
    output: OutputOptions,
    rules: Sequence[Path] | None,
    packs: str | None,
    *,
    record: Path | None,
    advice: bool,
) -> int:
    from diagflow.cli.config import load_config
    from diagflow.cli.sincelast import FORMATS, tell_since_last

    _refuse("--since-last", source, output, FORMATS, advice=advice)
    ruleset = load_rules(rules, packs)
    found = run(ruleset, source, Target(everything=True), record=record)
    return tell_since_last(ruleset, found, output, packs=packs, rules=[*load_config().rules, *(rules or ())])


def _refuse(
    option: str, source: SourceOptions, output: OutputOptions, formats: Sequence[o.Format], *, advice: bool
) -> None:
    """Refuse what makes no sense where scans are compared.

    Raises:
        BadInput: always with what to do instead.
    """
    if source.bundle is not None:
        raise BadInput(f"{option} compares what is now with what was, and a bundle does not change: leave out --bundle")
    if source.at is not None:
        raise BadInput(f"{option} is about now: leave out --at")
    if advice:
        raise BadInput(f"{option} tells what changes, and advice does not: run diagflow scan --advice")
    if output.format not in formats:
        known = " or ".join(f.value for f in formats)
        raise BadInput(f"{option} cannot be written as {output.format.value}: write -o {known}")
