"""The command line: `python -m release`."""

import argparse
import sys
from pathlib import Path

from release import imports, windows
from release.wheel import build


def main() -> int:
    """Builds both and checks what the folder for Windows imports; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m release", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("dist"), help="where they go (default: ./%(default)s)")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    wheel = build(folder)
    print(f"wheel: {wheel}  (uvx --from {wheel} diagflow doctor go, pipx install {wheel})")
    tree = windows.unpack(wheel, folder)
    missing = imports.missing(tree)
    for file, library in missing:
        print(f"{file} imports {library}, which is neither shipped nor part of Windows 11", file=sys.stderr)
    if missing:
        return 1
    print(f"for Windows, with its own Python: {windows.pack(tree)}  (unpack it; start diagflow.cmd)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
