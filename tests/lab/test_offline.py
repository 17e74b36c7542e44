"""What of the lab can be tested without one."""

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
import yaml
from lab import (
    conditions,
    crowd,
    debian,
    draw,
    fault,
    gobuild,
    life,
    metrics,
    names,
    nodelogs,
    oci,
    outage,
    process,
    recorder,
    snapshot,
    soak,
    synthetic,
    webhooks,
)
from lab.cluster import Cluster
from lab.errors import LabError
from lab.fault import AlertOf
from lab.paths import SOURCE, Cache, Instance
from lab.process import PidFiles, Process
from lab.wait import answers, until
from tests.lab import gate, sample

from diagflow.bundle.folder.incident import open_folder
from diagflow.model import State
from diagflow.rules import load_packs

SEED, NODE = 7, "worker-0a0b"


@pytest.fixture(params=fault.all_names())
def one(request: pytest.FixtureRequest) -> fault.Fault:
    return fault.load(request.param, SEED, NODE)


def objects_of(one: fault.Fault) -> list[dict[str, Any]]:
    return [*one.before, *one.objects, *one.then]


def test_names_follow_from_the_seed():
    assert names.name(1, "a", "web") == names.name(1, "a", "web")
    assert len({names.name(seed, "a", "web") for seed in range(50)}) > 45
    assert names.name(1, "a", "web") != names.name(1, "a", "db")
    assert names.node(1, "a", "x").startswith("worker-")


def test_no_name_tells_what_is_broken(one: fault.Fault):
    words = set(one.name.replace("/", "-").split("-"))
    for item in objects_of(one):
        assert not words & set(item["metadata"]["name"].split("-")), item["metadata"]["name"]
    assert not words & set(one.namespace.split("-"))


def test_the_alert_of_a_fault_is_one_that_the_lab_can_raise(one: fault.Fault):
    groups = yaml.safe_load((SOURCE / "alerts.yaml").read_text())["groups"]
    known = {rule["alert"] for group in groups for rule in group["rules"]}
    assert one.alert is None or one.alert.name in known


def test_every_fault_is_labelled_with_one_root_and_has_something_to_wait_for(one: fault.Fault):
    assert one.wait
    if one.name.startswith("healthy/"):
        assert one.labels["causes"] == []
        return
    (cause,) = one.labels["causes"]
    kind, _, rest = cause["entity"].partition("/")
    assert kind.islower()
    assert rest
    assert cause["id"] not in one.labels["forbidden"]


def test_every_labelled_name_is_one_of_the_fault(one: fault.Fault):
    # what every lab has
    own = ["kube-scheduler", "kube-controller-manager", "coredns", "service/kube-system/kube-dns", "cluster/local"]
    text = json.dumps([objects_of(one), one.nodes, NODE, own])
    for cause in one.labels["causes"]:
        # less what its owner adds to the name of a pod
        assert re.sub(r"-?(?:\*|(?<=-)\d)$", "", cause["entity"].rpartition("/")[2]) in text


def test_every_labelled_id_is_one_that_the_packs_know(one: fault.Fault):
    right = {cause["id"] for cause in one.labels["causes"]}
    assert right | {*one.labels["forbidden"], *one.labels["ruled_out"], *one.shows} <= known_ids()


@cache
def known_ids() -> set[str]:
    return set(load_packs(["kubernetes", "node"]).causes)


def test_a_fault_that_changes_nodes_is_alone():
    assert fault.load("scheduling/max-pods", SEED, NODE).is_felt_by_others
    assert not fault.load("container/oom-killed", SEED, NODE).is_felt_by_others


def test_a_pause_is_waited_for_and_asks_nobody():
    began = time.monotonic()
    conditions.await_all(None, "ns", [{"pause": 0.05}])  # type: ignore[arg-type]
    assert time.monotonic() - began >= 0.05


def test_the_samples_of_a_recording_are_read_as_they_were_scraped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []

    def answer(expression: str) -> list[Any]:
        asked.append(expression)
        samples = [[1769853300.5, "3"], [1769853301.5, "NaN"]]
        return [{"metric": {"__name__": "up", "job": "a,b", "pod": f"web-{len(asked)}"}, "values": samples}]

    monkeypatch.setattr(conditions, "query", answer)
    metrics.write(tmp_path, metrics.asked(['up{job="a,b"}', "down"]))
    assert asked == ['up{job="a,b"}[30m]', "down[30m]"]
    rows = list(csv.DictReader((tmp_path / "metrics.csv").read_text().splitlines()))
    assert rows[1] == {"timestamp": "1769853301.5", "metric": "up", "value": "NaN", "job": "a,b", "pod": "web-1"}
    opened = open_folder(tmp_path, at=datetime(2026, 1, 31, 10, tzinfo=UTC))
    assert opened.problems == ()
    read = [entry.reading for entry in opened.bundle.entries()]
    assert [(reading.query.kind, reading.state) for reading in read] == [("series", State.DATA)]


