import random
from dataclasses import replace
from datetime import timedelta

from diagflow.infer import infer
from diagflow.infer.texts import filled, filled_name
from diagflow.infer.weigh import probability
from diagflow.model import FITTED, Cause, Edge, Instruction, Need, Onset, Outcome, Query, Role, State, Text, Verdict
from diagflow.model.diagnosis import Status
from diagflow.model.suppression import Suppression
from diagflow.model.topology import Edges
from tests.infer.make import NOW, SCAN, alert_on, at, brings, cause, entity, known, match, seen, symptom
from tests.nats import CONCLUSIVE, STRONG

PENDING = [f"pod/shop/p{i:02}" for i in range(18)]
FLAT = Edges([])


def candidates(*nodes):
    return [Edge(entity(p), "candidate", entity(n)) for p in PENDING for n in nodes]


CAPACITY = known(
    cause("capacity", brings("pending", "candidate")),
    cause("disk", brings("pending", "candidate")),
    symptom("pending", brings("missing", "owner", direction="dependencies")),
    symptom("missing"),
)


def pods_pending():
    return [match("pending", pod) for pod in PENDING]


def test_one_root_with_its_consequences_folded_under_it():
    verdicts = [match("capacity", "node/n1"), *pods_pending()]
    found = infer(verdicts, CAPACITY, Edges(candidates("node/n1", "node/n2")), SCAN)
    assert found.status is Status.DIAGNOSED
    assert [(c.id, str(c.entity), c.root) for c in found.causes] == [("capacity", "node/n1", True)]
    assert [(s.id, len(s.entities), s.explained_by) for s in found.symptoms] == [("pending", 18, ("capacity@node/n1",))]


def test_a_symptom_without_cause_is_unknown_never_a_root():
    found = infer(pods_pending(), CAPACITY, FLAT, SCAN)
    assert (found.status, found.causes, found.exit_status) == (Status.UNKNOWN, (), 3)
    assert [s.id for s in found.symptoms] == ["pending"]


def test_a_symptom_explains_a_symptom_and_both_point_at_the_cause():
    edges = [*candidates("node/n1"), Edge(entity("pod/shop/p00"), "owner", entity("replicaset/shop/r"))]
    verdicts = [match("capacity", "node/n1"), *pods_pending(), match("missing", "replicaset/shop/r")]
    found = infer(verdicts, CAPACITY, Edges(edges), SCAN)
    assert {s.id: s.explained_by for s in found.symptoms} == {
        "pending": ("capacity@node/n1",),
        "missing": ("capacity@node/n1",),
    }


def test_a_cause_explained_by_a_cause_is_its_consequence():
    causes = known(cause("secret", brings("unauthorized", "secret")), cause("unauthorized"))
    edges = Edges([Edge(entity("pod/a/b"), "secret", entity("secret/a/s"))])
    found = infer([match("secret", "secret/a/s"), match("unauthorized", "pod/a/b")], causes, edges, SCAN)
    assert [(c.id, c.root, c.explained_by) for c in found.causes] == [
        ("secret", True, ()),
        ("unauthorized", False, ("secret@secret/a/s",)),
    ]


def test_what_began_later_explains_nothing():
    causes = known(cause("a", brings("b")), cause("b"))
    later = [match("a", "pod/a/b", onset=at(30)), match("b", "pod/a/b", onset=at(10))]
    assert all(c.root for c in infer(later, causes, FLAT, SCAN).causes)
    sooner = [match("a", "pod/a/b", onset=at(10)), match("b", "pod/a/b", onset=at(30))]
    assert [c.root for c in infer(sooner, causes, FLAT, SCAN).causes] == [True, False]
    at_once = [match("a", "pod/a/b", onset=at(10, second=2)), match("b", "pod/a/b", onset=at(10))]
    assert [c.root for c in infer(at_once, causes, FLAT, SCAN).causes] == [True, False]
    just_later = [match("a", "pod/a/b", onset=at(10, second=3)), match("b", "pod/a/b", onset=at(10))]
    assert all(c.root for c in infer(just_later, causes, FLAT, SCAN).causes)
    unknown = [match("a", "pod/a/b", onset=Onset()), match("b", "pod/a/b", onset=at(30))]
    assert [c.root for c in infer(unknown, causes, FLAT, SCAN).causes] == [True, False]


def test_only_over_the_declared_relation():
    verdicts = [match("capacity", "node/n1"), *pods_pending()]
    on_node = Edges([Edge(entity(p), "node", entity("node/n1")) for p in PENDING])
    found = infer(verdicts, CAPACITY, on_node, SCAN)
    assert [s.explained_by for s in found.symptoms] == [()]


