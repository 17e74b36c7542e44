"""The comparison with other tools: what they print is read right, and judged in their favour."""

import json

from bench import _peers, compare
from bench._peers import Claim
from lab import motley

ILLS = motley.everything()
READINESS = next(ill for ill in ILLS if ill.cause == "kubernetes.readiness-probe-failing")
MISSING = next(ill for ill in ILLS if ill.cause == "kubernetes.config-map-missing")


def _pod(ill: motley.Ill) -> str:
    return f"{ill.web}-5d9c7b-x2x4z"


def _diagflow(*causes: dict[str, object], symptoms: tuple[dict[str, object], ...] = ()) -> bytes:
    return json.dumps({"causes": causes, "symptoms": symptoms}).encode()


def _cause(name: str, *entities: str, role: str = "root") -> dict[str, object]:
    return {"id": name, "role": role, "entities": entities, "title": "", "explained_by": []}


def test_diagflow_must_name_the_cause_and_the_entity():
    right = f"configmap/{MISSING.namespace}/{MISSING.entity.rpartition('/')[2]}"
    pod = f"pod/{MISSING.namespace}/{_pod(MISSING)}"
    named = compare.judge(_peers.read_diagflow(_diagflow(_cause(MISSING.cause, right))), ILLS)
    assert named.named == named.found == {MISSING.entity}
    for wrong in (_cause(MISSING.cause, pod), _cause("kubernetes.secret-missing", right)):
        verdict = compare.judge(_peers.read_diagflow(_diagflow(wrong)), ILLS)
        assert (verdict.found, verdict.named) == (frozenset({MISSING.entity}), frozenset())


def test_what_follows_is_no_claim_and_what_nothing_explains_is_one():
    pod = f"pod/{READINESS.namespace}/{_pod(READINESS)}"
    deployment = f"deployment/{READINESS.namespace}/{READINESS.web}"
    root, folded = _cause(READINESS.cause, pod), _cause("kubernetes.rollout-stuck", deployment, role="consequence")
    assert compare.judge(_peers.read_diagflow(_diagflow(root, folded)), ILLS).beside == 0
    loose: dict[str, object] = {
        "id": "kubernetes.replicas-missing",
        "entities": [deployment],
        "title": "",
        "explained_by": [],
    }
    assert compare.judge(_peers.read_diagflow(_diagflow(root, symptoms=(loose,))), ILLS).beside == 1
    known = {**loose, "explained_by": [f"{READINESS.cause}@{pod}"]}
    assert compare.judge(_peers.read_diagflow(_diagflow(root, symptoms=(known,))), ILLS).beside == 0


def test_a_cause_of_something_that_is_well_is_noise():
    claims = _peers.read_diagflow(_diagflow(_cause(READINESS.cause, "pod/somewhere/else")))
    verdict = compare.judge(claims, ILLS)
    assert (len(verdict.noise), verdict.found) == (1, frozenset())


def test_k8sgpt_is_read_pod_by_pod_after_whatever_it_says_first():
    ns = READINESS.namespace
    results = [
        {"kind": "Pod", "name": f"{ns}/{_pod(READINESS)}", "error": [{"Text": "Readiness probe failed: no"}]},
        {"kind": "Deployment", "name": f"{ns}/{READINESS.web}", "error": [{"Text": "has 1 replicas but 0"}]},
        {"kind": "ConfigMap", "name": "kube-system/coredns", "error": [{"Text": "ConfigMap is not used"}]},
    ]
    out = b"AI provider not set\n" + json.dumps({"results": results}).encode()
    verdict = compare.judge(_peers.read_k8sgpt(out), ILLS)
    assert verdict.named == {READINESS.entity}
    assert (verdict.beside, len(verdict.noise)) == (1, 1)
    assert _peers.read_k8sgpt(b'{"results": null}') == []


def test_popeye_is_read_without_what_it_says_of_style():
    pod = f"{READINESS.namespace}/{_pod(READINESS)}"
    issues = [
        {"level": 3, "message": "[POP-204] Pod is not ready [0/1]"},
        {"level": 2, "message": "[POP-103] No liveness probe"},
        {"level": 1, "message": "[POP-206] Pod has no associated PodDisruptionBudget"},
    ]
    sections = [{"linter": "pods", "issues": {pod: issues, "a/well": issues[1:]}}, {"linter": "nodes", "issues": None}]
    out = json.dumps({"popeye": {"sections": sections}}).encode()
    claims = _peers.read_popeye(out)
    assert claims == [Claim("pods", READINESS.namespace, _pod(READINESS), "[POP-204] Pod is not ready [0/1]")]
    assert _peers.style(out) == 2
    verdict = compare.judge(claims, ILLS)
    assert (verdict.found, verdict.named) == (frozenset({READINESS.entity}), frozenset())


def test_all_fifty_named_and_nothing_else_is_perfect():
    every = [_cause(ill.cause, ill.entity.replace("*", "5d9c7b-x2x4z")) for ill in ILLS]
    verdict = compare.judge(_peers.read_diagflow(_diagflow(*every)), ILLS)
    assert verdict.perfect
    assert not compare.judge(_peers.read_diagflow(_diagflow(*every[1:])), ILLS).perfect
    more = _cause(READINESS.cause, "pod/somewhere/else")
    assert not compare.judge(_peers.read_diagflow(_diagflow(*every, more)), ILLS).perfect
