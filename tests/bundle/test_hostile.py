"""Bundles that were damaged, or made to do damage: one clear line each, and never other content."""

import io
import json
import os
import shutil
import stat
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagflow.bundle import blobs, limits, manifest, open_bundle, save
from diagflow.bundle.archive import blob_name
from diagflow.model import BadInput
from tests.bundle.make import bundle, objects, pod, reading, refusal

DIAGNOSIS = b'{"causes": []}'
LABELS = {"healthy": True}


def zipped(files: dict[str, bytes], **more: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = more.get("attributes", {}).get(name, 0o100644) << 16
            archive.writestr(info, body)
    return buffer.getvalue()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    """The files of a good bundle."""
    save(bundle(), f"{tmp_path}/good/", diagnosis=DIAGNOSIS, labels=LABELS)
    root = tmp_path / "good"
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def refused(tmp_path: Path, body: bytes) -> str:
    path = tmp_path / "x.zip"
    path.write_bytes(body)
    said = refusal(_open_all, path)
    assert str(path) in said
    return said


def _open_all(path: Path) -> Any:
    opened = open_bundle(path)
    list(opened.bundle.readings())
    return opened


def resealed(files: dict[str, bytes], change: Callable[[dict[str, Any]], None]) -> dict[str, bytes]:
    """Return a bundle whose manifest an attacker changed with all digests right."""
    raw = json.loads(files["manifest.json"])
    change(raw)
    digest = blobs.digest_of(blobs.encode_json(raw["content"]))
    raw["digest"] = digest if isinstance(raw.get("digest"), str) else raw.get("digest")
    raw["seal"] = blobs.digest_of(blobs.encode_json({**raw, "seal": ""}))
    return {**files, "manifest.json": json.dumps(raw).encode()}


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/etc/cron.d/evil",
        "blobs/../../evil",
        "C:\\evil",
        "\\\\host\\share",
        "blobs/sha256/ab/../x",
        "extra.txt",
        "a\0b",
    ],
)
def test_names_that_no_bundle_has(tmp_path: Path, files: dict[str, bytes], name: str):
    assert "is no file of a bundle" in refused(tmp_path, zipped({**files, name: b"x"}))
    assert not (tmp_path.parent / "evil").exists()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK, stat.S_IFCHR])
def test_links_and_devices_in_a_file(tmp_path: Path, files: dict[str, bytes], kind: int):
    name = next(n for n in files if n.startswith("blobs/"))
    assert "is a link or a device" in refused(tmp_path, zipped(files, attributes={name: kind | 0o644}))


def test_links_in_a_folder(tmp_path: Path, files: dict[str, bytes]):
    name = next(n for n in files if n.startswith("blobs/"))
    path = tmp_path / "good" / name
    shutil.copy(path, tmp_path / "same")
    path.unlink()
    path.symlink_to(tmp_path / "same")
    assert "is a link" in refusal(open_bundle, tmp_path / "good")


def test_a_linked_folder_in_a_folder(tmp_path: Path, files: dict[str, bytes]):
    assert files
    (tmp_path / "good" / "blobs").rename(tmp_path / "elsewhere")
    (tmp_path / "good" / "blobs").symlink_to(tmp_path / "elsewhere")
    assert "is a link" in refusal(open_bundle, tmp_path / "good")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path, files: dict[str, bytes]):
    name = next(n for n in files if n.startswith("blobs/"))
    (tmp_path / "good" / name).unlink()
    os.mkfifo(tmp_path / "good" / name)
    assert "is no plain file" in refusal(open_bundle, tmp_path / "good")
    os.mkfifo(tmp_path / "pipe")
    assert "is no plain file" in refusal(open_bundle, tmp_path / "pipe")


def test_hard_links_are_files(tmp_path: Path, files: dict[str, bytes]):
    for name in files:
        (tmp_path / "linked" / name).parent.mkdir(parents=True, exist_ok=True)
        os.link(tmp_path / "good" / name, tmp_path / "linked" / name)
    assert open_bundle(tmp_path / "linked").bundle.digest() == bundle().digest()


def test_a_name_that_is_in_it_twice(tmp_path: Path, files: dict[str, bytes]):
    buffer = io.BytesIO(zipped(files))
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("diagnosis.json", b"{}")
    assert "is in it twice" in refused(tmp_path, buffer.getvalue())


