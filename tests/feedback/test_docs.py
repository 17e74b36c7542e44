import json
from pathlib import Path

from tests.feedback.test_wire import validate

DOCS = Path(__file__).parents[2] / "docs" / "output.md"


def test_the_example_in_the_documentation_holds_to_the_schema() -> None:
    example = DOCS.read_text(encoding="utf-8").partition("```json\n")[2].partition("```")[0]
    validate(json.loads(example))
