"""Packs files into a one-layer OCI image archive that `ctr images import` takes; no daemon, no network.

Byte for byte the same for the same files, so that an image's digest says what is in it.
"""

import hashlib
import io
import json
import posixpath
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_CREATED = "2026-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Image:
    """What an image is made of."""

    name: str
    """Reference with tag, as pods name it."""
    files: dict[str, bytes]
    """Content by absolute path; all files are executable."""
    links: dict[str, str] = field(default_factory=dict)
    """Target by absolute path of the symbolic link."""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()


def pack(image: Image, target: Path) -> None:
    """Writes the archive of an image."""
    blobs: dict[str, bytes] = {}
    layer = _blob(blobs, _layer(image))
    config = _blob(blobs, _json(_config(image, layer["digest"])))
    manifest = _blob(blobs, _json(_manifest(config, layer)))
    tag = image.name.rpartition(":")[2]
    names = {"io.containerd.image.name": image.name, "org.opencontainers.image.ref.name": tag}
    entry = {"mediaType": _media("manifest"), **manifest, "annotations": names}
    index = {"schemaVersion": 2, "manifests": [{**entry, "platform": _platform()}]}
    target.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(target, "w") as archive:
        _add(archive, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        _add(archive, "index.json", _json(index))
        for digest, content in blobs.items():
            _add(archive, f"blobs/sha256/{digest}", content)


def _layer(image: Image) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as layer:
        for folder in _folders([*image.files, *image.links]):
            layer.addfile(_info(folder, type=tarfile.DIRTYPE, mode=0o1777 if folder == "tmp" else 0o755))
        for path, content in image.files.items():
            _add(layer, path.strip("/"), content, mode=0o755)
        for path, target in image.links.items():
            layer.addfile(_info(path.strip("/"), type=tarfile.SYMTYPE, linkname=target))
    return out.getvalue()


def _folders(paths: list[str]) -> list[str]:
    """All parent directories, parents first; /tmp and /etc are there because programs expect them."""
    found = {"tmp", "etc"}
    for path in paths:
        parent = posixpath.dirname(path.strip("/"))
        while parent:
            found.add(parent)
            parent = posixpath.dirname(parent)
    return sorted(found)


def _info(name: str, **attributes: Any) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for key, value in attributes.items():
        setattr(info, key, value)
    return info


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    archive.addfile(_info(name, size=len(content), mode=mode), io.BytesIO(content))


def _blob(blobs: dict[str, bytes], content: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(content).hexdigest()
    blobs[digest] = content
    return {"digest": f"sha256:{digest}", "size": len(content)}


def _config(image: Image, layer: str) -> dict[str, Any]:
    run: dict[str, Any] = {"Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}
    if image.entrypoint:
        run["Entrypoint"] = list(image.entrypoint)
    if image.command:
        run["Cmd"] = list(image.command)
    rootfs = {"type": "layers", "diff_ids": [layer]}
    return {**_platform(), "created": _CREATED, "config": run, "rootfs": rootfs, "history": [{"created": _CREATED}]}


def _manifest(config: dict[str, Any], layer: dict[str, Any]) -> dict[str, Any]:
    return {
        "schemaVersion": 2,
        "mediaType": _media("manifest"),
        "config": {"mediaType": _media("config"), **config},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", **layer}],
    }


def _media(what: str) -> str:
    return f"application/vnd.oci.image.{what}.v1+json"


def _platform() -> dict[str, str]:
    return {"architecture": "amd64", "os": "linux"}


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True).encode()
