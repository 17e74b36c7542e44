"""A certificate authority that nobody knows and a server's certificate from it: what TLS interception looks like."""

from pathlib import Path

from lab.sh import run
from lab.windows import stamps
from lab.windows.places import places

_NAMES = "subjectAltName=DNS:localhost,DNS:proxy.corp.example,IP:127.0.0.1"


def build() -> None:
    """Makes both once; they are valid for ten years."""
    folder = places().certificates
    stamps.once("certificates", stamps.digest(_NAMES), [folder], lambda: _make(folder))


def _make(folder: Path) -> None:
    folder.mkdir(parents=True)
    key, ca = folder / "ca.key", folder / "ca.pem"
    common = ["-days", "3650", "-nodes", "-newkey", "rsa:2048"]
    run(
        [
            "openssl",
            "req",
            "-x509",
            *common,
            "-subj",
            "/O=Example Interception/CN=Example Root",
            "-keyout",
            key,
            "-out",
            ca,
        ]
    )
    request, server, names = folder / "server.csr", folder / "server.key", folder / "names"
    run(["openssl", "req", "-new", *common[2:], "-subj", "/CN=proxy.corp.example", "-keyout", server, "-out", request])
    names.write_text(_NAMES)
    signed: list[str | Path] = ["-CA", ca, "-CAkey", key, "-CAcreateserial", "-days", "3650", "-extfile", names]
    run(["openssl", "x509", "-req", "-in", request, *signed, "-out", folder / "server.pem"])
