"""What `diagnose`, `scan`, `record` and `demo` have in common: rules, source, engine, output."""

import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from diagflow.cli.options import Format, Lang
from diagflow.model import BadInput, Entity

if TYPE_CHECKING:
    from diagflow.cli.configured import Config
    from diagflow.cli.source import SourceOptions, Target
    from diagflow.engine import Result
    from diagflow.rules import RuleSet


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """What the user said about the result."""

    format: Format = Format.TEXT
    lang: Lang | None = None
    verbose: bool = False
    out: Path | None = None


def load_rules(paths: Sequence[Path] | None, packs: str | None = None, *, host: bool | None = False) -> "RuleSet":
    """Load the installed packs and `--rules`.

    Args:
        paths: of `--rules`.
        packs: of `--packs`.
        host: True for the packs about this machine, False for those about a cluster, None for all.

    Raises:
        BadInput: a file or pack that the user named has errors; they are all in the message.
    """
    from diagflow.cli.config import load_config
    from diagflow.rules import load

    names = tuple(name.strip() for name in packs.split(",") if name.strip()) if packs else None
    more = [*load_config().rules, *(paths or ())]
    about = None if host is None else "host" if host else "cluster"
    own = [path.expanduser() for path in more]
    ruleset = load(own, names, about=about)
    theirs = [e for e in ruleset.errors if _is_of_a_pack(e.position.file, own)]
    if len(theirs) < len(ruleset.errors):
        raise BadInput("\n".join(str(e) for e in ruleset.errors if e not in theirs))
    if theirs:
        more_errors = f" (and {len(theirs) - 1} more: diagflow rules lint)" if len(theirs) > 1 else ""
        sys.stderr.write(
            f"diagflow: an installed pack has an error, its other rules are used: {theirs[0]}{more_errors}\n"
        )
    return ruleset.usable()


def _is_of_a_pack(file: str, own: Sequence[Path]) -> bool:
    """True for a file that the user did not name: one broken pack must not keep all others from being of use."""
    return Path(file).is_absolute() and not any(Path(file).is_relative_to(path.absolute()) for path in own)


def run(
    ruleset: "RuleSet",
    options: "SourceOptions",
    target: "Target",
    *,
    record: Path | None = None,
    advice: bool = False,
    whole: bool = False,
    objects: bool = False,
) -> "Result":
    """Read, analyze, infer; record if asked.

    Args:
        ruleset: what is known.
        options: where to read.
        target: what is diagnosed.
        record: where to keep the readings.
        advice: show best practices too.
        whole: keep whole objects in all lists.
        objects: keep the whole objects of what the diagnosis names, as `record` does, for a caller that records.

    Raises:
        BadInput: see `open_source`; or the named entity does not exist.
    """
    from diagflow.cli.config import load_config
    from diagflow.cli.progress import Progress
    from diagflow.cli.source import open_source, refuse_the_past, say_problems
    from diagflow.engine import TIMEOUT, diagnose

    config = load_config()
    options = configured(options, config)
    with Progress() as progress:
        source = open_source(options, target, progress=progress)
        refuse_the_past(source.incident, ruleset, live=options.bundle is None)
        say_problems(source.problems)
        with closing(source.reader):
            result = diagnose(
                ruleset,
                source.reader,
                source.incident,
                bundle=source.bundle,
                timeout=options.timeout or TIMEOUT,
                suppressions=config.suppressions,
                advice=advice,
                whole_objects=objects or record is not None,
                whole_lists=whole,
                series=record is not None and options.bundle is None,
            )
    require_entities(result, target.entities if target.alert is None else ())
    if record is not None:
        keep(result, record)
    return result


def configured(options: "SourceOptions", config: "Config") -> "SourceOptions":
    """Fill what the user did not say from the configuration file."""
    return replace(
        options,
        prometheus=options.prometheus or config.prometheus,
        context=options.context or config.context,
        kubeconfig=options.kubeconfig or config.kubeconfig,
        timeout=options.timeout or config.timeout,
    )


def require_entities(result: "Result", entities: Sequence[Entity]) -> None:
    """Say when a named entity is not there, with near names: silence about a typing mistake is a false comfort.

    Raises:
        BadInput: the list of its kind was read completely and does not hold it.
    """
    from diagflow.analyze.lookup import names_of_kind
    from diagflow.rules.near import near

    for entity in entities:
        known = names_of_kind(result.bundle, entity.kind)
        if known is not None and entity not in known:
            guess = near(str(entity), [str(e) for e in known])
            hint = f": did you mean {guess}?" if guess else ""
            raise BadInput(f"there is no {entity} here{hint}")


def keep(result: "Result", path: Path) -> None:
    """Write the bundle with the diagnosis made from it, and say where."""
    from diagflow.bundle import save
    from diagflow.feedback import render

    save(result.bundle, path, diagnosis=render(result.diagnosis, "json", "en").encode())
    sys.stderr.write(f"recorded to {path}; see what is in it: diagflow bundle show {path}\n")


def show(result: "Result", output: OutputOptions) -> int:
    """Print the diagnosis and return the exit status."""
    from diagflow.feedback import print_diagnosis

    print_diagnosis(result.diagnosis, output.format.value, language(output), verbose=output.verbose, out=output.out)
    return result.diagnosis.exit_status


def language(output: OutputOptions) -> str | None:
    """Return the language of the result; None leaves it to the format: the system's for people, English for data."""
    from diagflow.cli.config import load_config

    human = output.format not in (Format.JSON, Format.YAML)
    return output.lang.value if output.lang else load_config().lang if human else None
