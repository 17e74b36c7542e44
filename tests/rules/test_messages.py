# ruff: noqa: E501  # messages and rules stand in one piece
"""What people read when they made a mistake: where, what is wrong, what would be right."""

import pytest

from diagflow.rules.filenames import FileKind
from diagflow.rules.source import line_column
from tests.rules.make import parsed, problems, rule_with, ruleset


def one(text: str, kind: FileKind = FileKind.RULES) -> str:
    (problem,) = problems(text, kind)
    return problem


@pytest.mark.parametrize(
    ("condition", "message"),  # § stands where the message points to
    [
        (
            "metric: up, §tresholds: 5",
            "the key `tresholds` is not known in a `metric` condition: did you mean `threshold`?",
        ),
        ("§metrik: up", "the key `metrik` is not known in a condition: did you mean `metric`?"),
        ("metric: up, §object: pod", "a condition has `metric` or `object`, not both: make two of it"),
        (
            "metric: up, window: §5",
            "`5` is no duration: write a number and a unit, such as `30s`, `5m`, `1h30m` or `7d`",
        ),
        ("metric: up, window: §[5m]", "this is a list: write a duration such as `5m`"),
        ("metric: up, threshold: §15", "this (`15`) is a number: write a comparison such as `> 15`"),
        ("metric: up, threshold: §> 5m", "`5m` may be minutes or thousandths: write `300s`, or `0.005`"),
        (
            "metric: up, threshold: §> x",
            "`x` is no number: write a number, with a unit if you like, such as `15`, `80%`, `10Gi` or `90s`",
        ),
        ("metric: §'u p'", "`u p` will not do: write the name of a metric"),
        (
            "metric: up, filter: §'a==1'",
            '`a==1` is no label matcher: write label matchers as in PromQL, such as `phase="Pending",node!=""`',
        ),
        ("metric: up, §function: rate", "`function` needs a `window`: add one, such as `window: 5m`"),
        (
            "metric: up, supports: §context",
            "`context` is not known: leave `supports` out for context, or write one of `conclusive`, `strong`, `moderate`, `weak`",
        ),
        ("metric: up, window: 5m, function: §rat", "`rat` is not known: did you mean `rate`?"),
        ("metric: up, §trend: rising", "`trend` needs a `window`: add one, such as `window: 30m`"),
        ("metric: up, §for: 5m", "`for` needs a `threshold` or a `trend`: what must have held so long?"),
        ("metric: up, threshold: §== 1, for: 5m", "`for` needs a `threshold` with > >= < or <="),
        ("promql: §'sum(up'", "`(` is not closed in this expression"),
        ("promql: §'up)'", "`)` closes nothing in this expression: check the brackets"),
        (
            "object: §pods",
            "the kind `pods` is not known: did you mean `pod`? (kinds of other groups are written with it: `gateway.networking.istio.io`)",
        ),
        (
            "object: §hpa",
            "the kind `hpa` is not known: did you mean `horizontalpodautoscaler`? (kinds of other groups are written with it: `gateway.networking.istio.io`)",
        ),
        ("object: §event", "events are read with `event: REASON`, not with `object: event`"),
        (
            "object: pod, when: §{container.ready: true}",
            "`container.ready` is about a container: add `each: container`",
        ),
        ("object: pod, each: §containers", "`containers` is not known: did you mean `container`?"),
        ("object: pod, §for: 5m", "`for` needs `since`: the field that says since when"),
        ("object: pod, where: '§objct.a == 1'", "CEL: `objct` is not known: did you mean `object`?"),
        (
            "object: pod, where: §'container.ready'",
            "CEL: there is no `container` in this condition: add `each: container`",
        ),
        (
            "object: pod, where: '§object == 1'",
            "CEL: `object` is used as a whole: name the fields that you need, such as `object.status.phase`",
        ),
        ("object: pod, where: '§object.a.matches(\"[\")'", "CEL: RE2 does not take this pattern: missing ]: ["),
        (
            "object: pod, where: §'size(related.nodes) > 0'",
            "CEL: `related.nodes` is not declared: declare it under `related:`",
        ),
        ("object: pod, related: {nodes: {via: §nod, kind: node}}", "`nod` is not known: did you mean `node`?"),
        (
            "event: Failed, message: §'(?=x)'",
            "RE2 does not take this pattern: invalid perl operator: (?= (it has no lookahead or lookbehind: match the whole and leave the rest to a condition)",
        ),
        (
            "event: Failed, where: §'object.a'",
            "CEL: there is no `object` in this condition: known are `args`, `event`, `now`",
        ),
        ("log: x, tail: §0", "`0` will not do: write a whole number from 1 to 10000"),
        ("change: §rolout", "`rolout` is not known: did you mean `rollout`?"),
        ("fact: §X", "`X` will not do: write the name of a host fact"),
        ("metric: up, supports: §stong", "`stong` is not known: did you mean `strong`?"),
        ("metric: up, supports: weak, §refutes: weak", "a condition has `supports` or `refutes`, not both: keep one"),
        ("any: §[]", "this list has 0 items: write 1 to 1000"),
        (
            "not: §[{metric: up}]",
            "this is a list: write a condition: a mapping with one of `metric`, `promql`, `object`, `event`, `log`, `change`, `fact`, `all`, `any`, `not`",
        ),
        ("metric: up, text: {§english: x}", "the key `english` is not known in a text: known are `en`, `zh`"),
        (
            "metric: up, entity: §cart",
            "`cart` will not do: write an entity such as `configmap/{namespace}/{configmap}`: kind/namespace/name or kind/name",
        ),
    ],
)
def test_conditions(condition, message):
    text = rule_with(condition)
    line, column = line_column(text, text.index("§"))
    assert one(text.replace("§", "")) == f"rules.yaml:{line}:{column}: rule A-B-001: {message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "- id: a-b-1\n  cause: x.y\n  triggers: [{metric: up}]\n",
            "1:7: rule a-b-1: `a-b-1` will not do: write an id such as `K8S-IMAGE-001`: AREA-GROUP-NNN in upper case",
        ),
        (
            "- cause: x.y\n  triggers: [{metric: up}]\n",
            "1:3: a rule that ends in line 2 lacks the key `id`: AREA-GROUP-NNN in upper case, never reused",
        ),
        (
            "- id: A-B-001\n  cause: x.y\n",
            "1:3: rule A-B-001: a rule that ends in line 2 lacks the key `triggers`: conditions, all must hold",
        ),
        (
            "- id: A-B-001\n  triggers: [{metric: up}]\n",
            "1:7: rule A-B-001: the rule leads nowhere: add `cause`, `refutes`, `symptom`, `advice` or `action`",
        ),
        (
            "- id: A-B-001\n  cause: x.y\n  symptom: x.z\n  triggers: [{metric: up}]\n",
            "3:3: rule A-B-001: a rule names one thing, here are `cause` and `symptom`: make two rules",
        ),
        (
            "- id: A-B-001\n  id: A-B-002\n  cause: x.y\n  triggers: [{metric: up}]\n",
            "2:3: rule A-B-001: the key `id` stands twice, first in line 1: keep one",
        ),
        (
            "- id: A-B-001\n  cause: x.y\n  triggers:\n    metric: up\n",
            "4:5: rule A-B-001: this is a mapping: write a list (lines that begin with `- `)",
        ),
        (
            "- id: A-B-001\n  action: rm -rf /\n  triggers: [{metric: up}]\n",
            "2:11: rule A-B-001: `-rf` is no argument of an analyzer (an action is no shell command): write `--name=value`",
        ),
        (
            "- id: A-B-001\n  action: ''\n  triggers: [{metric: up}]\n",
            "2:11: rule A-B-001: `` names no analyzer: write its name and arguments, such as `check-scheduler-config --nodes=affected`",
        ),
        (
            "- id: A-B-001\n  refutes: x.y\n  triggers: [{metric: up, supports: weak}]\n",
            "3:27: rule A-B-001: this rule speaks against a cause (`refutes`), so do its triggers: write `refutes` here, too",
        ),
        (
            "- id: A-B-001\n  cause: x.y\n  for: 5m\n  triggers: [{metric: up}]\n",
            "3:3: rule A-B-001: `for` has no trigger that it could hold for: a metric with a threshold, or an object with `since`",
        ),
        (
            "- id: !!str A-B-001\n  cause: x.y\n  triggers: [{metric: up}]\n",
            "1:7: rule A-B-001: this (`A-B-001`) has the tag `tag:yaml.org,2002:str`, tags are not used here: write an id such as `K8S-IMAGE-001`: AREA-GROUP-NNN in upper case",
        ),
        ("id: A-B-001\n", "1:1: this is a mapping: write a list of rules (each begins with `- id:`)"),
        ("- 5\n", "1:3: this (`5`) is a number: write a rule: a mapping with `id` and `triggers`"),
        ("just a text\n", "1:1: this (`just a text`) is text: write a list of rules (each begins with `- id:`)"),
        (
            "- id: A-B-001\n  cause: x.y\n  title: 5\n  triggers: [{metric: up}]\n",
            "3:10: rule A-B-001: this (`5`) is a number: write a text, or a mapping with `en` and `zh`",
        ),
        (
            "- id: A-B-001\n  cause: x.y\n  title: ''\n  triggers: [{metric: up}]\n",
            "3:10: rule A-B-001: this is empty: write a text",
        ),
    ],
)
def test_rules(text, message):
    assert one(text) == f"rules.yaml:{message}"


