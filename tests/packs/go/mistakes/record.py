"""Makes all mistakes with a real go command and keeps what it printed: `python -m tests.packs.go.mistakes.record GO`.

The tests read what is kept, so they need no Go.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from tests.packs.go.mistakes import MISTAKES, RECORDED
from tests.packs.go.mistakes.mistake import MODULE, Mistake

_MOST_LINES = 25


def record(go: str, mistake: Mistake) -> dict[str, Any]:
    """Make one mistake and return what came of it."""
    with tempfile.TemporaryDirectory(prefix="mistake-") as made:
        folder = Path(made)
        folder.chmod(0o755)  # programs that give up their rights stand in it too
        for name, text in {"go.mod": MODULE, **mistake.files}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        env = {**os.environ, "GOFLAGS": "", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off", "LC_ALL": "C"}
        done = subprocess.run(  # a go command that the caller names
            [go, *mistake.argv], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        said = re.sub(
            r" on [0-9.]+:53: ", " on 192.0.2.53:53: ", done.stdout.decode("utf-8").replace(made, "/work/shop")
        )
    return {"argv": ["go", *mistake.argv], "rc": done.returncode, "output": _shortened(said)}


def _shortened(said: str) -> str:
    """Keep the beginning: the trace of an endless recursion is the same line for ever."""
    lines = said.splitlines(keepends=True)
    ended = "exit status 2\n"
    return "".join(lines[:_MOST_LINES]) + (ended if len(lines) > _MOST_LINES and said.endswith(ended) else "")


def main(go: str, path: Path) -> None:
    """Record all mistakes with the go command that is named."""
    found = {name: record(go, mistake) for name, mistake in MISTAKES.items()}
    path.write_text(yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=200), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else RECORDED)
