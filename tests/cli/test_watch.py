"""`scan --watch` against a loopback API server whose answers change."""

import gc
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from diagflow.analyze import Runner
from diagflow.bundle import Bundle, open_bundle
from diagflow.cli.options import Format, Lang
from diagflow.cli.run import OutputOptions, load_rules
from diagflow.cli.scan import scan
from diagflow.cli.source import SourceOptions
from diagflow.cli.watch import Watch, pause
from diagflow.feedback.schema import published
from diagflow.model import BadInput
from tests.cli.run import clean_environment
from tests.cli.test_trouble import PODS, api_server, forbidden, half, hangs_up, listed, running, without_image
from tests.collect.serving import Exchange

RULES = load_rules(None)


class World:
    """An API server: its pods are what a test sets; `away` cuts every connection."""

    def __init__(self) -> None:
        self.pods: Any = listed(running("a"))
        self.away = False

    def __call__(self, exchange: Exchange) -> None:
        if self.away:
            exchange.hang_up()
        elif callable(self.pods):
            self.pods(exchange)
        else:
            exchange.json(self.pods)

    def rest(self, exchange: Exchange) -> None:
        if self.away:
            exchange.hang_up()
        else:
            exchange.json(listed())


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def kubeconfig(world: World, tmp_path: Path) -> Iterator[Path]:
    table = {PODS: world, **dict.fromkeys(("/api/v1/events", "/api/v1/nodes"), world.rest)}
    with api_server(table, tmp_path) as path:
        yield Path(path)


def watch_of(kubeconfig: Path, form: Format = Format.TEXT, record: Path | None = None) -> Watch:
    options = SourceOptions(prometheus="none", kubeconfig=kubeconfig)
    return Watch(RULES, options, OutputOptions(form, Lang.EN), record)


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str]) -> Callable[[Watch], str]:
    def once(watch: Watch) -> str:
        watch.once()
        return capfd.readouterr().out

    return once


def test_first_everything_then_what_changes(world, kubeconfig, said):
    watch = watch_of(kubeconfig)
    world.pods = listed(running("a"), without_image("b"))
    assert "app:2 of container app does not exist" in said(watch)
    assert said(watch) == ""
    world.pods = listed(running("a"), without_image("b"), without_image("c"))
    new = said(watch)
    assert re.match(r"\d\d:\d\d:\d\d  1 is new\n", new)
    assert "kubectl -n shop set image pod/c app=REPOSITORY:TAG" in new
    assert "pod/b" not in new
    assert "pod/shop/b" not in new
    world.pods = listed(running("a"), running("b"))
    time.sleep(1)  # it must have stood for a second to have stood
    *over, last = said(watch).splitlines()
    assert re.fullmatch(r"\d\d:\d\d:\d\d  Over: .* \(kubernetes.image-not-found\) pod/shop/b \(stood \d+ s\)", over[0])
    assert re.fullmatch(r"\d\d:\d\d:\d\d  Gone with its object: .* pod/shop/c \(stood \d+ s\)", last)
    assert said(watch) == ""


@pytest.mark.parametrize("trouble", [forbidden, hangs_up, half], ids=["403", "cut", "half"])
def test_what_could_not_be_read_is_not_over(trouble, world, kubeconfig, said):
    watch = watch_of(kubeconfig)
    world.pods = listed(running("a"), without_image("b"))
    said(watch)
    world.pods = trouble
    lost = said(watch)
    assert "Cannot be seen now: list of pods (" in lost
    assert "Not known to be over: image that does not exist (kubernetes.image-not-found) pod/shop/b" in lost
    assert said(watch) == ""
    world.pods = listed(running("a"), without_image("b"))
    assert said(watch).partition("  ")[2] == "Seen again: list of pods\n"


