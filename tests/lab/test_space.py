"""A lab leaves nothing behind, and nothing of it can be seen from this machine's network."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import net, paths, sysctls
from lab.process import PidFiles, start_time
from tests.lab.conftest import ROOT

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.environ.get("DIAGFLOW_LAB") != "1", reason="needs the lab: run `make test-lab`"),
]
NAME = "short-lived"
_PORTS = {value for key, value in vars(net).items() if key.startswith("REGISTRY_") or key.endswith("_PORT")}


def _lab(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lab", "--name", NAME, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=3600)


def _traces() -> dict[str, object]:
    """What a lab could leave on this machine."""
    return {
        "devices": sorted(path.name for path in Path("/sys/class/net").iterdir()),
        "listening": sorted(_listening()),
        "mounts": [line for line in Path("/proc/mounts").read_text().splitlines() if NAME in line],
        "groups": sorted(map(str, Path("/sys/fs/cgroup").glob(f"*/diagflow-lab-{NAME}"))),
        "processes": sorted(_processes()),
        "settings": [(sysctls._ROOT / name).read_text() for name in sysctls._CHANGED],
        "files": paths.instance(NAME).root.exists(),
    }


def _listening() -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) in _PORTS:
                yield fields[1]


def _processes() -> Iterator[str]:
    """All but those that ended and wait for their parent to notice."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if f"instances/{NAME}/" in words and start_time(int(path.name)) is not None:
            yield words


@pytest.fixture(autouse=True)
def _nothing_of_an_earlier_run() -> None:
    """A run that was killed, or a machine that was restarted, may have left its lab's files."""
    ended = _lab("down")
    assert ended.returncode == 0, ended.stderr


def test_a_lab_that_crashed_leaves_nothing_behind() -> None:
    before = _traces()
    try:
        started = _lab("up")
        assert started.returncode == 0, started.stderr
        assert "is up already" in _lab("up").stdout
        during = _traces()
        assert during["devices"] == before["devices"]
        assert during["listening"] == before["listening"]
        pids = PidFiles(paths.instance(NAME).pids)
        for name in ("apiserver", "containerd"):
            component = pids.load(name)
            assert component is not None
            os.kill(component.pid, signal.SIGKILL)
        assert _lab("status").returncode == 1
    finally:
        ended = _lab("down")
    assert ended.returncode == 0, ended.stderr
    assert _traces() == before


def test_the_holder_takes_everything_with_it() -> None:
    before = _traces()
    try:
        started = _lab("up")
        assert started.returncode == 0, started.stderr
        holder = PidFiles(paths.instance(NAME).pids).load("holder")
        assert holder is not None
        os.kill(holder.pid, signal.SIGKILL)
    finally:
        ended = _lab("down")
    assert ended.returncode == 0, ended.stderr
    assert _traces() == before
