"""`diagflow rules`: what is known, what it compiles to, and what is wrong with it."""

import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from diagflow.cli import rules_test
from diagflow.cli.options import BundlePath, RulePaths

if TYPE_CHECKING:
    from diagflow.rules import Problem, Rule, RuleSet

app = typer.Typer(
    help="List, show, explain and check rules.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Form(StrEnum):
    """Forms of the output."""

    TEXT = "text"
    JSON = "json"
    YAML = "yaml"


class SchemaKind(StrEnum):
    """Sorts of files that have a schema."""

    RULES = "rules"
    CAUSES = "causes"
    PACK = "pack"


RuleId = Annotated[str, typer.Argument(metavar="ID", help="Id of a rule, such as K8S-SCHED-042.")]
FormOption = Annotated[Form, typer.Option("-o", "--output", help="Form of the output.")]
LintPaths = Annotated[
    list[Path] | None, typer.Argument(metavar="[PATHS]", help="Files or folders; default: all installed packs.")
]


@app.command("list")
def list_(rules: RulePaths = None, output: FormOption = Form.TEXT) -> int:
    """List all rules: id, class, pack, what a match means, title.

    Examples:
      diagflow rules list

      diagflow rules list --rules my-rules/ -o json
    """
    ruleset = _load(rules)
    if output is not Form.TEXT:
        _print_data([_row(rule) for rule in ruleset.rules], output)
        return 0
    _table(
        ("id", "class", "pack", "meaning", "title"),
        [(r.id, r.severity_class, r.pack or "-", _meaning(r), r.title.en) for r in ruleset.rules],
    )
    return 0


@app.command("show")
def show(rule_id: RuleId, rules: RulePaths = None) -> int:
    """Show a rule as it is written, where it stands, its cause and its digest.

    Examples:
      diagflow rules show K8S-SCHED-042
    """
    ruleset = _load(rules)
    rule = _find(ruleset, rule_id, rules)
    _line(f"# {rule.position}")
    _line(f"# digest {rule.digest}")
    for line in _source(rule):
        _line(line)
    for line in _cause(ruleset, rule):
        _line(line)
    return 0


@app.command("explain")
def explain(rule_id: RuleId, rules: RulePaths = None, bundle: BundlePath = None) -> int:
    """Explain a rule: the PromQL and CEL that it compiles to, with all defaults; on a bundle, why it matched or not.

    Examples:
      diagflow rules explain K8S-SCHED-042

      diagflow rules explain K8S-SCHED-042 --bundle incident.zip
    """
    from diagflow.rules.explain import explain as lines_of

    rule = _find(_load(rules), rule_id, rules)
    _line(f"{rule.id}: {rule.title.en} ({rule.position})")
    for line in lines_of(rule):
        _line(line)
    if bundle is not None:
        _line("")
        for line in _on_bundle(rule, bundle):
            _line(line)
    return 0


@app.command("lint")
def lint(
    paths: LintPaths = None,
    rules: RulePaths = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
) -> int:
    """Check rules: all mistakes at once, as FILE:LINE:COLUMN: rule ID: what is wrong, what would be right.

    Exits with 1 when there are errors (with --strict also when there are warnings).

    Examples:
      diagflow rules lint my-rules/

      diagflow rules lint --strict
    """
    from diagflow.rules import load
    from diagflow.rules.lint import lint as check
    from diagflow.rules.problem import is_error

    _require(paths or ())
    ruleset = load([*(paths or ()), *(rules or ())])
    found = _within(check(ruleset), paths or ())
    for problem in found:
        _line(f"{problem}" if is_error(problem) else f"{problem} (warning)")
    errors = sum(map(is_error, found))
    warnings = len(found) - errors
    sys.stderr.write(
        f"{_count(len(ruleset.rules), 'rule')}, {_count(len(ruleset.causes), 'cause')}: "
        f"{_count(errors, 'error')}, {_count(warnings, 'warning')}\n"
    )
    return 1 if errors or (strict and warnings) else 0


app.command("test")(rules_test.rules_test)


@app.command("schema")
def schema(
    kind: Annotated[SchemaKind, typer.Argument(help="Which files: rules, causes or pack.")] = SchemaKind.RULES,
) -> int:
    """Print the JSON Schema of rule files, for editors (docs/rules.md says how).

    Examples:
      diagflow rules schema > rules.schema.json

      diagflow rules schema causes > causes.schema.json
    """
    from diagflow.rules.format import causes_schema, pack_schema, rules_schema

    made = {SchemaKind.RULES: rules_schema, SchemaKind.CAUSES: causes_schema, SchemaKind.PACK: pack_schema}[kind]()
    _print_data(made, Form.JSON)
    return 0


@app.command("role")
def role(
    rules: RulePaths = None,
    name: Annotated[str, typer.Option("--name", help="Name of the ClusterRole.")] = "diagflow",
    secrets: Annotated[
        bool, typer.Option("--secrets", help="A second role besides, for the names of secrets.")
    ] = False,
) -> int:
    """Print the ClusterRole that lets these rules read what they look at, and nothing else.

    Examples:
      diagflow rules role | kubectl apply -f -

      diagflow rules role --rules my-rules/ --name diagflow-on-call

      diagflow rules role --secrets > roles.yaml
    """
    from diagflow.cli import rules_role

    rules_role.write(rules_role.roles(_load(rules), name, secrets=secrets))
    return 0


def _load(paths: Sequence[Path] | None) -> "RuleSet":
    """Load all that is known; what is wrong with it is said on stderr, and the rest can be looked at all the same."""
    from diagflow.rules import load

    ruleset = load(paths or ())
    for problem in ruleset.errors:
        sys.stderr.write(f"{problem}\n")
    return ruleset


def _find(ruleset: "RuleSet", rule_id: str, own: Sequence[Path] | None) -> "Rule":
    from diagflow.model import BadInput
    from diagflow.rules.near import did_you_mean

    rule = ruleset.rule(rule_id.upper())
    if rule is None:
        hint = "" if own else " (a rule of your own? name its folder with --rules)"
        raise BadInput(f"there is no rule {rule_id}: {did_you_mean(rule_id, [r.id for r in ruleset.rules])}{hint}")
    return rule


def _row(rule: "Rule") -> dict[str, Any]:
    return {
        "id": rule.id,
        "class": rule.severity_class,
        "pack": rule.pack,
        "effect": rule.effect.value,
        "names": rule.names,
        "action": rule.action.analyzer if rule.action else "",
        "title": {"en": rule.title.en, "zh": rule.title.zh},
        "file": rule.position.file if rule.position else "",
        "line": rule.position.line if rule.position else 0,
        "digest": rule.digest,
    }


def _meaning(rule: "Rule") -> str:
    words = [f"{rule.effect.value} {rule.names}"] if rule.names else []
    words += [f"asks {rule.action.analyzer}"] if rule.action else []
    return ", ".join(words)


def _source(rule: "Rule") -> Sequence[str]:
    """Return the lines of the file from the rule's `- id:` to the next item of the same list."""
    from diagflow.rules.source import decode, read_bytes

    if rule.position is None:
        return ()
    data, _ = read_bytes(Path(rule.position.file))
    lines = decode(data, rule.position.file)[0].splitlines()
    start = rule.position.line - 1
    while start > 0 and not lines[start].lstrip().startswith("-"):
        start -= 1  # `id` need not be the first key
    indent = len(lines[start]) - len(lines[start].lstrip()) if lines else 0
    end = next((n for n in range(start + 1, len(lines)) if _begins_item(lines[n], indent)), len(lines))
    while end > start and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1  # comments before the next rule belong to it
    return lines[start:end]


def _begins_item(line: str, indent: int) -> bool:
    return len(line) - len(line.lstrip()) <= indent and line.lstrip().startswith("- ")


def _cause(ruleset: "RuleSet", rule: "Rule") -> Iterable[str]:
    cause = ruleset.causes.get(rule.names)
    if cause is None:
        return
    yield f"# {cause.role.value} {cause.id}, {cause.severity}, {ruleset.places.get(f'cause:{cause.id}', '')}"
    yield f"#   {cause.title.en}"
    for explained in cause.explains:
        via = f" via {', '.join(sorted(explained.via))} ({explained.direction.value})" if explained.via else ""
        yield f"#   explains {explained.what}{via}"
    if cause.docs:
        yield f"#   {cause.docs}"


def _on_bundle(rule: "Rule", path: Path) -> Iterable[str]:
    from diagflow.analyze.explain import explain_on
    from diagflow.bundle import open_bundle

    return explain_on(rule, open_bundle(path).bundle)


def _require(paths: Iterable[Path]) -> None:
    from diagflow.model import BadInput

    for path in paths:
        if not path.exists():
            raise BadInput(f"{path} does not exist: name a rule file or a folder with rules")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _within(problems: Iterable["Problem"], paths: Sequence[Path]) -> list["Problem"]:
    """Return the problems in the files that were named, all of them where none was."""
    roots = [path.resolve() for path in paths]
    return [p for p in problems if not roots or any(Path(p.position.file).resolve().is_relative_to(r) for r in roots)]


def _print_data(value: Any, form: Form) -> None:
    import json

    if form is Form.YAML:
        import yaml

        _line(yaml.safe_dump(value, allow_unicode=True, sort_keys=True).rstrip())
    else:
        _line(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table for people; in a pipe, one line a row with tabs between and no head."""
    if not sys.stdout.isatty():
        for row in rows:
            _line("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for name in head:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))  # as it is: a title is no markup
    Console(highlight=False).print(table)


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