def test_all_mistakes_come_at_once():
    text = """\
- id: A-B-001
  titel: x
  cause: x.y
  triggers:
    - {metric: up, window: 5}
    - {object: pods, where: "objct.a"}
- id: A-B-002
  cause: X
  triggers: [{metric: up, supports: huge}]
"""
    places = [p.split(": rule")[0] for p in problems(text)]
    assert places == [f"rules.yaml:{x}" for x in ("2:3", "5:28", "6:16", "6:30", "8:10", "9:37")]


def test_a_wrong_rule_does_not_take_others_with_it():
    text = rule_with("metric: up") + rule_with("metrik: up").replace("A-B-001", "A-B-002")
    assert [r.id for r in parsed(text).rules] == ["A-B-001"]


def test_duplicate_ids_show_both_places():
    text = rule_with("metric: up") * 2
    assert one(text) == (
        "rules.yaml:4:7: rule A-B-001: `A-B-001` is there already, in rules.yaml:1:7: "
        "ids are unique, give this one a new one"
    )
    causes = "- {id: x.y, title: a}\n- {id: x.y, title: b}\n"
    assert "rules.yaml:2:8: cause x.y: `x.y` is there already, in rules.yaml:1:8" in one(causes, FileKind.CAUSES)


def test_unknown_names_get_near_names():
    text = rule_with("metric: up", cause="kubernetes.image-not-fond", action="chek-it")
    found = ruleset(text, "kubernetes.image-not-found")
    assert [str(p) for p in found.problems] == [
        "rules.yaml:2:10: rule A-B-001: the cause `kubernetes.image-not-fond` is not known: did you mean `kubernetes.image-not-found`?",
        "rules.yaml:3:11: rule A-B-001: the analyzer `chek-it` is not known: nothing near it is known",
    ]


