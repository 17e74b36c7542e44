import pytest

from diagflow.model import Onset, Outcome
from tests.analyze.make import NOW, condition, matched, only, outcome, pod, verdicts, waiting, with_status

PENDING = condition("object: pod\nwhen: {status.phase: Pending}")
PULL = condition(
    """
object: pod
each: container
when: {container.state.waiting.reason: [ErrImagePull, ImagePullBackOff]}
where: container.state.waiting.message.contains("not found")
extract: {image: container.image, message: container.state.waiting.message}
text: "{container}: {message}"
"""
)


def test_a_value_of_when_makes_a_match_about_the_object():
    found = verdicts(
        PENDING, {"objects": [pod("a", status={"phase": "Pending"}), pod("b", status={"phase": "Running"})]}
    )
    assert matched(found) == ["pod/shop/a"]
    assert found[0].evidence[0].value == {"status.phase": "Pending"}
    assert found[0].evidence[0].text.en == "pod/shop/a: status.phase is Pending"
    assert found[0].evidence[0].origin == "state@pod/shop/a"


@pytest.mark.parametrize(
    ("where", "en", "zh"),
    [
        ('object.status.phase == "Pending"', "status.phase is Pending", "status.phase 为 Pending"),
        (
            'object.status.phase != "Running" && !has(object.status.reason)',
            "status.phase is Pending and status.reason is not there",
            "status.phase 为 Pending，status.reason 不存在",
        ),
        ('object.status.conditions.exists(c, c.type == "Ready")', "status.conditions[].type is Ready", None),
        ("size(object.status.conditions) > 0", 'status.conditions is [{"type":"Ready"}]', None),
        ("age(now) == 0.0", "age(now) == 0.0", "age(now) == 0.0"),
    ],
)
def test_a_match_of_cel_alone_says_what_it_has_read(where: str, en: str, zh: str | None):
    status = {"phase": "Pending", "conditions": [{"type": "Ready"}]}
    found = only(condition(f"object: pod\nwhere: '{where}'"), {"objects": [pod("a", status=status)]})
    assert found.evidence[0].text.en == f"pod/shop/a: {en}"
    assert zh is None or found.evidence[0].text.zh == f"pod/shop/a：{zh}"


def test_a_match_of_cel_about_a_container_names_it():
    text = condition("object: pod\neach: container\nwhere: 'container.restartCount > 3'")
    status = {"containerStatuses": [{"name": "app", "restartCount": 5}]}
    given = {"objects": [pod("a", spec={"containers": [{"name": "app"}]}, status=status)]}
    assert only(text, given).evidence[0].text.en == "container app of pod/shop/a: restartCount is 5"


def test_what_only_exists_is_said_to():
    found = only(condition("object: pod"), {"objects": [pod("a")]})
    assert found.evidence[0].text.en == "pod/shop/a exists"
    assert found.evidence[0].text.zh == "pod/shop/a 存在"


def test_no_object_is_no_match_and_says_so_once():
    found = only(PENDING, {})
    assert (found.outcome, str(found.entity), found.names) == (Outcome.NO_MATCH, "cluster/local", "t.x")


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("forbidden", Outcome.INCONCLUSIVE),
        ("error", Outcome.INCONCLUSIVE),
        ("absent", Outcome.SKIPPED),
        ("cut-off", Outcome.INCONCLUSIVE),
        ("empty", Outcome.NO_MATCH),
    ],
)
def test_what_could_not_be_read_is_no_no_match(state: str, expected: Outcome):
    found = only(PENDING, {"states": {"objects:pods": state}})
    assert found.outcome is expected
    assert [str(n.query) for n in found.needs] == ([] if state == "empty" else ["objects:pods"])
    assert found.names == ("t.x" if state == "empty" else "")


def test_a_list_that_was_cut_off_still_matches_and_says_that_it_was():
    given = {"objects": [pod("a", status={"phase": "Pending"})], "states": {"objects:pods": "cut-off"}}
    found = verdicts(PENDING, given)
    assert [(v.outcome, str(v.entity)) for v in found] == [
        (Outcome.INCONCLUSIVE, "cluster/local"),
        (Outcome.MATCH, "pod/shop/a"),
    ]


def test_all_keys_of_when_must_hold():
    rule = condition("object: pod\nwhen: {status.phase: [Pending, Failed], status.reason: Evicted}")
    assert outcome(rule, {"objects": [pod(status={"phase": "Failed", "reason": "Evicted"})]}) is Outcome.MATCH
    assert outcome(rule, {"objects": [pod(status={"phase": "Failed"})]}) is Outcome.NO_MATCH
    assert outcome(rule, {"objects": [pod(status={"phase": "Running", "reason": "Evicted"})]}) is Outcome.NO_MATCH


