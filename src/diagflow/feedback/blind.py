"""What could not be seen, and the exact thing to do about it."""

import json
import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from diagflow.feedback import phrases
from diagflow.feedback.report import Steps, Unseen
from diagflow.feedback.visible import clip, one_line, visible
from diagflow.feedback.words import Words
from diagflow.model import HOST, Query, State
from diagflow.model.diagnosis import Missing

_DETAIL_LIMIT: Final = 300
_OPTIONAL: Final = frozenset({"objects", "promql", "logs"})
"""Kinds of readings of which no cluster has all: its operators, its exporters, its dumps."""

_FEW: Final = 3
"""So many that are not there are named one by one; more of them hide what matters."""

_CUT_OFF: Final = frozenset({State.DATA, State.EMPTY})


def unseen(missing: Sequence[Missing], words: Words) -> tuple[Unseen, ...]:
    """Return one entry a reading, what silences the diagnosis first."""
    by_query: dict[tuple[Query, State], list[Missing]] = {}
    for entry in filter(_tells, missing):
        by_query.setdefault((entry.query, entry.state), []).append(entry)
    idle = _idle(missing)
    entries = [_unseen(found, words, idle=found[0].query in idle) for found in by_query.values()]
    return tuple(sorted(entries, key=lambda u: (not u.blocking, not u.required, u.idle)))


def _idle(missing: Iterable[Missing]) -> frozenset[Query]:
    """Return what is not there to be read and silences nothing, where it is more than a few."""
    named = {m.query for m in missing if m.blocking}
    absent = {m.query for m in missing if m.state is State.ABSENT and m.query.kind in _OPTIONAL} - named
    return frozenset(absent if len(absent) > _FEW else ())


def _tells(missing: Missing) -> bool:
    """False for what makes no sense on this machine, or was not given: that is no gap, and nobody can fill it."""
    of_host = missing.query.kind == "fact" or missing.query.target == str(HOST)
    return not (of_host and missing.state is State.ABSENT)


def _unseen(found: Sequence[Missing], words: Words, *, idle: bool) -> Unseen:
    first = found[0]
    detail = next((m.detail for m in found if m.detail), "")
    return Unseen(
        what=phrases.query(first.query, words),
        query=phrases.label(str(first.query)),
        state=words.states[first.state.value],
        detail=clip(one_line(detail), _DETAIL_LIMIT, words.clipped),
        rules=tuple(sorted({phrases.label(rule) for m in found for rule in m.rules})),
        blocking=any(m.blocking for m in found),
        required=any(m.required for m in found),
        idle=idle,
    )


def ask(missing: Sequence[Missing], words: Words) -> tuple[Steps, ...]:
    """Return what to do so that the next diagnosis sees more: one instruction for all that are alike."""
    told = [m for m in filter(_tells, missing) if (m.blocking or m.required) and m.state not in _CUT_OFF]
    idle = _idle(missing)
    worth = [m for m in told if m.query not in idle]
    topics: dict[str, list[Query]] = {}
    for entry in sorted(worth, key=lambda m: not m.blocking):
        topics.setdefault(f"{entry.query.kind}.{entry.state.value}", []).append(entry.query)
    return tuple(steps for topic, queries in topics.items() for steps in _steps(topic, queries, words))


def _steps(topic: str, queries: Sequence[Query], words: Words) -> Iterator[Steps]:
    if topic not in words.advise:
        return
    yield Steps(words.advise[topic], tuple(visible(line) for line in _commands(topic, queries)))
    if granted := _checks_of_rights(topic, queries):
        yield Steps(words.advise["granted"], tuple(visible(line) for line in granted))


def _commands(topic: str, queries: Sequence[Query]) -> list[str]:
    match topic:
        case "objects.forbidden":
            return _rbac((q.target for q in queries), "get, list")
        case "objects.error":
            return ["kubectl get --raw '/readyz?verbose'"]
        case "objects.absent":
            return ["diagflow scan --context NAME"]
        case "log.forbidden":
            return _rbac(["pods/log"], "get")
        case "log.error" | "log.absent":
            return sorted({_log(q) for q in queries})
        case "promql.absent":
            return ["diagflow scan --prometheus URL"]
    return []


def _checks_of_rights(topic: str, queries: Sequence[Query]) -> list[str]:
    if topic == "log.forbidden":
        return ["kubectl auth can-i get pods --subresource=log --all-namespaces"]
    return sorted({_can_i(q) for q in queries}) if topic == "objects.forbidden" else []


def _rbac(resources: Iterable[str], verbs: str) -> list[str]:
    """One line of a ClusterRole for each API group, as YAML that can be pasted under `rules:`."""
    groups: dict[str, set[str]] = {}
    for resource in resources:
        plural, _, group = resource.partition(".")
        groups.setdefault(group, set()).add(plural)
    return [
        f"- {{apiGroups: {json.dumps([group])}, resources: {json.dumps(sorted(plurals))}, verbs: [{verbs}]}}"
        for group, plurals in sorted(groups.items())
    ]


def _can_i(query: Query) -> str:
    namespace = query.param("namespace")
    where = ["--namespace", namespace] if namespace else ["--all-namespaces"]
    return shlex.join(["kubectl", "auth", "can-i", "list", query.target, *where])


def _log(query: Query) -> str:
    namespace, _, rest = query.target.partition("/")
    pod, _, container = rest.partition("/")
    previous = ["--previous"] if query.param("previous") else []
    return shlex.join(["kubectl", "--namespace", namespace, "logs", pod, "--container", container, *previous])
