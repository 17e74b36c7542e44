"""The first process of one machine's namespaces: makes mounts and network, reaps, and takes all with it when it ends.

Run by `unshare`, as a file, with a plan in JSON: `{"mounts": [...], "ready": file}`. A mount is
`{"target": ..., "overlay": [lower, upper, work]}`, `{"target": ..., "bind": source, "read_only": bool}` or
`{"target": ..., "tmpfs": true}`.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

_SIGNALS = {signal.SIGCHLD, signal.SIGTERM}


def main() -> None:
    """Prepares the namespaces, says so in a file, and waits."""
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    for mount in plan["mounts"]:
        _mount(mount)
    _run("ip", "link", "set", "lo", "up")
    Path(plan["ready"]).touch()
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # of all threads: one that took SIGCHLD would lose it
    threading.Thread(target=_leave_with_our_starter, daemon=True).start()
    _reap()


def _leave_with_our_starter() -> None:
    """Nobody writes to our standard input: it ends when whoever started us closes it, or dies."""
    sys.stdin.buffer.read()
    os._exit(0)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def _mount(mount: dict[str, Any]) -> None:
    target = mount["target"]
    if not Path(target).is_file():
        Path(target).mkdir(parents=True, exist_ok=True)
    if "overlay" in mount:
        lower, upper, work = mount["overlay"]
        _run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={lower},upperdir={upper},workdir={work}", target)
    elif "bind" in mount:
        _run("mount", "--bind", mount["bind"], target)
        if mount.get("read_only"):
            _run("mount", "-o", "remount,bind,ro", target)
    elif "proc" in mount:
        _run("mount", "-t", "proc", "proc", target)
    else:
        _run("mount", "-t", "tmpfs", "tmpfs", target)


def _reap() -> None:
    while signal.sigwait(_SIGNALS) == signal.SIGCHLD:
        _reap_all()


def _reap_all() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


if __name__ == "__main__":
    main()
