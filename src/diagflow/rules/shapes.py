"""Shapes: what a value in a rule file may be.

One declaration (`diagflow.rules.format`) is made of shapes. Each reads a YAML node into a plain value, says what is
wrong with it and where, and describes itself as JSON Schema, so that the checker, the editor and the documentation
cannot differ.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import yaml
from yaml import ScalarNode

from diagflow.model import Text
from diagflow.rules.near import did_you_mean, near
from diagflow.rules.problem import Problem
from diagflow.rules.rule import Position
from diagflow.rules.scalars import Wrong, shorten
from diagflow.rules.source import restore

Schema = dict[str, Any]

INVALID: Final = object()
"""What `read` returns for a value that is wrong; it has been reported then."""

_CORE = (  # scalars that the YAML 1.2 core schema does not read as text
    ("empty", re.compile(r"~|null|Null|NULL|")),
    ("true or false", re.compile(r"true|True|TRUE|false|False|FALSE")),
    (
        "a number",
        re.compile(
            r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN"
        ),
    ),
)


_CORE_FIRST: Final = frozenset("~nNtTfF+-.0123456789") | {""}
"""First characters of these."""


class Context:
    """Where problems of one file are collected."""

    def __init__(self, file: str, text: str = "", word: str = "rule") -> None:
        self.file = file
        self.text = text
        self.word = word
        self.rule = ""
        self.problems: list[Problem] = []

    def position(self, node: yaml.Node) -> Position:
        """Return where a node begins."""
        return Position(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def fail(self, where: yaml.Node | Position, message: str, code: str = "value") -> object:
        """Report an error; returns `INVALID`."""
        position = where if isinstance(where, Position) else self.position(where)
        self.problems.append(Problem(position, self.rule, message, code=code, word=self.word))
        return INVALID


class Shape(Protocol):
    """What a value may be."""

    def read(self, node: yaml.Node, context: Context) -> Any:
        """Return the plain value, or `INVALID` after reporting why."""
        ...

    def schema(self) -> Schema:
        """Return the JSON Schema of the values."""
        ...


def kind_of(node: yaml.Node) -> str:
    """Return what a node is, in words for a message."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    if not isinstance(node, yaml.ScalarNode) or node.style or node.value[:1] not in _CORE_FIRST:
        return "text"
    return next((name for name, pattern in _CORE if pattern.fullmatch(node.value)), "text")


def wrong_kind(node: yaml.Node, wanted: str, context: Context) -> object:
    """Report that a node is something else than what is wanted."""
    tagged = f"has the tag `{shorten(node.tag)}`, tags are not used here" if node.tag else f"is {kind_of(node)}"
    shown = (
        f" (`{shorten(restore(node.value))}`)" if isinstance(node, yaml.ScalarNode) and kind_of(node) != "empty" else ""
    )
    return context.fail(node, f"this{shown} {tagged}: write {wanted}", "type")