def test_what_two_causes_share_is_not_what_makes_them_near():
    found = ruleset(rule_with("metric: up", cause="kubernetes.quota"), "kubernetes.image-not-found")
    assert "did you mean" not in str(found.problems[0])


def test_a_symptom_is_no_cause():
    found = ruleset(rule_with("metric: up", cause="x.seen"), symptoms=("x.seen",))
    assert [str(p) for p in found.problems] == [
        "rules.yaml:2:10: rule A-B-001: `x.seen` is declared as symptom, not as cause: write `symptom: x.seen`, or change its `role`"
    ]


CAUSE = "- id: x.{0}\n  title: t\n  explains: [{{what: x.{1}}}]\n"


def test_a_circle_of_explanations_is_refused():
    text = CAUSE.format("a", "b") + CAUSE.format("b", "c") + CAUSE.format("c", "a")
    contents = parsed(text, FileKind.CAUSES)
    found = ruleset(rule_with("metric: up", cause="x.a")).merge(
        type(ruleset(""))(causes=contents.causes, places=contents.places)
    )
    assert [str(p) for p in found.problems] == [
        "rules.yaml:9:21: x.a explains x.b explains x.c explains x.a: none can be the root, remove one"
    ]


def test_callers_may_explain_each_other():
    text = CAUSE.format("a", "b") + CAUSE.format("b", "a").replace("what: x.a", "what: x.a, via: [calls]")
    contents = parsed(text, FileKind.CAUSES)
    found = ruleset("").merge(type(ruleset(""))(causes=contents.causes, places=contents.places))
    assert list(found.problems) == []


def test_what_a_cause_explains_is_known():
    contents = parsed(CAUSE.format("a", "gone"), FileKind.CAUSES)
    found = ruleset("").merge(type(ruleset(""))(causes=contents.causes, places=contents.places))
    assert [str(p) for p in found.problems] == [
        "rules.yaml:3:21: x.a: it explains `x.gone`, which is not known: known are `x.a`"
    ]


def test_a_condition_that_reads_nothing_says_what_it_could_read():
    assert one(rule_with("extract: {a: b}")) == (
        "rules.yaml:3:14: rule A-B-001: a condition that ends in line 3 says nothing to read: "
        "it needs one of `metric`, `promql`, `object`, `event`, `log`, `change`, `fact`, `all`, `any`, `not`"
    )


def test_what_is_wrong_with_a_cause_is_said_of_a_cause():
    said = one("- {id: x.y, title: t, remdy: t}\n", FileKind.CAUSES)
    assert said == "rules.yaml:1:23: cause x.y: the key `remdy` is not known in a cause: did you mean `remedy`?"
