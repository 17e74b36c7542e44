"""The images of the lab: some made of Debian's static busybox, and one for each program that runs as a pod."""

from pathlib import Path

from lab.oci import Image, pack
from lab.paths import Cache

BUSYBOX = "registry.internal:5000/base/busybox:1.35"
ANOTHER_CPU = "registry.internal:5000/base/another-cpu:1.35"
JUMPS = "registry.internal:5000/base/jumps:1.35"
"""Whose program ends with SIGSEGV at its first instruction."""
PAUSE = "registry.internal:5000/base/pause:3.10"
COREDNS = "registry.internal:5000/base/coredns:v1.15.0"
METRICS_SERVER = "registry.internal:5000/base/metrics-server:v0.9.0"
ALWAYS = ("busybox", "pause", "coredns", "another-cpu", "jumps")
"""Those that a node has from its start."""

_MACHINE = slice(18, 20)
"""Where an ELF file says for which CPU it is (e_machine)."""
_S390 = (22).to_bytes(2, "little")
_ENTRY = slice(24, 32)
"""Where an ELF file says at which address it begins (e_entry)."""
_NOWHERE = (16).to_bytes(8, "little")

_APPLETS = (
    "sh cat date dd echo env false grep head httpd id kill ls mkdir nc nslookup printenv ps rm seq sleep sync tail "
    "test touch tr true uname vi wc wget yes"
)


def sources(cache: Cache) -> dict[str, Path]:
    """Returns the program that each image is made of, by the name of its archive."""
    busybox = Path("/bin/busybox")
    programs = {name: cache.bin / name for name in ("coredns", "metrics-server")}
    return {"busybox": busybox, "pause": busybox, "another-cpu": busybox, "jumps": busybox, **programs}


def image(name: str, program: bytes) -> Image:
    """Returns one of the images."""
    match name:
        case "busybox":
            links = {f"/bin/{applet}": "busybox" for applet in _APPLETS.split()}
            return Image(BUSYBOX, {"/bin/busybox": program}, links, command=("/bin/sh",))
        case "pause":
            sleep = ("/bin/busybox", "sleep", "2147483647")  # a sandbox's first process only has to stay
            return Image(PAUSE, {"/bin/busybox": program}, entrypoint=sleep)
        case "another-cpu":
            return Image(ANOTHER_CPU, {"/bin/serve": _changed(program, _MACHINE, _S390)}, entrypoint=("/bin/serve",))
        case "jumps":
            return Image(JUMPS, {"/bin/serve": _changed(program, _ENTRY, _NOWHERE)}, entrypoint=("/bin/serve",))
    reference = {"coredns": COREDNS, "metrics-server": METRICS_SERVER}[name]
    return Image(reference, {f"/{name}": program}, entrypoint=(f"/{name}",))


def _changed(program: bytes, place: slice, new: bytes) -> bytes:
    return program[: place.start] + new + program[place.stop :]


def make(cache: Cache) -> None:
    """Writes the archives that are older than their programs, or than what is written here about them."""
    for name, source in sources(cache).items():
        target = cache.images / f"{name}.tar"
        newest = max(path.stat().st_mtime for path in (source, Path(__file__)))
        if not target.exists() or target.stat().st_mtime < newest:
            pack(image(name, source.read_bytes()), target)
