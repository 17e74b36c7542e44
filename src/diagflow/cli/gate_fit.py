"""`diagflow gate fit`: strengths and priors from recordings."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from diagflow.cli import options as o

if TYPE_CHECKING:
    from diagflow.gate.fit import Fit


def fit(
    corpora: Annotated[
        list[str],
        typer.Argument(metavar="CORPUS...", help="Folders of recordings, or NAME=FOLDER: the development corpora."),
    ],
    *,
    seeds: Annotated[
        int, typer.Option("--seeds", min=0, max=100, help="Runs of each with random readings removed.")
    ] = 5,
    held_out: Annotated[
        list[str] | None,
        typer.Option("--held-out", metavar="CORPUS", help="Judged only, never learned from; may be given again."),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, max=256, help="Processes; default: what the corpus is worth.")
    ] = None,
    out: o.Out = None,
    rules: o.RulePaths = None,
    packs: o.Packs = None,
) -> int:
    """Fit how much evidence weighs; judged on faults that the weights have not seen.

    Prints the weights now and fitted, with the figures of both; with --out writes the file that the engine reads
    (src/diagflow/model/weights.json), for review. Exit status 1, and nothing is written, when a recording would lose
    something by it or cannot be used.

    Examples:
      diagflow gate fit tests/corpus lab=recordings/ --held-out corpora/others

      diagflow gate fit tests/corpus --out src/diagflow/model/weights.json
    """
    from diagflow.cli.progress import Progress
    from diagflow.cli.run import load_rules
    from diagflow.feedback.output import put
    from diagflow.gate import find_recordings
    from diagflow.gate.corpus import corpus_at
    from diagflow.gate.fit import fit as fitted
    from diagflow.gate.fit import weights_json

    recordings = find_recordings([*corpora, *(held_out or ())])
    apart = {corpus_at(one)[0] for one in held_out or ()}
    ruleset = load_rules(rules, packs, host=None)
    with Progress() as progress:
        found = fitted(
            [one for one in recordings if one.corpus not in apart],
            ruleset,
            held_out=[one for one in recordings if one.corpus in apart],
            seeds=seeds,
            jobs=jobs,
            told=lambda what, done, of: progress(f"{what} {done} of {of} recordings"),
        )
    _say(found)
    if found.before.unusable or found.harm:
        return 1
    if out is not None:
        put(weights_json(found), out)
    return 0


def _say(found: "Fit") -> None:
    from diagflow.gate.fittext import as_text

    sys.stdout.write(as_text(found))
