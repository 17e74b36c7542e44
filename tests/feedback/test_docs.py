import json
from pathlib import Path

import jsonschema

from diagflow.feedback.schema import published
from tests.feedback.test_wire import validate

DOCS = Path(__file__).parents[2] / "docs" / "output.md"


def test_the_example_in_the_documentation_holds_to_the_schema() -> None:
    example = DOCS.read_text(encoding="utf-8").partition("```json\n")[2].partition("```")[0]
    validate(json.loads(example))


def test_the_example_of_changes_holds_to_its_schema() -> None:
    block = DOCS.read_text(encoding="utf-8").partition('```json\n"changes": ')[2].partition("```")[0]
    schema = published("changes")
    only = {"$defs": schema["$defs"], **schema["$defs"]["Changes"]}
    jsonschema.Draft202012Validator(only).validate(json.loads(block))
