"""One file to what it declares: rules, causes or a pack; problems instead of exceptions, whatever the file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from diagflow.model import Cause
from diagflow.rules import format as shapes
from diagflow.rules.analyzer import Analyzer
from diagflow.rules.causes import analyzer_of, cause_of
from diagflow.rules.compile import rule_of
from diagflow.rules.compose import compose
from diagflow.rules.filenames import FileKind
from diagflow.rules.problem import Problem
from diagflow.rules.rule import Position, Rule
from diagflow.rules.salvage import items
from diagflow.rules.shapes import INVALID, Context, Record, wrong_kind
from diagflow.rules.source import decode, protect


@dataclass(slots=True)
class Contents:
    """What one file declares.

    Attributes:
        rules: its rules that are right.
        causes: its causes, by id.
        analyzers: its analyzers, by name.
        problems: what is wrong with it.
        places: as in `RuleSet`.
        name: the name that a pack.yaml gives its pack.
    """

    rules: list[Rule] = field(default_factory=list)
    causes: dict[str, Cause] = field(default_factory=dict)
    analyzers: dict[str, Analyzer] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, Position] = field(default_factory=dict)
    name: str = ""


def parse(data: bytes, file: str, kind: FileKind, pack: str = "", *, contained: bool = True) -> Contents:
    """Return what a file declares.

    Args:
        data: its bytes.
        file: how messages name it.
        kind: what it declares.
        pack: name of the pack it belongs to.
        contained: False for packs of our own distribution, whose analyzers run in this process.
    """
    return declared(document(data, file), kind, pack, contained=contained)


@dataclass(frozen=True, slots=True)
class Document:
    """A file as YAML: its name, its text, the root node (None for an empty file), or why there is none."""

    file: str
    text: str
    root: yaml.Node | None
    problem: Problem | None


def document(data: bytes, file: str) -> Document:
    """Return the YAML of a file: the first half of `parse`."""
    text, problem = decode(data, file)
    root, problem = (None, problem) if problem else compose(protect(text), file)
    return Document(file, text, root, problem)


def declared(document: Document, kind: FileKind, pack: str = "", *, contained: bool = True) -> Contents:
    """Return what the YAML of a file declares: the second half of `parse`."""
    contents = Contents(name=pack)
    word = "cause" if kind is FileKind.CAUSES else "rule"
    root, context = document.root, Context(document.file, document.text, word)
    if document.problem:
        contents.problems += [document.problem, *_beside(document.problem, document, kind, context)]
        return contents
    if kind is FileKind.PACK:
        _pack(root, context, contents, contained=contained)
    elif root is not None:
        read = _rule if kind is FileKind.RULES else _cause
        for node in _items(root, kind, context):
            read(node, context, contents)
    contents.problems.extend(context.problems)
    return contents


def _beside(broken: Problem, document: Document, kind: FileKind, context: Context) -> Iterator[Problem]:
    """Yield what is wrong in the items of a file that is no YAML; none of them is used."""
    scratch = Contents()
    read = {FileKind.RULES: _rule, FileKind.CAUSES: _cause}.get(kind)
    for item in items(protect(document.text), document.file, broken) if read else ():
        if isinstance(item, Problem):
            yield item
        elif read:
            read(item, context, scratch)
    yield from (*scratch.problems, *context.problems)


def _items(root: yaml.Node, kind: FileKind, context: Context) -> Iterator[yaml.Node]:
    if isinstance(root, yaml.SequenceNode):
        yield from root.value
    elif not (isinstance(root, yaml.ScalarNode) and not root.value and not root.style):  # a file of comments
        wrong_kind(root, f"a list of {kind.value} (each begins with `- id:`)", context)


def _named(node: yaml.Node, record: Record, context: Context) -> Any:
    context.rule = _id_of(node)
    return record.read(node, context)


def _id_of(node: yaml.Node) -> str:
    """Return the id of an item that may be wrong otherwise, for messages."""
    found = (
        [v for k, v in node.value if getattr(k, "value", None) == "id"] if isinstance(node, yaml.MappingNode) else []
    )
    text = found[0].value if found and isinstance(found[0], yaml.ScalarNode) else ""
    return text if len(text) <= 80 and text.isprintable() else ""  # noqa: PLR2004


def _rule(node: yaml.Node, context: Context, contents: Contents) -> None:
    before = len(context.problems)
    fields = _named(node, shapes.RULE, context)
    rule = rule_of(fields, context, contents.name) if fields is not INVALID else None
    if (
        rule
        and len(context.problems) == before
        and not _declared(f"rule:{rule.id}", fields.at("id"), context, contents)
    ):
        contents.rules.append(rule)


def _cause(node: yaml.Node, context: Context, contents: Contents) -> None:
    fields = _named(node, shapes.CAUSE, context)
    if fields is INVALID:
        return
    cause = cause_of(fields)
    if _declared(f"cause:{cause.id}", fields.at("id"), context, contents):
        return
    contents.causes[cause.id] = cause
    for one in fields.get("explains", ()):
        contents.places[f"explains:{cause.id}:{one['what']}"] = context.position(one.at("what"))


def _declared(key: str, node: yaml.Node, context: Context, contents: Contents) -> bool:
    if key in contents.places:
        name = key.partition(":")[2]
        context.fail(
            node,
            f"`{name}` is there already, in {contents.places[key]}: ids are unique, give this one a new one",
            "duplicate-id",
        )
        return True
    contents.places[key] = context.position(node)
    return False


def _pack(root: yaml.Node | None, context: Context, contents: Contents, *, contained: bool) -> None:
    if root is None:
        context.fail(Position(context.file, 1, 1), "the file is empty: write at least `name:`", "missing-key")
        return
    fields = shapes.PACK.read(root, context)
    if fields is INVALID:
        return
    contents.name = contents.name or fields["name"]
    for one in fields.get("analyzers", ()):
        analyzer = analyzer_of(one, contents.name, contained=contained)
        if not _declared(f"analyzer:{analyzer.name}", one.at("name"), context, contents):
            contents.analyzers[analyzer.name] = analyzer
            for name in analyzer.names:
                contents.places[f"names:{analyzer.name}:{name}"] = context.position(one.at("names"))