def test_a_fault_without_metrics_has_no_file_of_them(tmp_path: Path):
    metrics.write(tmp_path, [])
    assert list(tmp_path.iterdir()) == []


WRITTEN = fault.Fault(
    "node/x",
    "ns",
    "",
    None,
    synthetic="the series, after their source",
    series=[
        {"series": 'errors_total{device="eth0"}', "values": "0 _ 5"},
        {"series": "other", "values": "1 stale"},
    ],
    said_alert=AlertOf("NodeErrors", {"node": "worker-1"}),
)
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_series_that_are_written_by_hand_end_at_the_moment_of_the_recording(tmp_path: Path):
    metrics.write(tmp_path, synthetic.series(WRITTEN, NOON))
    rows = list(csv.DictReader((tmp_path / "metrics.csv").read_text().splitlines()))
    noon = int(NOON.timestamp())
    seen = [(int(row["timestamp"]) - noon, row["device"], row["value"]) for row in rows]
    assert seen[:2] == [(-120, "eth0", "0.0"), (0, "eth0", "5.0")]
    assert seen[2] == (-60, "", "1.0")


def test_an_alert_that_is_written_by_hand_is_one(tmp_path: Path):
    synthetic.alert(tmp_path, WRITTEN, NOON)
    opened = open_folder(tmp_path, at=NOON)
    assert opened.problems == ()
    assert opened.bundle.incident.alert is not None
    assert opened.bundle.incident.alert["alerts"][0]["labels"]["alertname"] == "NodeErrors"


def test_what_only_a_recording_says_is_not_looked_for_live():
    one = fault.Fault("node/x", "ns", "", None, labels={"causes": [{"id": "a.b"}]})
    assert draw.drawable(one)
    assert draw.drawable(replace(one, synthetic="an event"))
    only_recorded: list[dict[str, Any]] = [{"series": WRITTEN.series}, {"node_logs": {"n": "x"}}, {"kernel_log": True}]
    assert not any(draw.drawable(replace(one, **more)) for more in only_recorded)
    assert not draw.drawable(replace(one, said_alert=WRITTEN.said_alert))


def test_every_fault_that_is_written_by_hand_says_after_what(one: fault.Fault):
    assert one.synthetic or not (one.series or one.node_logs or one.said_alert)


def test_the_log_of_a_node_is_found_where_a_recording_has_it(tmp_path: Path):
    nodelogs.write(tmp_path, {"worker-1": "2026-01-31T12:00:00Z worker-1 kernel: text\n"})
    (tmp_path / "alert.json").write_text(json.dumps({"labels": {"alertname": "A"}, "startsAt": "2026-01-31T12:00:00Z"}))
    queries = [str(entry.reading.query) for entry in open_folder(tmp_path, at=NOON).bundle.entries()]
    assert any("worker-1" in query for query in queries)


def test_a_definition_that_is_being_deleted_does_not_end_a_recording(tmp_path: Path):
    class Kubectl:
        def __call__(self, *words: str) -> str:
            if "gone.example.com" in words:
                raise LabError("the server doesn't have a resource type")
            return json.dumps({"items": []})

        def items(self, kind: str, *_: str) -> list[dict[str, Any]]:
            names = ("gone.example.com", "here.example.com") if kind == "customresourcedefinitions" else ()
            return [{"metadata": {"name": name}} for name in names]

    cluster = type("Fake", (), {"kubectl": Kubectl(), "lab": None})()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "_secrets", lambda _: {"items": []})
        snapshot.take(cluster, tmp_path)
    kept = {path.name for path in (tmp_path / "objects").iterdir()}
    assert "here.example.com.json" in kept
    assert "gone.example.com.json" not in kept