def test_ruled_out_needs_conclusive_evidence_and_says_why():
    against = [match("disk", "node/n1", seen(sign=-1)), match("disk", "node/n2", seen("strong", sign=-1))]
    found = infer([match("capacity", "node/n1"), *against, *pods_pending()], CAPACITY, FLAT, SCAN)
    assert [(r.id, str(r.entity), r.reason.en) for r in found.ruled_out] == [("disk", "node/n1", "state says so")]


def test_what_nobody_asked_about_is_not_ruled_out():
    against = [match("disk", "node/n1", seen(sign=-1))]
    assert infer(against, CAPACITY, FLAT, SCAN).ruled_out == ()
    assert [r.id for r in infer(against, CAPACITY, FLAT, alert_on("node/n1")).ruled_out] == ["disk"]


def test_a_popular_claim_is_ruled_out_unasked_and_marked_as_such():
    causes = known(cause("rumour", role=Role.CLAIM), cause("disk"))
    (only,) = infer([match("rumour", "node/n1", seen(sign=-1))], causes, FLAT, SCAN).ruled_out
    assert (only.id, only.popular) == ("rumour", True)
    (other,) = infer([match("disk", "node/n1", seen(sign=-1))], causes, FLAT, alert_on("node/n1")).ruled_out
    assert (other.id, other.popular) == ("disk", False)


def test_a_contradiction_is_said_and_not_named():
    found = infer([match("disk", "node/n1", seen(), seen(sign=-1, origin="metric"))], CAPACITY, FLAT, SCAN)
    assert found.causes == ()
    (step,) = [s for s in found.path if s.kind == "cause"]
    assert (step.outcome, sorted(e.nats for e in step.evidence)) == ("contradicted", [-CONCLUSIVE, CONCLUSIVE])


def test_strong_is_named_near_an_alert_and_not_in_a_scan():
    causes = known(cause("probe"))
    verdicts = [match("probe", "pod/a/b", seen("strong"))]
    assert infer(verdicts, causes, FLAT, SCAN).status is Status.HEALTHY
    assert [s.outcome for s in infer(verdicts, causes, FLAT, SCAN).path if s.kind == "cause"] == ["below"]
    near = infer(verdicts, causes, FLAT, alert_on("pod/a/b"))
    assert [(c.id, c.confidence) for c in near.causes] == [("probe", probability(FITTED.near + STRONG))]


def test_what_is_not_connected_to_the_alert_is_one_count():
    causes = known(cause("probe"), cause("image"))
    verdicts = [match("probe", "pod/a/b"), match("image", "pod/x/y")]
    found = infer(verdicts, causes, FLAT, alert_on("pod/a/b"))
    assert ([c.id for c in found.causes], found.others) == (["probe"], 1)


def test_an_alert_about_the_cluster_is_connected_to_everything():
    verdicts = [match("capacity", "node/n1"), *pods_pending()]
    found = infer(verdicts, CAPACITY, Edges(candidates("node/n1")), alert_on("cluster/local"))
    assert found.causes[0].confidence == probability(FITTED.near + CONCLUSIVE)
    assert found.others == 0


def test_an_alert_on_a_workload_reaches_the_node_through_its_pods():
    edges = [*candidates("node/n1"), Edge(entity("pod/shop/p00"), "owner", entity("deployment/shop/web"))]
    verdicts = [match("capacity", "node/n1"), *pods_pending()]
    found = infer(verdicts, CAPACITY, Edges(edges), alert_on("deployment/shop/web"))
    assert [c.id for c in found.causes] == ["capacity"]


def test_an_alert_without_a_cause_is_unknown_and_silence_is_healthy():
    assert infer([], {}, FLAT, alert_on("pod/a/b")).exit_status == 3
    assert infer([], {}, FLAT, SCAN).exit_status == 0


def verdict_without(state, outcome=Outcome.INCONCLUSIVE, *, required=True):
    need = Need(Query.of("objects", "nodes"), state, "no right to list nodes", required=required)
    return Verdict("T-N-001", entity("cluster/local"), outcome, needs=(need,))


def test_missing_data_is_never_called_healthy():
    rules = frozenset({"T-N-001"})
    found = infer([verdict_without(State.FORBIDDEN)], {}, FLAT, SCAN, failures=rules)
    assert found.exit_status == 3
    assert [(m.state, m.rules, m.blocking) for m in found.missing] == [(State.FORBIDDEN, ("T-N-001",), True)]
    for harmless in (verdict_without(State.ABSENT, Outcome.SKIPPED), verdict_without(State.ERROR, required=False)):
        assert infer([harmless], {}, FLAT, SCAN, failures=rules).exit_status == 0
    assert infer([verdict_without(State.ERROR)], {}, FLAT, SCAN).exit_status == 0, "class R proves nothing either way"


