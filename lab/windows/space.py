"""The namespaces of one machine: mounts, processes and a network of its own that leads nowhere.

They end with the process that holds them, and that one ends with ours: nothing can be left behind. Files are written
through `/proc/PID/root`, so nobody has to enter.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import process
from lab.errors import LabError
from lab.process import Process
from lab.windows.places import places

Mount = dict[str, Any]
_DAY = 24 * 3600
_HOLDER = Path(__file__).with_name("holder.py")
_NAMES_FROM_FILES = "passwd: files\ngroup: files\nhosts: files\n"


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended; `rc` is None if it took too long, and then its machine is closed."""

    rc: int | None
    stdout: bytes
    stderr: bytes
    seconds: float

    @property
    def out(self) -> str:
        return self.stdout.decode("utf-8", "replace").replace("\r\n", "\n")

    @property
    def err(self) -> str:
        return self.stderr.decode("utf-8", "replace").replace("\r\n", "\n")


@dataclass(slots=True)
class Space:
    """Namespaces that are open; `folder` holds what the machine wrote."""

    folder: Path
    leash: subprocess.Popen[bytes]
    """Waits for the holder, which ends when we close its standard input, or die."""
    holder: Process
    hosts: Path

    @property
    def root(self) -> Path:
        """The machine's `/`, seen from outside."""
        return Path(f"/proc/{self.holder.pid}/root")

    def run(self, command: Sequence[str], *, env: Mapping[str, str], cwd: str = "/", timeout: float = 60) -> Done:
        """Runs a command inside with nothing on its standard input; stops it after `timeout` seconds."""
        words = [*self._inside(cwd), *command]
        began = time.monotonic()
        with subprocess.Popen(
            words, env=dict(env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as child:
            try:
                out, err = child.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                self.close()  # what it started may hold the pipes: all of it must go
                out, err = child.communicate()
                return Done(None, out, err, time.monotonic() - began)
        return Done(child.returncode, out, err, time.monotonic() - began)

    def start(self, command: Sequence[str], *, env: Mapping[str, str], log: Path) -> None:
        """Starts something that runs until the machine is closed."""
        with log.open("ab") as out:
            child = subprocess.Popen(
                [*self._inside("/"), *command],
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        child.returncode = 0  # it ends with the namespaces: no warning that nobody waited for it

    def close(self) -> None:
        """Ends everything inside."""
        if self.leash.stdin and not self.leash.stdin.closed:
            self.leash.stdin.close()
        self.leash.wait(20)

    def _inside(self, cwd: str) -> list[str]:
        return ["nsenter", f"--target={self.holder.pid}", "--mount", "--pid", "--net", f"--wdns={cwd}", "--"]


def layers(lower: Path | Sequence[Path], target: str, folder: Path) -> Mount:
    """Returns the mount of a tree that may be written to without changing `lower`; the first of several wins."""
    lowers = [lower] if isinstance(lower, Path) else list(lower)
    upper, work = folder / "upper", folder / "work"
    for path in (upper, work):
        path.mkdir(parents=True, exist_ok=True)
    if len(lowers) > 1:  # colons separate folders, so none of ours may hold one
        return {"target": target, "overlay": [":".join(map(str, lowers)), str(upper), str(work)]}
    return {"target": target, "overlay": [str(lowers[0]), str(upper), str(work)]}


@contextlib.contextmanager
def open_space(name: str, plan: Sequence[Mount], folder: Path | None = None) -> Iterator[Space]:
    """Opens namespaces with the mounts of `plan`; yields them and closes them.

    Raises:
        LabError: not permitted, or a mount could not be made.
    """
    places().machines.mkdir(parents=True, exist_ok=True)
    _sweep()
    own = folder or Path(tempfile.mkdtemp(prefix=f"{name}-", dir=places().machines))
    own.mkdir(parents=True, exist_ok=True)
    try:
        space = _open(own, plan)
        try:
            yield space
        finally:
            space.close()
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _sweep() -> None:
    """Removes what machines of other days have written whose starter was killed; all else of them is gone already."""
    for path in places().machines.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another machine ends at this moment
            if time.time() - path.stat().st_mtime > _DAY:
                shutil.rmtree(path, ignore_errors=True)


def _open(folder: Path, plan: Sequence[Mount]) -> Space:
    hosts, switch, ready = folder / "hosts", folder / "nsswitch.conf", folder / "ready"
    hosts.write_text("127.0.0.1 localhost\n")
    switch.write_text(_NAMES_FROM_FILES)  # no resolver: an unknown name is unknown at once
    names = [{"target": "/etc/hosts", "bind": str(hosts)}, {"target": "/etc/nsswitch.conf", "bind": str(switch)}]
    script = folder / "plan.json"
    script.write_text(json.dumps({"mounts": [*plan, *names, {"target": "/proc", "proc": True}], "ready": str(ready)}))
    log = folder / "holder.log"
    unshare = ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "--propagation", "private"]
    with log.open("wb") as out:
        leash = subprocess.Popen(
            [*unshare, sys.executable, str(_HOLDER), str(script)], stdin=subprocess.PIPE, stdout=out, stderr=out
        )
    holder = process.only_child(leash.pid)
    space = Space(folder, leash, holder, hosts)
    try:
        _await(ready, holder, log)
    except LabError:
        space.close()
        raise
    return space


def _await(ready: Path, holder: Process, log: Path) -> None:
    deadline = time.monotonic() + 30
    while not ready.exists():
        if not holder.alive or time.monotonic() > deadline:
            said = log.read_text(errors="replace").strip().splitlines()[-3:]
            raise LabError(
                f"the machine could not be made: {' / '.join(said) or log}; are you root? (uid {os.getuid()})"
            )
        time.sleep(0.02)
