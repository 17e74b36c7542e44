"""Whether the tests of a rule can tell it from a rule that always, or never, matches."""

from collections.abc import Iterator

from diagflow.harness.case import Case, TestFile
from diagflow.model import Outcome


def imbalance(tests: TestFile) -> Iterator[str]:
    """Yield what the tests of a rule lack."""
    positive = {c.name: c for c in tests.cases if c.expect.verdict is Outcome.MATCH}
    negative = [c for c in tests.cases if c.expect.verdict is Outcome.NO_MATCH]
    if not positive:
        yield f"{tests.path}: no case expects `verdict: match`"
    if not negative:
        yield f"{tests.path}: no case expects `verdict: no_match`"
    elif positive and not any(_differs_in_one(c) and c.like in positive for c in negative):
        yield (
            f"{tests.path}: no case that expects `no_match` differs from one that matches in a single field: "
            "write `like: CASE` and one `change`"
        )


def _differs_in_one(case: Case) -> bool:
    return bool(case.like) and case.changes == 1