def test_an_analyzer_that_could_not_tell_is_unknown():
    asked = Verdict("T-A-001", entity("cluster/local"), Outcome.INCONCLUSIVE, analyzer="look", detail="no pods")
    assert infer([asked], {}, FLAT, SCAN).exit_status == 3
    looked = Verdict("T-A-001", entity("cluster/local"), Outcome.NO_MATCH, analyzer="look")
    found = infer([looked], {}, FLAT, SCAN)
    assert found.exit_status == 0
    assert [s.outcome for s in found.path] == ["no_match"], "the decision stands in the path"


def test_a_failed_analyzer_changes_nothing_but_its_own_step():
    verdicts = [match("capacity", "node/n1"), *pods_pending()]
    failed = Verdict("X-A-001", entity("cluster/local"), Outcome.ERROR, analyzer="stranger", detail="killed after 2 s")
    one = infer(verdicts, CAPACITY, Edges(candidates("node/n1")), SCAN)
    two = infer([*verdicts, failed], CAPACITY, Edges(candidates("node/n1")), SCAN)
    assert (one.causes, one.symptoms, one.status, one.graph) == (two.causes, two.symptoms, two.status, two.graph)
    assert set(two.path) - set(one.path) == {s for s in two.path if s.id == "X-A-001"}


def test_what_one_more_reading_would_decide_is_a_candidate():
    need = Need(Query.of("objects", "nodes"), State.FORBIDDEN)
    open_question = Verdict("T-D-001", entity("node/n1"), Outcome.INCONCLUSIVE, "disk", needs=(need,))
    found = infer([open_question], CAPACITY, FLAT, SCAN)
    assert [(c.id, str(c.entity), c.would_decide) for c in found.candidates] == [("disk", "node/n1", (need.query,))]


def test_advice_is_silent_unless_asked_for():
    causes = known(cause("limits", role=Role.ADVICE))
    verdicts = [match("limits", "pod/a/b")]
    assert infer(verdicts, causes, FLAT, SCAN).exit_status == 0
    assert infer(verdicts, causes, FLAT, SCAN).advice == ()
    assert [a.id for a in infer(verdicts, causes, FLAT, SCAN, advice=True).advice] == ["limits"]


def test_texts_are_filled_and_commands_quoted():
    causes = known(cause("c", title="{container} of {name} in {namespace}: {unknown}"))
    found = infer([match("c", "pod/a/b", args={"container": "x; rm"})], causes, FLAT, SCAN)
    assert found.causes[0].title.en == "x; rm of b in a: {unknown}"


def test_a_command_that_names_what_is_not_there_is_left_out():
    given = Instruction(Text("Edit {owner}"), (Text("edit {owner}"), Text("get {name}")))
    assert [c.en for c in filled(given, entity("pod/a/b"), {}).commands] == ["get b"]
    assert [c.en for c in filled(given, entity("pod/a/b"), {"owner": "x y"}).commands] == ["edit 'x y'", "get b"]


def test_the_order_of_verdicts_does_not_matter():
    verdicts = [match("capacity", "node/n1"), match("disk", "node/n1", seen(sign=-1)), *pods_pending()]
    first = infer(verdicts, CAPACITY, Edges(candidates("node/n1", "node/n2")), SCAN)
    for seed in range(5):
        mixed = random.Random(seed).sample(verdicts, len(verdicts))
        assert infer(mixed, CAPACITY, Edges(candidates("node/n2", "node/n1")), SCAN) == first


def test_explanations_in_a_circle_end():
    causes = known(cause("a", brings("b")), cause("b", brings("a")))
    found = infer([match("a", "pod/a/b"), match("b", "pod/a/b")], causes, FLAT, SCAN)
    assert {c.id for c in found.causes} == {"a", "b"}


CALLING = known(
    cause("refused", brings("unready")),
    cause("config", brings("unready")),
    symptom("unready", brings("endpoints", "selects")),
    symptom("endpoints", brings("refused", "calls")),
)
"""A pod that is refused is not ready, so its Service has no endpoints, so whoever calls it is refused."""


def calls(*pairs: tuple[str, str]) -> Edges:
    """Pods `a`, `b` ..., each behind the Service of its name, that call each other's Services."""
    names = sorted({name for pair in pairs for name in pair})
    behind = [Edge(entity(f"service/s/{n}"), "selects", entity(f"pod/s/{n}")) for n in names]
    return Edges([*behind, *(Edge(entity(f"pod/s/{a}"), "calls", entity(f"service/s/{b}")) for a, b in pairs)])


