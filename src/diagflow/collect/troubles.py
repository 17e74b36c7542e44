"""Why no usable answer came over HTTP, in words: `WebError` says what, where and what to do."""

import socket
import ssl
from enum import StrEnum
from typing import Final

import httpcore2


class Trouble(StrEnum):
    """Why no usable answer came."""

    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNKNOWN_HOST = "unknown host"
    TLS = "tls"
    PROXY = "proxy"
    LOGIN = "login"  # credentials could not be had at all; the server was not asked
    LATE = "late"
    CUT = "cut"
    PROTOCOL = "protocol"
    TOO_LARGE = "too large"


AT_THE_DOOR: Final = frozenset(
    {Trouble.REFUSED, Trouble.UNREACHABLE, Trouble.UNKNOWN_HOST, Trouble.TLS, Trouble.PROXY, Trouble.LOGIN}
)
"""Troubles that every other request to this server would have too."""


class WebError(Exception):
    """No usable answer came; the message says what, where and what to do."""

    def __init__(self, trouble: Trouble, message: str) -> None:
        super().__init__(message)
        self.trouble = trouble


def judge(error: Exception, came: int) -> tuple[Trouble, str]:
    """Say what kind of trouble it is, and a sentence that begins with the server."""
    if isinstance(error, httpcore2.ConnectTimeout):
        return Trouble.UNREACHABLE, "does not answer to a connection"
    if isinstance(error, httpcore2.TimeoutException):
        half = f": only {came:,} bytes of the answer came" if came else ""
        return Trouble.LATE, f"did not answer within the deadline{half}"
    if isinstance(error, httpcore2.ConnectError) or isinstance(_root(error), ssl.SSLError):
        return _at_connecting(_root(error))
    if isinstance(error, httpcore2.ProxyError):
        return Trouble.PROXY, f"cannot be reached: the proxy says {short(error)}"
    if came:
        what = f"cut the connection in the middle of its answer, after {came:,} bytes"
        return Trouble.CUT, f"{what}: what came is unusable"
    return Trouble.CUT, f"dropped the connection without an answer ({short(_root(error))})"


def _at_connecting(cause: BaseException) -> tuple[Trouble, str]:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Trouble.TLS, f"shows a certificate that is not trusted ({cause.verify_message or cause.reason})"
    if isinstance(cause, ssl.SSLError):
        return Trouble.TLS, f"and this machine find no common TLS ({cause.reason or short(cause)})"
    if isinstance(cause, socket.gaierror):
        return Trouble.UNKNOWN_HOST, "cannot be reached: its name is not known here"
    if isinstance(cause, ConnectionRefusedError):
        return Trouble.REFUSED, "refuses connections"
    return Trouble.UNREACHABLE, f"cannot be reached ({short(cause)})"


def _root(error: BaseException) -> BaseException:
    """Return what the system said; httpcore drops the chain of causes but keeps it as an argument."""
    while error.args and isinstance(error.args[0], BaseException):
        error = error.args[0]
    return error


def short(error: BaseException) -> str:
    """Return what an exception says, in one short line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:200]