def test_a_file_that_grows_without_end(tmp_path: Path, files: dict[str, bytes]):
    assert "would grow more than" in refused(tmp_path, zipped({**files, "diagnosis.json": b"0" * 50_000_000}))


def test_files_that_are_too_much_together(tmp_path: Path, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MAX_BYTES", sum(len(b) for n, b in files.items() if n.startswith("blobs/")) - 1)
    assert "would unpack to more than" in refused(tmp_path, zipped(files))
    assert "would unpack to more than" in refusal(open_bundle, tmp_path / "good")


def test_a_size_that_lies(tmp_path: Path, files: dict[str, bytes]):
    """The table of contents says that a file is small, and it is not."""
    body = bytearray(zipped(files))
    at = body.rfind(b"PK\x01\x02")
    struct.pack_into("<L", body, at + 24, 1)
    assert refused(tmp_path, bytes(body))


def test_more_files_than_any_bundle_has(tmp_path: Path, files: dict[str, bytes]):
    body = bytearray(zipped(files))
    struct.pack_into("<HH", body, len(body) - 14, 0xFFFE, 0xFFFE)
    assert "more than 50,000 files" in refused(tmp_path, bytes(body))


def test_a_table_of_contents_in_the_64_bit_format(tmp_path: Path, files: dict[str, bytes]):
    body = zipped(files)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1)
    assert refused(tmp_path, body[:-22] + locator + body[-22:])


def test_encrypted_files_and_other_packings(tmp_path: Path, files: dict[str, bytes]):
    body = bytearray(zipped(files))
    body[body.rfind(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refused(tmp_path, bytes(body))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    assert "packed in a way" in refused(tmp_path, buffer.getvalue())


def test_a_bundle_packed_by_another_program_is_a_bundle(tmp_path: Path, files: dict[str, bytes]):
    folders = {"blobs/": b"", "blobs/sha256/": b""}
    (tmp_path / "x.zip").write_bytes(zipped({**folders, **files}))
    assert open_bundle(tmp_path / "x.zip").bundle.digest() == bundle().digest()


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "no bundle"),
        (b"hello", "no bundle"),
        (b"PK", "cut off"),
        (b"\x7fELF" + b"\0" * 100, "no bundle"),
        (b"PK\5\6" + b"\0" * 18, "no manifest.json"),
    ],
)
def test_files_that_are_something_else(tmp_path: Path, body: bytes, what: str):
    assert what in refused(tmp_path, body)


def test_paths_that_are_something_else(tmp_path: Path):
    assert "there is no such file" in refusal(open_bundle, tmp_path / "nothing")
    assert refusal(open_bundle, "a\0b")
    (tmp_path / "x.tar.xz").write_bytes(b"\xfd7zXZ")
    assert "unpack it first" in refusal(open_bundle, tmp_path / "x.tar.xz")
    (tmp_path / "empty").mkdir()
    assert "neither a bundle nor an incident folder" in refusal(open_bundle, tmp_path / "empty")
    (tmp_path / "folder" / "manifest.json").mkdir(parents=True)
    assert "manifest.json" in refusal(open_bundle, tmp_path / "folder")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_nobody_may_read(tmp_path: Path, files: dict[str, bytes]):
    assert files
    (tmp_path / "good" / "manifest.json").chmod(0)
    assert "cannot be read" in refusal(open_bundle, tmp_path / "good")


def test_a_recording_that_was_interrupted(tmp_path: Path, files: dict[str, bytes]):
    assert files
    (tmp_path / "good" / "manifest.json").unlink()
    assert "interrupted" in refusal(open_bundle, tmp_path / "good")


def test_a_newer_version_is_named(tmp_path: Path, files: dict[str, bytes]):
    changed = resealed(files, lambda raw: raw.update(schema="diagflow.bundle/v2"))
    said = refused(tmp_path, zipped(changed))
    assert "'diagflow.bundle/v2'" in said
    assert "use the version that wrote it" in said


