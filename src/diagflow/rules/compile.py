"""From checked fields to `Rule`: defaults filled in, metrics as PromQL, paths that CEL reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from diagflow.model import Strength, Text
from diagflow.rules import containers, promql
from diagflow.rules.near import did_you_mean
from diagflow.rules.queries import complaint_of
from diagflow.rules.reads import Reads, reads
from diagflow.rules.rule import (
    ChangeInput,
    Combination,
    Condition,
    Effect,
    EventInput,
    FactInput,
    HostLogInput,
    LogInput,
    MetricInput,
    NodeLogInput,
    ObjectInput,
    Related,
    Rule,
    Threshold,
    Weight,
)
from diagflow.rules.scalars import Wrong, show_duration
from diagflow.rules.shapes import Context, Fields

_EFFECTS: Final = {
    "cause": Effect.SUPPORTS,
    "refutes": Effect.REFUTES,
    "symptom": Effect.SYMPTOM,
    "advice": Effect.ADVICE,
}

# What each input binds for CEL, besides `now`; `container` only with `each: container`.
_VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    "metric": frozenset({"labels", "value"}),
    "promql": frozenset({"labels", "value"}),
    "object": frozenset({"object", "related"}),
    "event": frozenset({"event", "args"}),
    "log": frozenset({"line", "args"}),
    "change": frozenset({"change"}),
    "fact": frozenset({"fact", "facts"}),
}
_ORIGINS: Final = {
    "object": "state",
    "event": "state",
    "log": "log",
    "change": "change",
    "promql": "metric",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a rule a condition stands, which decides what it weighs by default.

    Attributes:
        default: weight of a condition that says nothing.
        trigger: False for dependencies.
        hold: seconds of the rule's `for`.
    """

    default: Weight
    trigger: bool
    hold: float = 0.0


_CONTEXT: Final = Weight(0)


def rule_of(fields: Fields, context: Context, pack: str = "") -> Rule:
    """Compile one rule; what is wrong is reported to the context."""
    naming = next((key for key in _EFFECTS if key in fields), "")
    sign = -1 if naming == "refutes" else 1
    trigger = _Place(Weight(sign, Strength.STRONG), trigger=True, hold=fields.get("for", 0.0))
    other = _Place(_CONTEXT, trigger=False)
    conditions = tuple([_condition(c, context, trigger) for c in fields["triggers"]])
    if "for" in fields and not any(_can_hold(c) for c in fields["triggers"]):
        context.fail(
            fields.keys_at["for"],
            "`for` has no trigger that it could hold for: a metric with a threshold, or an object with `since`",
            "conflict",
        )
    if naming == "refutes":
        _no_support(fields["triggers"], context)
    return Rule(
        id=fields["id"],
        title=fields.get("title", Text(fields["id"])),
        effect=_EFFECTS.get(naming, Effect.ASKS),
        names=fields.get(naming, ""),
        pack=pack,
        trigger=Combination("all", conditions, position=context.position(fields.at("triggers"))),
        dependencies=tuple([_condition(c, context, other) for c in fields.get("dependencies", ())]),
        entity=fields.get("entity", ""),
        action=fields.get("action"),
        severity_class=fields.get("class", "R" if naming == "advice" else "F"),
        position=context.position(fields.at("id")),
        places={key: context.position(fields.nodes[key]) for key in (naming, "action") if key in fields},
    )


def _parts(found: tuple[str, Fields]) -> tuple[tuple[str, Fields], ...]:
    key, fields = found
    if key == "not":
        return (fields["not"],)
    return tuple(fields[key]) if key in ("all", "any") else ()


def _can_hold(found: tuple[str, Fields]) -> bool:
    key, fields = found
    own = {"threshold", "trend"} if key in ("metric", "promql") else {"since"}
    return bool(own & fields.keys()) or any(_can_hold(part) for part in _parts(found))


def _no_support(conditions: Iterable[tuple[str, Fields]], context: Context) -> None:
    for found in conditions:
        if "supports" in found[1]:
            where = found[1].keys_at["supports"]
            context.fail(
                where,
                "this rule speaks against a cause (`refutes`), so do its triggers: write `refutes` here, too",
                "conflict",
            )
        _no_support(_parts(found), context)


def _condition(found: tuple[str, Fields], context: Context, where: _Place) -> Condition | Combination:
    key, fields = found
    if key in ("all", "any", "not"):
        return _combination(key, fields, context, where)
    weight = _weight(fields, where, key)
    checker = _Checker(key, fields, context)
    condition_input = _INPUTS[key](fields, checker, where)
    return Condition(
        input=condition_input,
        weight=weight,
        required=where.trigger or fields.get("required", False),
        origin=fields.get("origin", _origin(key, fields)),
        half_life=fields.get("half-life", 0.0),
        text=fields.get("text"),
        extract=checker.extract,
        entity=fields.get("entity", ""),
        hold=0.0 if key in ("metric", "promql") else _hold(key, fields, where),
        position=context.position(fields.node),
    )


