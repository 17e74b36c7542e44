"""Credentials from a program, as kubeconfigs of cloud providers ask for (`users[].user.exec`).

https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
"""

import os
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx2
import msgspec

from diagflow.collect.credentials import UNAUTHORIZED
from diagflow.collect.tls import Pem, identify
from diagflow.collect.troubles import Trouble, WebError
from diagflow.model import BadInput
from diagflow.model.typed import from_json

_GROUP: Final = "client.authentication.k8s.io"
_VERSIONS: Final = tuple(f"{_GROUP}/{v}" for v in ("v1", "v1beta1", "v1alpha1"))
_EARLY: Final = timedelta(seconds=10)  # a token that ends in the middle of a list is of no use


@dataclass(frozen=True, slots=True)
class Plugin:
    """A program that prints credentials.

    Attributes:
        user: name of the user in the kubeconfig, for errors.
        command: as written there; with a slash in it relative to `folder`.
        args: its arguments.
        env: variables on top of this process's.
        version: `client.authentication.k8s.io/v1` and the like.
        folder: where the kubeconfig is.
        hint: how to install it, if the kubeconfig says so.
        cluster: what it is told about the cluster; None unless it asked (`provideClusterInfo`).
        interactive: `Never`, `IfAvailable` or `Always`.
    """

    user: str
    command: str
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    version: str = _VERSIONS[0]
    folder: Path = Path()
    hint: str = ""
    cluster: Mapping[str, Any] | None = None
    interactive: str = "IfAvailable"

    def check(self) -> None:
        """Refuse what can never work.

        Raises:
            BadInput: an unknown version, or a plugin that insists on a terminal.
        """
        if self.version not in _VERSIONS:
            raise BadInput(
                f"user {self.user}: exec plugin with apiVersion {self.version!r}; known are {', '.join(_VERSIONS)}"
            )
        if self.interactive == "Always":
            raise BadInput(
                f"user {self.user}: the exec plugin {self.command} needs a terminal; use a user with a token"
            )


class _Status(msgspec.Struct):
    token: str = ""
    clientCertificateData: str = ""  # noqa: N815  # as it is printed
    clientKeyData: str = ""  # noqa: N815
    expirationTimestamp: datetime | None = None  # noqa: N815


class _Credential(msgspec.Struct):
    kind: str
    status: _Status


class ExecAuth(httpx2.Auth):
    """Runs the plugin when credentials are needed: at first, when they have ended, when the server refuses them."""

    def __init__(self, plugin: Plugin, tls: ssl.SSLContext | None) -> None:
        self._plugin = plugin
        self._tls = tls
        self._lock = threading.Lock()
        self._have: _Status | None = None

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Add the token; a certificate goes into the TLS context, for connections made from now on."""
        deadline = float(request.extensions.get("deadline", float("inf")))
        used = self._current(None, deadline)
        _sign(request, used)
        response = yield request
        if response.status_code == UNAUTHORIZED:
            _sign(request, self._current(used, deadline))
            yield request

    def _current(self, refused: _Status | None, deadline: float) -> _Status:
        """Return credentials that are not `refused`; one thread runs the plugin, the others wait for it."""
        if not self._lock.acquire(timeout=max(deadline - time.monotonic(), 0) if deadline != float("inf") else -1):
            raise self._error("did not answer within the deadline")
        try:
            if self._have is None or self._have is refused or _ended(self._have):
                self._have = self._fresh(deadline)
            return self._have
        finally:
            self._lock.release()

    def _fresh(self, deadline: float) -> _Status:
        status = self._decoded(_run(self._plugin, deadline))
        if status.clientCertificateData and self._tls is not None:
            origin = f"the certificate of exec plugin {self._plugin.command}"
            try:
                identify(
                    self._tls,
                    Pem(origin, status.clientCertificateData.encode()),
                    Pem("its key", status.clientKeyData.encode()),
                )
            except BadInput as e:
                raise WebError(Trouble.LOGIN, str(e)) from None
        return status

    def _decoded(self, output: bytes) -> _Status:
        try:
            credential = from_json(output, _Credential)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise self._error("printed no ExecCredential") from None
        if credential.kind != "ExecCredential" or not (
            credential.status.token or credential.status.clientCertificateData
        ):
            raise self._error("printed neither a token nor a certificate")
        return credential.status

    def _error(self, what: str) -> WebError:
        return _problem(self._plugin, what)


def _sign(request: httpx2.Request, credential: _Status) -> None:
    if credential.token:
        request.headers["Authorization"] = f"Bearer {credential.token}"


def _ended(credential: _Status) -> bool:
    end = credential.expirationTimestamp
    return end is not None and (end if end.tzinfo else end.replace(tzinfo=UTC)) <= datetime.now(UTC) + _EARLY


def _problem(plugin: Plugin, what: str) -> WebError:
    return WebError(Trouble.LOGIN, f"no credentials for user {plugin.user}: the exec plugin {plugin.command} {what}")


def _run(plugin: Plugin, deadline: float) -> bytes:
    env = {**os.environ, **plugin.env, "KUBERNETES_EXEC_INFO": _info(plugin)}
    command = [_program(plugin, env), *plugin.args]
    try:
        process = subprocess.Popen(  # noqa: S603  # the user's own kubeconfig names it
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as e:
        raise _problem(plugin, f"cannot be run: {e.strerror}{_hint(plugin)}") from None
    with process:
        try:
            left = None if deadline == float("inf") else max(deadline - time.monotonic(), 0.001)
            output, complaint = process.communicate(timeout=left)
        except subprocess.TimeoutExpired:
            raise _problem(plugin, "did not answer within the deadline") from None
        finally:
            process.kill()  # without effect on one that has ended
    if process.returncode:
        said = " ".join(complaint.decode("utf-8", "replace").split())[:200]
        raise _problem(plugin, f"failed with status {process.returncode}" + (f": {said}" if said else ""))
    return output


def _program(plugin: Plugin, env: Mapping[str, str]) -> str:
    """Return the path of the program, looked for as kubectl does: by PATH, or relative to the kubeconfig."""
    if os.sep in plugin.command or "/" in plugin.command:
        return str(plugin.folder / plugin.command)
    found = shutil.which(plugin.command, path=env.get("PATH"))
    if found is None:
        raise _problem(plugin, f"is not installed (not in PATH){_hint(plugin)}")
    return found


def _hint(plugin: Plugin) -> str:
    return f". {' '.join(plugin.hint.split())}" if plugin.hint else ""


def _info(plugin: Plugin) -> str:
    spec: dict[str, Any] = {"interactive": False}
    if plugin.cluster is not None:
        spec["cluster"] = dict(plugin.cluster)
    return msgspec.json.encode({"apiVersion": plugin.version, "kind": "ExecCredential", "spec": spec}).decode()
