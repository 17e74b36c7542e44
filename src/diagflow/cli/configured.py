"""What a configuration file may set."""

from dataclasses import dataclass
from pathlib import Path

from diagflow.model.suppression import Suppression


@dataclass(frozen=True, slots=True)
class Config:
    """What the configuration file says; the defaults where there is none."""

    prometheus: str | None = None
    context: str | None = None
    kubeconfig: Path | None = None
    lang: str | None = None
    timeout: float | None = None
    rules: tuple[Path, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