def test_each_version_draws_its_own_faults_and_every_area_has_a_share():
    names = [f"{area}/{number}" for area in "abcd" for number in range(9)]
    first, second = sample.drawn(names, "one version", 6), sample.drawn(names, "another", 6)
    assert first == sample.drawn(list(reversed(names)), "one version", 6)
    assert first != second
    assert len(first) == len(set(first)) == 6
    assert {name[0] for name in first} == {name[0] for name in second} == set("abcd")
    assert sample.drawn(names, "x", 36) == sorted(names)


def test_an_unknown_placeholder_is_named_with_its_line(tmp_path: Path):
    with pytest.raises(LabError, match=r"x\.yaml:2: unknown placeholder \{\{nam\(\"web\"\)\}\}"):
        fault.fill('a: 1\nb: {{nam("web")}}', seed=1, fault="x", real_node=NODE, where=tmp_path / "x.yaml")


def test_an_unknown_fault_says_where_the_names_are():
    with pytest.raises(LabError, match="fault list"):
        fault.load("nothing", 1, NODE)


@pytest.mark.parametrize(
    ("path", "wanted", "expected"),
    [
        ("status.phase", "Pending", True),
        ("status.phase", "Pend", False),
        ("status.containerStatuses.0.ready", "False", True),
        ("status.containerStatuses.1.ready", "False", False),
        ("status.containerStatuses.*.name", "side", True),
        ("status.nothing.here", ".*", False),
    ],
)
def test_a_dotted_path_finds_what_it_leads_to(path: str, wanted: str, expected: bool):  # noqa: FBT001  # a table
    pod = {"status": {"phase": "Pending", "containerStatuses": [{"name": "web", "ready": False}, {"name": "side"}]}}
    assert conditions._matches(pod, path, wanted) is expected


def test_a_condition_of_no_kind_is_refused():
    with pytest.raises(LabError, match="event, count, promql and pause"):
        conditions.holds(None, "ns", {"evnt": {}})  # type: ignore[arg-type]


def body(status: str, *pods: str) -> str:
    alerts = [{"status": status, "labels": {"alertname": "A", "pod": pod}} for pod in pods]
    return json.dumps({"status": status, "groupLabels": {"alertname": "A"}, "alerts": alerts})


@pytest.fixture
def posted(tmp_path: Path) -> Path:
    (tmp_path / "000001-firing-A.json").write_text(body("firing", "web-1"))
    (tmp_path / "000002-resolved-A.json").write_text(body("resolved", "web-1"))
    (tmp_path / "000003-firing-A.json").write_text(body("firing", "db-1", "web-2"))
    return tmp_path


def test_the_first_body_after_a_number_that_reports_the_alert_is_found(posted: Path):
    wanted = AlertOf("A", {"pod": "web-.*"})
    assert webhooks.newest_number(posted) == 3
    assert webhooks.find(posted, wanted, 0) == posted / "000001-firing-A.json"
    assert webhooks.find(posted, wanted, 1) == posted / "000003-firing-A.json"
    assert webhooks.find(posted, wanted, 3) is None
    assert webhooks.find(posted, AlertOf("A", {"pod": "cache-.*"}), 0) is None


def test_an_image_is_the_same_bytes_each_time_and_holds_its_files(tmp_path: Path):
    image = oci.Image("reg:5000/base/x:1", {"/bin/tool": b"content"}, {"/bin/t": "tool"}, command=("/bin/t",))
    for name in ("one.tar", "two.tar"):
        oci.pack(image, tmp_path / name)
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()
    with tarfile.open(tmp_path / "one.tar") as archive:
        index = json.load(_file(archive, "index.json"))
        manifest = _blob(archive, index["manifests"][0]["digest"])
        config = _blob(archive, manifest["config"]["digest"])
        layer = _file(archive, _path(manifest["layers"][0]["digest"]))
        with tarfile.open(fileobj=layer) as files:
            assert {"bin", "bin/tool", "bin/t", "tmp", "etc"} == set(files.getnames())
    assert index["manifests"][0]["annotations"]["io.containerd.image.name"] == "reg:5000/base/x:1"
    assert config["config"]["Cmd"] == ["/bin/t"]


def _path(digest: str) -> str:
    return f"blobs/sha256/{digest.partition(':')[2]}"


def _file(archive: tarfile.TarFile, name: str) -> Any:
    found = archive.extractfile(name)
    assert found is not None
    return found