def _set(*path: Any) -> Callable[[dict[str, Any]], None]:
    """Return what sets the last but one of `path` to the last."""

    def change(raw: dict[str, Any]) -> None:
        at: Any = raw
        for step in path[:-2]:
            at = at[step]
        at[path[-2]] = path[-1]

    return change


FIRST = ("content", "readings", 0)


@pytest.mark.parametrize(
    "change",
    [
        _set("schema", None),
        _set("schema", "something"),
        _set("extra", 1),
        _set("digest", None),
        _set("content", None),
        _set("content", "readings", {}),
        _set("content", "incident", "now", "yesterday"),
        _set("content", "incident", "now", "2026-01-01T00:00:00"),
        _set("content", "incident", "now", "0001-01-01T00:00:00+14:00"),
        _set("content", "incident", "entities", ["nothing"]),
        _set("content", "incident", "alert", []),
        _set("content", "incident", "since", -1.0),
        _set("content", "incident", "since", 1e300),
        _set(*FIRST, "state", "maybe"),
        _set(*FIRST, "time", 1),
        _set(*FIRST, "time", "9999-12-31T23:59:59-14:00"),
        _set(*FIRST, "blob", "digest", "sha256:../../../../etc/passwd"),
        _set(*FIRST, "blob", "digest", "sha256:" + "0" * 64),
        _set(*FIRST, "blob", "size", -1),
        _set(*FIRST, "blob", "size", 1 << 60),
        _set(*FIRST, "blob", "media", 7),
        _set(*FIRST, "query", "params", [["a"]]),
        _set(*FIRST, "fields", ["a..b"]),
        _set(*FIRST, "fields", ["[]"]),
        _set(*FIRST, "fields", [".".join("a" * 100)]),
        _set(*FIRST, "fields", ["a" * 501]),
        _set(*FIRST, "fields", ['a"b']),
        _set(*FIRST, "fields", [f"f{i}" for i in range(5001)]),
        _set("files", {"../evil": {"digest": "sha256:" + "0" * 64, "size": 0, "media": ""}}),
        _set("files", {"blobs/x": {"digest": "sha256:" + "0" * 64, "size": 0, "media": ""}}),
    ],
)
def test_manifests_that_say_what_cannot_be(tmp_path: Path, files: dict[str, bytes], change: Callable[[Any], None]):
    changed = resealed(files, change)
    assert refused(tmp_path, zipped(changed))
    for name, body in changed.items():
        (tmp_path / "good" / name).write_bytes(body)
    assert refusal(_open_all, tmp_path / "good")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"NaN",
        b"1e999",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"1" * 10_000,
        b'"\\ud800"',
    ],
)
def test_manifests_that_are_no_manifests(tmp_path: Path, files: dict[str, bytes], text: bytes):
    assert "manifest.json" in refused(tmp_path, zipped({**files, "manifest.json": text}))


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("objects:pods", b"[" * 5_000 + bytes(range(33, 91)) * 9),
        ("objects:pods", b"{}"),
        ("objects:pods", b'[{"status": 1e999}]'),
        ("objects:pods", b"[1]"),
        ("objects:pods", b'[{"status":{"phase":NaN}}]'),
        ("promql:up", b"[1]"),
        ("promql:up", b'[{"value":"many"}]'),
        ("promql:up", b'[{"values":[[1]]}]'),
        ("promql:up", b'[{"values":7}]'),
        ("fact:go.version", b'{"a": 1'),
        ("promql:up", b'[{"value":{}}]'),
        ("promql:up", b'[["value"]]'),
        ("promql:up", b"7"),
        ("object:pod/shop/cart-0", b"[" * 2_000 + bytes(range(33, 91)) * 9),
        ("log:shop/cart-0/app", b"\xff\xfe\xfa"),
    ],
)
def test_data_that_does_not_decode(tmp_path: Path, files: dict[str, bytes], query: str, body: bytes):
    """An attacker can make all digests right; then it is said when somebody looks."""

    def change(raw: dict[str, Any]) -> None:
        entries = raw["content"]["readings"]
        entry = next(
            e for e in entries if f"{e['query']['kind']}:{e['query']['target']}" == query and not e["query"]["params"]
        )
        entry["blob"].update(digest=blobs.digest_of(body), size=len(body))

    changed = resealed(files, change)
    changed[blob_name(blobs.digest_of(body))] = body
    assert "cannot be read" in refusal(_open_all, _written(tmp_path, zipped(changed)))


