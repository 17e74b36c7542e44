"""What a fault does to the lab's own components, and that it is taken back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lab import cluster as cluster_module
from lab import components, outage, process
from lab.cluster import Cluster
from lab.components import Component
from lab.errors import LabError
from lab.fault import Fault
from lab.kubectl import Kubectl
from lab.paths import Cache, Instance
from lab.process import PidFiles, Process


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    (tmp_path / "settings.json").write_text('{"node": "worker-1", "seed": 1}')
    return Cluster(Cache(tmp_path), Instance("x", tmp_path))


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    done: list[Any] = []
    monkeypatch.setattr(process, "kill", lambda p: done.append(("kill", p.pid)))
    monkeypatch.setattr(process, "pause", lambda p: done.append(("pause", p.pid)))
    monkeypatch.setattr(outage, "_start", lambda _, c: done.append(("start", c)))
    monkeypatch.setattr(outage, "_leads", lambda *_: True)
    monkeypatch.setattr(cluster_module, "await_node", lambda *_: None)
    monkeypatch.setattr(Process, "alive", property(lambda p: p.pid > 10))  # the others have ended
    return done


def running(cluster: Cluster, **pids: int) -> None:
    for name, pid in pids.items():
        PidFiles(cluster.lab.pids).save(name.replace("_", "-"), Process(pid, 0))


def test_a_fault_that_takes_a_component_away_is_alone():
    assert Fault("a/b", "ns", "", None, components={"scheduler": "kill"}).is_felt_by_others
    assert not Fault("a/b", "ns", "", None).is_felt_by_others


def test_a_component_is_killed_or_frozen(cluster: Cluster, said: list[Any]):
    running(cluster, scheduler=11, resolver=12)
    outage.begin(cluster, "scheduler", "kill")
    outage.begin(cluster, "resolver", "freeze")
    assert said == [("kill", 11), ("pause", 12)]


def test_a_component_is_started_with_further_flags_and_then_without(cluster: Cluster, said: list[Any]):
    running(cluster, etcd=11)
    outage.begin(cluster, "etcd", ["--quota-backend-bytes=1"])
    (killed, (_, started)) = said
    assert killed == ("kill", 11)
    assert isinstance(started, Component)
    plain = components.etcd(cluster.cache, cluster.lab)
    assert started.command == (*plain.command, "--quota-backend-bytes=1")
    running(cluster, etcd=9)
    outage.undo(cluster, "etcd", ["--quota-backend-bytes=1"])
    assert said[2:] == [("kill", 9), ("start", plain)]


def test_who_gave_up_without_an_api_server_is_started_with_it(cluster: Cluster, said: list[Any]):
    running(cluster, apiserver=9, scheduler=8, controller_manager=12)
    outage.end(cluster, "apiserver")
    assert [one.name for _, one in said] == ["apiserver", "scheduler"]
    said.clear()
    outage.end(cluster, "prometheus")
    assert [one.name for _, one in said] == ["prometheus"]


def test_what_cannot_be_done_to_a_component_is_said(cluster: Cluster):
    with pytest.raises(LabError, match="scheduler: 'kil' is neither kill nor freeze nor a list of flags"):
        outage.begin(cluster, "scheduler", "kil")


def test_who_was_killed_does_not_lead_by_the_lease_that_it_left(cluster: Cluster, monkeypatch: pytest.MonkeyPatch):
    def lease(age: int) -> dict[str, Any]:
        renewed = (datetime.now(UTC) - timedelta(seconds=age)).isoformat()
        return {"metadata": {"name": "kube-scheduler"}, "spec": {"renewTime": renewed}}

    monkeypatch.setattr(Kubectl, "items", lambda *_: [lease(60)])
    assert not outage._leads(cluster, "scheduler")
    monkeypatch.setattr(Kubectl, "items", lambda *_: [lease(1)])
    assert outage._leads(cluster, "scheduler")
    assert not outage._leads(cluster, "controller-manager")