def _blob(archive: tarfile.TarFile, digest: str) -> dict[str, Any]:
    content: dict[str, Any] = json.load(_file(archive, _path(digest)))
    return content


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Process]:
    pid = process.spawn([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "log")
    found = process.observe(pid)
    yield found
    process.kill(found)


@pytest.mark.skipif(sys.platform != "linux", reason="the lab needs Linux")
def test_a_process_is_stopped_only_if_it_is_the_recorded_one(sleeper: Process):
    process.stop(Process(sleeper.pid, sleeper.started + 1))
    assert sleeper.alive
    process.stop(sleeper)
    assert not sleeper.alive


@pytest.mark.skipif(sys.platform != "linux", reason="the lab needs Linux")
def test_a_process_that_does_not_listen_is_killed(tmp_path: Path):
    script = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
    )
    found = process.observe(process.spawn([sys.executable, "-c", script], tmp_path / "log"))
    until(lambda: "on" in (tmp_path / "log").read_text(), "the process to be deaf", 10)
    process.stop(found, seconds=0.3)
    assert not found.alive


@pytest.mark.skipif(sys.platform != "linux", reason="the lab needs Linux")
def test_a_paused_process_is_alive_and_goes_on(tmp_path: Path):
    script = "import time\nwhile True: print('on', flush=True); time.sleep(0.05)"
    log = tmp_path / "log"
    found = process.observe(process.spawn([sys.executable, "-c", script], log))
    until(lambda: bool(log.read_text()), "the process to begin", 10)
    process.pause(found)
    until(lambda: _state(found) == "T", "the process to stop", 10)
    assert found.alive
    process.resume(found)
    before = len(log.read_text())
    until(lambda: len(log.read_text()) > before, "the process to go on", 10)
    process.kill(found)


