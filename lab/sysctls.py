"""Kernel settings of the whole machine that a kubelet changes when it starts: kept, and put back."""

import json
from pathlib import Path

_CHANGED = (
    "kernel/keys/root_maxbytes",
    "kernel/keys/root_maxkeys",
    "kernel/panic",
    "kernel/panic_on_oops",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
)
_ROOT = Path("/proc/sys")


def save(target: Path) -> None:
    """Writes the present values, unless an earlier start that nobody ended has kept them already."""
    if not target.exists():
        target.write_text(json.dumps({name: (_ROOT / name).read_text().strip() for name in _CHANGED}))


def restore(source: Path) -> None:
    """Puts the kept values back."""
    if source.exists():
        for name, value in json.loads(source.read_text()).items():
            (_ROOT / name).write_text(value)
        source.unlink()