def without_endpoints(*names: str) -> list[Verdict]:
    return [v for n in names for v in (match("unready", f"pod/s/{n}"), match("endpoints", f"service/s/{n}"))]


def roots(verdicts: list[Verdict], topology: Edges) -> list[tuple[str, str]]:
    found = infer(verdicts, CALLING, topology, SCAN)
    return [(c.id, str(e)) for c in found.causes if c.root for e in c.entities]


def test_a_chain_of_callers_has_one_root_at_its_end():
    verdicts = [match("refused", "pod/s/a"), match("refused", "pod/s/b"), match("config", "pod/s/c")]
    found = roots([*verdicts, *without_endpoints("a", "b", "c")], calls(("a", "b"), ("b", "c")))
    assert found == [("config", "pod/s/c")]


def test_who_waits_for_what_nobody_can_explain_is_no_cause():
    verdicts = [match("refused", "pod/s/a"), match("refused", "pod/s/b"), *without_endpoints("b", "c")]
    found = infer(verdicts, CALLING, calls(("a", "b"), ("b", "c")), SCAN)
    assert (found.status, found.causes) == (Status.UNKNOWN, ())
    assert {(s.id, str(e)) for s in found.symptoms for e in s.entities} == {
        ("unready", "pod/s/b"),
        ("unready", "pod/s/c"),
        ("endpoints", "service/s/b"),
        ("endpoints", "service/s/c"),
        ("refused", "pod/s/a"),
        ("refused", "pod/s/b"),
    }
    assert {s.id: s.outcome for s in found.path if s.kind == "cause"} == {"refused": "consequence"}


def test_callers_in_a_circle_are_roots_each():
    verdicts = [match("refused", "pod/s/a"), match("refused", "pod/s/b"), *without_endpoints("a", "b")]
    assert roots(verdicts, calls(("a", "b"), ("b", "a"))) == [("refused", "pod/s/a"), ("refused", "pod/s/b")]


def test_nothing_is_a_caller_of_itself():
    causes = known(cause("refused"), symptom("crashing", brings("refused", "calls")))
    found = infer([match("refused", "pod/s/a"), match("crashing", "pod/s/a")], causes, FLAT, SCAN)
    assert [c.id for c in found.causes if c.root] == ["refused"]


def test_who_calls_into_a_circle_is_a_consequence():
    verdicts = [match("refused", f"pod/s/{n}") for n in "abc"]
    found = roots([*verdicts, *without_endpoints("a", "b")], calls(("a", "b"), ("b", "a"), ("c", "a")))
    assert found == [("refused", "pod/s/a"), ("refused", "pod/s/b")]


def test_the_graph_is_a_dag_from_readings_to_the_alert():
    verdicts = [match("capacity", "node/n1"), *pods_pending()]
    graph = infer(verdicts, CAPACITY, Edges(candidates("node/n1")), alert_on("cluster/local")).graph
    layers = {n.id: n.layer for n in graph.nodes}
    order = ["reading", "verdict", "cause", "symptom", "alert"]
    assert all(order.index(layers[e.source]) < order.index(layers[e.target]) for e in graph.edges)
    assert {n.layer for n in graph.nodes} == set(order)


def test_a_suppression_hides_until_it_expires_and_is_shown():
    rule = Suppression("capacity", "node/n*", "planned", "platform", NOW.date())
    verdicts = [match("capacity", "node/n1")]
    found = infer(verdicts, CAPACITY, FLAT, SCAN, suppressions=[rule])
    assert found.causes == ()
    assert [(s.id, str(s.entity), s.owner) for s in found.suppressed] == [("capacity", "node/n1", "platform")]
    expired = replace(rule, expires=NOW.date() - timedelta(days=1))
    assert infer(verdicts, CAPACITY, FLAT, SCAN, suppressions=[expired]).exit_status == 1


def test_the_same_open_question_about_many_is_one_candidate():
    need = Need(Query.of("objects", "nodes"), State.FORBIDDEN)
    open_questions = [Verdict("T-D-001", entity(p), Outcome.INCONCLUSIVE, "disk", needs=(need,)) for p in PENDING]
    (candidate,) = infer(open_questions, CAPACITY, FLAT, SCAN).candidates
    assert (candidate.id, len(candidate.entities)) == ("disk", 18)


def test_an_open_cause_that_nobody_has_seen_speaks_of_no_thing():
    title = Text("Quota {name} demands {unstated}", "配额 {name} 要求 {unstated}")
    quota = Cause("t.quota", title)
    where = entity("replicaset/shop/web")
    assert filled_name(quota, where, {}) == Text("Quota … demands …", "配额 … 要求 …")
    assert filled_name(quota, where, {"unstated": "cpu"}).en == "Quota web demands cpu"
