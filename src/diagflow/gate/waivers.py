"""Losses that somebody accepts for a reason and for a time."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from diagflow.bundle.folder import yamldocs
from diagflow.bundle.folder.problem import Unreadable
from diagflow.model import BadInput

FILE: Final = "waivers.yaml"


@dataclass(frozen=True, slots=True)
class Waiver:
    """Accepts that a recording became wrong.

    Attributes:
        recording: `corpus/name`, exactly.
        reason: why.
        owner: who will see to it.
        expires: last day (UTC) on which it holds.
    """

    recording: str
    reason: str
    owner: str
    expires: date

    def holds(self, today: date) -> bool:
        """True until its last day is over."""
        return today <= self.expires


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid")

    recording: Annotated[str, Field(pattern="^[^/]+/.+$")]
    reason: Annotated[str, Field(min_length=1)]
    owner: Annotated[str, Field(min_length=1)]
    expires: date


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """Read a file of waivers.

    Raises:
        BadInput: it cannot be read, or an item is no waiver; all problems are named.
    """
    try:
        found = list(yamldocs.documents(path.read_text(encoding="utf-8")))
    except OSError as e:
        raise BadInput(f"{path} cannot be read: {e.strerror}") from None
    except UnicodeDecodeError as e:
        raise BadInput(f"{path} is no UTF-8 text (byte {e.start}): save it as UTF-8") from None
    except Unreadable as e:
        raise BadInput(str(e.problem(str(path)))) from None
    content = found[0] if len(found) == 1 else found
    try:
        items = TypeAdapter(list[_Item]).validate_python(content or [])
    except ValidationError as e:
        raise BadInput("\n".join(_line(path, item["loc"], item["msg"]) for item in e.errors())) from None
    names = [item.recording for item in items]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInput(f"{path}: {twice[0]} is waived twice: keep one")
    return tuple(Waiver(i.recording, i.reason, i.owner, i.expires) for i in items)


def _line(path: Path, place: tuple[int | str, ...], message: str) -> str:
    if not place:
        return f"{path}: {message}: write a list of {{recording, reason, owner, expires}}"
    number, *rest = place
    where = f"waiver {number + 1}" if isinstance(number, int) else str(number)
    return f"{path}: {where}: {'.'.join(map(str, rest)) or 'it'}: {message}"
