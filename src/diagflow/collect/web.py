"""HTTP to one server, for reading: every failure is one sentence, and nothing outlasts its deadline.

An answer with an error status is an answer: what it means, the caller knows. Where none came, `WebError` says why.
"""

import ssl
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import unquote, urlsplit

import httpcore2
import httpx2

from diagflow._version import __version__
from diagflow.collect.troubles import AT_THE_DOOR, Trouble, WebError, judge, short
from diagflow.collect.wire import CONNECT_TIMEOUT, Wire

MAX_BODY: Final = 1 << 30
"""Bytes of one decoded answer; ten times a list of 10,000 large pods."""

MAX_CONNECTIONS: Final = 16
_ATTEMPTS: Final = 4  # of one request, when the server asks to come back later
_BROKEN = (httpcore2.RemoteProtocolError, httpcore2.ReadError, httpcore2.WriteError)


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about a failure, as half sentences: where the server is set, and which certificate it must show."""

    reach: str
    trust: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How to reach one HTTP server.

    Attributes:
        url: base URL without credentials and without a slash at its end.
        advice: what to do when it cannot be reached.
        tls: how to verify and to identify; None for plain HTTP.
        auth: adds credentials to each request.
        headers: sent with each request.
        proxy: URL of an HTTP proxy, with credentials if it needs some; empty for none.
        server_name: the name that its certificate must carry, where that is not the host's.
        compress: ask for compressed answers.
    """

    url: str
    advice: Advice
    tls: ssl.SSLContext | None = None
    auth: httpx2.Auth | None = None
    headers: tuple[tuple[str, str], ...] = ()
    proxy: str = ""
    server_name: str = ""
    compress: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete HTTP answer; `body` is decoded from its transfer, header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytearray

    @property
    def ok(self) -> bool:
        """True for a 2xx status."""
        return 200 <= self.status < 300  # noqa: PLR2004  # HTTP's own numbers

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def retry_after(self) -> float | None:
        """Seconds after which the server wants to be asked again; None if it does not say."""
        return _seconds(self.headers.get("retry-after", ""))


def _seconds(retry_after: str) -> float | None:
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    with suppress(ValueError, TypeError):
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    return None