def test_an_api_server_that_is_away_is_told_once_in_one_line(world, kubeconfig, said):
    watch = watch_of(kubeconfig)
    world.pods = listed(without_image("b"))
    said(watch)
    world.away = True
    lines = said(watch).splitlines()
    assert len([line for line in lines if "Cannot be seen now" in line]) == 1
    assert not [line for line in lines if re.search("  (Over|Gone)", line)]
    assert said(watch) == ""
    world.away = False
    world.pods = listed(running("b"))
    back = said(watch)
    assert "Seen again: " in back
    assert "  Over: " in back


def test_a_scan_that_fails_altogether_is_told_once_and_ends_nothing(world, kubeconfig, said, capfd):
    watch = watch_of(kubeconfig)
    world.pods = listed(without_image("b"))
    said(watch)
    good = kubeconfig.read_text()
    kubeconfig.write_text("{")
    watch.once()
    watch.once()
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("this scan failed, and the watch goes on: ") == 1
    kubeconfig.write_text(good)
    assert said(watch) == ""  # it stands


def test_a_first_scan_that_fails_is_the_end(kubeconfig):
    kubeconfig.write_text("{")
    with pytest.raises(BadInput, match="kubeconfig"):
        watch_of(kubeconfig).once()


def test_another_current_context_does_not_move_the_watch(world, kubeconfig, said):
    watch = watch_of(kubeconfig)
    world.pods = listed(without_image("b"))
    said(watch)
    config = json.loads(kubeconfig.read_text())
    config["contexts"].append({"name": "test", "context": {"cluster": "nowhere", "user": "viewer"}})
    config["current-context"] = "test"
    kubeconfig.write_text(json.dumps(config))
    assert said(watch) == ""


def test_a_context_that_leads_elsewhere_is_not_compared(world, kubeconfig, said, capfd):
    watch = watch_of(kubeconfig)
    world.pods = listed(without_image("b"))
    said(watch)
    config = json.loads(kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = "http://127.0.0.1:1"
    kubeconfig.write_text(json.dumps(config))
    watch.once()
    out, err = capfd.readouterr()
    assert (out, "this is another cluster now (http://127.0.0.1:1 prod)" in err) == ("", True)


def test_json_is_one_valid_object_a_line(world, kubeconfig, said):
    watch = watch_of(kubeconfig, Format.JSON)
    validator = jsonschema.Draft202012Validator(published("changes"))
    told = []
    steps = [[running("a")], [running("a"), without_image("b")], [running("a"), without_image("b")], [running("b")]]
    for pods in steps:
        world.pods = listed(*pods)
        told.append(said(watch))
    assert [text.count("\n") for text in told] == [1, 1, 0, 1]
    first, second, last = (json.loads(text) for text in told if text)
    for wire in (first, second, last):
        validator.validate(wire)
    assert (first["changes"]["since"], first["causes"]) == (None, [])
    assert [(c["id"], c["entities"]) for c in second["causes"]] == [("kubernetes.image-not-found", ["pod/shop/b"])]
    assert second["changes"]["since"] == first["now"]
    assert [(e["entity"], e["end"], e["since"]) for e in last["changes"]["ended"]] == [
        ("pod/shop/b", "over", second["now"])
    ]
    assert (last["causes"], last["status"]) == ([], "healthy")


def test_the_status_is_that_of_everything(world, kubeconfig, said):
    watch = watch_of(kubeconfig, Format.JSON)
    world.pods = listed(without_image("b"), without_image("c"))
    said(watch)
    world.pods = listed(without_image("b"), running("c"))
    wire = json.loads(said(watch))
    assert (wire["causes"], wire["status"]) == ([], "diagnosed")
    assert [one["entity"] for one in wire["changes"]["standing"]] == ["pod/shop/b"]


def test_the_bundle_is_that_of_the_last_scan_with_something_new(world, kubeconfig, said, tmp_path):
    bundle = tmp_path / "last.zip"
    watch = watch_of(kubeconfig, record=bundle)
    world.pods = listed(without_image("b"))
    said(watch)
    world.pods = listed(running("b"))
    assert "Over" in said(watch)
    stored = open_bundle(bundle).diagnosis
    assert stored is not None
    assert [c["entity"] for c in json.loads(stored)["causes"]] == ["pod/shop/b"]


def test_no_reading_outlives_its_scan(world, kubeconfig, said):
    gc.collect()
    there = held()  # other tests of this process may keep theirs
    watch = watch_of(kubeconfig)
    world.pods = listed(running("a"), without_image("b"))
    said(watch)
    gc.collect()
    assert [found for found in held() if not any(found is one for one in there)] == []


def held():
    return [found for found in gc.get_objects() if isinstance(found, (Bundle, Runner))]


def test_pauses_are_counted_from_beginning_to_beginning(kubeconfig):
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watch_of(kubeconfig).forever(60, sleep=sleep)
    assert all(50 < seconds < 60 for seconds in slept)
    slept.clear()
    with pytest.raises(KeyboardInterrupt):
        watch_of(kubeconfig).forever(0, sleep=sleep)
    assert slept == [1.0, 1.0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"watch": True, "since_last": True}, "take one of them"),
        ({"every": "1m"}, "add --watch"),
        ({"watch": True, "every": "1s"}, "write 5s or more"),
        ({"watch": True, "every": "soon"}, "--every 'soon' is no duration"),
        ({"watch": True, "out": Path("x.txt")}, "> FILE"),
        *(({"watch": True, "output": form}, "write -o text or json") for form in ("yaml", "markdown", "html")),
        *(({"since_last": True, "output": form}, "write -o text or json or yaml") for form in ("markdown", "html")),
        *(({again: True, "bundle": Path()}, "leave out --bundle") for again in ("watch", "since_last")),
        *(({again: True, "at": "-5m"}, "leave out --at") for again in ("watch", "since_last")),
        *(({again: True, "advice": True}, "run diagflow scan --advice") for again in ("watch", "since_last")),
    ],
)
def test_refused(options: dict[str, Any], message: str):
    if "output" in options:
        options = {**options, "output": Format(options["output"])}
    with pytest.raises(BadInput, match=re.escape(message)):
        scan(**options)


