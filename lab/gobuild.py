"""The Go programs of the lab, built from pinned wrapper modules.

`go install` refuses most of them (their modules hold replace lines), so each has a small module of its own under
`lab/modules/` whose go.mod and go.sum are kept with the project. A stamp per module (a digest of go.mod, go.sum
and the flags) makes a second build free.
"""

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError
from lab.paths import SOURCE, Cache
from lab.sh import run

KUBERNETES = "1.37.2"
PROMETHEUS = "3.16.0"


@dataclass(frozen=True, slots=True)
class Program:
    """What to build from one wrapper module."""

    module: str
    """Folder under `lab/modules`."""
    packages: tuple[str, ...]
    binary: str = ""
    """Name of the only binary; empty where packages name them."""
    ldflags: str = "-s -w"
    tags: str = ""

    @property
    def binaries(self) -> tuple[str, ...]:
        return (self.binary,) if self.binary else tuple(p.rpartition("/")[2] for p in self.packages)


def kubernetes_ldflags(version: str) -> str:
    """Returns the linker flags that stamp a Kubernetes version as its own build does."""
    major, minor, _ = version.split(".")
    base, client = "k8s.io/component-base/version", "k8s.io/client-go/pkg/version"
    stamp = {
        f"{base}.gitVersion": f"v{version}",
        f"{base}.gitMajor": major,
        f"{base}.gitMinor": minor,
        f"{base}.gitCommit": "module",
        f"{base}.gitTreeState": "clean",
        f"{base}.buildDate": "2026-01-01T00:00:00Z",
        f"{client}.gitVersion": f"v{version}",
        f"{client}.gitMajor": major,
        f"{client}.gitMinor": minor,
    }
    return "-s -w " + " ".join(f"-X {name}={value}" for name, value in stamp.items())


def programs() -> tuple[Program, ...]:
    """Returns all programs, in the order in which they share most of the build cache."""
    command = "k8s.io/kubernetes/cmd"
    names = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kubectl")
    return (
        Program("etcd", ("go.etcd.io/etcd/server/v3",), "etcd"),
        Program("kubernetes", tuple(f"{command}/{name}" for name in names), ldflags=kubernetes_ldflags(KUBERNETES)),
        Program(
            "prometheus",
            ("github.com/prometheus/prometheus/cmd/prometheus",),
            "prometheus",
            # without the first tag the clients of every cloud come along; without the version its buildinfo is empty
            ldflags=f"-s -w -X github.com/prometheus/common/version.Version={PROMETHEUS}",
            tags="remove_all_sd,enable_kubernetes_sd",
        ),
        Program("prometheus", ("github.com/prometheus/prometheus/cmd/promtool",), "promtool", tags="remove_all_sd"),
        Program("kube-proxy", (f"{command}/kube-proxy",), ldflags=kubernetes_ldflags(KUBERNETES)),
        Program("coredns", (".",), "coredns"),
        Program("kube-state-metrics", ("k8s.io/kube-state-metrics/v2",), "kube-state-metrics"),
        Program("kwok", ("sigs.k8s.io/kwok/cmd/kwok",), "kwok"),
        Program("metrics-server", ("sigs.k8s.io/metrics-server/cmd/metrics-server",)),
    )


def build(program: Program, cache: Cache) -> bool:
    """Builds one program unless its stamp says that it is there; returns whether it built.

    Raises:
        LabError: the module's files are missing, or the compiler failed.
    """
    stamp = cache.stamps / "-".join(program.binaries)
    wanted = digest(program)
    if _is_current(program, cache, stamp, wanted):
        return False
    print(f"  building {', '.join(program.binaries)} (minutes, the first time)", flush=True)
    began = time.monotonic()
    _compile(program, cache)
    cache.stamps.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)
    print(f"  built {', '.join(program.binaries)} in {time.monotonic() - began:.0f} s", flush=True)
    return True


def digest(program: Program) -> str:
    """Returns the digest of everything that decides what the binaries are."""
    folder = SOURCE / "modules" / program.module
    ours = map(_read, sorted(folder.glob("*.go")))
    parts = [_read(folder / "go.mod"), _read(folder / "go.sum"), *ours, repr(program).encode(), _go_version()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def module_dir(module: str, path: str) -> Path:
    """Returns where Go keeps the source of `path` as pinned in one of our wrapper modules."""
    folder = SOURCE / "modules" / module
    return Path(run(["go", "list", "-m", "-f", "{{.Dir}}", path], cwd=folder, env=_env()).strip())


def _is_current(program: Program, cache: Cache, stamp: Path, wanted: str) -> bool:
    built = all((cache.bin / name).exists() for name in program.binaries)
    return built and stamp.exists() and stamp.read_text() == wanted


def _compile(program: Program, cache: Cache) -> None:
    cache.bin.mkdir(parents=True, exist_ok=True)
    target = str(cache.bin / program.binary) if program.binary else f"{cache.bin}/"
    tags = ["-tags", program.tags] if program.tags else []
    command = ["go", "build", "-trimpath", *tags, "-ldflags", program.ldflags, "-o", target, *program.packages]
    run(command, cwd=SOURCE / "modules" / program.module, env=_env(), timeout=3600)


def _env() -> dict[str, str]:
    return {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"}


def _go_version() -> bytes:
    return run(["go", "version"]).encode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise LabError(f"{path} is missing; it belongs to the project, check the working tree") from error