class _Body(httpx2.SyncByteStream):
    def __init__(self, stream: Iterator[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()


class _Transport(httpx2.BaseTransport):
    """Requests over `Wire`; failures stay those of httpcore, which `_sentence` understands."""

    def __init__(self, endpoint: Endpoint, wire: Wire) -> None:
        self._pool = _pool(endpoint, wire)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        body = _Body(answer.stream)  # type: ignore[arg-type]  # sync, as the request was
        return httpx2.Response(answer.status, headers=answer.headers, stream=body, extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


def _pool(endpoint: Endpoint, wire: Wire) -> httpcore2.ConnectionPool:
    tls = endpoint.tls
    if not endpoint.proxy:
        return httpcore2.ConnectionPool(
            ssl_context=tls, max_connections=MAX_CONNECTIONS, keepalive_expiry=30, network_backend=wire
        )
    proxy = urlsplit(endpoint.proxy)
    login = (unquote(proxy.username), unquote(proxy.password or "")) if proxy.username else None
    return httpcore2.HTTPProxy(
        f"{proxy.scheme}://{proxy.netloc.rpartition('@')[2]}",
        proxy_auth=(login[0].encode(), login[1].encode()) if login else None,
        ssl_context=tls,
        proxy_ssl_context=httpx2.create_ssl_context() if proxy.scheme == "https" else None,
        max_connections=MAX_CONNECTIONS,
        keepalive_expiry=30,
        network_backend=wire,
    )


class Web:
    """One HTTP server; any number of threads may `ask` at once."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._wire = Wire()
        self._stopped = threading.Event()
        self._client = httpx2.Client(
            transport=_Transport(endpoint, self._wire),
            auth=endpoint.auth,
            headers=[("User-Agent", f"diagflow/{__version__}"), *endpoint.headers],
            follow_redirects=False,
            trust_env=False,
        )
        self._client.headers["Accept-Encoding"] = "gzip" if endpoint.compress else "identity"

    def ask(
        self,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        accept: str = "application/json",
        deadline: float,
    ) -> Answer:
        """Ask by GET, or by POST when there is a `form`; asks again where the server wants that and the time allows.

        Args:
            path: begins with a slash; comes after the endpoint's URL; its segments are quoted already.
            params: of the query.
            form: fields of the body.
            accept: wanted content type.
            deadline: `time.monotonic()` value after which there is no answer.

        Raises:
            WebError: no complete answer came.
        """
        request = self._request(path, params, form, accept)
        for _ in range(_ATTEMPTS):
            answer = self._dropped_once(request, deadline)
            pause = answer.retry_after if answer.status in (429, 503) else None
            if pause is None or time.monotonic() + pause >= deadline or self._stopped.wait(pause):
                break
        return answer

    def abort(self) -> None:
        """Cut all connections; whoever waits for an answer gets a `WebError` at once."""
        self._stopped.set()
        self._wire.abort()

    def close(self) -> None:
        """Let go of all connections."""
        self.abort()
        with suppress(Exception):  # a thread that was cut may still hold its connection: it is gone anyway
            self._client.close()

    def _request(
        self, path: str, params: Mapping[str, str] | None, form: Mapping[str, str] | None, accept: str
    ) -> httpx2.Request:
        return self._client.build_request(
            "GET" if form is None else "POST",
            self.endpoint.url + path,
            params=dict(params) if params else None,
            data=dict(form) if form is not None else None,
            headers={"Accept": accept},
            timeout=httpx2.Timeout(None, connect=CONNECT_TIMEOUT),
            extensions={"sni_hostname": self.endpoint.server_name} if self.endpoint.server_name else None,
        )

    def _dropped_once(self, request: httpx2.Request, deadline: float) -> Answer:
        """Ask once more when the connection was dropped before any answer: a kept one may just have been closed."""
        try:
            return self._once(request, deadline)
        except _BROKEN as e:
            if self._stopped.is_set():
                raise WebError(Trouble.CUT, "interrupted") from e
        try:
            return self._once(request, deadline)
        except _BROKEN as e:
            raise self._failed(e, 0) from e

    def _once(self, request: httpx2.Request, deadline: float) -> Answer:
        request.extensions["timeout"]["pool"] = max(deadline - time.monotonic(), 0.001)
        request.extensions["deadline"] = deadline
        with self._wire.until(deadline):
            try:
                response = self._client.send(request, stream=True)
            except _BROKEN:
                raise
            except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProxyError) as e:
                raise self._failed(e, 0) from e
            except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol, httpx2.HTTPError, httpx2.InvalidURL) as e:
                raise WebError(Trouble.PROTOCOL, f"{self.endpoint.url} cannot be asked: {short(e)}") from e
            try:
                return Answer(response.status_code, response.headers, self._body(response, deadline))
            finally:
                response.close()

    def _body(self, response: httpx2.Response, deadline: float) -> bytearray:
        body = bytearray()
        came = 0
        inflate = _inflater(response.headers.get("content-encoding", ""))
        try:
            for chunk in response.iter_raw():
                came += len(chunk)
                body += inflate.decompress(chunk, MAX_BODY + 1 - len(body)) if inflate else chunk
                if len(body) > MAX_BODY:
                    raise WebError(Trouble.TOO_LARGE, self._about("sends more than 1 GiB: ask for less (--namespace)"))
                if time.monotonic() >= deadline:
                    raise httpcore2.ReadTimeout
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as e:
            raise self._failed(e, came) from e
        except zlib.error as e:
            raise WebError(Trouble.CUT, self._about(f"sends a broken compressed answer ({e})")) from e
        if inflate and not inflate.eof:
            raise WebError(Trouble.CUT, self._about(f"ended in the middle of its answer, after {came:,} bytes"))
        return body

    def _about(self, what: str) -> str:
        return f"{self.endpoint.url} {what}"

    def _failed(self, error: Exception, came: int) -> WebError:
        if self._stopped.is_set():
            return WebError(Trouble.CUT, "interrupted")
        trouble, what = judge(error, came)
        advice = {Trouble.TLS: self.endpoint.advice.trust}.get(trouble, self.endpoint.advice.reach)
        gone = trouble is Trouble.CUT and not came  # so ends a request when the server dies
        return WebError(
            trouble, self._about(what) + (f"; {advice}" if advice and (gone or trouble in AT_THE_DOOR) else "")
        )


def _inflater(encoding: str) -> "zlib._Decompress | None":
    return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS) if encoding.strip().lower() in ("gzip", "x-gzip") else None
