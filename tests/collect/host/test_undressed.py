"""What others put around the lines of go."""

import time

import pytest

from diagflow.collect.host.undressed import undressed

POWERSHELL = (
    "PS C:\\shop> go build\r\n"
    "go : go: cannot find GOROOT directory: C:\\Program \r\nFiles\\Go, and that is \r\nall\r\n"
    "所在位置 C:\\shop\\b.ps1:3 字符: 1\r\n"
    "+ go build ./... 2>&1 | Out-File build.log\r\n"
    "+ ~~~~~~~~~~~~~~\r\n"
    "    + CategoryInfo          : NotSpecified: (go: cannot find...:String) [], RemoteException\r\n"
    "    + FullyQualifiedErrorId : NativeCommandError\r\n"
    " \r\n"
    "go: second\r\n"
)


def test_what_powershell_makes_of_the_first_line_of_stderr():
    lines = undressed(POWERSHELL).split("\r\n")
    assert lines[1] == "go: cannot find GOROOT directory: C:\\Program Files\\Go, and that is all"
    assert lines[0] == "PS C:\\shop> go build"
    assert lines[-2:] == ["go: second", ""]


@pytest.mark.parametrize("name", ["go", "go.exe", "C:\\Program Files\\Go\\bin\\go.exe", ".\\构建"])
def test_whatever_was_called(name):
    said = undressed(POWERSHELL.replace("go : ", f"{name} : ").replace("\r\n", "\n"))
    assert "\ngo: cannot find GOROOT directory: C:\\Program Files\\Go, and that is all\n" in said


def test_an_error_of_powershell_itself_stays():
    text = POWERSHELL.replace("NativeCommandError", "CommandNotFoundException")
    assert undressed(text) == text


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("stamp", ["2026-08-01T10:00:00.1234567Z", "2026-08-01T10:00:00+08:00"])
def test_times_before_every_line(stamp, end):
    text = f"go: a{end}{end}\tb{end}"
    dressed = end.join(f"{stamp} {line}" for line in text.split(end)[:-1]) + end
    assert undressed(dressed) == text
    assert undressed(dressed.replace(f"{stamp} {end}", f"{stamp}{end}")) == text


def test_times_that_a_program_wrote_stay():
    text = "go: downloading x v1.0.0\n2026-08-01T10:00:00Z open x: denied\n"
    assert undressed(text) == text


def test_colours_and_steps_of_buildkit():
    assert undressed("#12 0.345 \x1b[31mgo: x\x1b[0m\n#12 ERROR: y\n") == "go: x\n#12 ERROR: y\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_failed_step_of_buildkit_is_said_once_more(end):
    text = end.join(
        ["------", " > [2/2] RUN go build ./...:", "0.345 go: x", "12.34 \ty", "------", "0.5 is a half", ""]
    )
    assert undressed(text) == text.replace("0.345 ", "").replace("12.34 ", "")


@pytest.mark.parametrize(
    "line",
    [" > x:\n1.2 y\n", "1.2 y\n", "a : b\n", " + a\n", "1\n + FullyQualifiedErrorId : NativeCommandError\n", "\n"],
)
def test_a_long_log_takes_no_long_time(line):
    began = time.process_time()
    undressed(line * 100_000 + "NativeCommandError")
    assert time.process_time() - began < 5
