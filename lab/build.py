"""Everything that must be there before a lab can start; what is there already costs nothing."""

import time

from lab import debian, gobuild, images, stages
from lab.paths import Cache


def build(cache: Cache) -> None:
    """Installs packages, builds programs and images into the cache, and says what takes time.

    Raises:
        LabError: something is missing that cannot be installed, or a build failed.
    """
    began = time.monotonic()
    debian.install()
    built = sum(gobuild.build(program, cache) for program in gobuild.programs())
    images.make(cache)
    stages.make(cache)
    print(f"lab is built ({built} programs compiled, {time.monotonic() - began:.0f} s): {cache.root}", flush=True)
