"""Credentials from a program."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from diagflow.collect.kubeauth import find_access
from diagflow.model import BadInput, State
from tests.collect.pems import PKI, pem, server_tls
from tests.collect.serving import Exchange, serving, status
from tests.collect.test_kubeauth import config, empty_cluster, pods, write

V1 = "client.authentication.k8s.io/v1"

# Counts its runs in a file, and prints what `answer.json` beside it says, with the number of the run for {run}.
SCRIPT = """
import os, pathlib, sys, time
here = pathlib.Path(__file__).parent
runs = here / "runs"
run = len(runs.read_text()) + 1 if runs.exists() else 1
runs.write_text("x" * run)
(here / "info.json").write_text(os.environ["KUBERNETES_EXEC_INFO"])
(here / "env").write_text(os.environ.get("EXTRA", ""))
answer = (here / "answer.json").read_text().replace("{run}", str(run))
if answer == "hang":
    time.sleep(60)
if answer == "fail":
    sys.exit("session has ended,\\nlog in again")
print(answer)
"""


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """The folder of a plugin that prints a token."""
    folder = tmp_path / "plugin"
    folder.mkdir()
    (folder / "plugin.py").write_text(SCRIPT)
    prints(folder, token="token-{run}")  # noqa: S106  # no secret
    return folder


def prints(folder: Path, **status: Any) -> None:
    credential = {"apiVersion": V1, "kind": "ExecCredential", "status": status}
    (folder / "answer.json").write_text(json.dumps(credential))


def user(folder: Path, **more: Any) -> dict[str, Any]:
    script = str(folder / "plugin.py")
    return {"exec": {"apiVersion": V1, "command": sys.executable, "args": [script], "interactiveMode": "Never", **more}}


def runs(folder: Path) -> int:
    return len((folder / "runs").read_text())


def test_the_token_is_asked_for_once(tmp_path: Path, plugin: Path):
    with serving(empty_cluster) as server:
        path = write(tmp_path / "config", config({"server": server.url}, user(plugin)))
        assert pods(find_access(path, env={})).state is State.EMPTY
        assert {r.headers["Authorization"] for r in server.requests} == {"Bearer token-1"}
    assert runs(plugin) == 1


def test_a_refused_token_is_renewed_once(tmp_path: Path, plugin: Path):
    def answer(exchange: Exchange) -> None:
        if exchange.headers["Authorization"] == "Bearer token-2":
            empty_cluster(exchange)
        else:
            exchange.json(status(401, "Unauthorized"), 401)

    with serving(answer) as server:
        path = write(tmp_path / "config", config({"server": server.url}, user(plugin)))
        assert pods(find_access(path, env={})).state is State.EMPTY
    assert runs(plugin) == 2


def test_an_expired_token_is_renewed_before_it_is_used_again(tmp_path: Path, plugin: Path):
    prints(plugin, token="token-{run}", expirationTimestamp="2020-01-01T00:00:00Z")  # noqa: S106  # no secret
    with serving(empty_cluster) as server:
        path = write(tmp_path / "config", config({"server": server.url}, user(plugin)))
        pods(find_access(path, env={}))
        assert [r.headers["Authorization"] for r in server.requests] == ["Bearer token-1", "Bearer token-2"]


def test_a_plugin_is_told_about_the_cluster_when_it_asks(tmp_path: Path, plugin: Path):
    extension = {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x"}}
    with serving(empty_cluster) as server:
        cluster = {"server": server.url, "extensions": [extension]}
        exec_user = user(plugin, provideClusterInfo=True, env=[{"name": "EXTRA", "value": "yes"}])
        path = write(tmp_path / "config", config(cluster, exec_user))
        assert pods(find_access(path, env={})).state is State.EMPTY
        info = json.loads((plugin / "info.json").read_text())
    assert info["apiVersion"] == V1
    assert info["spec"]["interactive"] is False
    assert info["spec"]["cluster"] == {
        "server": server.url,
        "insecure-skip-tls-verify": False,
        "config": {"audience": "x"},
    }
    assert (plugin / "env").read_text() == "yes"


def test_a_certificate_from_a_plugin(tmp_path: Path, plugin: Path):
    prints(
        plugin,
        clientCertificateData=(PKI / "client.pem").read_text(),
        clientKeyData=(PKI / "client.key").read_text(),
    )
    with serving(empty_cluster, server_tls(wants_client=True)) as server:
        cluster = {"server": server.url, "certificate-authority": pem("ca.pem")}
        path = write(tmp_path / "config", config(cluster, user(plugin)))
        assert pods(find_access(path, env={})).state is State.EMPTY


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("fail", "failed with status 1: session has ended, log in again"),
        ("nonsense", "printed no ExecCredential"),
        ('{"kind": "ExecCredential", "status": {}}', "printed neither a token nor a certificate"),
        ("hang", "did not answer within the deadline"),
    ],
)
def test_a_plugin_that_has_no_credentials(tmp_path: Path, plugin: Path, answer: str, said: str):
    (plugin / "answer.json").write_text(answer)
    with serving(empty_cluster) as server:
        path = write(tmp_path / "config", config({"server": server.url}, user(plugin)))
        start = time.monotonic()
        reading = pods(find_access(path, env={}), seconds=1.0 if answer == "hang" else 10)
        assert not server.requests
    assert answer != "hang" or time.monotonic() - start < 20
    assert reading.state is State.ERROR
    assert reading.detail == f"no credentials for user u: the exec plugin {sys.executable} {said}"
    assert runs(plugin) == 1


def test_a_plugin_that_is_not_installed_says_how_to_install_it(tmp_path: Path, plugin: Path):
    missing = user(plugin, command="no-such-plugin-xyz", installHint="Get it from\n  the shop.")
    with serving(empty_cluster) as server:
        reading = pods(find_access(write(tmp_path / "config", config({"server": server.url}, missing)), env={}))
    assert reading.detail.endswith("no-such-plugin-xyz is not installed (not in PATH). Get it from the shop.")


def test_a_relative_command_is_beside_the_kubeconfig(tmp_path: Path, plugin: Path):
    relative = user(plugin, command="./none/plugin")
    with serving(empty_cluster) as server:
        reading = pods(find_access(write(tmp_path / "config", config({"server": server.url}, relative)), env={}))
    assert "cannot be run: No such file or directory" in reading.detail


def test_a_plugin_that_insists_on_a_terminal(tmp_path: Path, plugin: Path):
    path = write(tmp_path / "config", config({}, user(plugin, interactiveMode="Always")))
    with pytest.raises(BadInput, match="needs a terminal"):
        find_access(path, env={})
