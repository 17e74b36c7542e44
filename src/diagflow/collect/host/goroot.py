"""A Go tree on disk."""

from typing import Final

from diagflow.collect.host.gover import release
from diagflow.collect.host.machine import Machine

_NEEDED: Final = ("asm", "cgo", "compile", "cover", "link", "vet")  # in every release; the others are built on demand
_MOST_VERSION: Final = 4096


def is_root(machine: Machine, path: str) -> bool:
    """True for what the go command takes for its root: `pkg/tool` is a folder there (cmd/go isGOROOT)."""
    return machine.files.is_dir(machine.join(path, "pkg", "tool"))


def is_tree(machine: Machine, path: str) -> bool:
    """True for a Go tree, also a damaged one."""
    has = machine.files
    exe = machine.join(path, "bin", "go.exe" if machine.windows else "go")
    return has.is_file(exe) and (is_root(machine, path) or has.is_file(machine.join(path, "VERSION")))


def version_of(machine: Machine, root: str) -> str | None:
    """Return the release that the tree's VERSION file names, `go1.27.3`."""
    data = machine.files.peek(machine.join(root, "VERSION"), _MOST_VERSION)
    return release(data.split(b"\n")[0].decode("utf-8", "replace")) if data else None


def root_of(machine: Machine, exe: str) -> str | None:
    """Return the root that a go command stands in, found as it does itself: beside it, then behind links."""
    for path in (exe, machine.files.target(exe)):
        if not path:
            continue
        parent = str(machine.paths.dirname(machine.paths.dirname(path)))
        for root in (parent, str(machine.paths.dirname(parent))):
            if is_root(machine, root):
                return root
        if machine.paths.basename(path) == "snap" and machine.files.is_dir("/snap/go/current"):
            return "/snap/go/current"
    return None


def tools_missing(machine: Machine, root: str, arch: str | None) -> list[str]:
    """Return the tools of a build that are not in `pkg/tool`: an antivirus may have taken them."""
    names = [n for n in machine.files.names(machine.join(root, "pkg", "tool")) if n.startswith(f"{machine.platform}_")]
    if not names:
        return list(_NEEDED)
    folder = f"{machine.platform}_{arch}" if f"{machine.platform}_{arch}" in names else names[0]
    present = set(machine.files.names(machine.join(root, "pkg", "tool", folder)))
    suffix = ".exe" if machine.windows else ""
    return [tool for tool in _NEEDED if tool + suffix not in present]
