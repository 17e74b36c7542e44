"""Whom Go trusts on this machine: the same certificates, so that what fails for Go fails for us.

On Windows Go asks the system's store; SSL_CERT_FILE counts there from 1.27 on, and then the store does not (release
notes of 1.27). Elsewhere OpenSSL and Go read the same files and the same two variables.
"""

import ssl
from typing import Any, Final

from diagflow.collect.host.gover import Version
from diagflow.collect.host.machine import Machine

_OVERRIDES: Final = (1, 27)
_STORES: Final = ("ROOT", "CA")


def context_of(machine: Machine, go: str | None) -> ssl.SSLContext:
    """Return what TLS to a server of modules is checked with.

    Args:
        machine: whose certificates.
        go: the release of Go, `go1.27.3`; None when unknown.
    """
    if not machine.windows:
        return ssl.create_default_context()
    file = machine.env("SSL_CERT_FILE")
    version = Version.parse((go or "").removeprefix("go"))
    if file and version is not None and version.minor >= _OVERRIDES:
        return _of_file(file)
    return _of_store()


def _of_file(path: str) -> ssl.SSLContext:
    """Trust what a file holds; nobody, where it holds nothing that can be read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=path)
    except (OSError, ValueError):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return context


def _of_store() -> ssl.SSLContext:
    """Trust the system's store alone: Python would add SSL_CERT_FILE."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    certificates: Any = getattr(ssl, "enum_certificates", None)  # only there on Windows
    if certificates is None:
        return context
    server = ssl.Purpose.SERVER_AUTH.oid
    for store in _STORES:
        for data, encoding, purposes in certificates(store):
            if encoding == "x509_asn" and (purposes is True or server in purposes):
                _add(context, data)
    return context


def _add(context: ssl.SSLContext, certificate: bytes) -> None:
    try:
        context.load_verify_locations(cadata=certificate)
    except ssl.SSLError:  # Windows keeps some that OpenSSL does not understand
        return
