"""`diagflow bundle show | ls` and `diagflow import`, as a user runs them."""

import json
from pathlib import Path

import pytest

from diagflow.bundle import open_bundle, save
from diagflow.model import Entity
from tests.bundle.make import bundle, pod, reading, write
from tests.cli.run import diagflow

ALERT = {
    "version": "4",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "KubePodNotReady", "namespace": "shop", "pod": "cart-0"},
            "annotations": {},
            "startsAt": "2026-01-01T11:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
        }
    ],
}


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    save(bundle(), tmp_path / "a.zip", diagnosis=b"{}", labels={"healthy": True})
    return tmp_path / "a.zip"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    secret = pod("cart-0", spec={"containers": [{"name": "c", "env": [{"name": "DB_PASSWORD", "value": "hunter2!"}]}]})
    return write(
        tmp_path / "incident", {"objects/pods.json": secret, "alert.json": ALERT, "notes.txt": "x", "broken.json": b"{"}
    )


def test_ls_prints_a_line_for_each_reading(stored: Path):
    ran = diagflow("bundle", "ls", str(stored))
    assert (ran.status, ran.err) == (0, "")
    head, *rows = [line.split("\t") for line in ran.out.splitlines()]
    assert head == ["state", "items", "bytes", "query", "detail"]
    assert len(rows) == len(bundle())
    assert ["forbidden", "", "0", "objects:secrets", "not allowed to list secrets"] in rows
    [pods] = [row for row in rows if row[3] == "objects:pods"]
    assert pods[:2] == ["data", "3"]


def test_ls_as_json(stored: Path):
    ran = diagflow("bundle", "ls", str(stored), "-o", "json")
    found = json.loads(ran.out)
    assert (found["kind"], found["now"], found["digest"]) == ("bundle", "2026-01-01T12:00:00Z", bundle().digest())
    [pods] = [r for r in found["readings"] if r["query"] == "objects:pods"]
    assert (pods["count"], pods["state"], pods["fields"], pods["complete"]) == (3, "data", 2, True)


def test_show_says_what_would_be_sent(stored: Path):
    ran = diagflow("bundle", "show", str(stored))
    assert (ran.status, ran.err) == (0, "")
    for part in (
        "about:       pod/shop/cart-0",
        "alert:       A",
        "stored with it",
        bundle().digest(),
        "prometheus 3.16.0",
        "nothing",
    ):
        assert part in ran.out


def test_show_of_a_folder_says_what_was_redacted_and_left_out(folder: Path):
    ran = diagflow("bundle", "show", str(folder))
    assert ran.status == 0
    assert "hunter2" not in ran.out
    assert "1 times a token that begins with **" in ran.out
    assert "broken.json" in ran.out
    assert "notes.txt (1 in all)" in ran.out


def test_import_makes_a_bundle(folder: Path, tmp_path: Path):
    ran = diagflow("import", str(folder), str(tmp_path / "out.zip"))
    assert (ran.status, ran.out) == (0, "")
    assert "broken.json:1:2: is no JSON" in ran.err
    assert "2 readings written to" in ran.err or "1 readings written to" in ran.err
    opened = open_bundle(tmp_path / "out.zip")
    assert opened.bundle.incident.entities == (Entity("pod", "cart-0", "shop"),)
    assert b"hunter2" not in (tmp_path / "out.zip").read_bytes()


def test_import_from_file_to_folder_keeps_everything(stored: Path, tmp_path: Path):
    assert diagflow("import", str(stored), f"{tmp_path}/out/").status == 0
    opened = open_bundle(tmp_path / "out")
    assert (opened.diagnosis, opened.labels, opened.bundle.digest()) == (b"{}", {"healthy": True}, bundle().digest())


@pytest.mark.parametrize("command", [("bundle", "show"), ("bundle", "ls"), ("import",)])
@pytest.mark.parametrize("content", [None, b"hello", b"PK\3\4"])
def test_bad_input_is_one_line_and_exit_2(tmp_path: Path, command: tuple[str, ...], content: bytes | None):
    path = tmp_path / "x.zip"
    if content is not None:
        path.write_bytes(content)
    ran = diagflow(*command, str(path), *([str(tmp_path / "out.zip")] if command == ("import",) else []))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"diagflow: {path}: ")
    assert ran.err.count("\n") == 1


def test_a_moment_can_be_given(tmp_path: Path):
    write(tmp_path / "in", {"a.json": pod("a")})
    assert diagflow("bundle", "ls", str(tmp_path / "in")).status == 2
    assert diagflow("bundle", "ls", str(tmp_path / "in"), "--at", "2026-01-01T00:00:00Z").status == 0
    assert diagflow("import", str(tmp_path / "in"), str(tmp_path / "o.zip"), "--at", "2026-01-01T00:00:00Z").status == 0


def test_what_steers_a_terminal_is_not_printed(tmp_path: Path):
    save(bundle([reading("log:a/\x1b[2Jb/c", "x", detail="\x1b]0;title\x07")]), tmp_path / "a.zip")
    ran = diagflow("bundle", "ls", str(tmp_path / "a.zip"))
    assert ran.status == 0
    assert "\x1b" not in ran.out
    assert "\x07" not in ran.out
