"""JSON with comments and trailing commas, as editors and Windows Terminal keep their settings."""

import re
from typing import Any, Final

import msgspec

# Strings are matched first, so that nothing inside of one is taken for a comment or a comma.
_PARTS: Final = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\r\n]*|/\*.*?\*/', re.DOTALL)
_COMMAS: Final = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)


def parse_jsonc(data: bytes) -> Any:
    """Return the value; None for what is no such text."""
    text = data.decode("utf-8-sig", "replace")
    plain = _COMMAS.sub(_kept, _PARTS.sub(_kept, text))
    try:
        return msgspec.json.decode(plain.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return None


def _kept(found: "re.Match[str]") -> str:
    return found[1] or " "
