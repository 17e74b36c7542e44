"""Where several runs and their test meet: each says how far it is, and none goes on before the test lets all go on.

They are processes that share nothing but a folder, so that empty files say it: `NAME.STEP` is somebody who waits, and
`STEP` lets all of them go on.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from lab.wait import until

PATIENCE = 60
"""Seconds to wait for the others: for what starts Python several times on a busy machine."""
_EVERY = 0.05


def reach(folder: Path, name: str, step: str) -> None:
    """Says that `name` is as far as `step`, and waits until all may go on."""
    (folder / f"{name}.{step}").touch()
    until((folder / step).exists, f"the others at {step}", PATIENCE, every=_EVERY)


def gather(folder: Path, names: Iterable[str], step: str, given_up: Callable[[], bool]) -> None:
    """Waits until everybody is at a step, or until one has given up, which nobody should wait for."""
    awaited = [folder / f"{name}.{step}" for name in names]
    until(lambda: all(path.exists() for path in awaited) or given_up(), f"all to be at {step}", PATIENCE, every=_EVERY)


def let_go(folder: Path, step: str) -> None:
    """Lets everybody who waits at a step go on."""
    (folder / step).touch()
