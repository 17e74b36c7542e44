"""What a kubelet of Kubernetes 1.37 writes of a pod that cannot run: its status and its events.

For pods on nodes of kwok. Wordings and states are those that the lab's real kubelet and containerd wrote for the faults
under `lab/faults` (the recordings are in `tests/corpus/faults`); what no fault has cites its source. Times follow from
a pod's age: a container that ends after three seconds each time has been started again as often, and is backed off as
long, as the kubelet's own rule says.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

_RAN = 3
"""Seconds that a container runs before it ends."""
_BACK_OFF, _LONGEST = 10, 300
"""Seconds of the first and of the longest pause: `pkg/kubelet/kubelet.go`, `MaxContainerBackOff`."""
_SYNC = 15
"""Seconds between two looks at a container that waits, about."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event about the pod or one of its containers."""

    type: str
    reason: str
    message: str
    container: str = ""
    """Path of the container, as `spec.containers{app}`; empty where it is about the pod."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a kubelet says of one pod."""

    status: dict[str, Any]
    events: tuple[Event, ...]
    """The latest last."""


@dataclass(frozen=True, slots=True)
class _Pod:
    """A pod that has a node, at one moment."""

    object: dict[str, Any]
    address: str
    now: datetime

    @property
    def container(self) -> dict[str, Any]:
        found: dict[str, Any] = self.object["spec"]["containers"][0]
        return found

    @property
    def name(self) -> str:
        return f"{self.object['metadata']['name']}_{self.object['metadata']['namespace']}"

    @property
    def uid(self) -> str:
        return str(self.object["metadata"]["uid"])

    @property
    def since(self) -> datetime:
        """When the pod got its node."""
        scheduled = [c for c in self.object["status"]["conditions"] if c["type"] == "PodScheduled"]
        return datetime.fromisoformat(scheduled[0]["lastTransitionTime"])

    def filled(self, text: str) -> str:
        return text.replace("<image>", self.container["image"]).replace("<ip>", self.address)


@dataclass(slots=True)
class _Said:
    """What differs between the ways to be ill."""

    state: dict[str, Any]
    last: dict[str, Any] = field(default_factory=dict)
    restarts: int = 0
    phase: str = "Pending"
    events: list[tuple[str, str, str]] = field(default_factory=list)
    init: bool = False
    sandbox: bool = True
    unready_since: datetime | None = None


def tell(pod: dict[str, Any], way: dict[str, Any], address: str, now: datetime) -> Told:
    """Returns what a kubelet says at `now` of a pod that is ill in this way: `{pull: error}`, `{crash: {...}}`, ..."""
    one = _Pod(pod, address, now)
    ((key, value),) = way.items()
    said = _WAYS[key](one, value)
    where = "initContainers" if said.init else "containers"
    path = f"spec.{where}{{{pod['spec'][where][0]['name']}}}" if said.sandbox else ""
    return Told(_status(one, said), tuple(Event(*event, path) for event in said.events))


def events(pod: dict[str, Any], told: Told, now: datetime) -> Iterator[dict[str, Any]]:
    """Returns the Event objects, as a kubelet's recorder makes them; their names make a second call renew the first."""
    meta, node = pod["metadata"], pod["spec"]["nodeName"]
    since = _Pod(pod, "", now).since
    for number, one in enumerate(told.events):
        last = max(since, now - timedelta(seconds=2 * (len(told.events) - number)))
        about = {key: meta[key] for key in ("name", "namespace", "uid")}
        yield {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"{meta['name']}.{number:016x}", "namespace": meta["namespace"]},
            "involvedObject": {
                **about,
                "apiVersion": "v1",
                "kind": "Pod",
                **({"fieldPath": one.container} if one.container else {}),
            },
            "type": one.type,
            "reason": one.reason,
            "message": one.message,
            "count": 1 + int((last - since).total_seconds()) // _SYNC,
            "firstTimestamp": _text(since),
            "lastTimestamp": _text(last),
            "source": {"component": "kubelet", "host": node},
            "reportingComponent": "kubelet",
            "reportingInstance": node,
        }


