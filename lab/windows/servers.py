"""The servers of a scenario: started inside the machine's network, where every port is free, and gone with it."""

import json
import sys
import time
from pathlib import Path

from lab.errors import LabError
from lab.windows.places import places
from lab.windows.scenario import Scenario
from lab.windows.space import Space

_SERVE = Path(__file__).with_name("serve.py")


def start(space: Space, scenario: Scenario) -> None:
    """Starts the servers, waits until they listen, and makes the names of the scenario known.

    Raises:
        LabError: one did not start.
    """
    if scenario.hosts:
        space.hosts.write_text(f"127.0.0.1 localhost {' '.join(scenario.hosts)}\n")
    for server in scenario.servers:
        name = f"server-{server['port']}"
        spec, log, ready = (space.folder / f"{name}.{end}" for end in ("json", "log", "ready"))
        spec.write_text(json.dumps({**server, "ready": str(ready), "certificates": str(places().certificates)}))
        space.start([sys.executable, str(_SERVE), str(spec)], env={"PATH": "/usr/bin:/bin"}, log=log)
        _await(ready, log)


def _await(ready: Path, log: Path) -> None:
    deadline = time.monotonic() + 20
    while not ready.exists():
        if time.monotonic() > deadline:
            raise LabError(f"a scenario's server did not start: {log.read_text(errors='replace')[-400:]}")
        time.sleep(0.02)