def _parse_text(text: str) -> str:
    if not text.strip():
        raise Wrong("this is empty: write a text")
    return text


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value that is written as text.

    Attributes:
        wanted: what would be right, for messages.
        parse: reads the text; raises `Wrong`.
        form: JSON Schema.
        accepts: kinds of plain scalars that are fine, besides text.
    """

    wanted: str
    parse: Callable[[str], Any] = _parse_text
    form: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    accepts: tuple[str, ...] = ()

    def read(self, node: yaml.Node, context: Context) -> Any:
        """Return what `parse` makes of the text."""
        if not self._takes(node):
            return wrong_kind(node, self.wanted, context)
        try:
            return self.parse(restore(node.value))
        except Wrong as e:
            return context.fail(node, str(e))

    def _takes(self, node: yaml.Node) -> bool:
        if node.__class__ is not ScalarNode or node.tag:
            return False
        # Nearly all values are text at first sight.
        if node.style or node.value[:1] not in _CORE_FIRST:
            return True
        kind = kind_of(node)
        return kind == "text" or kind in self.accepts

    def schema(self) -> Schema:
        """Return the JSON Schema of the values."""
        return dict(self.form)


def matching(pattern: str, wanted: str) -> Scalar:
    """Return the shape of texts that match `pattern` as a whole."""
    compiled = re.compile(pattern)

    def parse(text: str) -> str:
        if not compiled.fullmatch(text):
            raise Wrong(f"`{shorten(text)}` will not do: write {wanted}")
        return text

    return Scalar(wanted, parse, {"type": "string", "pattern": f"^(?:{pattern})$"})


def one_of(
    options: tuple[str, ...], *, accepts: tuple[str, ...] = (), instead: Mapping[str, str] | None = None
) -> Scalar:
    """Return the shape of one of a few words; `instead` says what to do for words that are none of them."""
    wanted = "one of " + ", ".join(f"`{o}`" for o in options)

    def parse(text: str) -> str:
        if text not in options:
            guess = near(text, options)
            if instead and text in instead:
                raise Wrong(f"`{text}` is not known: {instead[text]}, or write {wanted}")
            raise Wrong(
                f"`{shorten(text)}` is not known: " + (f"did you mean `{guess}`?" if guess else f"write {wanted}")
            )
        return text

    booleans = [True, False] if "true or false" in accepts else []
    return Scalar(wanted, parse, {"enum": [*options, *booleans]}, accepts)


def whole(low: int, high: int) -> Scalar:
    """Return the shape of whole numbers from `low` to `high`."""
    wanted = f"a whole number from {low} to {high}"

    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise Wrong(f"`{shorten(text)}` will not do: write {wanted}")
        return int(text)

    return Scalar(wanted, parse, {"type": "integer", "minimum": low, "maximum": high}, ("a number",))


def _parse_bool(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise Wrong(f"`{shorten(text)}` will not do: write `true` or `false`")
    return text.lower() == "true"


BOOL: Final = Scalar("`true` or `false`", _parse_bool, {"type": "boolean"}, ("true or false",))
TEXT: Final = Scalar("a text")
# `when` compares with what the object prints: `False` of a condition is a word, `137` of an exit code a number.
LITERAL: Final = Scalar(
    "a value",
    form={"type": ["string", "number", "boolean"]},
    accepts=("true or false", "a number"),
)


@dataclass(frozen=True, slots=True)
class Many:
    """A list; with `single`, one value stands for a list of one."""

    item: Shape
    single: bool = False
    least: int = 1
    most: int = 1000

    def read(self, node: yaml.Node, context: Context) -> Any:
        """Return a tuple of the values."""
        if not isinstance(node, yaml.SequenceNode):
            if not self.single:
                return wrong_kind(node, "a list (lines that begin with `- `)", context)
            value = self.item.read(node, context)
            return INVALID if value is INVALID else (value,)
        if node.tag:
            return wrong_kind(node, "a list", context)
        if not self.least <= len(node.value) <= self.most:
            return context.fail(
                node, f"this list has {len(node.value)} items: write {self.least} to {self.most}", "value"
            )
        values = tuple([self.item.read(child, context) for child in node.value])
        return INVALID if any(v is INVALID for v in values) else values

    def schema(self) -> Schema:
        """Return the JSON Schema of the values."""
        items: Schema = {"type": "array", "items": self.item.schema(), "minItems": self.least}
        return {"anyOf": [self.item.schema(), items]} if self.single else items


def pairs(node: yaml.MappingNode, context: Context) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Yield (key, its node, value) of a mapping; keys that stand twice or are no text are reported and left out."""
    first: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if key.__class__ is not ScalarNode or key.tag:
            wrong_kind(key, "a plain word as key", context)
            continue
        name = restore(key.value)
        if name in first:
            line = first[name].start_mark.line + 1
            context.fail(
                key, f"the key `{shorten(name)}` stands twice, first in line {line}: keep one", "duplicate-key"
            )
            continue
        first[name] = key
        yield name, key, value


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping from names of one shape to values of another."""

    key: Scalar
    value: Shape
    wanted: str

    def read(self, node: yaml.Node, context: Context) -> Any:
        """Return a dict of the values."""
        if not isinstance(node, yaml.MappingNode) or node.tag:
            return wrong_kind(node, self.wanted, context)
        before = len(context.problems)
        found = {self.key.read(key, context): self.value.read(value, context) for _, key, value in pairs(node, context)}
        if not found and len(context.problems) == before:
            return context.fail(node, f"this is empty: write {self.wanted}")
        return found if len(context.problems) == before else INVALID

    def schema(self) -> Schema:
        """Return the JSON Schema of the values."""
        return {
            "type": "object",
            "propertyNames": self.key.schema(),
            "additionalProperties": self.value.schema(),
            "minProperties": 1,
        }


class Fields(dict[str, Any]):
    """The values of a record, with the nodes that they came from."""

    __slots__ = ("keys_at", "node", "nodes")

    def __init__(self, node: yaml.Node) -> None:
        super().__init__()
        self.node = node
        self.nodes: dict[str, yaml.Node] = {}
        self.keys_at: dict[str, yaml.Node] = {}

    def at(self, key: str) -> yaml.Node:
        """Return the node of a value; the whole record's where the key is not written."""
        return self.nodes.get(key, self.node)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record: its values, its meaning and what holds when it is not written."""

    name: str
    shape: Shape
    doc: str
    required: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys.

    Attributes:
        name: what it is, for messages: "a rule".
        keys: what it may hold.
        check: looks at the values together; called only when each is right, so that one mistake gives one message.
        known: the keys by name.
        required: the keys that must be there.
    """

    name: str
    keys: tuple[Key, ...]
    check: Callable[[Fields, Context], None] | None = None
    known: Mapping[str, Key] = field(init=False, repr=False)
    required: tuple[Key, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", {key.name: key for key in self.keys})
        object.__setattr__(self, "required", tuple(key for key in self.keys if key.required))

    def read(self, node: yaml.Node, context: Context) -> Any:
        """Return the `Fields`."""
        if not isinstance(node, yaml.MappingNode) or node.tag:
            return wrong_kind(node, f"{self.name}: a mapping with {self._first_keys()}", context)
        before = len(context.problems)
        fields = self._fields(node, context)
        if len(context.problems) == before and self.check:
            self.check(fields, context)
        return fields if len(context.problems) == before else INVALID

    def _first_keys(self) -> str:
        names = [k.name for k in self.required or self.keys[:3]]
        return " and ".join(f"`{name}`" for name in names)

    def _fields(self, node: yaml.MappingNode, context: Context) -> Fields:
        fields, unknown = Fields(node), []
        known = self.known
        for name, key_node, value_node in pairs(node, context):
            if name not in known:
                unknown.append(name)
                self._unknown(name, key_node, context, [k for k in known if k not in fields])
                continue
            fields.keys_at[name], fields.nodes[name] = key_node, value_node
            fields[name] = known[name].shape.read(value_node, context)
        self._missing(fields, unknown, context)
        return fields

    def _unknown(self, name: str, node: yaml.Node, context: Context, free: list[str]) -> None:
        context.fail(
            node,
            f"the key `{shorten(name)}` is not known in {self.name}: {did_you_mean(name, free, limit=24)}",
            "unknown-key",
        )

    def _missing(self, fields: Fields, unknown: list[str], context: Context) -> None:
        for key in self.required:
            # A key that was misspelt has been reported where it stands.
            if key.name not in fields and not unknown:
                end = last_line(fields.node)
                context.fail(
                    fields.node,
                    f"{self.name} that ends in line {end} lacks the key `{key.name}`: {key.doc}",
                    "missing-key",
                )

    def schema(self) -> Schema:
        """Return the JSON Schema of the values."""
        return {
            "type": "object",
            "properties": {key.name: _described(key) for key in self.keys},
            "required": [key.name for key in self.required],
            "additionalProperties": False,
        }


def _described(key: Key) -> Schema:
    doc = f"{key.doc} (default: {key.default})" if key.default else key.doc
    schema = key.shape.schema()
    # Siblings of $ref are read since draft 2019-09.
    return {**schema, "description": doc}


def last_line(node: yaml.Node) -> int:
    """Return the last line (from 1) on which something of the node stands."""
    children: list[yaml.Node] = [n for pair in node.value for n in pair] if isinstance(node, yaml.MappingNode) else []
    if isinstance(node, yaml.SequenceNode):
        children = node.value
    if children:
        return last_line(children[-1])
    end = node.end_mark
    return int(end.line + (1 if end.column or end.line == node.start_mark.line else 0))


@dataclass(frozen=True, slots=True)
class Words:
    """A text for people: a string (English) or a mapping with `en` and `zh`."""

    def read(self, node: yaml.Node, context: Context) -> Any:
        """Return a `Text`."""
        if not isinstance(node, yaml.MappingNode):
            value = _WORDS.read(node, context)
            return INVALID if value is INVALID else Text(value.strip())
        found = _LANGUAGES.read(node, context)
        return INVALID if found is INVALID else Text(found["en"].strip(), found.get("zh", "").strip())

    def schema(self) -> Schema:
        """Return the JSON Schema of the values."""
        return {"anyOf": [TEXT.schema(), _LANGUAGES.schema()]}


_WORDS: Final = Scalar("a text, or a mapping with `en` and `zh`")
_LANGUAGES: Final = Record(
    "a text", (Key("en", TEXT, "in English", required=True), Key("zh", TEXT, "in Simplified Chinese"))
)


@dataclass(frozen=True, slots=True)
class Named:
    """A shape that stands under a name in the schema, for recursion and reuse."""

    name: str
    target: Callable[[], Shape]

    def read(self, node: yaml.Node, context: Context) -> Any:
        """Return what the named shape returns."""
        return self.target().read(node, context)

    def schema(self) -> Schema:
        """Return a reference."""
        return {"$ref": f"#/$defs/{self.name}"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A mapping that is one of several records, told apart by the one key that only it has."""

    name: str
    options: Mapping[str, Record]

    def read(self, node: yaml.Node, context: Context) -> Any:
        """Return (the key that tells, the `Fields`)."""
        if not isinstance(node, yaml.MappingNode) or node.tag:
            return wrong_kind(node, f"{self.name}: a mapping with one of {self._options()}", context)
        told = {k.value for k, _ in node.value if k.__class__ is ScalarNode and k.value in self.options}
        if len(told) != 1:
            return self._unclear(node, context)
        (key,) = told
        fields = self.options[key].read(node, context)
        return INVALID if fields is INVALID else (key, fields)

    def _options(self) -> str:
        return ", ".join(f"`{name}`" for name in self.options)

    def _unclear(self, node: yaml.MappingNode, context: Context) -> object:
        keys: list[tuple[str, yaml.Node]] = [
            (restore(k.value), k) for k, _ in node.value if isinstance(k, yaml.ScalarNode)
        ]
        told = [(name, k) for name, k in keys if name in self.options]
        if told:
            (one, _), (other, where) = told[0], next(t for t in told if t[0] != told[0][0])
            return context.fail(where, f"{self.name} has `{one}` or `{other}`, not both: make two of it", "conflict")
        common = {key.name for record in self.options.values() for key in record.keys}
        odd = [(name, where) for name, where in keys if name not in common]
        for name, where in odd:
            if guess := near(name, self.options):
                said = f"the key `{shorten(name)}` is not known in {self.name}: did you mean `{guess}`?"
                return context.fail(where, said, "unknown-key")
        if odd:
            said, where = f"the key `{shorten(odd[0][0])}` is not known in {self.name}", odd[0][1]
        else:
            said, where = f"{self.name} that ends in line {last_line(node)} says nothing to read", node
        return context.fail(where, f"{said}: it needs one of {self._options()}", "missing-key")

    def schema(self) -> Schema:
        """Return the JSON Schema of the values."""
        return {"oneOf": [{"$ref": f"#/$defs/{self.name.split()[-1]}-{key}"} for key in self.options]}

    def definitions(self) -> dict[str, Schema]:
        """Return the schemas that `schema` refers to."""
        return {f"{self.name.split()[-1]}-{key}": record.schema() for key, record in self.options.items()}