def test_keys_of_when_about_containers_hold_in_the_same_container():
    rule = condition(
        "object: pod\neach: container\nwhen: {container.state.waiting.reason: X, container.ready: 'false'}"
    )
    both = {**waiting("X"), "ready": False}
    split = [waiting("X"), {"name": "side", "ready": False, "state": {"running": {}}}]
    assert outcome(rule, {"objects": [with_status(both)]}) is Outcome.MATCH
    assert outcome(rule, {"objects": [with_status(*split)]}) is Outcome.NO_MATCH


def test_a_match_in_a_container_names_it_and_its_image():
    found = only(PULL, {"objects": [with_status(waiting("ErrImagePull", "x not found"), waiting("Other", name="b"))]})
    assert found.args == {"container": "app", "image": "shop/app:1", "message": "x not found"}
    assert found.evidence[0].text.en == "app: x not found"


def test_two_ill_containers_are_one_verdict_with_both_as_evidence():
    pair = [waiting("ErrImagePull", "a not found"), waiting("ErrImagePull", "b not found", name="b")]
    found = only(PULL, {"objects": [with_status(*pair)]})
    assert [e.text.en for e in found.evidence] == ["app: a not found", "b: b not found"]


def test_the_type_of_a_container_can_be_asked_for():
    rule = condition(
        "object: pod\neach: container\nwhen: {container.type: init}\nwhere: container.state.waiting.reason == 'X'"
    )
    spec = {"initContainers": [{"name": "i"}], "containers": [{"name": "app"}]}
    ill_init = {"initContainerStatuses": [waiting("X", name="i")]}
    ill_main = {"containerStatuses": [waiting("X", name="app")]}
    assert outcome(rule, {"objects": [pod(spec=spec, status=ill_init)]}) is Outcome.MATCH
    assert outcome(rule, {"objects": [pod(spec=spec, status=ill_main)]}) is Outcome.NO_MATCH


def test_a_path_that_is_not_there_makes_a_condition_false():
    rule = condition("object: pod\nwhen: {status.phase: Pending}\nwhere: object.status.nothing.at.all == 'x'")
    assert outcome(rule, {"objects": [pod(status={"phase": "Pending"})]}) is Outcome.NO_MATCH


def test_a_condition_that_fails_gives_an_error_that_says_why():
    rule = condition("object: pod\nwhen: {status.phase: Pending}\nwhere: quantity(object.spec.nodeName) > 1.0")
    found = only(rule, {"objects": [pod(status={"phase": "Pending"}, spec={"nodeName": "no number"})]})
    assert found.outcome is Outcome.ERROR
    assert "quantity" in found.detail
    assert str(found.entity) == "pod/shop/cart-0"


def test_a_failing_condition_hides_no_match_of_another_object():
    rule = condition("object: pod\nwhen: {status.phase: Pending}\nwhere: quantity(object.spec.nodeName) > 1.0")
    bad = pod("bad", status={"phase": "Pending"}, spec={"nodeName": "x"})
    good = pod("good", status={"phase": "Pending"}, spec={"nodeName": "2"})
    found = verdicts(rule, {"objects": [bad, good]})
    assert [(str(v.outcome), str(v.entity)) for v in found] == [("error", "pod/shop/bad"), ("match", "pod/shop/good")]


def test_since_is_the_onset_and_hold_asks_for_how_long():
    text = "object: pod\nwhen: {status.phase: Pending}\nsince: timestamp(object.status.startTime)\nfor: 2m"
    old = pod(status={"phase": "Pending", "startTime": "2026-01-01T00:02:00Z"})
    young = pod(status={"phase": "Pending", "startTime": "2026-01-01T00:04:00Z"})
    found = only(condition(text), {"objects": [old]})
    assert found.onset == Onset(found.evidence[0].time, found.evidence[0].time)
    assert str(found.onset.earliest) == "2026-01-01 00:02:00+00:00"
    assert outcome(condition(text), {"objects": [young]}) is Outcome.NO_MATCH
    assert outcome(condition(text), {"objects": [pod(status={"phase": "Pending"})]}) is Outcome.NO_MATCH


def test_now_is_the_incidents_and_not_the_clock():
    rule = condition("object: pod\nwhen: {status.phase: Pending}\nwhere: age(object.status.startTime) == 300.0")
    given = {"objects": [pod(status={"phase": "Pending", "startTime": "2026-01-01T00:00:00Z"})], "now": NOW}
    assert outcome(rule, given) is Outcome.MATCH


RELATED = condition(
    """
object: service
when: {spec.type: ClusterIP}
related:
  pods: {via: selects, kind: pod}
where: size(related.pods) == 0
"""
)
SERVICE = {
    "kind": "Service",
    "namespace": "shop",
    "name": "cart",
    "spec": {"type": "ClusterIP", "selector": {"app": "cart"}},
}


