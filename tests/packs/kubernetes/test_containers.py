"""The image and container rules together: texts without gaps, hostile names, and a healthy life that stays silent.

What each rule says alone is in the `.test.yaml` beside it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import diagflow.packs.kubernetes as pack
from diagflow.engine import diagnose
from diagflow.harness.case import Case, read_tests
from diagflow.harness.world import World
from diagflow.model import Outcome, Role, Text
from diagflow.model.diagnosis import Diagnosis, NamedCause, SeenSymptom, Status
from diagflow.rules import RuleSet, load_packs

RULES = Path(str(pack.__file__)).parent / "rules"
POD = "pod/shop/cart-6c4f9-x2x7k"
OURS = ("image", "container")


@cache
def knowledge() -> RuleSet:
    """Return our pack, loaded once."""
    return load_packs(["kubernetes"])


def diagnosed(world: Mapping[str, Any], *, near: bool = False) -> Diagnosis:
    """Diagnose a made-up world as rule tests do; `near` when somebody asks about the pod."""
    reader = World({**world, "entities": [POD]} if near else world)
    return diagnose(knowledge(), reader, reader.incident).diagnosis


def positive_cases() -> Iterator[tuple[str, Case]]:
    for group in OURS:
        for path in sorted((RULES / group).glob("*.test.yaml")):
            tests = read_tests(path)
            matching = [case for case in tests.cases if case.expect.verdict is Outcome.MATCH]
            yield from ((f"{tests.rule}: {case.name}", case) for case in matching[:3])


def texts_of(entry: NamedCause | SeenSymptom) -> Iterator[Text]:
    yield entry.title
    yield from (evidence.text for evidence in entry.evidence)
    if isinstance(entry, NamedCause):
        yield entry.explanation
        for instruction in (entry.remedy, entry.check):
            yield instruction.text
            yield from instruction.commands


CASES = dict(positive_cases())


@pytest.mark.parametrize("name", CASES)
def test_no_text_has_a_gap(name: str) -> None:
    world = World({**CASES[name].given})
    incident = replace(
        world.incident, entities=tuple(v for v in CASES[name].expect.entities) or world.incident.entities
    )
    diagnosis = diagnose(knowledge(), world, incident).diagnosis
    entries: list[NamedCause | SeenSymptom] = [*diagnosis.causes, *diagnosis.symptoms]
    for entry in entries:
        for text in texts_of(entry):
            assert not re.search(r"\{[a-z_]+\}", text.en + text.zh), text


def test_every_cause_is_told_in_both_languages_with_remedy_check_and_link() -> None:
    ours = {rule.names for rule in knowledge().rules for group in OURS if f"/{group}/" in str(rule.position)}
    causes = [knowledge().causes[name] for name in sorted(ours)]
    assert len(causes) > 20
    for cause in causes:
        for text in (cause.title, cause.name, cause.explanation, cause.remedy.text, cause.check.text):
            assert text.en, cause.id
            assert text.zh, cause.id
        assert cause.remedy.commands, cause.id
        assert cause.check.commands, cause.id
        assert cause.docs.startswith("https://"), cause.id
        assert cause.explains, cause.id


def pod(*, status: Mapping[str, Any], spec: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return a pod of a Deployment, on a node since the start of the year."""
    containers = [{"name": "app", "image": "registry.example/shop/cart:1.4"}]
    return {
        "kind": "Pod",
        "namespace": "shop",
        "name": "cart-6c4f9-x2x7k",
        "owner": "replicaset/shop/cart-6c4f9",
        "created": "2026-01-01T00:00:00Z",
        "spec": {"nodeName": "worker-1", "restartPolicy": "Always", "containers": containers, **(spec or {})},
        "status": {"phase": "Running", "startTime": "2026-01-01T00:00:00Z", **status},
        **more,
    }


def container(state: Mapping[str, Any], *, name: str = "app", ready: bool = False, **more: Any) -> dict[str, Any]:
    return {"name": name, "ready": ready, "restartCount": 0, "lastState": {}, "state": state, **more}


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return {"waiting": {"reason": reason, **({"message": message} if message else {})}}


# --- hostile names ---------------------------------------------------------------------------------------------------

RESOLVE = 'failed to resolve reference "{i}": '
REQUEST = RESOLVE + 'failed to do request: Head "https://x/v2/{i}": '
ERRORS = {
    "image-not-found": RESOLVE + "{i}: not found",
    "registry-unauthorized": RESOLVE + "failed to authorize: failed to fetch oauth token: 401 Unauthorized",
    "registry-timeout": REQUEST + "dial tcp 10.0.0.9:443: i/o timeout",
    "registry-dns": REQUEST + "dial tcp: lookup x on 10.0.0.2:53: no such host",
    "registry-certificate-invalid": REQUEST + "x509: certificate has expired",
    "registry-unreachable": REQUEST + "dial tcp 10.0.0.9:443: connect: connection refused",
    "registry-rate-limited": RESOLVE + "unexpected status from HEAD request: 429 Too Many Requests",
    "image-wrong-architecture": 'failed to unpack image "{i}": no match for platform in manifest: not found',
}
WORDS = [
    "not-found",
    "notfound",
    "unauthorized",
    "denied",
    "forbidden",
    "403",
    "401",
    "manifest-unknown",
    "x509",
    "i-o-timeout",
    "timeout",
    "no-such-host",
    "lookup",
    "toomanyreq",
    "eof",
    "unknown",
    "authorization",
    "failed",
    "refused",
    "platform",
    "library",
]
word = st.sampled_from(WORDS)
images = st.builds(
    lambda host, path, tag: f"{host}.example/{'/'.join(path)}:{tag}", word, st.lists(word, min_size=1, max_size=3), word
)


