"""The text of a configuration file, checked; imported only where there is one."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from diagflow.cli.configured import Config
from diagflow.model import BadInput
from diagflow.model.suppression import Suppression

_ID = r"^[a-z0-9-]+\.[a-z0-9.-]+$"


class _Suppress(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cause: Annotated[str, Field(pattern=_ID)]
    entity: str = "*"
    reason: Annotated[str, Field(min_length=1)]
    owner: Annotated[str, Field(min_length=1)]
    expires: date


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    prometheus: str | None = None
    context: str | None = None
    kubeconfig: Path | None = None
    lang: Literal["en", "zh"] | None = None
    timeout: Annotated[float, Field(gt=0, le=3600)] | None = None
    rules: list[Path] = Field(default_factory=list)
    suppress: list[_Suppress] = Field(default_factory=list)

    def config(self) -> Config:
        suppressions = tuple(Suppression(s.cause, s.entity, s.reason, s.owner, s.expires) for s in self.suppress)
        return Config(
            self.prometheus, self.context, self.kubeconfig, self.lang, self.timeout, tuple(self.rules), suppressions
        )


def parse_config(text: str, path: Path) -> Config:
    """Check the text of a configuration file.

    Raises:
        BadInput: it is no YAML mapping or has an unknown or wrong key; all of them are named.
    """
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise BadInput(f"{where}: no YAML: {getattr(e, 'problem', e)}") from None
    except RecursionError:
        raise BadInput(f"{path}: is nested too deep") from None
    except ValueError as e:  # a date that is none, such as 2026-13-45
        raise BadInput(f"{path}: a value cannot be read: {e}") from None
    if not isinstance(data, dict | None):
        raise BadInput(f"{path}: is no mapping: write keys and values, such as `lang: zh`")
    try:
        return _File.model_validate(data or {}).config()
    except ValidationError as e:
        raise BadInput("\n".join(_lines(path, e))) from None


def _lines(path: Path, error: ValidationError) -> Sequence[str]:
    return [f"{path}: {'.'.join(str(p) for p in item['loc']) or 'the file'}: {item['msg']}" for item in error.errors()]
