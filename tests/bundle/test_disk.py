import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from diagflow.bundle import Bundle, blobs, open_bundle, save
from diagflow.bundle.write import PARTIAL, write_folder, write_zip
from diagflow.model import Query
from tests.bundle.make import PODS, bundle, incident, objects, pod, reading, readings, refusal

FORMS = ["bundle.zip", "bundle.diagflow", "folder/"]


def saved(path: Path, form: str, made: Bundle | None = None, **more: object) -> str:
    where = f"{path}/{form}"
    save(made or bundle(), where, **more)  # type: ignore[arg-type]
    return where


def tree(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("form", FORMS)
def test_what_was_saved_is_opened_again(tmp_path: Path, form: str):
    made = bundle()
    where = saved(tmp_path, form, made, diagnosis=b'{"a": 1}', labels={"healthy": True})
    opened = open_bundle(where)
    assert (opened.kind, opened.diagnosis, opened.labels) == ("bundle", b'{"a": 1}', {"healthy": True})
    assert opened.bundle.digest() == made.digest()
    assert opened.bundle.incident == made.incident
    for old, new in zip(made.readings(), opened.bundle.readings(), strict=True):
        assert (old.query, old.state, old.time, old.source, old.product, old.coverage, old.detail, old.fields) == (
            new.query, new.state, new.time, new.source, new.product, new.coverage, new.detail, new.fields,
        )  # fmt: skip
        same = [old.data, new.data] if isinstance(old.data, str) else [bundle([old]).digest(), bundle([new]).digest()]
        assert same[0] == same[1]


@pytest.mark.parametrize("form", FORMS)
def test_saving_what_was_opened_changes_nothing(tmp_path: Path, form: str):
    where = saved(tmp_path, form)
    first = open_bundle(where)
    second = saved(tmp_path / "again", form, first.bundle)
    if form.endswith("/"):
        assert tree(Path(where)) == tree(Path(second))
    else:
        assert Path(where).read_bytes() == Path(second).read_bytes()


def test_projected_objects_are_structs_again(tmp_path: Path):
    opened = open_bundle(saved(tmp_path, "a.zip"))
    found = opened.bundle.get(PODS, ["status.phase"])
    assert [str(found.data.entity(i)) for i in range(3)] == ["pod/shop/cart-0", "pod/shop/cart-1", "pod/front/web-0"]
    assert not isinstance(found.data[0], dict)
    assert opened.bundle.get(PODS, ["status.reason"]).detail == "recorded without status.reason"


def test_a_folder_is_meant_by_a_slash_or_by_being_one(tmp_path: Path):
    (tmp_path / "there").mkdir()
    save(bundle(), tmp_path / "there")
    assert (tmp_path / "there" / "manifest.json").is_file()
    save(bundle(), tmp_path / "file")
    assert zipfile.is_zipfile(tmp_path / "file")


def test_no_name_of_the_incident_is_a_file_name(tmp_path: Path):
    where = saved(
        tmp_path, "x/", bundle([reading("log:a/b:c/../../etc", "x"), objects([pod("cart-0")])]), diagnosis=b"{}"
    )
    names = [p.relative_to(where).as_posix() for p in Path(where).rglob("*") if p.is_file()]
    blobs = [n for n in names if n.startswith("blobs/")]
    assert sorted(set(names) - set(blobs)) == ["diagnosis.json", "manifest.json"]
    assert all(len(n) == len("blobs/sha256/ab/") + 62 for n in blobs)


def test_equal_data_is_stored_once(tmp_path: Path):
    where = saved(tmp_path, "x/", bundle([reading("log:a/b/c", "same"), reading("log:a/b/d", "same")]))
    assert len(list(Path(where).rglob("blobs/*/*/*"))) == 1
    assert len(list(open_bundle(where).bundle.readings())) == 2


def test_the_manifest_can_be_read_by_people(tmp_path: Path):
    where = saved(tmp_path, "x/")
    manifest = json.loads((Path(where) / "manifest.json").read_text())
    assert manifest["schema"] == "diagflow.bundle/v1"
    assert manifest["content"]["incident"]["now"] == "2026-01-01T12:00:00Z"
    entry = next(r for r in manifest["content"]["readings"] if r["query"]["target"] == "secrets")
    assert (entry["state"], entry["detail"], entry["blob"]) == ("forbidden", "not allowed to list secrets", None)


def test_a_bundle_takes_the_place_of_an_older_one_but_of_nothing_else(tmp_path: Path):
    for form in FORMS:
        saved(tmp_path, form)
        where = saved(tmp_path, form, bundle([reading("fact:new", 1)]))
        assert len(open_bundle(where).bundle) == 1
    (tmp_path / "notes.txt").write_text("mine")
    assert "exists and is no bundle" in refusal(save, bundle(), tmp_path / "notes.txt")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    assert "exists and is no bundle" in refusal(save, bundle(), f"{tmp_path}/mine/")
    assert tree(tmp_path / "mine") == {"thesis.txt": b"mine"}


def test_where_nothing_can_be_written_is_said(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    assert "cannot be written" in refusal(save, bundle(), tmp_path / "file" / "below.zip")


def test_a_crash_in_the_middle_leaves_the_old_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for form in ("a.zip", "b/"):
        where = saved(tmp_path, form)
        digest = open_bundle(where).bundle.digest()
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", _full_disk)
            assert "No space left" in refusal(save, bundle([]), where)
        assert open_bundle(where).bundle.digest() == digest
    assert [p.name for p in tmp_path.iterdir() if PARTIAL in p.name] == []


def _full_disk(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")


_KILLED = """
import os, sys
from pathlib import Path
from diagflow.bundle.write import write_folder, write_zip
def files():
    yield "blobs/sha256/ab/" + "0" * 62, b"x" * 100000
    os._exit(9)
{write}(Path(sys.argv[1]), files())
"""


@pytest.mark.parametrize("write", [write_zip, write_folder])
def test_what_a_killed_process_leaves_is_recognised(tmp_path: Path, write: object):
    target = tmp_path / "incident.bundle"
    script = _KILLED.format(write=write.__name__)  # type: ignore[attr-defined]
    assert subprocess.run([sys.executable, "-c", script, str(target)], check=False).returncode == 9
    assert not target.exists()
    [left] = list(tmp_path.iterdir())
    assert "interrupted" in refusal(open_bundle, left)
    left.rename(tmp_path / "renamed")
    assert refusal(open_bundle, tmp_path / "renamed")


_SAVE = (
    "import sys; from tests.bundle.make import bundle; from diagflow.bundle import save; save(bundle(), sys.argv[1])"
)


def test_the_same_bytes_whatever_the_machine_is_set_to(tmp_path: Path):
    root = str(Path(__file__).parents[2])
    bodies = set()
    for i, (seed, zone, locale) in enumerate(
        [("0", "UTC", "C"), ("1", "Asia/Shanghai", "C.UTF-8"), ("77", "America/Lima", "C")]
    ):
        where = tmp_path / str(i) / f"name-{i}.zip"
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONPATH": root}
        subprocess.run([sys.executable, "-c", _SAVE, str(where)], check=True, env=env, cwd=root)
        bodies.add(where.read_bytes())
    assert len(bodies) == 1


def test_what_packs_too_well_can_be_read_again(tmp_path: Path):
    made = bundle([reading("log:a/b/c", "ok\n" * 1_000_000)])
    opened = open_bundle(saved(tmp_path, "x.zip", made))
    assert opened.bundle.digest() == made.digest()


def test_what_is_too_large_is_refused_when_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("diagflow.bundle.limits.MAX_BYTES", 10)
    assert "too large" in refusal(save, bundle(), tmp_path / "x.zip")
    assert list(tmp_path.iterdir()) == []


def test_data_is_decoded_only_when_somebody_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    where = saved(tmp_path, "x.zip")
    decoded: list[str] = []
    real = blobs.decode

    def spy(head: object, *rest: object) -> object:
        decoded.append(str(head.query))  # type: ignore[attr-defined]
        return real(head, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(blobs, "decode", spy)
    opened = open_bundle(where)
    assert decoded == []
    opened.bundle.get(Query.of("fact", "go.version"))
    assert decoded == ["fact:go.version"]
    opened.bundle.get(Query.of("fact", "go.version"))
    assert len(decoded) == 1


def test_every_sort_of_reading_is_in_the_samples():
    assert {r.query.kind for r in readings()} == {"objects", "promql", "log", "fact", "change", "object"}


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        Bundle(replace(incident(), now=incident().now.replace(tzinfo=None)))
