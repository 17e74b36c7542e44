"""`processes`: who started us, and who of them knows an old environment."""

from typing import Any

from diagflow.collect.host.layers import registry_layers
from diagflow.collect.host.look import Look
from diagflow.collect.host.native import Process
from diagflow.collect.host.stamps import stamp


def probe(look: Look) -> Any:
    """Walk upwards from our parent."""
    ancestors = look.machine.native.ancestors()
    layers = registry_layers(look.machine)
    changes = [time for time in (layers.user_changed, layers.machine_changed) if time] if layers else []
    last = max(changes, default=None)
    old = [process for process in ancestors if last and process.started and process.started < last]
    return {"chain": [_shown(process) for process in ancestors], "stale": [_shown(process) for process in old]}


def _shown(process: Process) -> dict[str, Any]:
    return {"name": process.name, "pid": process.pid, "started": stamp(process.started)}
