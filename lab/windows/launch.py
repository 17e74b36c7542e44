"""Runs inside a machine, on its own Python: starts what a file in JSON describes, in the environment that it says.

Wine gives its first process what the registry holds, as a new logon would have it, and what it had from Linux; a
session that has other values than the registry needs somebody who sets them.
`{"line", "cwd", "set", "unset"}`; the line begins with cmd.exe, which stands between in the life of a user too.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

_LEFT_OVERS = {"USER", "LC_ALL", "HOME", "WINEPREFIX", "WINEARCH", "WINEDEBUG", "WINEDLLOVERRIDES"}


def main() -> int:
    """Returns the exit status of what was started."""
    spec = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    unwanted = _LEFT_OVERS | {name.upper() for name in [*spec["unset"], *spec["set"]]}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in unwanted}
    # Wine itself reads these; no program of a user looks at them
    wine = {name: os.environ[name] for name in ("WINEDEBUG", "WINEDLLOVERRIDES") if name in os.environ}
    done = subprocess.run(
        spec["line"], cwd=spec["cwd"], env={**kept, **wine, **spec["set"]}, stdin=subprocess.DEVNULL, check=False
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
