"""The JSON Schema of `-o json`, generated from `shape` and published with the package."""

import json
from importlib.resources import files
from typing import Any, Final

import msgspec

from diagflow.feedback.shape import Diagnosis

FILE: Final = "diagnosis.schema.json"
_ID: Final = "urn:diagflow:schema:diagnosis:v1"


def generate() -> dict[str, Any]:
    """Return the schema of today's structs, draft 2020-12, as one strict object with `$defs`."""
    defs = msgspec.json.schema(Diagnosis)["$defs"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _ID,
        **defs.pop(Diagnosis.__name__),
        "title": "DiagFlow diagnosis, version 1",
        "$defs": defs,
    }


def generated_text() -> str:
    """Return what the published file must hold."""
    return json.dumps(generate(), indent=2, ensure_ascii=False) + "\n"


def published() -> dict[str, Any]:
    """Read the schema that the package ships."""
    text = files("diagflow.feedback").joinpath(FILE).read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
