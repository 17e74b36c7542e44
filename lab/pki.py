"""Certificates and kubeconfigs of one lab: one authority, a client for each component."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from lab import net
from lab.paths import Instance
from lab.sh import run

_CA_EXTENSIONS = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign")


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate to make: the file's name, whom it names, and what it is for."""

    name: str
    subject: str
    usage: str = "clientAuth"
    names: str = ""
    """Subject alternative names as openssl writes them, for servers."""


def certificates(node: str) -> tuple[Certificate, ...]:
    """Returns the certificates of a lab whose real node is called `node`."""
    service = "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
    local = f"IP:127.0.0.1,IP:{net.ADDRESS}"
    return (
        Certificate(
            "apiserver",
            "/CN=kube-apiserver",
            "serverAuth",
            f"{local},IP:{net.API_SERVICE},DNS:localhost,{service}",
        ),
        Certificate("kubelet-client", "/O=system:masters/CN=kube-apiserver-kubelet-client"),
        Certificate("kubelet-server", f"/O=system:nodes/CN=system:node:{node}", "serverAuth", f"{local},DNS:{node}"),
        Certificate("registry", f"/CN={net.REGISTRY}", "serverAuth", f"DNS:{net.REGISTRY}"),
        # the registry on the third port shows this one, whatever it is called by
        Certificate("registry-other", "/CN=archive.internal", "serverAuth", "DNS:archive.internal"),
        Certificate("admin", "/O=system:masters/CN=admin"),
        Certificate("controller-manager", "/CN=system:kube-controller-manager"),
        Certificate("scheduler", "/CN=system:kube-scheduler"),
        Certificate("kubelet", f"/O=system:nodes/CN=system:node:{node}"),
        Certificate("proxy", "/CN=system:kube-proxy"),
        Certificate("kwok", "/O=system:masters/CN=kwok"),
        Certificate("front-proxy", "/CN=front-proxy-client"),
    )


_KUBECONFIGS = ("admin", "controller-manager", "scheduler", "kubelet", "proxy", "kwok")


def make(lab: Instance, node: str) -> None:
    """Writes keys, certificates and kubeconfigs of a lab."""
    lab.pki.mkdir(parents=True, exist_ok=True)
    _authority(lab.pki)
    for certificate in certificates(node):
        _certificate(lab.pki, certificate)
    run(["openssl", "genrsa", "-out", "sa.key", "2048"], cwd=lab.pki)
    run(["openssl", "rsa", "-in", "sa.key", "-pubout", "-out", "sa.pub"], cwd=lab.pki)
    for name in _KUBECONFIGS:
        (lab.config / f"{name}.kubeconfig").write_text(yaml.safe_dump(_kubeconfig(lab, name)))


def _key(folder: Path, name: str) -> None:
    run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key"], cwd=folder)


def _authority(folder: Path) -> None:
    _key(folder, "ca")
    extensions = [part for extension in _CA_EXTENSIONS for part in ("-addext", extension)]
    command = ["openssl", "req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=lab-ca", "-days", "3650"]
    run([*command, "-out", "ca.crt", *extensions], cwd=folder)


def _certificate(folder: Path, certificate: Certificate) -> None:
    name = certificate.name
    _key(folder, name)
    lines = ["keyUsage=critical,digitalSignature", f"extendedKeyUsage={certificate.usage}"]
    if certificate.names:
        lines.append(f"subjectAltName={certificate.names}")
    (folder / f"{name}.ext").write_text("\n".join(lines) + "\n")
    request = ["openssl", "req", "-new", "-key", f"{name}.key", "-subj", certificate.subject]
    run([*request, "-out", f"{name}.csr"], cwd=folder)
    sign = ["openssl", "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key"]
    run([*sign, "-CAcreateserial", "-days", "3650", "-out", f"{name}.crt", "-extfile", f"{name}.ext"], cwd=folder)
    for rest in ("csr", "ext"):
        (folder / f"{name}.{rest}").unlink()


def _kubeconfig(lab: Instance, user: str) -> dict[str, object]:
    cluster = {"server": net.API_URL, "certificate-authority": str(lab.pki / "ca.crt")}
    identity = {"client-certificate": str(lab.pki / f"{user}.crt"), "client-key": str(lab.pki / f"{user}.key")}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "lab", "cluster": cluster}],
        "users": [{"name": user, "user": identity}],
        "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": user}}],
        "current-context": "lab",
    }
