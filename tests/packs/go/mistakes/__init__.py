"""Mistakes that people make in their own code, and what go says about each."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.packs.go.mistakes.building import BUILDING
from tests.packs.go.mistakes.mistake import Mistake
from tests.packs.go.mistakes.running import RUNNING
from tests.packs.go.mistakes.testing import TESTING
from tests.packs.go.mistakes.vetting import VETTING

MISTAKES: Final[Mapping[str, Mistake]] = {**BUILDING, **VETTING, **TESTING, **RUNNING}
"""One module each, by the kind of mistake."""

RECORDED: Final = Path(__file__).with_name("recorded.yaml")
"""What go said; see `record`."""
