"""The trees of Go: unmodified, as the wheels have them, minus the two files that make a Python package of them."""

import functools
import itertools
import os
import shutil
import tempfile
from pathlib import Path

from lab.windows import stamps, wheels
from lab.windows.places import RELEASES, SOURCE, places


def build() -> None:
    """Unpacks each release for both platforms."""
    for release, platform in itertools.product(RELEASES, wheels.PLATFORMS):
        requirements = SOURCE / "requirements" / f"go-{release}.txt"
        target = places().go(platform, release)
        unpack = functools.partial(_unpack, requirements, target, platform)
        stamps.once(f"go-{release}-{platform}", stamps.digest(requirements), [target], unpack)


def _unpack(requirements: Path, target: Path, platform: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        wheels.unpack(requirements, Path(folder), platform)
        tree = Path(folder) / "go"
        (tree / "__init__.py").unlink(missing_ok=True)
        for tool in (*tree.glob("bin/*"), *tree.glob("pkg/tool/*/*")):
            tool.chmod(0o755)
        shutil.move(tree, target)
    os.utime(target)
