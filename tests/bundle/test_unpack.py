"""Packed folders: as good as the folder, and no way to hurt the reader's machine."""

import errno
import gzip
import io
import os
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from diagflow.bundle import open_bundle
from diagflow.model import Query
from tests.bundle.gather import killed, must_gather
from tests.bundle.make import NOW, pod, refusal, write
from tests.cli.run import diagflow

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


def packed(root: Path, name: str, files: dict[str, Any], mode: Any = "w:gz") -> Path:
    write(root / "in", files)
    path = root / name
    with tarfile.open(path, mode) as archive:
        archive.add(root / "in", arcname=".")
    return path


def holding(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for member, body in members:
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return path


@pytest.mark.parametrize(("name", "mode"), [("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("A.TAR", "w"), ("b.tar", "w:gz")])
def test_a_packed_must_gather_is_the_must_gather(name: str, mode: str, tmp_path: Path):
    path = packed(tmp_path, name, must_gather(killed()), mode)
    found, folder = open_bundle(path, key=b"k"), open_bundle(tmp_path / "in", key=b"k")
    assert found.bundle.digest() == folder.bundle.digest()
    assert found.bundle.incident == folder.bundle.incident


def test_a_packed_incident_folder_keeps_its_parts(tmp_path: Path):
    alert = {"alerts": [{"labels": {"alertname": "A"}, "startsAt": "2026-01-01T11:00:00Z"}]}
    files = {"incident/alert.json": alert, "incident/objects/a.json": pod("a")}
    found = open_bundle(packed(tmp_path, "a.tar.gz", files))
    assert found.bundle.incident.alert == alert


def test_it_can_be_imported(tmp_path: Path):
    path = packed(tmp_path, "must-gather.tar.gz", must_gather(killed()))
    ran = diagflow("import", path, tmp_path / "incident.zip")
    assert ran.status == 0, ran.err
    assert open_bundle(tmp_path / "incident.zip").bundle.get(Query.of("objects", "pods")).readable


def test_a_full_disk_is_no_damaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = packed(tmp_path, "a.tar.gz", {"objects/a.json": pod("a")})

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tarfile.TarFile, "extract", refuse)
    said = refusal(open_bundle, path)
    assert "there is no room to unpack it" in said
    assert "TMPDIR" in said
    assert "copy it again" not in said


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    path = packed(tmp_path, "a.tar.gz", {"a.json": pod("a")})
    open_bundle(path, at=NOW)
    refusal(open_bundle, packed(tmp_path, "b.tar.gz", {"a.json": "{"}))
    assert list(temporary.iterdir()) == []


def test_what_is_wrong_is_said_of_the_file_that_was_named(tmp_path: Path):
    said = refusal(open_bundle, packed(tmp_path, "a.tar.gz", {"notes.txt": "x"}))
    assert said.startswith(f"{tmp_path / 'a.tar.gz'}: neither a bundle nor an incident folder")


@pytest.mark.parametrize("name", ["../../outside.json", "/outside.json", "x/../../../outside.json"])
def test_a_name_that_leads_elsewhere_is_refused_or_stays_inside(name: str, tmp_path: Path):
    """A slash at its start is taken away, as tar does."""
    path = holding(tmp_path / "a.tar.gz", (tarfile.TarInfo(name), b"{}"), (tarfile.TarInfo("notes.txt"), b"x"))
    said = refusal(open_bundle, path)
    assert "leads out of it" in said or "neither a bundle" in said
    assert not Path("/outside.json").exists()
    assert list(tmp_path.rglob("outside.json")) == list(tmp_path.parent.glob("outside.json")) == []


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_only_plain_files_are_unpacked(kind: bytes, tmp_path: Path):
    link = tarfile.TarInfo("link")
    link.type, link.linkname = kind, "/etc"
    below = tarfile.TarInfo("link/below.json")
    body = b'{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"s"}}'
    found = open_bundle(holding(tmp_path / "a.tar.gz", (link, b""), (below, body)), at=AT)
    assert len(found.bundle.get(Query.of("objects", "pods")).data) == 1
    assert not os.path.lexists("/etc/below.json")


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = packed(tmp_path, "a.tar.gz", {"a.json": pod("a"), "b.json": pod("b")})
    monkeypatch.setattr("diagflow.bundle.limits.MAX_ENTRIES", 1)
    assert "name a smaller folder of it" in refusal(open_bundle, path)


@pytest.mark.parametrize("named", ["a.json", "left-out.bin"])
def test_what_grows_too_much_is_refused_before_it_is_written(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = holding(tmp_path / "a.tar.gz", (tarfile.TarInfo(named), bytes(3 << 20)))
    assert path.stat().st_size < 1 << 14
    monkeypatch.setattr("diagflow.bundle.limits.MAX_BYTES", 1 << 20)
    monkeypatch.setattr("diagflow.bundle.unpack._OVERHEAD", 1 << 16)
    assert "MiB are in it" in refusal(open_bundle, path)


def test_a_header_that_grows_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    long = tarfile.TarInfo("a.json")
    long.pax_headers = {"comment": "x" * (3 << 20)}
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(long, io.BytesIO())
    monkeypatch.setattr("diagflow.bundle.limits.MAX_BYTES", 1 << 20)
    monkeypatch.setattr("diagflow.bundle.unpack._OVERHEAD", 1 << 16)
    assert "MiB are in it" in refusal(open_bundle, path)


def test_what_is_damaged_or_something_else_is_one_line(tmp_path: Path):
    whole = packed(tmp_path, "a.tar.gz", {"a.json": pod("a"), "b.log": os.urandom(5000).hex()}).read_bytes()
    for body in (b"", b"\x1f\x8b", whole[: len(whole) // 2], b"no archive" * 100, gzip.compress(b"no archive" * 100)):
        path = tmp_path / "x.tar.gz"
        path.write_bytes(body)
        said = refusal(open_bundle, path, at=AT)
        assert said.startswith(f"{path}: ")
        assert "copy it again" in said or "no file is in it" in said


def test_a_packed_bundle_is_to_be_unpacked(tmp_path: Path):
    path = packed(tmp_path, "a.tar.gz", {"incident/manifest.json": "{}", "incident/x": "x"})
    assert "a bundle is in it: unpack it first" in refusal(open_bundle, path)
