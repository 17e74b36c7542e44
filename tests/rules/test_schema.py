# messages and rules stand in one piece
"""The JSON Schema is made of the declaration that checks files: they agree."""

import json
import random

import jsonschema
import pytest
import yaml

from diagflow.rules.filenames import FileKind
from diagflow.rules.format import causes_schema, pack_schema, rules_schema
from tests.rules.make import PACKS, PRINTED, parsed, rule_with
from tests.rules.test_compile import CAUSES, PACK
from tests.rules.variety import generated

SCHEMAS = {FileKind.RULES: rules_schema(), FileKind.CAUSES: causes_schema(), FileKind.PACK: pack_schema()}


def plain(text: str):
    """Read YAML as an editor does: the JSON-like values of YAML 1.2."""
    quoted = "\n".join(_quoted(line) for line in text.splitlines())
    return yaml.load(quoted, yaml.BaseLoader)  # noqa: S506  # gives strings, builds nothing


def _quoted(line: str) -> str:
    key, _, value = line.partition("threshold: ")
    return f"{key}threshold: {json.dumps(value)}" if value[:1] in "><=!" and value else line


def valid(kind: FileKind, value) -> bool:
    return jsonschema.Draft202012Validator(SCHEMAS[kind]).is_valid(value)


@pytest.mark.parametrize("kind", SCHEMAS)
def test_they_are_schemas(kind):
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[kind])
    json.dumps(SCHEMAS[kind])


def strings_to_values(value):
    """Give numbers and booleans back their type, which the reader above leaves as text."""
    if isinstance(value, dict):
        return {k: strings_to_values(v) for k, v in value.items()}
    if isinstance(value, list):
        return [strings_to_values(v) for v in value]
    return {"true": True, "false": False}.get(value, int(value) if value.isdigit() else value)


def test_what_loads_is_valid():
    packs = [p.read_text(encoding="utf-8") for p in PACKS.glob("*/rules/**/*.yaml") if ".test." not in p.name]
    for text in [PRINTED, *packs, *(generated(random.Random(seed)) for seed in range(40))]:
        value = strings_to_values(plain(text))
        jsonschema.validate(value, SCHEMAS[FileKind.RULES])
    for path in PACKS.glob("*/causes/*.yaml"):
        jsonschema.validate(plain(path.read_text(encoding="utf-8")), SCHEMAS[FileKind.CAUSES])
    jsonschema.validate(strings_to_values(plain(CAUSES)), SCHEMAS[FileKind.CAUSES])
    jsonschema.validate(plain(PACK), SCHEMAS[FileKind.PACK])


@pytest.mark.parametrize(
    "condition",
    [
        "metrik: up",
        "metric: up, windo: 5m",
        "metric: up, window: [5m]",
        "object: pod, each: x",
        "log: x, tail: abc",
        "any: []",
        "metric: up, object: pod",
    ],
)
def test_what_does_not_load_is_not_valid(condition):
    text = rule_with(condition)
    assert parsed(text).problems
    assert not valid(FileKind.RULES, plain(text))


def test_every_key_has_a_description():
    def keys(schema):
        if isinstance(schema, dict):
            yield from schema.get("properties", {}).items()
            for part in schema.values():
                yield from keys(part)
        elif isinstance(schema, list):
            for part in schema:
                yield from keys(part)

    for schema in SCHEMAS.values():
        found = [(name, shape) for name, shape in keys(schema) if isinstance(shape, dict)]
        assert found
        assert all(shape.get("description") for _, shape in found if _ != "properties")
