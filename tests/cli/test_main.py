import errno
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime

import click
import pytest

from diagflow.cli import guarded
from diagflow.cli.configfile import parse_config
from diagflow.cli.times import parse_duration, parse_moment
from diagflow.model import BadInput
from tests.cli.run import clean_environment, diagflow

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_version():
    ran = diagflow("version")
    assert (ran.status, ran.err) == (0, "")
    assert re.fullmatch(r"diagflow \d+\.\d+\.\d+ \(Python .*\)\n", ran.out)


def test_help_names_every_command_and_the_exit_statuses():
    ran = diagflow("--help")
    assert ran.status == 0
    for word in ("diagnose", "scan", "record", "replay", "import", "bundle", "rules", "demo", "130 interrupted"):
        assert word in ran.out


def test_a_command_loads_no_other():
    code = (
        "import sys\n"
        "from diagflow.cli.app import build\n"
        "build()(args=['version'], standalone_mode=False)\n"
        "print(sorted(m for m in sys.modules if m.startswith('diagflow.cli.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1] == "['diagflow.cli.app', 'diagflow.cli.options', 'diagflow.cli.version']"


@pytest.mark.parametrize(
    "args",
    [
        ["scna"],
        ["scan", "--nope"],
        ["diagnose"],
        ["diagnose", "cart-0"],
        ["diagnose", "pod/shop/cart-0", "--alert", "x.json"],
        ["diagnose", "--alert", "no-such-file.json"],
        ["scan", "--bundle", "no-such-folder"],
        ["scan", "--bundle", ".", "--at", "yesterday"],
        ["replay", "no-such-file.zip"],
        ["scan", "--rules", "no-such-rules"],
        ["scan"],
    ],
)
def test_bad_usage_gets_one_clear_message(args):
    ran = diagflow(*args)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("diagflow: ")
    assert "Traceback" not in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_an_error_of_ours_is_one_line_with_the_rest_in_a_file(tmp_path, capsys):
    def fails():
        raise ZeroDivisionError("division\nby zero")

    assert guarded(fails, debug=tmp_path / "debug.txt") == 70
    assert capsys.readouterr().err.count("\n") == 1
    assert "ZeroDivisionError" in (tmp_path / "debug.txt").read_text()


def test_interrupted_is_130(capsys):
    def interrupted():
        raise KeyboardInterrupt

    assert guarded(interrupted) == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_full_disk_behind_stdout_is_no_error_of_ours(capfd):
    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    assert guarded(full) == 2
    assert "the result cannot be written: No space left on device" in capfd.readouterr().err


def test_an_error_about_another_file_is_ours(capsys):
    def full():
        raise OSError(errno.ENOSPC, "No space left on device", "/some/file")

    assert guarded(full) == 70
    assert "an error of ours" in capsys.readouterr().err


def test_a_path_that_cannot_be_looked_at_is_no_error_of_ours(capsys):
    def locked():
        raise PermissionError(errno.EACCES, "Permission denied", "locked/rules.yaml")

    assert guarded(locked) == 2
    assert capsys.readouterr().err == "diagflow: locked/rules.yaml cannot be used: Permission denied\n"
    ran = diagflow("rules", "test", "x" * 300)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.rstrip().endswith("x cannot be used: File name too long")


def test_details_that_cannot_be_written_are_said(capsys, tmp_path):
    def broken():
        raise LookupError("x")

    assert guarded(broken, debug=tmp_path / "no" / "such" / "folder") == 70
    assert "cannot be written: No such file or directory; run again with another --debug" in capsys.readouterr().err


@pytest.mark.parametrize(("closed", "status"), [("2>&-", 2), ("<&-", 2), (">&-", 2)])
@pytest.mark.skipif(os.name != "posix", reason="closes streams with a shell")
def test_streams_that_are_closed_change_no_exit_status(closed, status):
    command = f'exec "$@" {closed}'
    ran = subprocess.run(
        ["sh", "-c", command, "sh", sys.executable, "-m", "diagflow", "diagnose", "--alert", "-"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env=clean_environment(),
    )
    assert ran.returncode == status
    assert b"Traceback" not in ran.stderr


def test_interrupted_in_a_command_is_said_too(capsys):
    def raised():
        raise click.exceptions.Exit(130)

    for as_typer_tells_it in (raised, lambda: 130):
        assert guarded(as_typer_tells_it) == 130
        assert "interrupted" in capsys.readouterr().err


def test_interrupted_while_our_modules_are_loaded(capsys, monkeypatch):
    class Interrupting:
        def find_spec(self, name, *_):
            if name == "click":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "click")
    monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
    assert guarded(lambda: 0) == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00+00:00"),
        ("2026-01-01T18:00:00+08:00", "2026-01-01T10:00:00+00:00"),
        ("-15m", "2026-01-01T11:45:00+00:00"),
        ("1767261600", "2026-01-01T10:00:00+00:00"),
    ],
)
def test_moments(text, expected):
    assert parse_moment(text, now=NOW).isoformat() == expected


def test_a_moment_without_zone_is_refused_with_the_way_to_say_it():
    with pytest.raises(BadInput, match=r"2026-01-01T10:00:00Z for UTC"):
        parse_moment("2026-01-01T10:00:00", now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+12:00",
        "0001-01-01T00:00:00Z",
        "9" * 30,
        "9" * 5000,
        "\N{SUPERSCRIPT TWO}",
        f"-{'9' * 30}d",
        f"-{'9' * 5000}d",
    ],
)
def test_no_moments(text):
    with pytest.raises(BadInput, match=r"--at '.{1,70}' is ") as e:
        parse_moment(text, now=NOW)
    assert len(str(e.value)) < 200