def test_the_default_pause():
    assert (pause(None), pause("2m")) == (30, 120)


def started(kubeconfig: Path, *args: str, **streams: Any) -> "subprocess.Popen[bytes]":
    env = {**clean_environment(), "KUBECONFIG": str(kubeconfig), "TERM": "xterm"}
    command = [sys.executable, "-m", "diagflow", "scan", "--watch", "--every", "5s", "--prometheus", "none", *args]
    return subprocess.Popen(command, env=env, **streams)


def test_ctrl_c_ends_it_and_breaks_nothing(world, kubeconfig, tmp_path):
    folder = tmp_path / "kept"
    world.pods = listed(without_image("b"))
    running_ = started(
        kubeconfig, "-o", "json", "--record", str(folder / "b.zip"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert running_.stdout is not None
    line = running_.stdout.readline()
    wait_for((folder / "b.zip").exists)
    running_.send_signal(signal.SIGINT)
    rest, err = running_.communicate(timeout=30)
    assert (running_.returncode, rest) == (130, b"")
    assert json.loads(line)["causes"][0]["entity"] == "pod/shop/b"
    assert b"Traceback" not in err
    assert b"watching" not in err
    assert [path.name for path in folder.iterdir()] == ["b.zip"]
    open_bundle(folder / "b.zip")


def wait_for(done: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_on_a_terminal_a_line_says_that_it_watches_and_goes_away(kubeconfig):
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    process = started(kubeconfig, "--lang", "en", stdout=theirs, stderr=theirs, stdin=theirs)
    os.close(theirs)
    seen = b""
    while b"findings stand" not in seen:
        seen += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    end = b""
    try:
        while chunk := os.read(ours, 4096):
            end += chunk
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert re.search(rb"watching .{1,4} last scan \d\d:\d\d:\d\d .{1,4} 0 findings stand", seen)
    assert b"\x1b[2K" in end  # the line is erased
