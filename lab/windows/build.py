"""Everything that must be there before a machine can start; what is there already costs nothing."""

import time

from lab import debian
from lab.windows import certificates, prefix, toolchains, warm, wine, winpython
from lab.windows.places import places

PACKAGES = {
    "wine64": "runs go.exe and the Windows Python",
    "gcc-mingw-w64-x86-64": "compiles the library that Wine lacks",
    "binutils": "finds a function in Wine's library",
    "openssl": "makes certificates",
    "iproute2": "makes a network of its own",
    "util-linux": "makes namespaces",
    "mount": "makes mounts",
    "gcc": "the compiler of the Linux machines",
    "git": "the git of the Linux machines",
}


def build() -> None:
    """Installs packages, unpacks Go and Python, prepares Wine, and compiles the standard library of each release.

    Raises:
        LabError: something is missing that cannot be installed, or a step failed.
    """
    began = time.monotonic()
    debian.install(PACKAGES)
    for step in (toolchains, certificates, wine, prefix, winpython, warm):
        step.build()
    print(f"the Windows lab is built ({time.monotonic() - began:.0f} s): {places().root}", flush=True)
