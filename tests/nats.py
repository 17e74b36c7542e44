"""What each strength weighs today, for tests about what is added up: the numbers are fitted, and change."""

from typing import Final

from diagflow.model import FITTED, Strength

CONCLUSIVE: Final = FITTED.strengths[Strength.CONCLUSIVE]
STRONG: Final = FITTED.strengths[Strength.STRONG]
MODERATE: Final = FITTED.strengths[Strength.MODERATE]
WEAK: Final = FITTED.strengths[Strength.WEAK]
