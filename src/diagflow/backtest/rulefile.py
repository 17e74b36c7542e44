"""Rule files of Prometheus: groups of alerts and recording rules, with the place of each mistake.

What is refused is what Prometheus 3 refuses (`model/rulefmt/rulefmt.go`); the operator's PrometheusRule is read too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from diagflow.backtest.templates import Template, template
from diagflow.promql import ParseError, PromQLError, parse
from diagflow.promql.check import kind_of
from diagflow.promql.parse import valid_label
from diagflow.promql.syntax import Node
from diagflow.rules.compose import compose
from diagflow.rules.near import did_you_mean
from diagflow.rules.problem import Problem
from diagflow.rules.rule import Position
from diagflow.rules.scalars import Wrong, duration
from diagflow.rules.shapes import kind_of as written_as
from diagflow.rules.source import decode, read_bytes

_OF_GROUP: Final = ("name", "interval", "query_offset", "limit", "labels", "rules")
_OPERATORS: Final = ("partial_response_strategy",)
"""What only the operator's custom resource has, for Thanos."""
_OF_RULE: Final = ("alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations")
_ONLY_ALERTS: Final = ("for", "keep_firing_for", "annotations")
_SECOND: Final = 1000


@dataclass(frozen=True, slots=True)
class PromRule:
    """An alert or a recording rule.

    Attributes:
        name: of the alert, or of the metric that is recorded.
        alerts: whether it is an alert.
        text: the expression.
        tree: its syntax tree; None where it is not evaluated here.
        position: where the rule stands.
        hold: `for`, in milliseconds.
        keep: `keep_firing_for`, in milliseconds.
        labels: those of the group and its own.
        why_not: why it is not evaluated here; empty when it is.
    """

    name: str
    alerts: bool
    text: str
    tree: Node | None
    position: Position
    hold: int = 0
    keep: int = 0
    labels: tuple[tuple[str, Template], ...] = ()
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class PromGroup:
    """Rules that are evaluated in order, at the same moments.

    Attributes:
        name: unique in its file.
        file: where it stands.
        rules: in order.
        interval: milliseconds between evaluations; 0 where the group does not say.
        offset: `query_offset`, milliseconds that evaluations look back.
        limit: how many alerts or series a rule may give; 0 for any number.
    """

    name: str
    file: str
    rules: tuple[PromRule, ...]
    interval: int = 0
    offset: int = 0
    limit: int = 0


def read_rule_file(path: Path) -> tuple[list[PromGroup], list[Problem]]:
    """Return the groups of a file, and everything that is wrong with it."""
    data, problem = read_bytes(path)
    text, wrong = decode(data, str(path)) if problem is None else ("", problem)
    root, broken = compose(text, str(path)) if wrong is None else (None, wrong)
    if broken is not None:
        return [], [broken]
    reader = _Reader(str(path))
    groups = list(reader.file(root))
    return groups, reader.problems