def _combination(op: str, fields: Fields, context: Context, where: _Place) -> Combination:
    weight = _weight(fields, _Place(_CONTEXT, where.trigger), op)
    # Where the whole weighs, its parts do not; what must not be there is no evidence by itself.
    inner = _Place(_CONTEXT if weight.sign or op == "not" else where.default, where.trigger, where.hold)
    parts = (fields[op],) if op == "not" else fields[op]
    return Combination(
        op=op,
        conditions=tuple([_condition(part, context, inner) for part in parts]),
        weight=weight,
        required=where.trigger or fields.get("required", False),
        text=fields.get("text"),
        position=context.position(fields.node),
    )


def _weight(fields: Fields, where: _Place, key: str) -> Weight:
    if "supports" in fields:
        return Weight(1, Strength(fields["supports"]))
    if "refutes" in fields:
        return Weight(-1, Strength(fields["refutes"]))
    if not where.trigger and key in ("metric", "promql") and ("threshold" in fields or "trend" in fields):
        return Weight(1, Strength.MODERATE)
    return where.default


def _origin(key: str, fields: Fields) -> str:
    if key == "metric":
        return "state" if fields["metric"].startswith("kube_") else "metric"
    return str(fields["fact"]) if key == "fact" else _ORIGINS[key]


def _hold(key: str, fields: Fields, where: _Place) -> float:
    own = {"threshold", "trend"} if key in ("metric", "promql") else {"since"}
    possible = own & fields.keys()
    return float(fields.get("for", where.hold)) if possible else 0.0


class _Checker:
    """Checks which variables the CEL expressions of one condition use, and remembers what they read."""

    def __init__(self, key: str, fields: Fields, context: Context, *, more: frozenset[str] = frozenset()) -> None:
        self.context = context
        self._fields = fields
        bound = {name for name, key_of in (("container", "each"), ("facts", "on")) if key_of in fields}
        self._variables = _VARIABLES[key] | {"now"} | more | bound
        self.found: list[Reads] = []
        self.extract = self._extract()

    def cel(self, key: str) -> str:
        """Return the expression under a key; empty when it is not there."""
        return self._seen(self._fields[key], self._fields.nodes[key]) if key in self._fields else ""

    def _extract(self) -> dict[str, str]:
        node = self._fields.nodes.get("extract")
        values = {key.value: value for key, value in node.value} if node else {}
        return {name: self._seen(source, values[name]) for name, source in self._fields.get("extract", {}).items()}

    def _seen(self, source: str, node: yaml.Node) -> str:
        known = reads(source)
        for name in sorted(known.variables - self._variables):
            said = "add `each: container`" if name == "container" else did_you_mean(name, self._variables)
            self.context.fail(node, f"CEL: there is no `{name}` in this condition: {said}", "cel")
        self._declared(node, known, "related", "related")
        self._declared(node, known, "facts", "with")
        self.found.append(known)
        return source

    def _declared(self, node: yaml.Node, known: Reads, variable: str, key: str) -> None:
        declared = self._fields.get(key, ())
        for name in sorted(_names(known.paths.get(variable, ())) - set(declared)):
            said = did_you_mean(name, declared) if declared else f"declare it under `{key}:`"
            self.context.fail(node, f"CEL: `{variable}.{name}` is not declared: {said}", "cel")

    def paths(self, variable: str) -> frozenset[str]:
        """Return all paths of a variable that the expressions checked so far read."""
        return frozenset().union(*(known.paths.get(variable, frozenset()) for known in self.found))


def _metric(fields: Fields, checker: _Checker, where: _Place) -> MetricInput:
    window = show_duration(fields["window"]) if "window" in fields else ""
    function = fields.get("function") or ("deriv" if "trend" in fields else "min_over_time" if window else "")
    expr = promql.selector(fields["metric"], fields.get("filter", ""))
    expr = promql.over(expr, function, window) if function else expr
    expr = promql.aggregated(expr, fields.get("aggregate", "sum" if "threshold" in fields else "none"))
    return _compared(expr, fields, checker, where, metric=fields["metric"])


def _promql(fields: Fields, checker: _Checker, where: _Place) -> MetricInput:
    hold = _hold("promql", fields, where)
    return _compared(f"({fields['promql']})" if hold else fields["promql"], fields, checker, where)


