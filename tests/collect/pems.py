"""The certificates in `pki/`, and TLS servers that show them."""

import base64
import ssl
from pathlib import Path

PKI = Path(__file__).parent / "pki"


def pem(name: str) -> str:
    """The path of a file in `pki/`."""
    return str(PKI / name)


def inline(name: str) -> str:
    """A file in `pki/` as a kubeconfig has it inline."""
    return base64.b64encode((PKI / name).read_bytes()).decode()


def server_tls(*, wants_client: bool = False) -> ssl.SSLContext:
    """TLS of a server that shows `server.pem`, and asks for a client's certificate if told to."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem("server.pem"), pem("server.key"))
    if wants_client:
        context.load_verify_locations(pem("ca.pem"))
        context.verify_mode = ssl.CERT_REQUIRED
    return context
