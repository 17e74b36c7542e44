"""Fields of Kubernetes' kinds, and what lint says of those that there are not."""

import re
import subprocess
import sys

import pytest

from diagflow.rules import load_packs, load_paths
from diagflow.rules.fieldchecks import unknown_fields
from diagflow.rules.fields import is_known, misread, misread_container
from diagflow.rules.kinds import KINDS
from diagflow.rules.problem import is_error

RULE = """\
- id: A-B-001
  cause: x.y
  triggers:
    - {condition}
"""


def told(folder, condition: str) -> list[tuple[int, int, str, bool]]:
    """Return line, column and message of what is wrong, and whether it is an error."""
    (folder / "rules.yaml").write_text(RULE.format(condition=condition), encoding="utf-8")
    (folder / "causes.yaml").write_text("- {id: x.y, title: t}\n", encoding="utf-8")
    ruleset = load_paths([folder])
    assert [str(p) for p in ruleset.errors] == []
    return [(p.position.line, p.position.column, p.message, is_error(p)) for p in unknown_fields(ruleset)]


@pytest.mark.parametrize(
    ("kind", "path", "words"),
    [
        ("pod", "status.phase", None),
        ("pod", "status.phsae", "`status.phsae` is no field of the kind pod: did you mean `status.phase`?"),
        ("pod", "speck.nodeName", "did you mean `spec`?"),
        ("pod", "phase", "did you mean `status.phase`?"),
        ("pod", "status.conditions[].type", None),
        ("pod", "status.conditions[].typ", "did you mean `status.conditions[].type`?"),
        ("pod", "status.conditions.type", "is a list: write `status.conditions[].type`, in CEL"),
        ("pod", "status.phase.x", "`status.phase` of the kind pod is a value, with nothing below it"),
        ("pod", "status.phase[]", "is no list: leave out `[]`"),
        ("pod", "metadata.labels.whatever", None),
        ("configmap", "data.whatever", None),
        ("networkpolicy", "spec.ingress[].from[].podSelector.matchLabels.app", None),  # `from` is no name in Python
        ("service", "spec.ports[].targetPort", None),  # a number or a text
        ("horizontalpodautoscaler", "spec.metrics[].type", None),  # of autoscaling/v2
        ("horizontalpodautoscaler", "spec.targetCPUUtilizationPercentage", None),  # of autoscaling/v1
        ("resourceclaim", "spec.devices.requests[].name", None),  # not what a container calls so
        ("acme.example.org", "spec.whatever.it[].is", None),
        ("acme.example.org", "metadata.nmae", "did you mean `metadata.name`?"),
    ],
)
def test_a_path_into_a_kind(kind, path, words):
    wrong = misread(kind, path)
    assert (wrong.message if wrong else None) == words or (words and wrong and words in wrong.message)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("status.conditions", "it is a list, so write `status.conditions[].type` or the like"),
        ("metadata.finalizers", "it is a list, so write `metadata.finalizers[]` or the like"),
        ("status", "name a field below it, such as `status.phase`"),
        ("metadata.finalizers[]", None),
        ("metadata.creationTimestamp", None),
    ],
)
def test_what_is_compared_is_one_value(path, words):
    wrong = misread("pod", path, value=True)
    assert (wrong.message.partition("value: ")[2] if wrong else None) == words
    assert misread("pod", path) is None


def test_a_container_has_its_spec_and_status_and_what_is_taken_out_of_it():
    for path in ("name", "type", "image", "spec.args[]", "status.imageID", "state.waiting.reason", "restartCount"):
        assert misread_container(path) is None
    assert "did you mean `state.waiting.reason`?" in str(misread_container("state.waiting.raeson"))
    assert "known are `image`, `lastState`" in str(misread_container("waiting.reason"))


def test_all_kinds_that_rules_may_name_are_known():
    assert [kind for kind in (*KINDS, "event") if not is_known(kind)] == []


@pytest.mark.parametrize(
    ("condition", "word", "words"),
    [
        ("{object: pod, when: {status.phsae: Failed}}", "phsae", "did you mean `status.phase`?"),
        ("{object: pod, where: 'object.status.phsae == \"\"'}", "phsae", "did you mean `status.phase`?"),
        (
            "{object: pod, where: 'object.status.conditions.exists(c, c.typ == \"\")'}",
            "typ",
            "did you mean `status.conditions[].type`?",
        ),
        ("{object: pod, each: container, when: {container.stat.waiting.reason: X}}", "stat", "did you mean `state`?"),
        ("{object: pod, each: container, where: container.spec.imag == ''}", "imag", "did you mean `spec.image`?"),
        (
            "{object: pod, when: {status.phase: Failed}, since: timestamp(object.status.startTim)}",
            "startTim",
            "did you mean `status.startTime`?",
        ),
        (
            "{object: pod, when: {status.phase: Failed}, extract: {it: object.status.reasn}}",
            "reasn",
            "did you mean `status.reason`?",
        ),
        (
            "{object: pod, related: {n: {via: node, kind: node}}, where: 'related.n.exists(n, n.spec.unschedulabel)'}",
            "unschedulabel",
            "did you mean `spec.unschedulable`?",
        ),
        ("{log: x, of: {when: {status.phsae: Failed}}}", "phsae", "did you mean `status.phase`?"),
        ("{event: Failed, where: event.typ == 'Warning'}", "typ", "did you mean `type`?"),
    ],
)
def test_lint_names_the_place(tmp_path, condition, word, words):
    ((line, column, message, error),) = told(tmp_path, condition)
    assert re.match(rf"{word}\b", RULE.format(condition=condition).splitlines()[line - 1][column - 1 :])
    assert (words in message, error) == (True, True)


def test_of_a_kind_that_is_not_kubernetes_own_it_is_a_warning(tmp_path):
    ((_, _, message, error),) = told(tmp_path, "{object: acme.example.org, when: {metadata.nmae: x, spec.any: y}}")
    assert ("did you mean `metadata.name`?" in message, error) == (True, False)


def test_our_own_rules_read_fields_that_there_are():
    assert [str(p) for p in unknown_fields(load_packs())] == []


def test_loading_does_not_wait_for_it():
    code = "import sys; from diagflow.rules import load_packs; load_packs(['go']); print('lightkube' in sys.modules)"
    environment = {"DIAGFLOW_CACHE": "off"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "False"
