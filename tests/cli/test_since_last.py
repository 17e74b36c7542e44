"""`scan --since-last` in this process, with a folder for state of its own."""

import json
import re
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from diagflow.cli import guarded
from diagflow.cli.app import build
from diagflow.feedback.schema import published
from tests.cli.run import Ran, clean_environment
from tests.cli.test_trouble import PODS, api_server, forbidden, listed, running, without_image
from tests.collect.serving import Exchange


@dataclass
class World:
    """A cluster, and the folder where a user keeps state."""

    state: Path
    capfd: pytest.CaptureFixture[str]
    pods: Any = None

    def answer(self, exchange: Exchange) -> None:
        if callable(self.pods):
            self.pods(exchange)
        else:
            exchange.json(self.pods)

    def scan(self, *args: str | Path) -> Ran:
        words = ["scan", "--since-last", "--prometheus", "none", "--lang", "en", *map(str, args)]
        status = guarded(lambda: build()(args=words, standalone_mode=False))
        return Ran(status, *self.capfd.readouterr())

    @property
    def files(self) -> list[Path]:
        return sorted(path for path in self.state.rglob("*") if path.is_file())


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[World]:
    made = World(tmp_path / "state", capfd, listed(running("a")))
    with api_server({PODS: made.answer}, tmp_path) as kubeconfig:
        for name, value in {**clean_environment(), "KUBECONFIG": kubeconfig, "XDG_STATE_HOME": str(made.state)}.items():
            monkeypatch.setenv(name, value)
        yield made


def test_only_what_is_new(world):
    world.pods = listed(running("a"), without_image("b"))
    first = world.scan()
    assert (first.status, "pod/shop/b" in first.out) == (1, True)
    assert first.err == (
        "diagflow: no earlier scan of this cluster, namespace and rules is known: everything is told, and kept for "
        "the next\n"
    )

    same = world.scan()
    assert (same.status, same.err) == (0, "")
    assert re.fullmatch(r"Since the scan at [\d: -]+: nothing new · 1 stands as before · in prod\n", same.out)

    world.pods = listed(running("a"), running("b"), without_image("c"))
    other = world.scan()
    assert (other.status, other.err) == (1, "")
    assert "kubectl -n shop set image pod/c app=REPOSITORY:TAG" in other.out
    *_, line = other.out.splitlines()
    assert re.fullmatch(
        r"Since the scan at [\d: -]+: 1 is new · Over: image that does not exist \(kubernetes.image-not-found\) "
        r"pod/shop/b( \(stood \d+ s\))? · in prod",
        line,
    )


def test_what_could_not_be_read_is_kept_and_said(world):
    world.pods = listed(without_image("b"))
    world.scan()
    world.pods = forbidden
    for known in (False, True):
        blind = world.scan()
        assert blind.status == 3
        assert ("Cannot be seen now: list of pods (forbidden)" in blind.out) is not known
        assert "Not known to be over: image that does not exist (kubernetes.image-not-found) pod/shop/b" in blind.out
    world.pods = listed(without_image("b"))
    back = world.scan()
    assert back.status == 0
    assert "nothing new · 1 stands as before" in back.out
    assert "Seen again: list of pods" in back.out


def test_json_is_the_diagnosis_of_what_is_new(world, tmp_path):
    world.pods = listed(without_image("b"))
    first = json.loads(world.scan("-o", "json").out)
    world.pods = listed(without_image("b"), without_image("c"))
    page = tmp_path / "new.json"
    ran = world.scan("-o", "json", "--out", page)
    second = json.loads(page.read_text())
    third = yaml.safe_load(world.scan("-o", "yaml").out)
    validator = jsonschema.Draft202012Validator(published("changes"))
    for wire in (first, second, third):
        validator.validate(wire)
    assert (ran.status, ran.out) == (1, "")
    assert (first["changes"]["since"], [n["entity"] for n in first["changes"]["new"]]) == (None, ["pod/shop/b"])
    assert [c["entities"] for c in second["causes"]] == [["pod/shop/c"]]
    assert second["changes"]["since"] == first["now"]
    assert [(s["entity"], s["since"]) for s in second["changes"]["standing"]] == [("pod/shop/b", first["now"])]
    assert (third["causes"], third["status"], len(third["changes"]["standing"])) == ([], "diagnosed", 2)


def test_the_file_is_small_private_and_without_evidence(world):
    world.pods = listed(without_image("b"))
    world.scan()
    [file] = world.files
    text = file.read_text()
    assert json.loads(text)["version"] == 1
    assert [one["entity"] for one in json.loads(text)["standing"]] == ["pod/shop/b"]
    for evidence in ("registry.example", "ErrImagePull", "pull", "app:2"):
        assert evidence not in text
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda body: body[: len(body) // 2],
        lambda body: body.replace(b'"version": 1', b'"version": 2'),
        lambda body: body.replace(b"pod/shop/b", b"nonsense"),
        lambda body: body.replace(b"prod", b"test"),
        lambda _: b"[" * 100_000,
        lambda _: b"\xff\xfe\x00",
    ],
    ids=["empty", "half", "version", "entity", "source", "deep", "bytes"],
)
def test_a_damaged_file_is_said_and_replaced(damage, world):
    world.pods = listed(without_image("b"))
    world.scan()
    [file] = world.files
    body = file.read_bytes()
    file.write_bytes(damage(body))
    ran = world.scan()
    assert (ran.status, "pod/shop/b" in ran.out) == (1, True)
    assert f"what was kept of the last scan cannot be used and is replaced: {file}: " in ran.err
    assert json.loads(file.read_bytes())["standing"][0]["entity"] == "pod/shop/b"
    assert world.files == [file]


def test_a_folder_that_takes_nothing_costs_only_the_memory(world):
    world.state.write_text("a file")
    world.pods = listed(without_image("b"))
    ran = world.scan()
    assert (ran.status, "pod/shop/b" in ran.out) == (1, True)
    assert "this scan cannot be kept for the next: " in ran.err
    assert "make that folder writable" in ran.err


def test_another_namespace_or_choice_of_packs_is_another_scan(world):
    world.pods = listed(without_image("b"))
    for args in ((), ("--packs", "kubernetes"), ("-n", "shop")):
        assert "no earlier scan" in world.scan(*args).err
        assert world.scan(*args).err == ""
    assert len(world.files) == 3
