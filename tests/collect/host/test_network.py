"""The network: who is asked, through whom, and what is said of a failure."""

import dataclasses
import socket
import ssl
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from diagflow.collect.host import asking
from diagflow.collect.host.facts import Facts
from diagflow.collect.host.goproxy import servers
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.probes import network
from diagflow.collect.host.trust import context_of
from diagflow.collect.host.wire import kind_of
from tests.collect.host.make import NOW, linux, put, windows
from tests.collect.pems import pem, server_tls
from tests.collect.serving import Exchange, free_port, serving


def look(machine: Machine, values: dict[str, str], *, offline: bool = False):
    known = {"network": network.probe, "go_env": lambda _: {"values": values}}
    return Facts(machine, known, offline=offline).wait("network")


def one(machine: Machine, url: str):
    (target,) = look(machine, {"GOPROXY": url, "GOSUMDB": "off"})["targets"]
    return target


def ok(exchange: Exchange) -> None:
    exchange.handler.send_response_only(404)
    exchange.handler.send_header("Date", format_datetime(NOW - timedelta(hours=2), usegmt=True))
    exchange.handler.send_header("Content-Length", "0")
    exchange.handler.end_headers()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"GOPROXY": "https://a.example/x,direct", "GOSUMDB": "sum.example"}, ["a.example:443", "sum.example:443"]),
        ({"GOPROXY": "http://a:81|https://u:p@b,off", "GOSUMDB": "off"}, ["a:81", "b:443"]),
        ({"GOPROXY": "off"}, []),
        ({"GOPROXY": "direct", "GOSUMDB": "s.example+033de0ae+Ac4zctda https://m.example/s"}, ["m.example:443"]),
        ({"GOSUMDB": "s.example+033de0ae+Ac4zctda m.example"}, ["m.example:443"]),
        ({"GOPROXY": "file:///x, https://[::1]:8080 ,https://a:bad,:,https://"}, ["::1:8080"]),
        ({"GOPROXY": ",".join(f"https://h{i}" for i in range(9))}, [f"h{i}:443" for i in range(4)]),
    ],
)
def test_who_is_asked(values, named):
    assert [f"{s.host}:{s.port}" for s in servers(values)] == named


def test_credentials_are_not_shown():
    (server,) = servers({"GOPROXY": "https://me:secret@proxy.example/x"})
    assert server.url == "https://proxy.example/x"


def test_a_server_that_answers(tmp_path):
    with serving(ok) as server:
        found = one(linux(tmp_path), f"{server.url}/go")
    assert server.paths() == ["/go"]
    assert found == {
        "name": "goproxy",
        "url": f"{server.url}/go",
        "host": "127.0.0.1",
        "port": server.port,
        "through": "direct",
        "ok": True,
        "status": 404,
        "clock_offset": 7200,
    }


def test_a_certificate_of_an_unknown_issuer(tmp_path):
    with serving(ok, server_tls()) as server:
        found = one(linux(tmp_path), server.url)
    assert (found["ok"], found["kind"]) == (False, "certificate")
    assert (found["issuer"], found["public_issuer"]) == (issuer(), False)
    assert server.requests == []  # who is not trusted is told nothing


def test_a_certificate_of_a_known_issuer(tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", pem("ca.pem"))
    with serving(ok, server_tls()) as server:
        found = one(linux(tmp_path), server.url)
    assert (found["ok"], found["status"], found["issuer"], found["public_issuer"]) == (True, 404, issuer(), False)


@pytest.mark.parametrize(("go", "trusted"), [("go1.27.3", True), ("go1.26.6", False), (None, False)])
def test_on_windows_the_variable_counts_from_1_27_on(tmp_path, monkeypatch, go, trusted):
    monkeypatch.setenv("SSL_CERT_FILE", pem("ca.pem"))  # Python itself would obey it
    machine = windows(tmp_path, env={"SSL_CERT_FILE": pem("ca.pem")})
    with serving(ok, server_tls()) as server:
        known = {
            "network": network.probe,
            "go_env": lambda _: {"values": {"GOPROXY": server.url}},
            "go": lambda _: {"version": go},
        }
        (target,) = Facts(machine, known).wait("network")["targets"]
    assert target["ok"] is trusted


@pytest.mark.parametrize("content", [None, b"", b"garbage", b"-----BEGIN CERTIFICATE-----\n"])
def test_a_file_without_certificates_trusts_nobody(tmp_path, content):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    context = context_of(windows(tmp_path, env={"SSL_CERT_FILE": str(path)}), "go1.27.3")
    assert (context.get_ca_certs(), context.verify_mode) == ([], ssl.CERT_REQUIRED)


def test_the_store_of_windows(tmp_path, monkeypatch):
    der = ssl.PEM_cert_to_DER_cert(Path(pem("ca.pem")).read_text())
    kept = [
        (der, "x509_asn", True),
        (b"garbage", "x509_asn", True),
        (der, "pkcs_7_asn", True),
        (der, "x509_asn", {"1.2"}),
    ]
    monkeypatch.setattr(ssl, "enum_certificates", lambda store: kept if store == "ROOT" else [], raising=False)
    assert len(context_of(windows(tmp_path), "go1.26.6").get_ca_certs()) == 1


def issuer() -> str:
    parts = ssl._ssl._test_decode_cert(pem("server.pem"))["issuer"]  # type: ignore[attr-defined]
    names = {key: value for ((key, value),) in parts}
    return ", ".join(names[k] for k in ("organizationName", "commonName") if k in names)


def hang_up(exchange: Exchange) -> None:
    exchange.hang_up()


def test_failures(tmp_path, monkeypatch):
    machine = linux(tmp_path)
    assert one(machine, f"http://127.0.0.1:{free_port()}")["kind"] == "refused"
    with serving(hang_up) as server:
        assert one(machine, server.url)["kind"] == "reset"
        assert one(machine, server.url.replace("http", "https"))["kind"] == "tls"
    with serving(lambda exchange: exchange.write(b"SSH-2.0-x\r\n")) as server:
        assert one(machine, server.url)["kind"] == "http"
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert one(machine, "https://proxy.example")["kind"] == "dns"


def unknown(*_args, **_how):
    raise socket.gaierror(-2, "Name or service not known")


def test_a_server_that_says_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(asking, "SECONDS", 0.2)
    monkeypatch.setattr(asking, "_GRACE", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = one(linux(tmp_path), f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert (found["ok"], found["kind"]) == (False, "dns")  # the thread has said nothing yet


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ssl.SSLError("x"), "tls"),
        (ssl.SSLCertVerificationError("x"), "certificate"),
        (TimeoutError(), "timeout"),
        (OSError(113, "No route to host"), "timeout"),
        (ConnectionRefusedError(), "refused"),
        (UnicodeError("label empty or too long"), "dns"),
    ],
)
def test_kinds(error, kind):
    assert kind_of(error) == kind