@pytest.mark.parametrize("text", ["99999999999999d", "36501d", f"{'9' * 5000}s"])
def test_durations_that_are_too_long(text):
    with pytest.raises(BadInput, match=r"--since .* is longer than 100 years"):
        parse_duration(text, option="--since")


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("1h30m", 5400), ("2d", 172800)])
def test_durations(text, seconds):
    assert parse_duration(text, option="--since").total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "5", "m5", "5m ", "-5m", "5w"])
def test_no_durations(text):
    with pytest.raises(BadInput, match="--since"):
        parse_duration(text, option="--since")


def test_configuration_names_every_wrong_key(tmp_path):
    with pytest.raises(BadInput) as e:
        parse_config("promtheus: x\ntimeout: -1\nsuppress: [{cause: x}]\n", tmp_path / "c.yaml")
    for word in ("promtheus", "timeout", "suppress.0.cause", "suppress.0.owner"):
        assert word in str(e.value)


def test_configuration_that_is_no_yaml_says_where(tmp_path):
    with pytest.raises(BadInput, match=r"c.yaml:2:\d+: no YAML"):
        parse_config("a: 1\n  b: [", tmp_path / "c.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", "is no mapping"),
        ("x", "is no mapping"),
        ("[" * 100_000, "is nested too deep"),
        ("suppress: [{expires: 2026-13-45}]", "a value cannot be read: month must be in"),
    ],
)
def test_configuration_that_is_something_else(text, said, tmp_path):
    with pytest.raises(BadInput, match=f"c.yaml: {said}"):
        parse_config(text, tmp_path / "c.yaml")


def test_an_empty_incident_folder_says_what_it_needs(tmp_path):
    ran = diagflow("scan", "--bundle", tmp_path)
    assert ran.status == 2
    assert str(tmp_path) in ran.err


def test_json_of_a_healthy_folder_is_quiet(tmp_path):
    objects = tmp_path / "objects"
    objects.mkdir()
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a", "namespace": "b", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
    }
    (objects / "pods.json").write_text(json.dumps({"kind": "PodList", "items": [pod]}))
    ran = diagflow("scan", "--bundle", tmp_path, "-o", "json")
    assert (ran.status, ran.err) == (0, "")
    found = json.loads(ran.out)
    assert (found["status"], found["causes"], found["symptoms"]) == ("healthy", [], [])


def test_since_says_how_far_back_events_count(tmp_path):
    objects = tmp_path / "objects"
    objects.mkdir()
    pod = {
        "kind": "Pod",
        "metadata": {"name": "a", "namespace": "b", "uid": "u", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"containers": [{"name": "app", "image": "x"}], "nodeName": "n"},
        "status": {
            "phase": "Pending",
            "startTime": "2026-01-01T00:00:00Z",
            "containerStatuses": [
                {
                    "name": "app",
                    "image": "x",
                    "restartCount": 0,
                    "ready": False,
                    "state": {"waiting": {"reason": "ContainerCreating"}},
                }
            ],
        },
    }
    event = {
        "kind": "Event",
        "metadata": {"name": "e", "namespace": "b"},
        "type": "Warning",
        "reason": "FailedMount",
        "message": 'MountVolume.SetUp failed for volume "cfg" : configmap "settings" not found',
        "involvedObject": {"kind": "Pod", "namespace": "b", "name": "a", "uid": "u"},
        "firstTimestamp": "2026-01-01T00:00:10Z",
        "lastTimestamp": "2026-01-01T00:30:00Z",
        "count": 20,
    }
    (objects / "all.json").write_text(json.dumps({"kind": "List", "items": [pod, event]}))
    seen = {
        since: [c["id"] for c in json.loads(ran.out)["causes"]]
        for since in ("10m", "12h")
        if (
            ran := diagflow(
                "scan", "--bundle", tmp_path, "--at", "2026-01-01T06:00:00Z", "--since", since, "-o", "json"
            )
        )
    }
    assert seen == {"10m": [], "12h": ["kubernetes.config-map-missing"]}


def test_a_folder_in_which_nothing_can_be_looked_at_is_not_called_healthy(tmp_path):
    body = {"alerts": [{"status": "firing", "labels": {"alertname": "A"}, "startsAt": "2026-01-01T00:00:00Z"}]}
    (tmp_path / "alert.json").write_text(json.dumps(body))
    assert json.loads(diagflow("scan", "--bundle", tmp_path, "-o", "json").out)["status"] == "unknown"
    found = diagflow("scan", "--bundle", tmp_path, LC_ALL="C.UTF-8")
    assert (found.status, "nothing could be looked at" in found.out) == (3, True), found.out
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "pods.json").write_text('{"apiVersion": "v1", "kind": "PodList", "items": []}')
    found = diagflow("scan", "--bundle", tmp_path, "-o", "json")
    assert (found.status, json.loads(found.out)["status"]) == (0, "healthy")


@pytest.mark.parametrize("command", [["scan"], ["doctor", "go"], ["rules", "test"]])
def test_each_example_stands_on_a_line_of_its_own(command):
    lines = [line.strip() for line in diagflow(*command, "--help").out.splitlines()]
    assert "Examples:" in lines
    assert any(line.startswith(f"diagflow {' '.join(command)}") for line in lines)


@pytest.mark.parametrize("command", [("diagnose",), ("replay",), ("import",), ("rules", "show"), ("bundle", "show")])
def test_help_says_what_each_argument_is(command):
    _, _, after = diagflow(*command, "--help").out.partition("Arguments:\n")
    arguments = after.partition("\n\n")[0].splitlines()
    assert arguments
    assert all(len(line.split(maxsplit=1)) == 2 for line in arguments), arguments