def starts(age: float) -> tuple[int, float, int]:
    """Returns how a container is that has ended again and again for `age` seconds.

    How often it was started anew, how many seconds after the first start it began last, and how long it is backed off.
    """
    restarts, began, pause = 0, 0.0, _BACK_OFF
    while began + _RAN + pause + _RAN <= age:
        began += _RAN + pause
        restarts, pause = restarts + 1, min(2 * pause, _LONGEST)
    return restarts, began, pause


def _pull(pod: _Pod, error: str) -> _Said:
    image, text = pod.container["image"], pod.filled(error)
    back_off = f'Back-off pulling image "{image}"'
    said = [
        ("Normal", "Pulling", f'Pulling image "{image}"'),
        ("Warning", "Failed", f'Failed to pull image "{image}": {text}'),
        ("Warning", "Failed", "Error: ErrImagePull"),
        ("Warning", "Failed", "Error: ImagePullBackOff"),
        ("Normal", "BackOff", back_off),
    ]
    # the error of the pull follows after the back-off's own words: pkg/kubelet/images/image_manager.go, prevPullErrMsg
    return _Said(_waiting("ImagePullBackOff", f"{back_off}: ErrImagePull: {text}"), events=said)


def _invalid_image(pod: _Pod, error: str) -> _Said:
    # pkg/kubelet/images/image_manager.go, EnsureImageExists; pkg/util/parsers/parsers.go
    image = pod.container["image"]
    text = f'Failed to apply default image tag "{image}": couldn\'t parse image name "{image}": {error}'
    said = [("Warning", "InspectFailed", text), ("Warning", "Failed", "Error: InvalidImageName")]
    return _Said(_waiting("InvalidImageName", text), events=said)


def _never_pull(pod: _Pod, _: object) -> _Said:
    # pkg/kubelet/images/image_manager.go, imageNotPresentOnNeverPolicyError
    text = f'Container image "{pod.container["image"]}" is not present with pull policy of Never'
    said = [("Warning", "ErrImageNeverPull", text), ("Warning", "Failed", "Error: ErrImageNeverPull")]
    return _Said(_waiting("ErrImageNeverPull", text), events=said)


def _create(pod: _Pod, error: str) -> _Said:
    said = [_pulled(pod.container), ("Warning", "Failed", f"Error: {error}")]
    return _Said(_waiting("CreateContainerConfigError", error), events=said)


def _mount(_: _Pod, error: str) -> _Said:
    state = {"waiting": {"reason": "ContainerCreating"}}
    return _Said(state, events=[("Warning", "FailedMount", error)], sandbox=False)


def _start(pod: _Pod, error: str) -> _Said:
    failed = ("Warning", "Failed", f"Error: {error}")
    ended = {"exitCode": 128, "reason": "StartError", "message": error}
    said = _again(pod, pod.container, ended, [_pulled(pod.container), _CREATED, failed])
    said.last["terminated"]["startedAt"] = "1970-01-01T00:00:00Z"  # it never began
    return said


def _crash(pod: _Pod, ended: dict[str, Any]) -> _Said:
    return _again(pod, pod.container, ended, [_pulled(pod.container), _CREATED, _STARTED])


def _init_crash(pod: _Pod, ended: dict[str, Any]) -> _Said:
    container = pod.object["spec"]["initContainers"][0]
    said = _again(pod, container, ended, [_pulled(container), _CREATED, _STARTED])
    said.init, said.phase = True, "Pending"
    return said


def _alive(pod: _Pod, error: str) -> _Said:
    name = pod.container["name"]
    probed = [
        ("Warning", "Unhealthy", f"Liveness probe failed: {error}"),
        ("Normal", "Killing", f"Container {name} failed liveness probe, will be restarted"),
    ]
    ended = {"exitCode": 137, "reason": "Error"}
    return _again(pod, pod.container, ended, [_pulled(pod.container), _CREATED, _STARTED, *probed])


def _ready(pod: _Pod, error: str) -> _Said:
    state = {"running": {"startedAt": _text(pod.since)}}
    probed = ("Warning", "Unhealthy", f"Readiness probe failed: {pod.filled(error)}")
    return _Said(state, phase="Running", events=[_pulled(pod.container), _CREATED, _STARTED, probed])


_WAYS: dict[str, Callable[[_Pod, Any], _Said]] = {
    "pull": _pull,
    "invalid_image": _invalid_image,
    "never_pull": _never_pull,
    "create": _create,
    "mount": _mount,
    "start": _start,
    "crash": _crash,
    "init_crash": _init_crash,
    "alive": _alive,
    "ready": _ready,
}
_CREATED = ("Normal", "Created", "Container created")
_STARTED = ("Normal", "Started", "Container started")