@settings(max_examples=15, deadline=None)
@pytest.mark.parametrize("cause", ERRORS)
@given(image=images)
def test_the_name_of_an_image_never_decides(cause: str, image: str) -> None:
    state = waiting("ErrImagePull", ERRORS[cause].replace("{i}", image))
    spec = {"containers": [{"name": "app", "image": image}]}
    world = {
        "now": "2026-01-01T00:09:00Z",
        "objects": [pod(status={"containerStatuses": [container(state)]}, spec=spec)],
    }
    assert [c.id for c in diagnosed(world).causes] == [f"kubernetes.{cause}"]


# --- a healthy life --------------------------------------------------------------------------------------------------

UNREADY = {
    "type": "Ready",
    "status": "False",
    "reason": "ContainersNotReady",
    "lastTransitionTime": "2026-01-01T00:00:00Z",
}
RUNNING = {"running": {"startedAt": "2026-01-01T00:00:02Z"}}
COMPLETED = {"terminated": {"reason": "Completed", "exitCode": 0, "finishedAt": "2026-01-01T00:00:05Z"}}
FAILED_ONCE = {"terminated": {"reason": "Error", "exitCode": 1, "finishedAt": "2026-01-01T00:00:05Z"}}
INIT = {"initContainers": [{"name": "prepare", "image": "registry.example/shop/tools:1"}]}
PROBE = {"reason": "Unhealthy", "on": POD, "container": "app", "last": "2026-01-01T00:00:35Z"}


def life(status: Mapping[str, Any], *events: Mapping[str, Any], now: str = "00:00:40", **more: Any) -> dict[str, Any]:
    return {
        "now": f"2026-01-01T{now}Z",
        "objects": [pod(status={"conditions": [UNREADY], **status}, **more)],
        "events": list(events),
    }


HEALTHY = {
    "its image is being pulled": life(
        {"phase": "Pending", "containerStatuses": [container(waiting("ContainerCreating"))]}
    ),
    "its image has been pulled for nine minutes": life(
        {"phase": "Pending", "containerStatuses": [container(waiting("ContainerCreating"))]}, now="00:09:00"
    ),
    "its init container runs": life(
        {
            "phase": "Pending",
            "initContainerStatuses": [container(RUNNING, name="prepare")],
            "containerStatuses": [container(waiting("PodInitializing"))],
        },
        spec=INIT,
    ),
    "its init container has failed once and is tried again": life(
        {
            "phase": "Pending",
            "initContainerStatuses": [container(RUNNING, name="prepare", restartCount=1, lastState=FAILED_ONCE)],
            "containerStatuses": [container(waiting("PodInitializing"))],
        },
        spec=INIT,
    ),
    "it starts slowly": life(
        {"containerStatuses": [container(RUNNING, started=True)]},
        {
            **PROBE,
            "message": "Readiness probe failed: dial tcp 10.0.0.7:8080: connect: connection refused",
        },
    ),
    "it has started slowly for nine minutes": life(
        {"containerStatuses": [container(RUNNING, started=True)]},
        {
            **PROBE,
            "last": "2026-01-01T00:08:30Z",
            "message": "Readiness probe failed: HTTP probe failed with statuscode: 503",
        },
        now="00:09:00",
    ),
    "it crashed once": life({"containerStatuses": [container(RUNNING, restartCount=1, lastState=FAILED_ONCE)]}),
    "it has just ended for the first time": life({"containerStatuses": [container(FAILED_ONCE)]}),
    "its ConfigMap comes a second later": life(
        {
            "phase": "Pending",
            "containerStatuses": [container(waiting("CreateContainerConfigError", 'configmap "settings" not found'))],
        },
        now="00:00:02",
    ),
    "the registry stumbled once": life(
        {
            "phase": "Pending",
            "containerStatuses": [container(waiting("ErrImagePull", "dial tcp 10.0.0.9:443: i/o timeout"))],
        }
    ),
    "it is being deleted": life(
        {"containerStatuses": [container(waiting("CrashLoopBackOff"))]}, deleted="2026-01-01T00:00:39Z"
    ),
    "it completed": life({"phase": "Succeeded", "containerStatuses": [container(COMPLETED)]}, owner="job/shop/import"),
    "it was out of memory yesterday": life(
        {
            "conditions": [],
            "containerStatuses": [
                container(
                    RUNNING,
                    ready=True,
                    restartCount=1,
                    lastState={
                        "terminated": {"reason": "OOMKilled", "exitCode": 137, "finishedAt": "2025-12-31T00:00:00Z"}
                    },
                )
            ],
        }
    ),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_pod_is_not_mentioned(name: str) -> None:
    diagnosis = diagnosed(HEALTHY[name])
    assert (diagnosis.causes, diagnosis.symptoms) == ((), ())
    assert diagnosis.status is Status.HEALTHY


def test_a_crash_without_a_word_has_a_symptom_and_no_cause() -> None:
    """Nothing tells why: the honest answer is the symptom, and what it is not."""
    crashed = container(waiting("CrashLoopBackOff"), restartCount=5, lastState=FAILED_ONCE)
    world = {
        **life({"containerStatuses": [crashed]}),
        "logs": {"shop/cart-6c4f9-x2x7k/app.previous": "Segmentation fault\n"},
    }
    diagnosis = diagnosed(world, near=True)
    assert not diagnosis.causes
    assert [s.id for s in diagnosis.symptoms] == ["kubernetes.crash-loop"]
    assert {r.id for r in diagnosis.ruled_out} == {
        "kubernetes.container-oom-killed",
        "kubernetes.liveness-probe-failing",
    }
    assert all(knowledge().causes[s.id].role is Role.SYMPTOM for s in diagnosis.symptoms)
    assert diagnosis.exit_status == 3
