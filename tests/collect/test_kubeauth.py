"""Reaching a cluster as kubectl does."""

import os
import select
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from diagflow.collect.kubeauth import Access, NoCluster, find_access
from diagflow.collect.kubernetes import KubernetesReader
from diagflow.model import BadInput, Query, Reading, State, Want
from tests.collect.clusters import VERSION, listed
from tests.collect.pems import PKI, inline, pem, server_tls
from tests.collect.serving import Exchange, Server, serving, status


def config(
    cluster: Mapping[str, Any] | None = None, user: Mapping[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A kubeconfig with one context, `c`."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
        "clusters": [{"name": "k", "cluster": {"server": "https://api:6443", **(cluster or {})}}],
        "users": [{"name": "u", "user": dict(user or {})}],
        **more,
    }


def write(path: Path, data: Any) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data))
    return str(path)


def access(tmp_path: Path, data: Any, context: str = "") -> Access:
    return find_access(write(tmp_path / "config", data), context, env={})


def pods(access: Access, seconds: float = 5.0) -> Reading:
    """Read pods once."""
    reader = KubernetesReader(access)
    try:
        (reading,) = reader.read(
            [Want(Query.of("objects", "pods"), frozenset({"spec.x"}))], deadline=time.monotonic() + seconds
        )
        return reading
    finally:
        reader.close()


def empty_cluster(exchange: Exchange) -> None:
    exchange.json(VERSION if exchange.path == "/version" else listed([]))


# which file, which context


def test_the_current_context(tmp_path: Path):
    found = access(tmp_path, config())
    assert (found.cluster, found.context, found.namespace, found.user) == ("k", "c", "default", "u")
    assert found.endpoint.url == "https://api:6443"


def test_a_named_context(tmp_path: Path):
    data = config()
    data["contexts"].append({"name": "d", "context": {"cluster": "k", "user": "u", "namespace": "shop"}})
    assert access(tmp_path, data, "d").namespace == "shop"


def test_several_files_are_merged_and_the_first_wins(tmp_path: Path):
    first = {"contexts": [{"name": "c", "context": {"cluster": "k", "user": "u", "namespace": "one"}}]}
    second = config({"certificate-authority": "ca.pem"})
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "ca.pem").write_bytes((PKI / "ca.pem").read_bytes())
    missing = str(tmp_path / "missing")
    paths = [missing, write(tmp_path / "one" / "config", first), write(tmp_path / "two" / "config", second)]
    found = find_access(env={"KUBECONFIG": os.pathsep.join(paths)})
    assert (found.namespace, found.cluster) == ("one", "k")  # and the authority was read beside its own file


