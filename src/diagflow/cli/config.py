"""The one configuration file: `config.yaml` in the user's configuration folder, or `$DIAGFLOW_CONFIG`.

    prometheus: http://prometheus.example:9090
    context: production
    lang: zh
    timeout: 60
    rules: [~/our-rules]
    suppress:
      - cause: kubernetes.nodes-cordoned
        entity: node/spare-*
        reason: kept empty for upgrades
        owner: platform team
        expires: 2027-01-31

What stands on the command line or in the environment counts more.
"""

import os
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from diagflow.model import BadInput
from diagflow.model.suppression import Suppression

_ID = r"^[a-z0-9-]+\.[a-z0-9.-]+$"


class SuppressEntry(BaseModel):
    """One suppression, as the file has it."""

    model_config = ConfigDict(extra="forbid")

    cause: Annotated[str, Field(pattern=_ID)]
    entity: str = "*"
    reason: Annotated[str, Field(min_length=1)]
    owner: Annotated[str, Field(min_length=1)]
    expires: date


class Config(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid")

    prometheus: str | None = None
    context: str | None = None
    kubeconfig: Path | None = None
    lang: Literal["en", "zh"] | None = None
    timeout: Annotated[float, Field(gt=0, le=3600)] | None = None
    rules: list[Path] = Field(default_factory=list)
    suppress: list[SuppressEntry] = Field(default_factory=list)

    def suppressions(self) -> tuple[Suppression, ...]:
        """Return the suppressions as the engine takes them."""
        return tuple(Suppression(s.cause, s.entity, s.reason, s.owner, s.expires) for s in self.suppress)


def config_path() -> Path:
    """Return where the configuration is looked for."""
    from platformdirs import user_config_path

    named = os.environ.get("DIAGFLOW_CONFIG")
    return Path(named).expanduser() if named else user_config_path("diagflow", appauthor=False) / "config.yaml"


@cache
def load_config() -> Config:
    """Read the configuration; without a file, the defaults.

    Raises:
        BadInput: the file is no YAML mapping or has an unknown or wrong key; all of them are named.
    """
    path = config_path()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if os.environ.get("DIAGFLOW_CONFIG"):
            raise BadInput(f"DIAGFLOW_CONFIG names {path}, which does not exist") from None
        return Config()
    except (OSError, UnicodeDecodeError) as e:
        raise BadInput(f"{path}: cannot be read: {e}") from None
    return parse_config(text, path)


def parse_config(text: str, path: Path) -> Config:
    """Check the text of a configuration file.

    Raises:
        BadInput: see `load_config`.
    """
    import yaml

    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise BadInput(f"{where}: no YAML: {getattr(e, 'problem', e)}") from None
    try:
        return Config.model_validate(data or {})
    except ValidationError as e:
        raise BadInput("\n".join(_lines(path, e))) from None


def _lines(path: Path, error: ValidationError) -> Sequence[str]:
    return [f"{path}: {'.'.join(str(p) for p in item['loc']) or 'the file'}: {item['msg']}" for item in error.errors()]
