"""`diagflow replay`: the same diagnosis again, from what was recorded."""

import dataclasses
import json
import sys
from collections.abc import Container, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from diagflow.cli import options as o
from diagflow.cli.run import OutputOptions, load_rules, show
from diagflow.cli.source import SourceOptions, Target, open_source
from diagflow.model import BadInput

if TYPE_CHECKING:
    from diagflow.rules import RuleSet


def replay(
    path: Annotated[Path, typer.Argument(help="A recorded bundle: FILE.zip or a folder.")],
    rules: o.RulePaths = None,
    output: o.Output = o.Format.TEXT,
    lang: o.Language = None,
    out: o.Out = None,
    verbose: o.Verbose = False,
) -> int:
    """Make the recorded diagnosis again and compare: the same bytes, or what differs and why.

    Only the rules named in the stored diagnosis run, so another pack changes nothing. The diagnosis goes to stdout,
    what differs to stderr. Exit status: 0 the same, 1 it differs.

    Examples:
      diagflow replay incident.zip

      diagflow replay incident.zip -o json | jq .causes[0]
    """
    from diagflow.engine import diagnose
    from diagflow.feedback import render

    source = open_source(SourceOptions(bundle=path), Target())
    if source.stored is None:
        raise BadInput(f"{path} holds no diagnosis to replay; make one: diagflow scan --bundle {path}")
    stored = _decode(source.stored, path)
    ruleset = only(load_rules(rules, host=None), stored["digests"]["rules"])
    result = diagnose(ruleset, source.reader, source.incident, bundle=source.bundle)
    show(result, OutputOptions(output, lang, verbose, out))
    again = render(result.diagnosis, "json", "en").encode()
    if again == source.stored:
        return 0
    for line in differences(stored, json.loads(again), ruleset):
        sys.stderr.write(f"diagflow: {line}\n")
    return 1


def _decode(stored: bytes, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(stored)
        found["digests"]["rules"].items()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadInput(f"{path}: the stored diagnosis is no diagnosis; record it again") from None
    return dict(found)


def only(ruleset: "RuleSet", ids: Container[str]) -> "RuleSet":
    """Return the set with these rules only: what another pack brings changes nothing."""
    return dataclasses.replace(ruleset, rules=tuple(r for r in ruleset.rules if r.id in ids))


def _proven(stored: dict[str, Any], again: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the rules that held back a confidence then and not now, or the other way round."""
    then, now = ({rule for cause in one["causes"] for rule in cause.get("provisional", ())} for one in (stored, again))
    named = {(cause["id"], cause["entity"]) for cause in stored["causes"]}
    if named == {(cause["id"], cause["entity"]) for cause in again["causes"]}:
        yield from ((rule, "provisional", "not") for rule in sorted(then - now))
        yield from ((rule, "not provisional", "it is") for rule in sorted(now - then))


def differences(stored: dict[str, Any], again: dict[str, Any], ruleset: "RuleSet") -> list[str]:
    """Name what changed, from the ground up: readings, rules, engine; then what that changed in the result."""
    lines = []
    old, new = stored["digests"], again["digests"]
    if old["bundle"] != new["bundle"]:
        lines.append(f"the readings changed: bundle {old['bundle']} was recorded, this is {new['bundle']}")
    known = {rule.id for rule in ruleset.rules}
    for rule, digest in sorted(old["rules"].items()):
        if rule not in known:
            lines.append(f"rule {rule} is not installed any more")
        elif new["rules"].get(rule) != digest:
            lines.append(f"rule {rule} changed: {digest} was recorded, it is {new['rules'].get(rule)} now")
    lines += [
        f"what recordings have proven of rule {rule} changed: {then} when this was recorded, {now} now"
        for rule, then, now in _proven(stored, again)
    ]
    if old["engine"] != new["engine"]:
        lines.append(f"the engine changed: {old['engine']} recorded, {new['engine']} now")
    changed = [key for key in sorted(stored) if key != "digests" and stored[key] != again.get(key)]
    lines += [f"differs: {key}" for key in changed]
    return lines or ["the stored bytes differ in form only"]