def _pulled(container: dict[str, Any]) -> tuple[str, str, str]:
    there = "already present on machine and can be accessed by the pod"
    return "Normal", "Pulled", f'Container image "{container["image"]}" {there}'


def _again(pod: _Pod, container: dict[str, Any], ended: dict[str, Any], said: list[tuple[str, str, str]]) -> _Said:
    name = container["name"]
    restarts, began, pause = starts((pod.now - pod.since).total_seconds())
    start = pod.since + timedelta(seconds=began)
    end = start + timedelta(seconds=_RAN)
    # Go's way to write a duration
    wait = f"{pause // 60}m{pause % 60}s" if pause >= 60 else f"{pause}s"
    text = f"back-off {wait} restarting failed container={name} pod={pod.name}({pod.uid})"
    last = {**ended, "startedAt": _text(start), "finishedAt": _text(end), "containerID": _container_id(pod, restarts)}
    back_off = ("Warning", "BackOff", f"Back-off restarting failed container {name} in pod {pod.name}({pod.uid})")
    return _Said(
        _waiting("CrashLoopBackOff", text),
        {"terminated": last},
        restarts,
        "Running",
        [*said, back_off],
        unready_since=end,
    )


def _container_id(pod: _Pod, number: int) -> str:
    return f"containerd://{pod.uid.replace('-', ''):0<56}{number:08x}"


def _waiting(reason: str, message: str) -> dict[str, Any]:
    return {"waiting": {"reason": reason, "message": message}}


def _status(pod: _Pod, said: _Said) -> dict[str, Any]:
    kept = [c for c in pod.object["status"]["conditions"] if c["type"] == "PodScheduled"]
    containers = {"containerStatuses": [_of_container(pod, pod.container, said)]}
    if said.init:
        waits = _Said({"waiting": {"reason": "PodInitializing"}})
        first = pod.object["spec"]["initContainers"][0]
        containers = {
            "initContainerStatuses": [_of_container(pod, first, said)],
            "containerStatuses": [_of_container(pod, pod.container, waits)],
        }
    addresses = {"podIP": pod.address, "podIPs": [{"ip": pod.address}]} if said.sandbox else {}
    return {
        **pod.object["status"],
        "phase": said.phase,
        "startTime": _text(pod.since),
        "conditions": [*_conditions(pod, said), *kept],
        **addresses,
        **containers,
    }


def _conditions(pod: _Pod, said: _Said) -> Iterator[dict[str, Any]]:
    since = _text(pod.since)
    sandbox = {} if said.sandbox else {"reason": "PodSandboxNotReady", "message": "no pod sandbox exists"}
    yield _condition("PodReadyToStartContainers", since, **sandbox)
    not_done = f"containers with incomplete status: [{_init_name(pod)}]"
    waits = {"reason": "ContainersNotInitialized", "message": not_done} if said.init else {}
    yield _condition("Initialized", since, **waits)
    unready = f"containers with unready status: [{pod.container['name']}]"
    changed = _text(said.unready_since) if said.unready_since and not said.init else since
    for kind in ("Ready", "ContainersReady"):
        yield _condition(kind, changed, reason="ContainersNotReady", message=unready)


def _init_name(pod: _Pod) -> str:
    return ", ".join(container["name"] for container in pod.object["spec"].get("initContainers", []))


def _condition(kind: str, since: str, **why: str) -> dict[str, Any]:
    status = "False" if why else "True"
    return {"type": kind, "status": status, "lastTransitionTime": since, "observedGeneration": 1, **why}


def _of_container(pod: _Pod, container: dict[str, Any], said: _Said) -> dict[str, Any]:
    ran = said.restarts or "running" in said.state
    return {
        "name": container["name"],
        "image": container["image"],
        "imageID": "sha256:46877c20df461b766671c93617e7fa9530e961306512c7d01311c63dbc8fa738" if ran else "",
        **({"containerID": _container_id(pod, said.restarts)} if ran else {}),
        "ready": False,
        "started": "running" in said.state,
        "restartCount": said.restarts,
        "state": said.state,
        "lastState": said.last,
    }


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
