"""The control groups below which the real kubelet keeps its pods, and how they go away."""

import contextlib
import time
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")


def make(name: str) -> None:
    """Creates the group in every hierarchy: the kubelet wants its root to exist."""
    for hierarchy in _hierarchies():
        (hierarchy / name).mkdir(exist_ok=True)
        _inherit_cpuset(hierarchy, name)


def remove(name: str, seconds: float = 10) -> list[Path]:
    """Removes the groups, deepest first; returns those that would not go in time."""
    deadline = time.monotonic() + seconds
    left = _remove_once(name)
    while left and time.monotonic() < deadline:
        time.sleep(0.2)  # processes that were killed leave their group a moment later
        left = _remove_once(name)
    return left


def _hierarchies() -> list[Path]:
    if (_ROOT / "cgroup.controllers").exists():
        return [_ROOT]
    return [path for path in sorted(_ROOT.iterdir()) if path.is_dir() and not path.is_symlink()]


def _inherit_cpuset(hierarchy: Path, name: str) -> None:
    """A new cpuset group of version 1 is empty, and nothing can run in it."""
    for file in ("cpuset.cpus", "cpuset.mems"):
        mine = hierarchy / name / file
        if mine.exists() and not mine.read_text().strip():
            mine.write_text((hierarchy / file).read_text())


def _remove_once(name: str) -> list[Path]:
    groups = [path for hierarchy in _hierarchies() for path in _tree(hierarchy / name)]
    for path in groups:
        with contextlib.suppress(OSError):
            path.rmdir()
    return [path for path in groups if path.exists()]


def _tree(root: Path) -> list[Path]:
    if not root.exists():
        return []
    below = [path for path in root.rglob("*") if path.is_dir()]
    return [*sorted(below, key=lambda path: len(path.parts), reverse=True), root]
