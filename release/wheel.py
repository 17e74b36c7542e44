"""The wheel, with what it needs to be the same bytes each time."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def build(folder: Path) -> Path:
    """Builds the wheel and the source distribution into `folder`; returns the wheel."""
    for old in [*folder.glob("diagflow-*.whl"), *folder.glob("diagflow-*.tar.gz")]:
        old.unlink()
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder.resolve())]
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600"}  # hatchling's times of files; any fixed moment does
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
    (wheel,) = folder.glob("diagflow-*.whl")
    return wheel
