"""The add-ons of a lab's cluster: what they are made of fits together."""

import json
import os
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest
from lab import addons, components, configs, gobuild, images, net
from lab.paths import Cache, Instance

NODE = "worker-0a0b"


def one(name: str, kind: str) -> dict[str, Any]:
    (found,) = [item for item in addons.objects(name, NODE) if item["kind"] == kind]
    return found


@pytest.mark.parametrize("name", [addons.DNS, addons.METRICS])
def test_an_add_on_has_all_its_values_and_runs_on_the_real_node(name: str):
    assert "{{" not in str(addons.objects(name, NODE))
    assert one(name, "Deployment")["spec"]["template"]["spec"]["nodeSelector"]["kubernetes.io/hostname"] == NODE


@pytest.mark.parametrize("name", [addons.DNS, addons.METRICS])
def test_a_service_of_an_add_on_leads_to_its_pods(name: str):
    service, pod = one(name, "Service")["spec"], one(name, "Deployment")["spec"]["template"]
    assert service["selector"].items() <= pod["metadata"]["labels"].items()
    (container,) = pod["spec"]["containers"]
    ports = {port[key] for port in container["ports"] for key in ("name", "containerPort")}
    assert {port["targetPort"] for port in service["ports"]} <= ports


@pytest.mark.parametrize("name", [addons.DNS, addons.METRICS])
def test_an_add_on_runs_the_image_that_the_lab_makes(name: str):
    (container,) = one(name, "Deployment")["spec"]["template"]["spec"]["containers"]
    made = images.image(name, b"program")
    assert container["image"] == made.name
    assert made.entrypoint[0] in made.files


def test_the_api_goes_before_the_server_that_answers_it():
    said = list[tuple[tuple[str, ...], str]]()
    addons.remove(lambda *words, stdin: said.append((words, stdin)), NODE, addons.METRICS)  # type: ignore[arg-type]
    ((words, stdin),) = said
    assert words[0] == "delete"
    kinds = [item["kind"] for item in json.loads(stdin)["items"]]
    assert kinds[0] == "APIService"
    assert sorted(kinds) == sorted(item["kind"] for item in addons.objects(addons.METRICS, NODE))


def test_a_lab_has_metrics_of_pods_only_where_somebody_asks_for_them():
    assert addons.DNS in images.ALWAYS
    assert addons.METRICS not in images.ALWAYS
    assert {addons.DNS, addons.METRICS} <= {name for one in gobuild.programs() for name in one.binaries}


def test_pods_ask_the_address_that_the_dns_service_has(tmp_path: Path):
    lab = Instance("x", tmp_path)
    lab.config.mkdir()
    configs.kubelet(lab, {})
    assert one("coredns", "Service")["spec"]["clusterIP"] == net.DNS_SERVICE
    assert f"- {net.DNS_SERVICE}" in (lab.config / "kubelet.yaml").read_text()
    # what CoreDNS forwards to; were it CoreDNS itself, it would find the loop and end
    assert (lab.config / "resolv.conf").read_text() == f"nameserver {net.ADDRESS}\n"


def test_the_resolver_and_the_proxy_are_components(tmp_path: Path):
    (tmp_path / "settings.json").write_text("{}")
    every = {c.name for c in components.everything(Cache(tmp_path), Instance("x", tmp_path), NODE)}
    assert {"resolver", "kube-proxy"} <= every


def test_an_image_is_made_again_when_its_program_is_newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    cache, program = Cache(tmp_path), tmp_path / "program"
    shutil.copy(__file__, program)
    monkeypatch.setattr(images, "sources", lambda _: {"coredns": program})
    images.make(cache)
    archive = cache.images / "coredns.tar"
    first = archive.stat().st_mtime_ns
    images.make(cache)
    assert archive.stat().st_mtime_ns == first
    os.utime(program, ns=(first + 10**9, first + 10**9))
    images.make(cache)
    assert archive.stat().st_mtime_ns != first
    with tarfile.open(archive) as made:
        assert "index.json" in made.getnames()


def test_a_small_network_is_taken_for_the_usual_one_while_it_is_there(tmp_path: Path):
    lab = Instance("x", tmp_path)
    networks = lab.config / "cni"
    lab.config.mkdir(parents=True)
    configs._cni(lab)
    configs.small_network(lab, "10.245.0.0/29")
    first = min(networks.iterdir())  # the one that containerd takes
    plugin = json.loads(first.read_text())["plugins"][0]
    assert plugin["ipam"]["ranges"] == [[{"subnet": "10.245.0.0/29"}]]
    assert plugin["bridge"] != json.loads(max(networks.iterdir()).read_text())["plugins"][0]["bridge"]
    configs.usual_network(lab)
    configs.usual_network(lab)
    (left,) = networks.iterdir()
    assert net.PODS in left.read_text()


@pytest.mark.parametrize(("name", "place"), [("another-cpu", slice(18, 20)), ("jumps", slice(24, 32))])
def test_a_program_that_cannot_run_differs_in_one_field_of_its_head(name: str, place: slice):
    program = bytes(range(64))
    (changed,) = images.image(name, program).files.values()
    assert changed[place] != program[place]
    assert changed[: place.start] + program[place] + changed[place.stop :] == program
