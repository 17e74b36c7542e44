"""Do the names that rules, causes and analyzers refer to exist?"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from diagflow.model import Cause, Role
from diagflow.model.topology import CALLS
from diagflow.rules.analyzer import Analyzer
from diagflow.rules.folders import is_pack_of_ours
from diagflow.rules.near import did_you_mean
from diagflow.rules.problem import Problem
from diagflow.rules.rule import Effect, Position, Rule

LINK_CODES: Final = frozenset({"unknown-cause", "unknown-analyzer", "wrong-role", "explains-cycle"})
"""Codes of the problems found here: they are found anew when sets are merged."""

_KEYS: Final = {Effect.SUPPORTS: "cause", Effect.REFUTES: "refutes", Effect.SYMPTOM: "symptom", Effect.ADVICE: "advice"}
_ROLES: Final = {Effect.SYMPTOM: Role.SYMPTOM, Effect.ADVICE: Role.ADVICE}
_NOWHERE: Final = Position("", 1, 1)

Places = Mapping[str, Position]


def link(
    rules: Iterable[Rule],
    causes: Mapping[str, Cause],
    analyzers: Mapping[str, Analyzer],
    places: Places,
    packs: Collection[str],
) -> Iterator[Problem]:
    """Yield the problems of references between rules, causes and analyzers; `packs` are those that are used."""
    for rule in rules:
        yield from _of_rule(rule, causes, analyzers)
    for cause in causes.values():
        yield from _of_cause(cause, causes, places, packs)
    for analyzer in analyzers.values():
        yield from _of_analyzer(analyzer, causes, places)
    yield from _cycles(causes, places)


def _of_rule(rule: Rule, causes: Mapping[str, Cause], analyzers: Mapping[str, Analyzer]) -> Iterator[Problem]:
    if rule.names:
        key = _KEYS[rule.effect]
        yield from _named(rule, rule.names, key, causes)
    if rule.action and rule.action.analyzer not in analyzers:
        name = rule.action.analyzer
        message = f"the analyzer `{name}` is not known: {did_you_mean(name, analyzers)}"
        yield Problem(_place(rule, "action"), rule.id, message, code="unknown-analyzer")


def _named(rule: Rule, name: str, key: str, causes: Mapping[str, Cause]) -> Iterator[Problem]:
    place = _place(rule, key)
    if name not in causes:
        word = key if key in ("symptom", "advice") else "cause"
        yield Problem(
            place, rule.id, f"the {word} `{name}` is not known: {did_you_mean(name, causes)}", code="unknown-cause"
        )
        return
    role = causes[name].role
    wanted = _ROLES.get(rule.effect, Role.CAUSE)
    if role is not wanted and rule.effect is not Effect.REFUTES:
        right = f"write `{role.value}: {name}`, or change its `role`"
        message = f"`{name}` is declared as {role.value}, not as {wanted.value}: {right}"
        yield Problem(place, rule.id, message, code="wrong-role")


def _place(rule: Rule, key: str) -> Position:
    return rule.places.get(key) or rule.position or _NOWHERE


def _of_cause(cause: Cause, causes: Mapping[str, Cause], places: Places, packs: Collection[str]) -> Iterator[Problem]:
    for one in cause.explains:
        if one.what not in causes and not _is_elsewhere(one.what, packs):
            place = places.get(f"explains:{cause.id}:{one.what}", _NOWHERE)
            message = f"{cause.id}: it explains `{one.what}`, which is not known: {did_you_mean(one.what, causes)}"
            yield Problem(place, "", message, code="unknown-cause")


def _is_elsewhere(name: str, packs: Collection[str]) -> bool:
    """True for what a pack of ours knows that is not used: without it there is nothing to explain."""
    pack = name.partition(".")[0]
    return bool(packs) and pack not in packs and is_pack_of_ours(pack)


def _of_analyzer(analyzer: Analyzer, causes: Mapping[str, Cause], places: Places) -> Iterator[Problem]:
    for name in analyzer.names:
        if name not in causes:
            place = places.get(f"names:{analyzer.name}:{name}", _NOWHERE)
            message = f"analyzer {analyzer.name}: the cause `{name}` is not known: {did_you_mean(name, causes)}"
            yield Problem(place, "", message, code="unknown-cause")


def _cycles(causes: Mapping[str, Cause], places: Places) -> Iterator[Problem]:
    """Yield one problem for each cycle of `explains`: then nothing in it could be the root.

    Along `calls` it may come back to the same cause, at the caller; callers in a circle are for the inference.
    """
    along = {name: [e for e in cause.explains if CALLS not in e.via] for name, cause in causes.items()}
    done: set[str] = set()
    for start in causes:
        path: list[str] = []
        stack = [(start, iter(along[start]))] if start not in done else []
        path += [start] if stack else []
        while stack:
            name, targets = stack[-1]
            target = next((t.what for t in targets if t.what in causes and t.what not in done), None)
            if target is None:
                done.add(name)
                stack.pop()
                path.pop()
            elif target in path:
                circle = [*path[path.index(target) :], target]
                place = places.get(f"explains:{name}:{target}", _NOWHERE)
                yield Problem(
                    place, "", f"{' explains '.join(circle)}: none can be the root, remove one", code="explains-cycle"
                )
            else:
                path.append(target)
                stack.append((target, iter(along[target])))
