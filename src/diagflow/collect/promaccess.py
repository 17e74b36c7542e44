"""How to reach a Prometheus that somebody named: URL, credentials, certificates."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import httpx2

from diagflow.collect.credentials import fixed_token, token_file
from diagflow.collect.proxies import is_loopback, proxy_from_environment
from diagflow.collect.tls import add_trust, client_context, from_file, identify
from diagflow.collect.urls import http_url
from diagflow.collect.web import Advice, Answer, Endpoint, Web
from diagflow.model import BadInput

_VARIABLES: Final = {
    "url": "PROMETHEUS_URL",
    "token": "PROMETHEUS_TOKEN",
    "token_file": "PROMETHEUS_TOKEN_FILE",
    "username": "PROMETHEUS_USERNAME",
    "password": "PROMETHEUS_PASSWORD",
    "ca_file": "PROMETHEUS_CA_FILE",
    "cert_file": "PROMETHEUS_CERT_FILE",
    "key_file": "PROMETHEUS_KEY_FILE",
}


@dataclass(frozen=True, slots=True)
class PrometheusOptions:
    """Where a Prometheus is and who we are there; empty is: not said.

    Attributes:
        url: base URL, with a path if it is served under one; credentials in it are used and never shown.
        token: bearer token.
        token_file: file that holds one; read again when the token is refused.
        username: for basic authentication.
        password: for basic authentication.
        ca_file: certificates to trust beside those that this machine trusts, PEM.
        cert_file: certificate to show, PEM.
        key_file: its key; empty when it is in `cert_file` too.
        insecure: do not verify the server's certificate.
    """

    url: str = ""
    token: str = ""
    token_file: str = ""
    username: str = ""
    password: str = ""
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    insecure: bool = False

    def __repr__(self) -> str:
        return f"PrometheusOptions({_parts(self.url)[0] if self.url else ''})"  # no credentials in logs


def options_from(env: Mapping[str, str], url: str = "") -> PrometheusOptions:
    """Return what the environment says (PROMETHEUS_URL, PROMETHEUS_TOKEN ...); `url` counts more than its own."""
    given = {name: env.get(variable, "") for name, variable in _VARIABLES.items()}
    return PrometheusOptions(**{**given, "url": url or given["url"]}, insecure=env.get("PROMETHEUS_INSECURE") == "true")


@dataclass(frozen=True, slots=True)
class Door:
    """One way to something that may be a Prometheus.

    Attributes:
        web: the server that is asked: itself, or the API server whose proxy leads there.
        prefix: path before `/api/v1`.
        shown: how people are told of it.
        form: questions go into a POST form, so that their length does not matter; through an API server's proxy they
            go into the URL, because there a GET needs the right to `get` only.
    """

    web: Web
    prefix: str
    shown: str
    form: bool = True

    def ask(self, endpoint: str, fields: Mapping[str, str], deadline: float) -> Answer:
        """Return the answer of one endpoint (`/query`).

        Raises:
            WebError: none came.
        """
        path = f"{self.prefix}/api/v1{endpoint}"
        if self.form and fields:
            return self.web.ask(path, form=fields, deadline=deadline)
        return self.web.ask(path, params=fields, deadline=deadline)


def direct_door(options: PrometheusOptions, env: Mapping[str, str]) -> Door:
    """Return the door to the Prometheus that the options name.

    Raises:
        BadInput: the URL or a file is unusable.
    """
    url, username, password = _parts(options.url)
    secure = url.startswith("https:")
    endpoint = Endpoint(
        url=url,
        advice=Advice(
            reach="is it up, and is the URL right (--prometheus, PROMETHEUS_URL)?",
            trust="PROMETHEUS_CA_FILE can name the authority that signed it",
        ),
        tls=_tls(options) if secure else None,
        auth=_auth(options, username, password),
        proxy=proxy_from_environment(url, env),
        compress=not is_loopback(urlsplit(url).hostname or ""),
    )
    return Door(Web(endpoint), "", url)


def _parts(url: str) -> tuple[str, str, str]:
    """Return the URL without credentials, the user's name and the password."""
    parts = http_url(url if "://" in url else f"http://{url}")
    if parts is None:
        raise BadInput("the URL of Prometheus is none: write http://HOST:9090 (--prometheus, PROMETHEUS_URL)")
    path = parts.path.rstrip("/").removesuffix("/api/v1").removesuffix("/graph").rstrip("/")
    plain = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}"
    return plain, unquote(parts.username or ""), unquote(parts.password or "")


def _tls(options: PrometheusOptions) -> ssl.SSLContext:
    context = client_context(insecure=options.insecure)
    if options.ca_file:
        add_trust(context, from_file(Path(options.ca_file).expanduser(), "PROMETHEUS_CA_FILE"))
    if options.cert_file:
        certificate = from_file(Path(options.cert_file).expanduser(), "PROMETHEUS_CERT_FILE")
        key = from_file(Path(options.key_file or options.cert_file).expanduser(), "PROMETHEUS_KEY_FILE")
        identify(context, certificate, key)
    return context


def _auth(options: PrometheusOptions, username: str, password: str) -> httpx2.Auth | None:
    if options.token_file:
        return token_file(Path(options.token_file).expanduser())
    if options.token:
        return fixed_token(options.token)
    if options.username or username:
        return httpx2.BasicAuth(options.username or username, options.password or password)
    return None
