"""Two scans compared. Each case is a second scan after one that named `t.pull` at pod a and `t.full` at node n."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from diagflow.infer import infer
from diagflow.infer.compare import Sight, compare
from diagflow.model import Entity, Incident, Need, Outcome, Query, State, Verdict
from diagflow.model.changes import Changes, Memory
from diagflow.model.suppression import Suppression
from diagflow.model.topology import Edges
from tests.infer.make import NOW, brings, cause, entity, known, match, seen, symptom

LATER = NOW + timedelta(minutes=5)
A, B, N = "pod/shop/a", "pod/shop/b", "node/n"
PODS, EVENTS = Query.of("objects", "pods"), Query.of("objects", "events")
LOG_A, LOG_B = Query.of("log", "shop/a/app"), Query.of("log", "shop/b/app")

CAUSES = known(
    cause("t.pull"),
    cause("t.full", brings("t.pending")),
    cause("t.down", brings("t.pull", "runs-on"), brings("t.full")),
    symptom("t.pending"),
)
NAMES = {
    "T-T.PULL-001": frozenset({"t.pull"}),
    "T-T.FULL-001": frozenset({"t.full"}),
    "T-T.DOWN-001": frozenset({"t.down"}),
    "T-T.PENDING-001": frozenset({"t.pending"}),
}
PULL_A, PULL_B, FULL, DOWN = match("t.pull", A), match("t.pull", B), match("t.full", N), match("t.down", N)


def lacks(rule: str, about: str, query: Query, state: State, *, required: bool = True, **more: Any) -> Verdict:
    need = Need(query, state, "it says no", required=required)
    return Verdict(rule, entity(about), Outcome.INCONCLUSIVE, needs=(need,), **more)


def no_pods(state: State = State.FORBIDDEN) -> Verdict:
    return lacks("T-T.PULL-001", "cluster/local", PODS, state)


def scanned(
    before: Memory | None,
    verdicts: Iterable[Verdict],
    *,
    lists: Mapping[str, Iterable[str]] | None = None,
    answered: Iterable[Query] = (),
    names: Mapping[str, frozenset[str]] = NAMES,
    suppressions: tuple[Suppression, ...] = (),
) -> tuple[Changes, Memory]:
    verdicts = tuple(verdicts)
    now = LATER if before else NOW
    diagnosis = infer(
        verdicts, CAUSES, Edges(()), Incident(now=now), failures=frozenset(NAMES), suppressions=suppressions
    )
    there = {kind: frozenset(map(entity, found)) for kind, found in (lists or {}).items()}
    return compare(before, diagnosis, Sight(verdicts, names, there, frozenset(map(str, answered))))


EVERYTHING = {"pod": [A], "node": [N]}


def first(*more: Verdict) -> Memory:
    return scanned(None, [PULL_A, FULL, *more], lists=EVERYTHING)[1]


@dataclass(frozen=True)
class Said:
    """What a comparison says, as short text, sorted."""

    new: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    regained: tuple[str, ...] = ()


def said(changes: Changes) -> Said:
    return Said(
        _sorted(f"{name}@{about}" for name, about in changes.new),
        _sorted(f"{one.end.value} {one.id}@{one.entity}" for one in changes.ended),
        _sorted(f"{one.id}@{one.entity}" for one in changes.standing),
        _sorted(f"{one.id}@{one.entity}" for one in changes.unseen),
        _sorted(f"{gap.query} {gap.state.value}" for gap in changes.lost),
        _sorted(gap.query for gap in changes.regained),
    )


def _sorted(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(found))


PULL, NODE = f"t.pull@{A}", f"t.full@{N}"
BOTH = (NODE, PULL)


@dataclass(frozen=True)
class Case:
    verdicts: tuple[Verdict, ...]
    said: Said
    before: tuple[Verdict, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


CASES = {
    "nothing changed": Case((PULL_A, FULL), Said(standing=BOTH)),
    "the same cause, one entity more": Case((PULL_A, PULL_B, FULL), Said(new=(f"t.pull@{B}",), standing=BOTH)),
    "another cause at the same entity": Case(
        (PULL_A, FULL, match("t.down", A)), Said(new=(f"t.down@{A}",), standing=BOTH)
    ),
    "a root that became a consequence stands": Case((PULL_A, FULL, DOWN), Said(new=(f"t.down@{N}",), standing=BOTH)),
    "a consequence that became a root stands": Case(
        (PULL_A, FULL), Said(ended=(f"over t.down@{N}",), standing=BOTH), before=(DOWN,)
    ),
    "one is over": Case((FULL,), Said(ended=(f"over {PULL}",), standing=(NODE,)), more={"lists": EVERYTHING}),
    "its pod is gone": Case(
        (FULL,), Said(ended=(f"gone {PULL}",), standing=(NODE,)), more={"lists": {"pod": [B], "node": [N]}}
    ),
    "it is gone, whatever else cannot be read": Case(
        (FULL, lacks("T-T.PULL-001", "cluster/local", EVENTS, State.FORBIDDEN)),
        Said(ended=(f"gone {PULL}",), standing=(NODE,), lost=("objects:events forbidden",)),
        more={"lists": {"pod": [B]}},
    ),
    "what is forbidden now is not over": Case(
        (FULL, no_pods()), Said(standing=(NODE,), unseen=(PULL,), lost=("objects:pods forbidden",))
    ),
    "what failed is not over": Case(
        (FULL, no_pods(State.ERROR)), Said(standing=(NODE,), unseen=(PULL,), lost=("objects:pods error",))
    ),
    "a list cut off is no proof": Case(
        (FULL, no_pods(State.DATA)), Said(standing=(NODE,), unseen=(PULL,), lost=("objects:pods data",))
    ),
    "a list cut off is no proof, even if it was so before": Case(
        (FULL, no_pods(State.DATA)), Said(standing=(NODE,), unseen=(PULL,)), before=(no_pods(State.DATA),)
    ),
    "what was named without a reading is over without it": Case(
        (FULL, lacks("T-T.PULL-001", "cluster/local", EVENTS, State.FORBIDDEN)),
        Said(ended=(f"over {PULL}",), standing=(NODE,)),
        before=(lacks("T-T.PULL-001", "cluster/local", EVENTS, State.FORBIDDEN),),
    ),
    "a reading that only supports counts too": Case(
        (FULL, lacks("T-T.PULL-001", "cluster/local", EVENTS, State.ERROR, required=False)),
        Said(standing=(NODE,), unseen=(PULL,)),
    ),
    "the gap of another cause does not count": Case(
        (FULL, lacks("T-T.DOWN-001", "cluster/local", EVENTS, State.ERROR)),
        Said(ended=(f"over {PULL}",), standing=(NODE,), lost=("objects:events error",)),
    ),
    "the log of another pod does not count": Case(
        (FULL, lacks("T-T.PULL-001", B, LOG_B, State.ERROR)), Said(ended=(f"over {PULL}",), standing=(NODE,))
    ),
    "its own log counts": Case(
        (FULL, lacks("T-T.PULL-001", A, LOG_A, State.ERROR)), Said(standing=(NODE,), unseen=(PULL,))
    ),
    "what an analyzer lacks counts, about whatever it was asked": Case(
        (FULL, lacks("T-T.PULL-001", B, LOG_B, State.ERROR, analyzer="look")), Said(standing=(NODE,), unseen=(PULL,))
    ),
    "a rule that failed says nothing": Case(
        (FULL, Verdict("T-T.PULL-001", entity(A), Outcome.ERROR)), Said(standing=(NODE,), unseen=(PULL,))
    ),
    "evidence that contradicts itself is no end": Case(
        (FULL, match("t.pull", A, seen(), seen(sign=-1, origin="other"))), Said(standing=(NODE,), unseen=(PULL,))
    ),
    "no rule looks for it": Case(
        (FULL,),
        Said(ended=(f"unasked {PULL}",), standing=(NODE,)),
        more={"names": {k: v for k, v in NAMES.items() if "PULL" not in k}},
    ),
    "suppressed now: neither standing nor over": Case(
        (PULL_A, FULL),
        Said(standing=(NODE,)),
        more={"suppressions": (Suppression("t.pull", "*", "known", "us", date(2030, 1, 1)),)},
    ),
    "a symptom that nothing explains is news": Case(
        (PULL_A, FULL, match("t.pending", A)), Said(new=(f"t.pending@{A}",), standing=BOTH)
    ),
    "a symptom under a cause that stands is none": Case((PULL_A, FULL, match("t.pending", N)), Said(standing=BOTH)),
    "a symptom that is explained now is not over": Case(
        (PULL_A, FULL, match("t.pending", A), match("t.full", A)),
        Said(new=(f"t.full@{A}",), standing=BOTH),
        before=(match("t.pending", A),),
    ),
    "a symptom whose explanation is over stands alone": Case(
        (PULL_A, match("t.pending", N)),
        Said(new=(f"t.pending@{N}",), ended=(f"over {NODE}",), standing=(PULL,)),
        before=(match("t.pending", N),),
    ),
    "seen again": Case(
        (PULL_A, FULL),
        Said(standing=BOTH, regained=("objects:events",)),
        before=(lacks("T-T.DOWN-001", "cluster/local", EVENTS, State.FORBIDDEN),),
        more={"answered": [EVENTS]},
    ),
    "not asked for is not seen again": Case(
        (PULL_A, FULL),
        Said(standing=BOTH),
        before=(lacks("T-T.DOWN-001", "cluster/local", EVENTS, State.FORBIDDEN),),
    ),
    "another reason for not seeing is no news": Case(
        (PULL_A, FULL, lacks("T-T.DOWN-001", "cluster/local", EVENTS, State.ERROR)),
        Said(standing=BOTH),
        before=(lacks("T-T.DOWN-001", "cluster/local", EVENTS, State.FORBIDDEN),),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_second_scan(name):
    case = CASES[name]
    changes, _ = scanned(first(*case.before), case.verdicts, **case.more)
    assert said(changes) == case.said
    assert changes.before == NOW


def test_without_an_earlier_scan_everything_is_new():
    changes, memory = scanned(None, [PULL_A, FULL, no_pods()])
    assert said(changes) == Said(new=BOTH)
    assert (changes.before, changes.any) == (None, True)
    assert {(one.key, one.since) for one in memory.standing} == {
        (("t.pull", entity(A)), NOW),
        (("t.full", entity(N)), NOW),
    }


def test_silence_where_nothing_changed():
    assert not scanned(first(), [PULL_A, FULL])[0].any


def test_it_keeps_since_when_it_stands():
    _, memory = scanned(first(), [PULL_A, FULL])
    assert {one.since for one in memory.standing} == {NOW}
    changes, _ = scanned(memory, [FULL])
    assert changes.ended[0].since == NOW


def test_what_could_not_be_looked_at_is_kept_until_it_can():
    """The API server is away for two scans; then it is back, and both are well."""
    away = [no_pods(State.ERROR), lacks("T-T.FULL-001", "cluster/local", PODS, State.ERROR)]
    _, memory = scanned(first(), away)
    changes, memory = scanned(memory, away)
    assert said(changes) == Said(unseen=BOTH)
    changes, _ = scanned(memory, [], answered=[PODS], lists=EVERYTHING)
    assert said(changes) == Said(ended=(f"over {NODE}", f"over {PULL}"), regained=("objects:pods",))


def test_a_long_outage_is_told_once():
    memory, told = first(), []
    for _ in range(5):
        changes, memory = scanned(memory, [FULL, no_pods(State.ERROR)])
        told.append(changes.any)
        assert said(changes).unseen == (PULL,)
    assert told == [True, False, False, False, False]


def test_it_comes_back_as_what_it_was():
    _, away = scanned(first(), [FULL, no_pods(State.ERROR)])
    changes, memory = scanned(away, [PULL_A, FULL], answered=[PODS])
    assert said(changes) == Said(standing=BOTH, regained=("objects:pods",))
    assert {one.since for one in memory.standing} == {NOW}
    assert {one.waits for one in memory.standing} == {()}


def test_over_and_back_is_new_again():
    _, memory = scanned(first(), [FULL])
    changes, memory = scanned(memory, [PULL_A, FULL])
    assert said(changes) == Said(new=(PULL,), standing=(NODE,))
    assert {one.id: one.since for one in memory.standing}["t.pull"] == LATER


def test_memory_does_not_grow():
    memory = first()
    sizes = set()
    for number in range(40):
        gone = Entity("pod", f"p{number}", "shop")
        verdicts = [
            match("t.pull", str(gone)),
            lacks("T-T.PULL-001", str(gone), Query.of("log", f"shop/p{number}/c"), State.ERROR),
        ]
        _, memory = scanned(memory, verdicts, lists={"pod": [str(gone)], "node": []})
        sizes.add((len(memory.standing), len(memory.gaps)))
    assert sizes == {(1, 1)}


def test_nothing_of_the_reason_is_remembered():
    _, memory = scanned(first(), [FULL, no_pods()])
    assert [gap.detail for gap in memory.gaps] == [""]
