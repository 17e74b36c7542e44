"""Short commands that must work, and whose complaint is the message when they do not."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from lab.errors import LabError


def run(
    command: Sequence[str | Path],
    *,
    stdin: str | None = None,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    timeout: float = 120,
) -> str:
    """Runs a command and returns its standard output.

    Raises:
        LabError: it failed, took longer than `timeout` seconds, or is not installed; the message holds what it said.
    """
    words = [str(part) for part in command]
    try:
        done = subprocess.run(
            words, input=stdin, capture_output=True, text=True, cwd=cwd, env=env, timeout=timeout, check=False
        )
    except FileNotFoundError as error:
        raise LabError(f"`{words[0]}` is not installed; run `python -m lab build`") from error
    except subprocess.TimeoutExpired as error:
        raise LabError(f"`{' '.join(words)}` did not end within {timeout:.0f} s") from error
    if done.returncode:
        raise LabError(f"`{' '.join(words)}` failed ({done.returncode}): {_complaint(done)}")
    return done.stdout


def _complaint(done: subprocess.CompletedProcess[str]) -> str:
    return "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:]) or "it said nothing"
