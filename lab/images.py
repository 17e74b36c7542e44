"""The two images of the lab, both made of Debian's static busybox."""

from pathlib import Path

from lab.oci import Image, pack
from lab.paths import Cache

BUSYBOX = "registry.internal:5000/base/busybox:1.35"
PAUSE = "registry.internal:5000/base/pause:3.10"

_APPLETS = (
    "sh cat date dd echo env false grep head httpd id kill ls mkdir nc nslookup printenv ps rm seq sleep sync tail "
    "test touch tr true uname vi wc wget yes"
)


def images() -> dict[str, Image]:
    """Returns the images by the name of their archive."""
    busybox = Path("/bin/busybox").read_bytes()
    links = {f"/bin/{applet}": "busybox" for applet in _APPLETS.split()}
    sleep = ("/bin/busybox", "sleep", "2147483647")  # a sandbox's first process only has to stay
    return {
        "busybox": Image(BUSYBOX, {"/bin/busybox": busybox}, links, command=("/bin/sh",)),
        "pause": Image(PAUSE, {"/bin/busybox": busybox}, entrypoint=sleep),
    }


def make(cache: Cache) -> None:
    """Writes the archives; takes milliseconds, so there is no stamp."""
    for name, image in images().items():
        pack(image, cache.images / f"{name}.tar")