@pytest.mark.parametrize(
    ("data", "context", "said"),
    [
        (config(), "prod", "context prod is not in the kubeconfig; there are: c"),
        ({**config(), "clusters": []}, "", "cluster of context c: k is not in the kubeconfig; there are: none"),
        ({**config(), "users": None}, "", "user of context c: u is not in the kubeconfig; there are: none"),
        ({**config(), "current-context": ""}, "", "has no current context: give --context"),
        ("a: [1", "", ":2:1: this kubeconfig is no YAML"),
        ("- 1", "", "this is no kubeconfig: it holds no mapping"),
        ({**config(), "users": [{"name": "u", "user": 5}]}, "", "each of `users` needs `name` and `user`"),
        (config(user={"token": 5}), "", "has a wrong value: Expected `str | null`, got `int`"),
        (config({"server": "ftp://x"}), "", "'ftp://x' is no http:// or https:// URL"),
        (config({"server": "https://127.0.0.1:99999"}), "", "'https://127.0.0.1:99999' is no http:// or https:// URL"),
        (config({"server": "http://[::1"}), "", "'http://[::1' is no http:// or https:// URL"),
        (config({"server": "https://\N{LATIN SMALL LETTER A WITH DIAERESIS}..b"}), "", "is no http:// or https:// URL"),
        ("[" * 100_000, "", "this is no kubeconfig: it is nested too deep"),
        ("{a: " * 101, "", "this is no kubeconfig: it is nested too deep"),
        (config({"certificate-authority-data": "%%"}), "", "certificate-authority of k (inline data) is not base64"),
        (config({"certificate-authority-data": "aGk="}), "", "holds no certificate in PEM"),
        (config({"certificate-authority": "/none.pem"}), "", "/none.pem: certificate-authority of k cannot be read"),
        (config(user={"auth-provider": {"name": "gcp"}}), "", "user u has an auth-provider, which kubectl dropped"),
        (config({"proxy-url": "socks5://p:1"}), "", "socks5://p:1 is no http:// or https:// proxy"),
        (config(user={"exec": {"apiVersion": "v9", "command": "x"}}), "", "exec plugin with apiVersion 'v9'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, data: Any, context: str, said: str):
    with pytest.raises(BadInput) as caught:
        access(tmp_path, data, context)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_named_file_must_exist(tmp_path: Path):
    with pytest.raises(BadInput, match="no such kubeconfig file"):
        find_access(str(tmp_path / "none"), env={})


def test_nothing_at_all_is_no_cluster(tmp_path: Path):
    with pytest.raises(NoCluster, match="no cluster: no kubeconfig"):
        find_access(env={"KUBECONFIG": str(tmp_path / "none")}, service_account=str(tmp_path))


def test_in_a_pod(tmp_path: Path):
    for name, text in {"token": "t0k3n\n", "namespace": "ops", "ca.crt": (PKI / "ca.pem").read_text()}.items():
        (tmp_path / name).write_text(text)
    with serving(empty_cluster, server_tls()) as server:
        env = {
            "KUBECONFIG": str(tmp_path / "none"),
            "KUBERNETES_SERVICE_HOST": "127.0.0.1",
            "KUBERNETES_SERVICE_PORT": str(server.port),
        }
        found = find_access(env=env, service_account=str(tmp_path))
        assert pods(found).state is State.EMPTY
        assert server.requests[-1].headers["Authorization"] == "Bearer t0k3n"
    assert (found.cluster, found.namespace) == ("in-cluster", "ops")


# who we are


def asked_with(tmp_path: Path, user: Mapping[str, Any]) -> Mapping[str, str]:
    """The headers with which pods are asked for."""
    with serving(empty_cluster) as server:
        assert pods(access(tmp_path, config({"server": server.url}, user))).state is State.EMPTY
        return server.requests[-1].headers


def test_a_token(tmp_path: Path):
    assert asked_with(tmp_path, {"token": "abc"})["Authorization"] == "Bearer abc"


def test_a_password(tmp_path: Path):
    assert asked_with(tmp_path, {"username": "u", "password": "p"})["Authorization"] == "Basic dTpw"


def test_a_token_file_is_relative_to_its_kubeconfig(tmp_path: Path):
    (tmp_path / "token").write_text("abc\n")
    assert asked_with(tmp_path, {"tokenFile": "token"})["Authorization"] == "Bearer abc"


def test_a_token_file_is_read_again_when_the_token_is_refused(tmp_path: Path):
    file = tmp_path / "token"
    file.write_text("old")

    def answer(exchange: Exchange) -> None:
        if exchange.headers["Authorization"] == "Bearer new":
            empty_cluster(exchange)
        else:
            file.write_text("new")
            exchange.json(status(401, "Unauthorized"), 401)

    with serving(answer) as server:
        assert pods(access(tmp_path, config({"server": server.url}, {"tokenFile": "token"}))).state is State.EMPTY


def test_a_missing_token_file_is_said(tmp_path: Path):
    with serving(empty_cluster) as server:
        reading = pods(access(tmp_path, config({"server": server.url}, {"tokenFile": "token"})))
        assert not server.requests
    assert reading.state is State.ERROR
    assert reading.detail.endswith("token cannot be read: No such file or directory")


def test_somebody_else(tmp_path: Path):
    headers = asked_with(
        tmp_path, {"token": "abc", "as": "jane", "as-groups": ["dev"], "as-user-extra": {"why": ["x"]}}
    )
    assert headers["Impersonate-User"] == "jane"
    assert headers["Impersonate-Group"] == "dev"
    assert headers["Impersonate-Extra-why"] == "x"


# whom we trust


def over_tls(tmp_path: Path, cluster: Mapping[str, Any], user: Mapping[str, Any] | None = None, **tls: bool) -> Reading:
    with serving(empty_cluster, server_tls(**tls)) as server:
        return pods(access(tmp_path, config({"server": server.url, **cluster}, user)))


def test_an_authority_in_a_file_and_inline(tmp_path: Path):
    assert over_tls(tmp_path, {"certificate-authority": pem("ca.pem")}).state is State.EMPTY
    assert over_tls(tmp_path, {"certificate-authority-data": inline("ca.pem")}).state is State.EMPTY


def test_an_unknown_authority_is_not_trusted(tmp_path: Path):
    reading = over_tls(tmp_path, {})
    assert reading.state is State.ERROR
    assert "shows a certificate that is not trusted (" in reading.detail
    assert "`certificate-authority` of cluster k of the kubeconfig must be" in reading.detail


def test_insecure(tmp_path: Path):
    assert over_tls(tmp_path, {"insecure-skip-tls-verify": True}).state is State.EMPTY


def test_the_server_goes_by_another_name(tmp_path: Path):
    ca = {"certificate-authority": pem("ca.pem")}
    assert over_tls(tmp_path, {**ca, "tls-server-name": "api.internal"}).state is State.EMPTY
    reading = over_tls(tmp_path, {**ca, "tls-server-name": "other.internal"})
    assert "Hostname mismatch" in reading.detail


def test_an_inline_client_certificate_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    private = tmp_path / "private"
    private.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(private))
    user = {"client-certificate-data": inline("client.pem"), "client-key-data": inline("client.key")}
    reading = over_tls(tmp_path, {"certificate-authority": pem("ca.pem")}, user, wants_client=True)
    assert reading.state is State.EMPTY
    assert not list(private.iterdir())


def test_a_client_certificate_in_files(tmp_path: Path):
    user = {"client-certificate": pem("client.pem"), "client-key": pem("client.key")}
    reading = over_tls(tmp_path, {"certificate-authority": pem("ca.pem")}, user, wants_client=True)
    assert reading.state is State.EMPTY


def test_a_server_that_wants_a_certificate_that_we_lack(tmp_path: Path):
    reading = over_tls(tmp_path, {"certificate-authority": pem("ca.pem")}, wants_client=True)
    assert reading.state is State.ERROR
    assert "TLS" in reading.detail


def test_a_key_with_a_password_is_refused_without_asking_for_it(tmp_path: Path):
    user = {"client-certificate": pem("client.pem"), "client-key": pem("locked.key")}
    with pytest.raises(BadInput, match="needs a password"):
        access(tmp_path, config({}, user))


def test_certificate_and_key_of_different_people(tmp_path: Path):
    user = {"client-certificate": pem("client.pem"), "client-key": pem("server.key")}
    with pytest.raises(BadInput, match="are not usable together"):
        access(tmp_path, config({}, user))


# which way


def tunnel(exchange: Exchange) -> None:
    """Do what an HTTP proxy does with CONNECT, for as long as both sides talk."""
    if exchange.headers.get("Proxy-Authorization") != "Basic dTpw":
        exchange.send(b"", 407)
        return
    host, _, port = exchange.handler.path.partition(":")
    with socket.create_connection((host, int(port))) as far:
        exchange.head(200)
        near = exchange.handler.connection
        while True:
            ready, _, _ = select.select([near, far], [], [], 5)
            data = [(s, s.recv(65536)) for s in ready]
            if not data or not all(chunk for _, chunk in data):
                exchange.handler.close_connection = True
                return
            for sock, chunk in data:
                (far if sock is near else near).sendall(chunk)


def through_proxy(tmp_path: Path, server: Server, proxy: str) -> Reading:
    cluster = {"server": server.url, "certificate-authority": pem("ca.pem"), "tls-server-name": "api.internal"}
    return pods(access(tmp_path, config({**cluster, "proxy-url": proxy})))


def test_through_a_proxy_that_wants_a_password(tmp_path: Path):
    with serving(empty_cluster, server_tls()) as server, serving(tunnel) as proxy:
        assert through_proxy(tmp_path, server, f"http://u:p@127.0.0.1:{proxy.port}").state is State.EMPTY
        assert [request.method for request in proxy.requests] == ["CONNECT"]
        refused = through_proxy(tmp_path, server, proxy.url)
    assert refused.state is State.ERROR
    assert "cannot be reached: the proxy says 407" in refused.detail
