"""What a rule compiles to, with all defaults written out, in lines for its author."""

from collections.abc import Iterator

from diagflow.rules.rule import (
    ChangeInput,
    Combination,
    Condition,
    Effect,
    EventInput,
    FactInput,
    HostLogInput,
    Input,
    LogInput,
    MetricInput,
    NodeLogInput,
    ObjectInput,
    Related,
    Rule,
    Threshold,
    Weight,
)
from diagflow.rules.scalars import show_duration, show_number

_EFFECTS = {
    Effect.SUPPORTS: "a match supports the cause",
    Effect.REFUTES: "a match speaks against the cause",
    Effect.SYMPTOM: "a match is the symptom",
    Effect.ADVICE: "a match gives the advice",
}


def explain(rule: Rule) -> Iterator[str]:
    """Yield lines: what a match means, and what each condition reads, asks and weighs."""
    yield f"{_EFFECTS[rule.effect]} {rule.names}" if rule.names else "a match names nothing by itself"
    if rule.action:
        args = "".join(f" --{name}={value}" for name, value in sorted(rule.action.args.items()))
        yield f"it asks the analyzer {rule.action.analyzer}{args}"
    yield f"entity: {rule.entity or 'that of the triggers'}; class: {rule.severity_class}"
    yield "triggers, all must hold:"
    for node in rule.trigger.conditions:
        yield from _node(node, 1)
    if rule.dependencies:
        yield "dependencies, read when the triggers hold:"
    for node in rule.dependencies:
        yield from _node(node, 1)


def _node(node: Condition | Combination, depth: int) -> Iterator[str]:
    indent = "  " * depth
    if isinstance(node, Combination):
        yield f"{indent}{node.op}:{_whole(node.weight)}"
        for part in node.conditions:
            yield from _node(part, depth + 1)
        return
    first, *rest = _input(node.input)
    yield f"{indent}{first}"
    for line in (*rest, *_meaning(node)):
        yield f"{indent}  {line}"


def _whole(weight: Weight) -> str:
    return f" the whole {show_weight(weight)}" if weight.sign else ""


def show_weight(weight: Weight) -> str:
    """Return what a weight says: `supports: strong`."""
    if not weight.sign:
        return "weighs nothing, is context"
    return f"{'supports' if weight.sign > 0 else 'refutes'}: {weight.strength.value}"


def show_comparison(threshold: Threshold | None) -> str:
    """Return a comparison as PromQL has it, with a blank before; empty for none."""
    return f" {threshold.op} {show_number(threshold.value)}" if threshold else ""


def _meaning(condition: Condition) -> Iterator[str]:
    decay = f"counts half after {show_duration(condition.half_life)}" if condition.half_life else "keeps its weight"
    need = "required" if condition.required else "not required"
    yield f"{show_weight(condition.weight)}; origin: {condition.origin}; {need}; {decay}"
    if condition.hold:
        yield f"for: {show_duration(condition.hold)}"
    if condition.entity:
        yield f"about: {condition.entity}"
    for name, source in condition.extract.items():
        yield f"extract {name}: {_one_line(source)}"


def _input(wanted: Input) -> list[str]:
    match wanted:
        case MetricInput():
            return [f"promql: {wanted.expr}{show_comparison(wanted.threshold)}", *_labels(wanted)]
        case ObjectInput():
            return _object(wanted)
        case EventInput():
            return _event(wanted)
        case LogInput():
            return _log(wanted)
        case ChangeInput():
            return [
                f"change: {', '.join(wanted.kinds)}",
                f"within: {show_duration(wanted.within)}",
                *_cel(wanted.where),
            ]
        case HostLogInput():
            patterns = [f"log of this machine: {pattern}" for pattern in wanted.patterns]
            return [*patterns, *_with(wanted.facts), *_cel(wanted.where)]
        case NodeLogInput(patterns=patterns):
            said = [f"log of a node: {pattern}" for pattern in patterns]
            within = f"within: {show_duration(wanted.within)} of now, and of the end of the log"
            return [*said, within, f"boot: {wanted.boot}", *_cel(wanted.where)]
        case FactInput():
            return [f"fact: {wanted.name}", *_with(wanted.facts), *_cel(wanted.where)]


def _with(facts: tuple[str, ...]) -> list[str]:
    return [f"with: {', '.join(facts)}"] if facts else []


def _labels(wanted: MetricInput) -> list[str]:
    shown = ", ".join(f"{label} names a {kind}" for label, kind in sorted(wanted.labels.items()))
    return [f"labels: {shown or 'node, pod, deployment, namespace ... name what they say'}"]


def _cel(where: str) -> list[str]:
    return [f"cel: {_one_line(where) or 'true'}"]


def _object(wanted: ObjectInput) -> list[str]:
    each = f", each {wanted.each}" if wanted.each else ""
    missing = "" if wanted.exists else ", which must not exist"
    return [
        f"object: {wanted.kind}{each}{missing}",
        *(f"when: {path} is {' or '.join(values)}" for path, values in wanted.when.items()),
        *_cel(wanted.where),
        *([f"since: {_one_line(wanted.since)}"] if wanted.since else []),
        *(_related(one) for one in wanted.related),
        f"reads: {', '.join(sorted(wanted.fields)) or 'nothing but its name'}",
    ]


def _related(one: Related) -> str:
    fields = ", ".join(sorted(one.fields)) or "nothing but their names"
    return f"related.{one.name}: {one.kind} via {one.relation} ({one.direction}), reads: {fields}"


def _event(wanted: EventInput) -> list[str]:
    return [
        f"event: {', '.join(wanted.reasons)}",
        f"on: {wanted.on or 'any kind'}; within: {show_duration(wanted.within)}; seen at least: {wanted.min_count}",
        *(f"message: {pattern}" for pattern in wanted.patterns),
        *_cel(wanted.where),
    ]


def _log(wanted: LogInput) -> list[str]:
    lines = [f"log: {pattern}" for pattern in wanted.patterns]
    near = f"; in the last {wanted.last} of them" if wanted.last else ""
    lines.append(f"previous: {wanted.previous}; tail: {wanted.tail}{near}")
    if wanted.of is None:
        return [*lines, "of: containers that wait, ended with an error or restarted"]
    return [*lines, *(f"of {line}" for line in _object(wanted.of))]


def _one_line(source: str) -> str:
    return " ".join(source.split())
