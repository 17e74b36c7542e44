"""What kwok's nodes and pods do: its standard stages, from the module it is built from, and ours of `stages.yaml`."""

from pathlib import Path

from lab.errors import LabError
from lab.gobuild import module_dir
from lab.paths import SOURCE, Cache

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
    files = [*(folder / name for name in _STANDARD), SOURCE / "stages.yaml"]
    cache.stages.write_text("---\n".join(map(_read, files)))


def _read(path: Path) -> str:
    try:
        return path.read_text().rstrip() + "\n"
    except FileNotFoundError as error:
        raise LabError(f"kwok's module has no {path.name}; its version in lab/modules/kwok changed?") from error
