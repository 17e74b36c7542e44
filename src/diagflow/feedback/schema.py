"""The JSON Schemas of `-o json`, generated from `shape` and published with the package."""

import json
from importlib.resources import files
from typing import Any, Final

import msgspec

from diagflow.feedback.shape import ChangedDiagnosis, Diagnosis

DIAGNOSIS: Final = "diagnosis"
CHANGES: Final = "changes"
"""What `scan --watch` and `scan --since-last` write."""

_SHAPES: Final = {
    DIAGNOSIS: (Diagnosis, "DiagFlow diagnosis, version 1"),
    CHANGES: (ChangedDiagnosis, "DiagFlow diagnosis of what is new, version 1"),
}


def generate(name: str = DIAGNOSIS) -> dict[str, Any]:
    """Return the schema of today's structs, draft 2020-12, as one strict object with `$defs`."""
    shape, title = _SHAPES[name]
    defs = msgspec.json.schema(shape)["$defs"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:diagflow:schema:{name}:v1",
        **defs.pop(shape.__name__),
        "title": title,
        "$defs": defs,
    }


def generated_text(name: str = DIAGNOSIS) -> str:
    """Return what the published file must hold."""
    return json.dumps(generate(name), indent=2, ensure_ascii=False) + "\n"


def published(name: str = DIAGNOSIS) -> dict[str, Any]:
    """Read the schema that the package ships."""
    text = files("diagflow.feedback").joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
