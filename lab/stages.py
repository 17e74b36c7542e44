"""What kwok's nodes and pods do: its own standard stages, taken from the module that the program is built from."""

from pathlib import Path

from lab.errors import LabError
from lab.gobuild import module_dir
from lab.paths import Cache

_STANDARD = (
    "node/fast/node-initialize.yaml",
    "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
    "pod/fast/pod-ready.yaml",
    "pod/fast/pod-complete.yaml",
    "pod/fast/pod-delete.yaml",
)


def make(cache: Cache) -> None:
    """Writes the stages that kwok is started with."""
    folder = module_dir("kwok", "sigs.k8s.io/kwok") / "kustomize" / "stage"
    cache.stages.write_text("---\n".join(_read(folder / name) for name in _STANDARD))


def _read(path: Path) -> str:
    try:
        return path.read_text().rstrip() + "\n"
    except FileNotFoundError as error:
        raise LabError(f"kwok's module has no {path.name}; its version in lab/modules/kwok changed?") from error