class _Reader:
    """Reads the nodes of one file; what is wrong is collected."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._names: dict[str, int] = {}

    def file(self, root: yaml.Node | None) -> Iterator[PromGroup]:
        for holder, operators in self._holders(root):
            groups = holder.get("groups")
            for node in self._items(groups, "`groups`") if groups else ():
                if found := self._group(node, operators=operators):
                    yield found

    def _holders(self, root: yaml.Node | None) -> Iterator[tuple[dict[str, yaml.Node], bool]]:
        """Yield what holds `groups`: the file itself, or the specs of custom resources."""
        if root is None:
            return
        top = self._mapping(root, "a rule file", ())
        if "items" in top:
            for item in self._items(top["items"], "`items`"):
                yield from self._holders(item)
        elif "kind" in top and "spec" in top:
            yield self._mapping(top["spec"], "`spec`", ("groups",)), True
        else:
            self._known(top, root, ("groups",))
            yield top, False

    def _group(self, node: yaml.Node, *, operators: bool) -> PromGroup | None:
        known = (*_OF_GROUP, *_OPERATORS) if operators else _OF_GROUP
        keys = self._mapping(node, "a group", known)
        name = self._text(keys.get("name")) or ""
        if not name:
            self._fail(node, "a group needs a `name`")
        line = self._names.setdefault(name, node.start_mark.line)
        if line != node.start_mark.line:
            self._fail(node, f"the group `{name}` is there already, in line {line + 1}: give this one another name")
        labels = self._labels(keys.get("labels"))
        rules = [self._rule(one, labels) for one in self._items(keys.get("rules"), "`rules`")]
        return PromGroup(
            name,
            self._file,
            tuple(rule for rule in rules if rule),
            interval=self._duration(keys.get("interval")),
            offset=self._duration(keys.get("query_offset")),
            limit=self._number(keys.get("limit")),
        )

    def _rule(self, node: yaml.Node, of_group: Mapping[str, str]) -> PromRule | None:
        keys = self._mapping(node, "a rule", _OF_RULE)
        alert, record = self._text(keys.get("alert")), self._text(keys.get("record"))
        if bool(alert) == bool(record):
            self._fail(node, "a rule has either `alert` with its name, or `record` with that of a metric")
            return None
        name = alert or record or ""
        if record:
            self._recorded(node, keys, record)
        tree, why_not = self._expression(node, keys.get("expr"), name)
        own = self._labels(keys.get("labels"))
        labels, untold = self._templates({**of_group, **own}, plain=bool(record))
        return PromRule(
            name,
            bool(alert),
            self._text(keys.get("expr")) or "",
            tree if not untold else None,
            self._at(node),
            hold=self._duration(keys.get("for")),
            keep=self._duration(keys.get("keep_firing_for")),
            labels=labels,
            why_not=why_not or untold,
        )

    def _recorded(self, node: yaml.Node, keys: Mapping[str, yaml.Node], name: str) -> None:
        for key in _ONLY_ALERTS:
            if key in keys:
                self._fail(keys[key], f"a recording rule has no `{key}`: remove it", name)
        if any(letter in name for letter in "{}") or not valid_label(name):
            self._fail(node, f"`{name}` is no name of a metric", name)

    def _expression(self, node: yaml.Node, at: yaml.Node | None, name: str) -> tuple[Node | None, str]:
        text = self._text(at)
        if at is None or not text:
            self._fail(at or node, "a rule needs an `expr`", name)
            return None, ""
        try:
            tree = parse(text, experimental=False)
        except ParseError as error:
            self._fail(at, f"`expr` is no PromQL: {error}", name)
            return None, ""
        except PromQLError as error:
            return None, f"its expression is not evaluated here: {error}"
        if kind_of(tree) not in ("vector", "scalar"):
            self._fail(at, f"`expr` gives a {kind_of(tree)}: a rule needs a vector, or a number", name)
        return tree, ""

    def _templates(self, labels: Mapping[str, str], *, plain: bool) -> tuple[tuple[tuple[str, Template], ...], str]:
        """Return the labels as templates, and what of them is not evaluated here; a recording rule has none."""
        found = [
            (name, Template(value, (value,)) if plain else template(value)) for name, value in sorted(labels.items())
        ]
        untold = [name for name, made in found if made is None]
        if untold:
            what = "only {{ $labels.NAME }} and {{ $value }} are"
            return (), f"the template of its label `{untold[0]}` is not evaluated here, {what}"
        return tuple((name, made) for name, made in found if made is not None), ""

    def _labels(self, node: yaml.Node | None) -> dict[str, str]:
        keys = self._mapping(node, "`labels`", ()) if node and not _is_empty(node) else {}
        for name, value in keys.items():
            if name == "__name__" or not valid_label(name):
                self._fail(value, f"`{name}` is no name of a label")
        return {name: self._text(value) or "" for name, value in keys.items()}

    def _duration(self, node: yaml.Node | None) -> int:
        text = (self._text(node) or "").strip()
        if node is None or text in ("", "0", "0s"):
            return 0
        try:
            return round(duration(text) * _SECOND)
        except Wrong as error:
            self._fail(node, str(error))
            return 0

    def _number(self, node: yaml.Node | None) -> int:
        text = (self._text(node) or "0").strip()
        if node is not None and not text.isdecimal():
            self._fail(node, f"`{text}` is no whole number")
            return 0
        return int(text)

    def _mapping(self, node: yaml.Node, what: str, known: tuple[str, ...]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self._fail(node, f"{what} is a mapping, `key: value`")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._fail(key, "a key is a text")
                continue
            name = str(key.value)
            if name in found:
                self._fail(key, f"`{name}` stands here twice, first in line {found[name].start_mark.line + 1}")
            found[name] = value
        self._known(found, node, known)
        return found

    def _known(self, keys: Mapping[str, yaml.Node], node: yaml.Node, known: tuple[str, ...]) -> None:
        for name in keys if known else ():
            if name not in known:
                self._fail(keys[name] or node, f"`{name}` is not known here: {did_you_mean(name, known)}")

    def _items(self, node: yaml.Node | None, what: str) -> list[yaml.Node]:
        if node is None or _is_empty(node):
            return []
        if not isinstance(node, yaml.SequenceNode):
            self._fail(node, f"{what} is a list")
            return []
        return list(node.value)

    def _text(self, node: yaml.Node | None) -> str | None:
        if node is None or _is_empty(node):
            return None
        if not isinstance(node, yaml.ScalarNode):
            self._fail(node, "a text is needed here")
            return None
        return str(node.value)

    def _at(self, node: yaml.Node) -> Position:
        return Position(self._file, node.start_mark.line + 1, node.start_mark.column + 1)

    def _fail(self, node: yaml.Node, message: str, rule: str = "") -> None:
        self.problems.append(Problem(self._at(node), rule, message, code="prometheus-rule"))


def _is_empty(node: yaml.Node) -> bool:
    """Return whether nothing stands there (`for:`, `labels: ~`), which is the same as no key at all."""
    return written_as(node) == "empty"
