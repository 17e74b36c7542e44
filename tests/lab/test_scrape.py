"""What the lab's Prometheus scrapes: the mixins find their job names, and no label tells too much."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from lab import components, net, scrape
from lab.paths import Instance, cache

NODE = "worker-0a0b"


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    return scrape.config(Instance("x", tmp_path), NODE)


def fixed(config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What is scraped where it always is, by job."""
    jobs = (one for one in config["scrape_configs"] if "static_configs" in one)
    return {one["job_name"]: one["static_configs"][0] for one in jobs}


def targets(config: dict[str, Any]) -> dict[str, list[str]]:
    return {job: one["targets"] for job, one in fixed(config).items()}


def test_the_jobs_have_the_names_that_the_mixins_ask_for(config: dict[str, Any]):
    wanted = {"apiserver", "kube-scheduler", "kube-controller-manager", "etcd", "kubelet", "kube-state-metrics"}
    assert {*wanted, "node-exporter"} <= targets(config).keys()


def test_the_node_is_a_label_of_what_speaks_about_it(config: dict[str, Any]):
    named = {job for job, one in fixed(config).items() if one.get("labels", {}).get("node") == NODE}
    assert named == {"kubelet", "cadvisor", "node-exporter"}


def test_no_scrape_takes_longer_than_the_time_between_two(config: dict[str, Any]):
    for one in config["scrape_configs"]:
        both = {**config["global"], **one}
        assert float(both["scrape_timeout"].rstrip("s")) <= float(both["scrape_interval"].rstrip("s"))


def test_the_exporter_listens_where_it_is_scraped_and_does_not_tell_which_machine_it_is(config: dict[str, Any]):
    component = components.node_exporter()
    assert targets(config)["node-exporter"] == [f"127.0.0.1:{net.NODE_EXPORTER_PORT}"]
    assert f"--web.listen-address=127.0.0.1:{net.NODE_EXPORTER_PORT}" in component.command
    assert "--collector.disable-defaults" in component.command
    assert not {"--collector.uname", "--collector.dmi"} & set(component.command)


@pytest.mark.skipif(not (cache().bin / "promtool").exists(), reason="needs the lab's promtool: python -m lab build")
def test_prometheus_takes_the_configuration(config: dict[str, Any], tmp_path: Path):
    for one in config["scrape_configs"]:
        for file in one.get("tls_config", {}).values():
            if isinstance(file, str):
                Path(file).parent.mkdir(exist_ok=True)
                Path(file).touch()
    written = tmp_path / "prometheus.yaml"
    written.write_text(yaml.safe_dump(config))
    command = [str(cache().bin / "promtool"), "check", "config", "--syntax-only", str(written)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