def _compared(expr: str, fields: Fields, checker: _Checker, where: _Place, metric: str = "") -> MetricInput:
    compared: Threshold | None = fields.get("threshold")
    if trend := fields.get("trend"):
        compared = Threshold(">" if trend == "rising" else "<", 0.0)
    if compared and (hold := _hold("metric", fields, where)):
        try:
            expr = promql.held(expr, compared.op, hold)
        except Wrong as e:
            checker.context.fail(fields.at("threshold"), str(e), "conflict")
    # What an author writes as PromQL has been checked where it stands; what it compiles to is, too.
    if wrong := complaint_of(expr):
        checker.context.fail(fields.nodes.get("filter") or fields.node, f"{wrong.message} (in `{expr}`)", "promql")
    return MetricInput(expr, compared, fields.get("labels", {}), metric)


def _object(fields: Fields, checker: _Checker, _where: _Place) -> ObjectInput:
    kind = fields["object"]
    where, since = checker.cel("where"), checker.cel("since")
    read = checker.paths("object") | _when_paths(fields, kind) | _container_paths(checker, kind, "each" in fields)
    return ObjectInput(
        kind=kind,
        when=fields.get("when", {}),
        where=where,
        each=fields.get("each", ""),
        since=since,
        related=_related(fields, checker),
        exists=fields.get("exists", True),
        fields=frozenset(read),
    )


def _when_paths(fields: Fields, kind: str) -> frozenset[str]:
    paths = fields.get("when", {})
    own = frozenset(p for p in paths if not p.startswith(containers.PREFIX))
    of_container = [p.removeprefix(containers.PREFIX) for p in paths if p.startswith(containers.PREFIX)]
    return own | (containers.in_object(of_container, kind) if of_container else frozenset())


def _container_paths(checker: _Checker, kind: str, each: bool) -> frozenset[str]:  # noqa: FBT001
    return containers.in_object(checker.paths("container"), kind) if each else frozenset()


def _related(fields: Fields, checker: _Checker) -> tuple[Related, ...]:
    declared = fields.get("related", {})
    paths = checker.paths("related")
    return tuple(
        Related(name, one["via"], one["kind"], one.get("direction", "dependencies"), _below(name, paths))
        for name, one in declared.items()
    )


def _names(paths: Iterable[str]) -> set[str]:
    return {path.partition(".")[0].removesuffix("[]") for path in paths}


def _below(name: str, paths: Iterable[str]) -> frozenset[str]:
    return frozenset(p.removeprefix(name + "[].") for p in paths if p.startswith(name + "[]."))


def _event(fields: Fields, checker: _Checker, _where: _Place) -> EventInput:
    return EventInput(
        reasons=fields["event"],
        on=fields.get("on", ""),
        patterns=fields.get("message", ()),
        where=checker.cel("where"),
        within=fields.get("within", 3600.0),
        min_count=fields.get("min-count", 1),
    )


def _log(fields: Fields, checker: _Checker, _where: _Place) -> LogInput | HostLogInput | NodeLogInput:
    if fields.get("on") == "node":
        within, boot = fields.get("within", 3600.0), fields.get("boot", "last")
        return NodeLogInput(fields["log"], checker.cel("where"), within, boot)
    if fields.get("on") == "host":
        return HostLogInput(fields["log"], checker.cel("where"), fields.get("with", ()))
    return LogInput(
        patterns=fields["log"],
        of=_of(fields["of"], checker.context) if "of" in fields else None,
        previous=fields.get("previous", "any").lower(),
        tail=fields.get("tail", 200),
        last=fields.get("last", 0),
    )


def _of(fields: Fields, context: Context) -> ObjectInput:
    checker = _Checker("object", fields, context, more=frozenset({"container"}))  # logs are of containers
    where = checker.cel("where")
    read = checker.paths("object") | _when_paths(fields, "pod") | _container_paths(checker, "pod", each=True)
    return ObjectInput("pod", fields.get("when", {}), where, each="container", fields=frozenset(read))


def _change(fields: Fields, checker: _Checker, _where: _Place) -> ChangeInput:
    return ChangeInput(fields["change"], fields.get("within", 3600.0), checker.cel("where"))


def _fact(fields: Fields, checker: _Checker, _where: _Place) -> FactInput:
    return FactInput(fields["fact"], checker.cel("where"), fields.get("with", ()))


_INPUTS: Final[Mapping[str, Any]] = {
    "metric": _metric,
    "promql": _promql,
    "object": _object,
    "event": _event,
    "log": _log,
    "change": _change,
    "fact": _fact,
}
