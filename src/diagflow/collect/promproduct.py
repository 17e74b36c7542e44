"""Which product answers PromQL, and whether its answers mean what rules mean."""

import re
from dataclasses import dataclass
from typing import Final

import msgspec

from diagflow.collect.lenient import decode, one_line
from diagflow.collect.promaccess import Door
from diagflow.collect.web import Answer
from diagflow.model import State

OLDEST: Final = 3
"""Major version from which Prometheus evaluates expressions as rules mean them (left-open ranges, UTF-8 names)."""

_NUMBER: Final = re.compile(r"v?(\d+)\.\d+")
_VICTORIA: Final = "x-server-hostname"  # a header that only its servers send; they call themselves Prometheus 2.24.0


class _Build(msgspec.Struct):
    version: str = ""
    application: str = ""  # Mimir and its relatives say it


class _BuildInfo(msgspec.Struct):
    status: str
    data: _Build


@dataclass(frozen=True, slots=True)
class Product:
    """Who answers.

    Attributes:
        name: `prometheus`, or what it really is.
        version: as it says, without a leading `v`; may be empty.
    """

    name: str
    version: str

    @property
    def usable(self) -> bool:
        """True when it is Prometheus 3 or later."""
        number = _NUMBER.match(self.version)
        return self.name == "prometheus" and number is not None and int(number.group(1)) >= OLDEST

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


def product_of(answer: Answer) -> Product | None:
    """Return who gave this answer at `/api/v1/status/buildinfo`; None when it does not say."""
    info = decode(answer.body, _BuildInfo) if answer.ok else None
    if info is None or info.status != "success":
        return None
    version = one_line(info.data.version).removeprefix("v")
    if info.data.application:
        return Product(one_line(info.data.application), version)
    if _VICTORIA in answer.headers:
        return Product("VictoriaMetrics", "")
    # Thanos has the same build information; it has not reached version 1.
    return Product("Thanos" if version.startswith("0.") else "prometheus", version)


def unknown(door: Door, answer: Answer) -> tuple[State, str]:
    """Return what an answer without build information means."""
    if answer.ok or answer.status in (404, 405, 501):
        return State.ABSENT, f"{door.shown} does not say that it is a Prometheus ({answer.status} at its buildinfo)"
    return State.ERROR, f"{door.shown} does not say what it is ({answer.status} at its buildinfo)"
