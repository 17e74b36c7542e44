"""TLS as a client: whom to trust and how to identify, also from inline data.

Python loads a client's certificate from files only. Inline data therefore goes through a private temporary file that is
closed before it is read (Windows cannot open it twice) and deleted at once.
"""

import base64
import binascii
import os
import ssl
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2

from diagflow.model import BadInput


@dataclass(frozen=True, slots=True)
class Pem:
    """Something in PEM: where it comes from, for errors, and the bytes; nothing at all when `data` is empty."""

    origin: str
    data: bytes

    def __bool__(self) -> bool:
        return bool(self.data)

    def __repr__(self) -> str:
        return f"Pem({self.origin})"  # a key is never printed


def from_file(path: Path, what: str) -> Pem:
    """Read a PEM file.

    Raises:
        BadInput: it cannot be read.
    """
    try:
        return Pem(f"{what} {path}", path.read_bytes())
    except OSError as e:
        raise BadInput(f"{path}: {what} cannot be read: {e.strerror}") from None


def from_base64(text: str, what: str) -> Pem:
    """Decode inline data as a kubeconfig has it.

    Raises:
        BadInput: it is no base64.
    """
    try:
        return Pem(what, base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError):
        raise BadInput(f"{what} is not base64") from None


def client_context(trust: Pem | None = None, *, insecure: bool = False) -> ssl.SSLContext:
    """Return a context that trusts `trust` alone, or, without, what this machine trusts.

    Args:
        trust: certificates of authorities.
        insecure: verify nothing, as `insecure-skip-tls-verify` asks.

    Raises:
        BadInput: `trust` holds no certificate.
    """
    if insecure:
        return httpx2.create_ssl_context(verify=False)
    if not trust:
        return httpx2.create_ssl_context()
    # Not `create_default_context`: since Python 3.13 that refuses authorities as many clusters have made themselves.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    add_trust(context, trust)
    return context


def add_trust(context: ssl.SSLContext, trust: Pem) -> None:
    """Trust further authorities.

    Raises:
        BadInput: `trust` holds no certificate.
    """
    try:
        context.load_verify_locations(cadata=trust.data.decode("ascii", "replace").replace("\ufffd", "?"))
    except ssl.SSLError as e:
        raise BadInput(f"{trust.origin} holds no certificate in PEM ({e.reason or e})") from None


def identify(context: ssl.SSLContext, certificate: Pem, key: Pem) -> None:
    """Let the client show a certificate.

    Raises:
        BadInput: certificate or key are broken, do not belong together, or the key needs a password.
    """

    def no_password() -> str:
        raise BadInput(f"{key.origin} needs a password; DiagFlow reads unencrypted keys only, as kubectl does")

    handle, name = tempfile.mkstemp(prefix="diagflow-", suffix=".pem")  # readable by this user alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(certificate.data.rstrip() + b"\n" + key.data)
        context.load_cert_chain(name, password=no_password)
    except ssl.SSLError as e:
        raise BadInput(f"{certificate.origin} and {key.origin} are not usable together ({e.reason or e})") from None
    finally:
        with suppress(OSError):
            Path(name).unlink()