def test_related_objects_are_bound_and_their_absence_is_something():
    assert outcome(RELATED, {"objects": [SERVICE]}) is Outcome.MATCH
    selected = pod(labels={"app": "cart"})
    assert outcome(RELATED, {"objects": [SERVICE, selected]}) is Outcome.NO_MATCH
    elsewhere = pod(labels={"app": "cart"}, namespace="other")
    assert outcome(RELATED, {"objects": [SERVICE, elsewhere]}) is Outcome.MATCH


def test_related_objects_that_cannot_be_read_leave_it_open():
    found = only(RELATED, {"objects": [SERVICE], "states": {"objects:pods": "forbidden"}})
    assert (found.outcome, str(found.entity)) == (Outcome.INCONCLUSIVE, "service/shop/cart")
    assert [str(n.query) for n in found.needs] == ["objects:pods"]


def test_more_related_objects_than_can_be_bound_are_an_error():
    pods = [pod(f"p{i}", labels={"app": "cart"}) for i in range(257)]
    found = only(RELATED, {"objects": [SERVICE, *pods]})
    assert found.outcome is Outcome.ERROR
    assert "257" in found.detail


BY_CRONJOB = condition(
    """
object: pod
when: {status.phase: Failed}
related:
  jobs: {via: owner, kind: job}
  cron: {via: owner, kind: cronjob}
where: size(related.jobs) == 1 && related.cron.exists(c, c.spec.suspend)
"""
)
OF_A_CRONJOB = {
    "objects": [
        pod(owner="job/shop/nightly-1", status={"phase": "Failed"}),
        {"kind": "Job", "namespace": "shop", "name": "nightly-1", "owner": "cronjob/shop/nightly"},
        {"kind": "CronJob", "namespace": "shop", "name": "nightly", "spec": {"suspend": True}},
    ]
}


def test_owners_are_followed_over_several_steps():
    assert outcome(BY_CRONJOB, OF_A_CRONJOB) is Outcome.MATCH
    [young, job, cron] = OF_A_CRONJOB["objects"]
    of_another = {**job, "owner": "cronjob/shop/weekly"}
    assert outcome(BY_CRONJOB, {"objects": [young, of_another, cron]}) is Outcome.NO_MATCH


def test_owners_that_own_each_other_end():
    [young, job, cron] = OF_A_CRONJOB["objects"]
    circle = [young, job, {**cron, "owner": "job/shop/nightly-1"}]
    assert outcome(BY_CRONJOB, {"objects": circle}) is Outcome.MATCH


MISSING = """
- id: T-X-001
  symptom: t.x
  entity: configmap/{namespace}/{wanted}
  triggers:
    - object: pod
      each: container
      when: {container.state.waiting.reason: CreateContainerConfigError}
      extract: {wanted: 'capture(container.state.waiting.message, "configmap \\"([^\\"]+)\\" not found", 1)'}
    - {object: configmap, exists: false}
"""
NO_CONFIG = with_status(waiting("CreateContainerConfigError", 'configmap "settings" not found'))
CONFIG = {"kind": "ConfigMap", "namespace": "shop", "name": "settings"}


def test_what_does_not_exist_is_the_entity_of_the_rule():
    found = only(MISSING, {"objects": [NO_CONFIG]})
    assert (found.outcome, str(found.entity)) == (Outcome.MATCH, "configmap/shop/settings")
    assert "configmap/shop/settings does not exist" in [e.text.en for e in found.evidence]
    assert outcome(MISSING, {"objects": [NO_CONFIG, CONFIG]}) is Outcome.NO_MATCH


@pytest.mark.parametrize("state", ["forbidden", "cut-off"])
def test_what_cannot_be_read_may_exist(state: str):
    found = only(MISSING, {"objects": [NO_CONFIG], "states": {"objects:configmaps": state}})
    assert found.outcome is Outcome.INCONCLUSIVE


def test_a_named_entity_that_is_not_there():
    rule = condition("object: deployment\nexists: false")
    named = {"entities": ["deployment/shop/cart", "pod/shop/cart-0"]}
    assert str(only(rule, named).entity) == "deployment/shop/cart"
    there = {"kind": "Deployment", "namespace": "shop", "name": "cart"}
    assert outcome(rule, {**named, "objects": [there]}) is Outcome.NO_MATCH


def test_the_scope_is_the_incidents_namespace():
    given = {
        "objects": [pod("a", status={"phase": "Pending"}), pod("b", namespace="other", status={"phase": "Pending"})]
    }
    assert matched(verdicts(PENDING, {**given, "namespace": "other"})) == ["pod/other/b"]