def _state(found: Process) -> str:
    return Path(f"/proc/{found.pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_an_outage_of_no_component_says_which_there_are(tmp_path: Path):
    cluster = Cluster(Cache(tmp_path), Instance("x", tmp_path))
    (tmp_path / "settings.json").write_text('{"node": "worker-1", "seed": 1}')
    with pytest.raises(LabError, match=r"no component 'api'; it has .*apiserver, .*prometheus"):
        outage.kill(cluster, "api")
    with pytest.raises(LabError, match="prometheus does not run; `python -m lab outage end prometheus`"):
        outage.freeze(cluster, "prometheus")


def test_pid_files_remember_and_forget(tmp_path: Path):
    pids = PidFiles(tmp_path / "pids")
    pids.save("etcd", Process(3, 4))
    assert pids.names() == ["etcd"]
    assert pids.load("etcd") == Process(3, 4)
    (tmp_path / "pids" / "etcd.json").write_text("{")
    assert pids.load("etcd") is None
    pids.forget("etcd")
    assert pids.names() == []


def test_waiting_says_what_did_not_come():
    with pytest.raises(LabError, match="in vain for the moon"):
        until(lambda: False, "the moon", 0.01, every=0.01)


def test_what_is_built_depends_on_the_flags():
    kubernetes = next(program for program in gobuild.programs() if program.module == "kubernetes")
    assert f"gitVersion=v{gobuild.KUBERNETES}" in kubernetes.ldflags
    assert set(kubernetes.binaries) >= {"kube-apiserver", "kubelet", "kubectl"}
    assert all((SOURCE / "modules" / program.module / "go.sum").exists() for program in gobuild.programs())


def test_the_pinned_modules_are_the_versions_that_are_stamped():
    assert f"k8s.io/kubernetes v{gobuild.KUBERNETES}" in (SOURCE / "modules/kubernetes/go.mod").read_text()
    major, minor, patch = gobuild.PROMETHEUS.split(".")
    pin = f"github.com/prometheus/prometheus v0.{int(major) * 100 + int(minor)}.{patch}"
    assert pin in (SOURCE / "modules/prometheus/go.mod").read_text()


def test_every_package_has_a_reason():
    assert all(reason and not reason.endswith(".") for reason in debian.PACKAGES.values())


def test_looks_are_reproducible_and_inside_the_time():
    plan = soak.Plan(2, 10, 5, (), Path())
    assert soak.moments(plan) == soak.moments(plan)
    assert soak.moments(plan) == sorted(soak.moments(plan))
    assert 0 <= soak.moments(plan)[0] <= soak.moments(plan)[-1] <= 120
    assert soak.moments(soak.Plan(2, 10, 6, (), Path())) != soak.moments(plan)


@pytest.mark.parametrize(
    ("script", "well"),
    [
        ("print('{\"causes\": []}')", True),
        ("print('nothing is wrong')", True),
        ('print(\'{"causes": [{"id": "x"}]}\')', False),
        ("raise SystemExit(3)", False),
    ],
)
def test_a_look_fails_when_something_is_named_or_the_exit_status_says_so(script: str, well: bool):  # noqa: FBT001
    assert (soak.run_once((sys.executable, "-c", script), {}) == "") is well


A_LIFE_THAT_SAYS_WHAT_HAPPENS = """
import sys
from types import SimpleNamespace
from unittest.mock import patch
from lab import __main__ as command, soak

life = SimpleNamespace(
    begin=lambda: print("began", flush=True), go_on=lambda stop, _: stop.wait(), end=lambda: print("taken away")
)
sys.argv = ["lab", "soak", "--minutes", "60", "--scans", "1", "--", "true"]
with (
    patch.object(soak.Life, "of", lambda *_: life),
    patch.object(soak, "moments", lambda _: [3600.0]),
    patch.object(command.clusters, "up"),
    patch.object(command.clusters, "environment", lambda _: {}),
    patch.object(command.Cluster, "join"),
):
    sys.exit(command.main())
"""


@pytest.mark.skipif(os.name == "nt", reason="the lab needs Linux")
def test_a_soak_that_is_told_to_end_takes_its_life_away():
    command = [sys.executable, "-c", A_LIFE_THAT_SAYS_WHAT_HAPPENS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=SOURCE.parent) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "began\n"
        running.terminate()
        assert running.communicate(timeout=60)[0] == "taken away\n"
    assert running.returncode == 128 + signal.SIGTERM


def test_a_life_does_the_same_for_the_same_seed():
    lives = [life.Life.of(None, 3) for _ in range(2)]  # type: ignore[arg-type]
    picks = [[one.chance.choice(one._steps()).__name__ for _ in range(20)] for one in lives]
    assert picks[0] == picks[1]
    assert len(set(picks[0])) > 4


def test_a_spot_node_never_comes_back_under_its_name(monkeypatch):
    made: list[str] = []
    deleted: list[str] = []

    def kubectl(*words: str) -> None:
        if words[:2] == ("delete", "node"):
            deleted.append(words[2])

    monkeypatch.setattr(life, "sleep", lambda _: None)
    monkeypatch.setattr("lab.nodes.make", lambda _, specs: made.extend(spec["name"] for spec in specs))
    one = life.Life.of(SimpleNamespace(kubectl=kubectl), 3)  # type: ignore[arg-type]
    first = one.spots[0]
    for _ in range(5):
        one.lose_node()
    assert deleted == [first, *made[:-1]]
    assert len({first, *made}) == 6
    assert made[-1] in {node["name"] for node in one._nodes()}


def test_an_autoscaler_has_a_load_above_its_target_and_the_numbers_that_it_needs():
    made, scaler = life.deployment("web", 1, life.worker()), life.autoscaler("web")
    assert scaler["spec"]["scaleTargetRef"]["name"] == made["metadata"]["name"]
    (container,) = made["spec"]["template"]["spec"]["containers"]
    (metric,) = scaler["spec"]["metrics"]
    assert metric["resource"]["name"] in container["resources"]["requests"]  # it scales on a share of them


@pytest.mark.parametrize(
    ("container", "well"),
    [
        ({"ready": True, "state": {"running": {}}}, True),
        ({"ready": True, "restartCount": 2, "state": {"running": {}}}, False),
        ({"ready": False, "state": {"terminated": {"exitCode": 0}}}, True),
        ({"ready": False, "state": {"terminated": {"exitCode": 1}}}, False),
        ({"ready": False, "state": {"waiting": {}}}, False),
    ],
)
def test_logs_are_kept_of_containers_that_are_not_well(container: dict[str, Any], well: bool):  # noqa: FBT001
    assert snapshot._is_well(container) is well


def test_a_recording_does_not_tell_which_machine_it_was(tmp_path: Path):
    real = {"machineID": "3d12", "bootID": "c9f8", "systemUUID": "3d12", "osImage": "Debian"}
    nodes = [{"status": {"nodeInfo": real}}, {"status": {"nodeInfo": {"machineID": ""}}}, {}]
    path = tmp_path / "nodes.json"
    path.write_text(json.dumps({"items": nodes}))
    snapshot.forget_machine(path)
    first, second, third = json.loads(path.read_text())["items"]
    none = "0" * 32
    assert first["status"]["nodeInfo"] == {"machineID": none, "bootID": none, "systemUUID": none, "osImage": "Debian"}
    assert (second, third) == tuple(nodes[1:])


def test_events_do_not_tell_it_either(tmp_path: Path):
    nodes, events = tmp_path / "nodes.json", tmp_path / "events.json"
    nodes.write_text(json.dumps({"items": [{"status": {"nodeInfo": {"bootID": "c9f8-11"}}}]}))
    events.write_text(json.dumps({"items": [{"message": "Node w has been rebooted, boot id: c9f8-11"}]}))
    snapshot.forget_machine(nodes, events)
    assert "c9f8" not in events.read_text() + nodes.read_text()


def test_a_recording_without_causes_is_healthy(tmp_path: Path):
    recorder.labels(tmp_path, {}, "source.")
    assert yaml.safe_load((tmp_path / "labels.yaml").read_text())["healthy"] is True
    recorder.labels(tmp_path, {"causes": [{"id": "a.b", "entity": "node/n"}]}, "source.")
    assert yaml.safe_load((tmp_path / "labels.yaml").read_text())["healthy"] is False


@pytest.mark.parametrize("words", [[], *([command] for command in ("build", "up", "down", "status", "exec", "outage"))])
def test_every_command_explains_itself(words: list[str]):
    done = _cli(*words, "--help")
    assert done.returncode == 0
    assert "usage: python -m lab" in done.stdout


def test_a_lab_that_is_not_up_is_said_in_one_line(tmp_path: Path):
    done = _cli("exec", "--", "true", cache=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "lab: lab 'default' is not up; run `python -m lab up`\n"
    assert _cli("status", cache=tmp_path).returncode == 1


def _cli(*words: str, cache: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **({"XDG_CACHE_HOME": str(cache)} if cache else {})}
    command = [sys.executable, "-m", "lab", *words]
    return subprocess.run(command, cwd=SOURCE.parent, env=env, capture_output=True, text=True, check=False, timeout=60)


def test_the_receiver_keeps_each_body(tmp_path: Path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    running = subprocess.Popen([sys.executable, SOURCE / "receiver.py", str(tmp_path), str(port)])
    try:
        with httpx2.Client(trust_env=False) as client:
            until(lambda: answers(client, url), "the receiver", 10)
            assert client.post(url, content=body("firing", "web-1")).status_code == 200
            assert client.post(url, content=b"{").status_code == 400
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(10)
    assert [path.name for path in tmp_path.iterdir()] == ["000001-firing-A.json"]


def test_a_crowd_has_as_many_pods_as_it_says_each_ill_one_with_a_cause():
    size = crowd.Size(nodes=10, pods=500, ill=100)
    made = [*crowd._ill(size), *crowd._healthy(size)]
    assert sum(item["spec"]["replicas"] for item in made) == 500
    assert sum(crowd.expected(size).values()) == 100
    assert min(crowd.expected(size).values()) > 0
    assert len({item["metadata"]["name"] for item in made}) == len(made)


def test_a_crowd_is_ill_as_the_stage_of_the_lab_can_read():
    stages = [s for s in yaml.safe_load_all((SOURCE / "stages.yaml").read_text()) if s["kind"] == "Stage"]
    (ill,) = [stage for stage in stages if stage["metadata"]["name"] == "pod-ill"]
    assert f'.metadata.annotations["{crowd._STAGE}"]' in {e["key"] for e in ill["spec"]["selector"]["matchExpressions"]}
    for way in crowd.ways():
        assert way.status or way.container or way.pod
        assert not way.status or {"phase", "state"} <= set(way.status)


def test_nobody_goes_on_before_all_may(tmp_path: Path):
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(gate.reach, tmp_path, name, "loaded") for name in ("one", "two")]
        gate.gather(tmp_path, ["one", "two"], "loaded", lambda: False)
        assert not [run for run in waiting if run.done()]
        gate.let_go(tmp_path, "loaded")
        for run in waiting:
            run.result(timeout=10)


def test_who_never_comes_is_not_waited_for_once_it_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "one.loaded").touch()
    gate.gather(tmp_path, ["one", "two"], "loaded", lambda: True)
    monkeypatch.setattr(gate, "PATIENCE", 0.1)
    with pytest.raises(LabError, match="all to be at loaded"):
        gate.gather(tmp_path, ["one", "two"], "loaded", lambda: False)
