"""What all our pages have: templates that escape, one style sheet inside, a policy that lets nothing else load."""

import hashlib
from base64 import b64encode
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined


def resource(package: str, name: str) -> str:
    """Return a file of the `templates` of a package."""
    return files(package).joinpath("templates", name).read_text(encoding="utf-8")


def environment(package: str) -> Any:
    """Return the templates of a package; the filter `px` writes a number as pixels."""
    made = Environment(
        loader=FunctionLoader(lambda name: resource(package, name)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["px"] = _pixels
    return made


def policy(style: str, *more: str) -> str:
    """Return the Content-Security-Policy: nothing may load or run but one style sheet, known by its digest.

    Args:
        style: its text.
        more: directives that allow something else.
    """
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    parts = ("default-src 'none'", f"style-src 'sha256-{digest}'", *more, "base-uri 'none'", "form-action 'none'")
    return "; ".join(parts)


def _pixels(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