def test_resealing_works_so_that_the_tests_with_it_test_something(tmp_path: Path, files: dict[str, bytes]):
    changed = resealed(files, _set(*FIRST, "detail", "new"))
    opened = _open_all(_written(tmp_path, zipped(changed)))
    assert next(opened.bundle.readings()).detail == "new"


def test_a_blob_of_another_bundle(tmp_path: Path, files: dict[str, bytes]):
    names = [n for n in files if n.startswith("blobs/")]
    swapped = {**files, names[0]: files[names[1]], names[1]: files[names[0]]}
    assert "has more than the" in refused(tmp_path, zipped(swapped))


def test_files_that_are_missing(tmp_path: Path, files: dict[str, bytes]):
    for name, body in files.items():
        assert refused(tmp_path, zipped({n: b for n, b in files.items() if n != name}))
        (tmp_path / "good" / name).unlink()
        assert refusal(open_bundle, tmp_path / "good")
        (tmp_path / "good" / name).write_bytes(body)


def test_a_changed_character_in_any_file_of_a_folder(tmp_path: Path, files: dict[str, bytes]):
    for name, body in files.items():
        (tmp_path / "good" / name).write_bytes(body.replace(b"a", b"b", 1) + (b"" if b"a" in body else b"!"))
        said = refusal(_open_all, tmp_path / "good")
        assert name in said
        (tmp_path / "good" / name).write_bytes(body)


def _written(tmp_path: Path, body: bytes) -> Path:
    (tmp_path / "x.zip").write_bytes(body)
    return tmp_path / "x.zip"


def _small() -> bytes:
    made = bundle([objects([pod("a")]), reading("log:a/b/c", "text\n" * 30), reading("fact:a", {"b": 1.5})])
    with tempfile.TemporaryDirectory() as folder:
        save(made, f"{folder}/a.zip", diagnosis=DIAGNOSIS, labels=LABELS)
        return Path(folder, "a.zip").read_bytes()


GOOD = _small()


def _opens_as_written(path: Path) -> bool:
    """Return False for what is refused; what opens must be what was written, to the last byte."""
    try:
        opened = _open_all(path)
    except BadInput:
        return False
    good = bundle([objects([pod("a")]), reading("log:a/b/c", "text\n" * 30), reading("fact:a", {"b": 1.5})])
    assert opened.bundle.digest() == good.digest()
    assert opened.bundle.get(reading("log:a/b/c", "").query).data == "text\n" * 30
    assert (opened.diagnosis, opened.labels) == (DIAGNOSIS, LABELS)
    return True


LOOSE = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LOOSE
@given(flips=st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 7)), min_size=1, max_size=4, unique=True))
def test_flipped_bits(tmp_path: Path, flips: list[tuple[int, int]]):
    body = bytearray(GOOD)
    for at, bit in flips:
        body[at] ^= 1 << bit
    _opens_as_written(_written(tmp_path, bytes(body)))


@LOOSE
@given(end=st.integers(0, len(GOOD) - 1))
def test_truncated(tmp_path: Path, end: int):
    assert not _opens_as_written(_written(tmp_path, GOOD[:end]))


@LOOSE
@given(at=st.integers(0, len(GOOD)), cut=st.integers(0, 200), put=st.binary(max_size=100))
def test_spliced(tmp_path: Path, at: int, cut: int, put: bytes):
    _opens_as_written(_written(tmp_path, GOOD[:at] + put + GOOD[at + cut :]))


@LOOSE
@given(data=st.data())
def test_flipped_bits_in_a_folder(tmp_path: Path, data: st.DataObject):
    root = tmp_path / "folder"
    shutil.rmtree(root, ignore_errors=True)
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        archive.extractall(root)
    name = data.draw(st.sampled_from(sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())))
    body = bytearray((root / name).read_bytes())
    body[data.draw(st.integers(0, len(body) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    (root / name).write_bytes(body)
    _opens_as_written(root)


def test_the_good_one_opens(tmp_path: Path):
    assert _opens_as_written(_written(tmp_path, GOOD))
    assert manifest.SCHEMA == "diagflow.bundle/v1"
