"""How much everything weighs: strengths and priors in nats of log-odds, as `diagflow gate fit` wrote them.

`weights.json` is reviewed text: what was fitted, on what, with the figures before and after (docs/gate.md).
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from diagflow.model.errors import BadInput
from diagflow.model.evidence import Strength

SCHEMA: Final = "diagflow.weights/v1"


@dataclass(frozen=True, slots=True)
class Weights:
    """Strengths and priors.

    Attributes:
        strengths: nats that an observation of each strength adds or takes away; a stronger one never weighs less.
        near: prior of a candidate near an alert or a named entity.
        scan: prior of a candidate in a scan; not divided by the size of the cluster.
    """

    strengths: Mapping[Strength, float]
    near: float
    scan: float


def read_weights(file: Path) -> Weights:
    """Read a file of weights.

    Raises:
        BadInput: it is none, or its numbers are out of order.
    """
    try:
        return weights_of(json.loads(file.read_text(encoding="utf-8")))
    except OSError as e:
        raise BadInput(f"{file} cannot be read: {e.strerror}") from None
    except (ValueError, KeyError, TypeError) as e:
        raise BadInput(f"{file} is no file of weights ({SCHEMA}): {type(e).__name__} {e}") from None


def weights_of(content: Mapping[str, Any]) -> Weights:
    """Return the weights of a file's content.

    Raises:
        KeyError, TypeError, ValueError: something is missing, or is no such number.
    """
    if content["schema"] != SCHEMA:
        raise ValueError(f"the schema is {content['schema']!r}")
    priors = content["priors"]
    strengths = {strength: float(content["strengths"][strength.value]) for strength in Strength}
    found = list(strengths.values())
    near, scan = float(priors["near"]), float(priors["scan"])
    if not all(map(math.isfinite, (*found, near, scan))):
        raise ValueError("a weight is no finite number")
    if found != sorted(found, reverse=True) or found[-1] < 0:
        raise ValueError("a stronger observation must not weigh less, and none less than nothing")
    return Weights(strengths, near, scan)


FITTED: Final = read_weights(Path(__file__).with_name("weights.json"))
"""What the engine weighs with."""
