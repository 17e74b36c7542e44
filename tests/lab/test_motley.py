"""The crowd with fifty broken things: what is played of a kubelet is what the real one recorded."""

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from lab import crowd, kubelet, motley
from lab.paths import SOURCE

_CORPUS = Path(__file__).parents[1] / "corpus" / "faults"
_CAUSES = SOURCE.parent / "src" / "diagflow" / "packs" / "kubernetes" / "causes"
_WAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "not-found": ("pull", {}),
    "unauthorized": ("pull", {}),
    "registry-timeout": ("pull", {}),
    "registry-certificate": ("pull", {}),
    "configmap-missing": ("create", {}),
    "secret-missing": ("create", {}),
    "configmap-volume-missing": ("mount", {}),
    "host-path-missing": ("mount", {}),
    "invalid-command": ("start", {}),
    "oom-killed": ("crash", {"exitCode": 137, "reason": "OOMKilled"}),
    "bad-config": ("crash", {"exitCode": 1, "reason": "Error"}),
    "init-crash": ("init_crash", {"exitCode": 3, "reason": "Error"}),
    "liveness": ("alive", {}),
    "readiness": ("ready", {}),
}
"""Recordings of the real kubelet, and the way that plays each."""


def _recorded(slug: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Returns the first pod of a recording that is ill, and the kubelet's events about it."""
    objects = list(_objects(_CORPUS / f"{slug}.zip"))
    pod = next(one for one in objects if "containerStatuses" in one.get("status", {}))
    said = [one for one in objects if one.get("involvedObject", {}).get("uid") == pod["metadata"]["uid"]]
    return pod, [one for one in said if one.get("source", {}).get("component") == "kubelet"]


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    with zipfile.ZipFile(path) as bundle:
        for name in bundle.namelist():
            if name.startswith("blobs/"):
                try:
                    content = json.loads(bundle.read(name))
                except ValueError:
                    continue
                yield from (one for one in content if isinstance(one, dict))


def _error(slug: str, pod: dict[str, Any], said: list[dict[str, Any]]) -> Any:
    """Returns what the way is told of the recording: the error that its own words stand around."""
    way, ended = _WAYS[slug]
    waiting = pod["status"]["containerStatuses"][0]["state"].get("waiting", {})
    match way:
        case "pull" | "create":
            return waiting["message"]
        case "mount":
            return next(one["message"] for one in said if one["reason"] == "FailedMount")
        case "start":
            return pod["status"]["containerStatuses"][0]["lastState"]["terminated"]["message"]
        case "alive" | "ready":
            text = next(one["message"] for one in said if one["reason"] == "Unhealthy")
            return text.partition("probe failed: ")[2]
        case _:
            return ended


def _told(slug: str) -> tuple[dict[str, Any], list[dict[str, Any]], kubelet.Told]:
    pod, said = _recorded(slug)
    now = datetime.fromisoformat(pod["status"]["startTime"]) + timedelta(seconds=45)
    address = pod["status"].get("podIP", "")
    return pod, said, kubelet.tell(pod, {_WAYS[slug][0]: _error(slug, pod, said)}, address, now)


def _vague(text: str) -> str:
    """Returns a text without its durations: how long a back-off lasts depends on how long each run took."""
    return re.sub(r"back-off \w+", "back-off", text)


@pytest.mark.parametrize("slug", _WAYS)
def test_the_conditions_are_those_of_a_real_kubelet(slug: str):
    pod, _, told = _told(slug)

    def seen(status: dict[str, Any]) -> list[tuple[str, ...]]:
        return [(c["type"], c["status"], c.get("reason", ""), c.get("message", "")) for c in status["conditions"]]

    assert seen(told.status) == seen(pod["status"])
    assert told.status["phase"] == pod["status"]["phase"]
    assert told.status.get("podIP") == pod["status"].get("podIP")


@pytest.mark.parametrize("slug", [slug for slug, (way, _) in _WAYS.items() if way not in ("pull", "init_crash")])
def test_the_container_is_as_a_real_kubelet_says(slug: str):
    pod, _, told = _told(slug)
    (real,), (played,) = pod["status"]["containerStatuses"], told.status["containerStatuses"]
    assert played["state"].keys() == real["state"].keys()
    assert played["state"].get("waiting", {}).get("reason") == real["state"].get("waiting", {}).get("reason")
    assert _waits(played) == _waits(real)
    assert played["lastState"].keys() == real["lastState"].keys()
    last, was = (one["lastState"].get("terminated", {}) for one in (played, real))
    assert {k: last.get(k) for k in ("exitCode", "reason", "message")} == {
        k: was.get(k) for k in ("exitCode", "reason", "message")
    }
    assert (played["ready"], played["started"]) == (real["ready"], real["started"])
    assert set(real) - set(played) <= {"allocatedResources", "resources", "volumeMounts"}


def _waits(container: dict[str, Any]) -> str:
    return _vague(container["state"].get("waiting", {}).get("message", ""))


@pytest.mark.parametrize("slug", _WAYS)
def test_the_events_are_those_of_a_real_kubelet(slug: str):
    _, said, told = _told(slug)
    real = {(one["type"], one["reason"], one["message"], one["involvedObject"].get("fieldPath", "")) for one in said}
    assert {(one.type, one.reason, one.message, one.container) for one in told.events} == real


def test_a_failing_pull_is_backed_off_with_its_error():
    pod, _, told = _told("not-found")
    (played,) = told.status["containerStatuses"]
    error = pod["status"]["containerStatuses"][0]["state"]["waiting"]["message"]
    image = pod["spec"]["containers"][0]["image"]
    assert played["state"]["waiting"] == {
        "reason": "ImagePullBackOff",
        "message": f'Back-off pulling image "{image}": ErrImagePull: {error}',
    }


def test_an_init_container_waits_and_the_others_for_it():
    _, _, told = _told("init-crash")
    (init,), (app,) = told.status["initContainerStatuses"], told.status["containerStatuses"]
    assert init["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert init["lastState"]["terminated"]["exitCode"] == 3
    assert app["state"] == {"waiting": {"reason": "PodInitializing"}}


def test_pauses_double_until_they_are_five_minutes():
    """`pkg/kubelet/kubelet.go`: 10 s at first, twice as long each time, at most 300 s."""
    seen = [kubelet.starts(age) for age in range(0, 1500, 10)]
    assert seen[0] == (0, 0.0, 10)
    assert sorted({pause for _, _, pause in seen}) == [10, 20, 40, 80, 160, 300]
    assert all(after >= before for before, after in pairwise(restarts for restarts, _, _ in seen))
    assert kubelet.starts(16) == (1, 13.0, 20)
    assert kubelet.starts(15.9) == (0, 0.0, 10)


def test_an_event_told_again_is_the_same_event():
    pod, _, told = _told("oom-killed")
    pod["spec"]["nodeName"] = "worker-1"
    since = datetime.fromisoformat(pod["status"]["startTime"])
    early, late = (list(kubelet.events(pod, told, since + timedelta(seconds=seconds))) for seconds in (60, 660))
    assert [one["metadata"]["name"] for one in early] == [one["metadata"]["name"] for one in late]
    assert len({one["metadata"]["name"] for one in early}) == len(early)
    assert early[-1]["count"] < late[-1]["count"]
    assert [one["lastTimestamp"] for one in late] == sorted(one["lastTimestamp"] for one in late)
    assert late[-1]["lastTimestamp"] <= (since + timedelta(seconds=660)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_fifty_things_are_broken_in_twenty_five_ways_that_the_product_knows():
    ills = motley.everything()
    known = {cause["id"] for path in _CAUSES.glob("*.yaml") for cause in yaml.safe_load(path.read_text())}
    assert len({ill.entity for ill in ills}) == motley.COUNT == 50
    causes = [ill.cause for ill in ills]
    assert len(set(causes)) == motley.WAYS == 25
    assert all(causes.count(cause) == motley.COPIES for cause in causes)
    assert set(causes) <= known


def test_no_two_broken_things_share_a_name_or_touch_each_other():
    ills = motley.everything()
    assert len({(ill.namespace, ill.web) for ill in ills}) == len(ills)
    for ill in ills:
        owners = [other for other in ills if other.concerns(ill.namespace, f"{ill.web}-7d9f-x2")]
        assert owners == ([ill] if ill.web in ill.about else [])


def test_the_names_say_nothing_of_the_fault():
    words = {word for ill in motley.everything() for word in ill.cause.partition(".")[2].split("-")}
    names = {name.partition("-")[0] for ill in motley.everything() for name in (ill.web, ill.namespace, *ill.about)}
    assert not words & (names - {"worker"})


def test_who_is_told_of_is_left_alone_by_kwok():
    stages = [one for one in yaml.safe_load_all((SOURCE / "stages.yaml").read_text()) if one["kind"] == "Stage"]
    (mark,) = motley._OURS
    key = f'.metadata.annotations["{mark}"]'
    rules = {
        stage["metadata"]["name"]: {e["key"]: e["operator"] for e in stage["spec"]["selector"]["matchExpressions"]}
        for stage in stages
    }
    assert rules["pod-told"][key] == "Exists"
    assert rules["pod-ready-again"][key] == "DoesNotExist"
    for ill in motley.everything():
        template = ill.objects[0]["spec"]["template"]["metadata"]
        assert (template.get("annotations") == motley._OURS) is bool(ill.kubelet)


def test_a_namespace_of_the_crowd_is_of_all_numbers():
    assert {crowd.namespace(number) for number in range(100)} == {crowd.namespace(number) for number in range(40)}