def through(tmp_path, answer, url="https://modules.example/x", credentials="", **env):
    with serving(answer) as proxy:
        address = f"http://{credentials}127.0.0.1:{proxy.port}"
        machine = linux(tmp_path, env={"HTTPS_PROXY": address, "HTTP_PROXY": address, **env})
        return look(machine, {"GOPROXY": url}), proxy


def test_a_proxy_that_refuses(tmp_path):
    found, proxy = through(tmp_path, lambda exchange: exchange.send(b"", 407), credentials="me:secret@")
    (target,) = found["targets"]
    assert (target["through"], target["ok"], target["kind"]) == ("proxy", False, "http")
    assert "407" in target["error"]
    (asked,) = proxy.requests
    assert (asked.method, asked.handler.path) == ("CONNECT", "modules.example:443")
    assert asked.headers["Proxy-Authorization"] == "Basic bWU6c2VjcmV0"
    assert (found["proxy"]["host"], found["proxy"]["port"], found["proxy"]["listening"]) == (
        "127.0.0.1",
        proxy.port,
        True,
    )


def test_plain_http_through_a_proxy(tmp_path):
    found, proxy = through(tmp_path, ok, url="http://modules.example/x")
    assert (found["targets"][0]["ok"], found["targets"][0]["through"]) == (True, "proxy")
    assert proxy.requests[0].handler.path == "http://modules.example/x"


def test_a_proxy_that_is_not_meant(tmp_path):
    with serving(ok) as server:
        found, proxy = through(tmp_path, ok, url=server.url)
        assert (found["targets"][0]["through"], proxy.requests) == ("direct", [])


def test_a_dead_proxy(tmp_path):
    port = free_port()
    machine = linux(tmp_path, env={"https_proxy": f"127.0.0.1:{port}", "NO_PROXY": "x.example"})
    found = look(machine, {"GOPROXY": "https://modules.example"})
    assert found["targets"][0]["kind"] == "refused"
    assert found["proxy"] == {
        "https": f"127.0.0.1:{port}", "no_proxy": "x.example", "host": "127.0.0.1", "port": port, "listening": False,
    }  # fmt: skip


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "http://127.0.0.1:bad", "://", "http://["])
def test_a_proxy_that_we_do_not_speak_says_nothing(tmp_path, proxy):
    found = look(linux(tmp_path, env={"HTTPS_PROXY": proxy}), {"GOPROXY": "https://modules.example"})
    assert {"ok", "kind"} & set(found["targets"][0]) == set()
    assert found["targets"][0]["error"]


def test_offline_nobody_is_asked(tmp_path):
    with serving(ok) as server:
        machine = linux(tmp_path, env={"HTTPS_PROXY": server.url})
        found = look(machine, {"GOPROXY": server.url, "GOSUMDB": server.url}, offline=True)
        assert server.requests == []
    assert (found["offline"], found["targets"], "listening" in found["proxy"]) == (True, [], False)


def test_what_go_does_not_look_at(tmp_path):
    put(tmp_path / "c" / "ca.pem", "-----BEGIN CERTIFICATE-----\n" * 3)
    settings = {"ProxyEnable": ("REG_DWORD", 1), "ProxyServer": ("REG_SZ", "127.0.0.1:7890")}
    keys = {f"HKCU\\{network._INTERNET_SETTINGS}": settings}
    found = look(windows(tmp_path, env={"SSL_CERT_FILE": "C:\\ca.pem"}, keys=keys), {}, offline=True)
    assert found["wininet"] == {"enabled": True, "server": "127.0.0.1:7890"}
    assert found["ssl_cert_file"] == {"path": "C:\\ca.pem", "exists": True, "certificates": 3}
    missing = dataclasses.replace(linux(tmp_path, env={"SSL_CERT_FILE": "/gone"}))
    assert look(missing, {}, offline=True)["ssl_cert_file"] == {"path": "/gone", "exists": False}
