"""One self-contained page: no network, no script, no font but the reader's own.

A strict Content-Security-Policy says so to the browser as well: even if markup got through, nothing would run.
"""

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined

from diagflow.feedback import phrases
from diagflow.feedback.graph import narrow, wide
from diagflow.feedback.graph.fold import draw
from diagflow.feedback.links import safe_link
from diagflow.feedback.report import Report

READABLE: Final = 60
"""Nodes that a screen shows at once; more are folded."""
READABLE_NARROW: Final = 24
_OPEN: Final = 5
"""Causes shown with all that belongs to them; more are folded."""
_FEW: Final = 8
"""Missing readings shown before the rest is folded."""
_LISTED: Final = 100
"""Entities, rules and steps that a page lists; JSON has them all."""


def html(report: Report) -> str:
    """Return the report as one HTML document."""
    style = _resource("page.css")
    words = report.words
    page: str = _page().render(
        r=report,
        w=words,
        style=style,
        policy=_policy(style),
        graph=draw(report.graph, report.lang, words, READABLE),
        wide=wide.picture(draw(report.graph, report.lang, words, READABLE), words),
        narrow=narrow.picture(draw(report.graph, report.lang, words, READABLE_NARROW), words),
        listed=_LISTED,
        few=_FEW,
        open=_OPEN,
        folded=phrases.folded,
        safe_link=safe_link,
    )
    return page


def _policy(style: str) -> str:
    """Nothing may load or run but this one style sheet, known by its digest."""
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def _resource(name: str) -> str:
    return files("diagflow.feedback").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _page() -> Any:
    environment = Environment(
        loader=FunctionLoader(_resource),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["px"] = _pixels
    environment.filters["minus"] = _minus
    environment.filters["zip"] = zip
    return environment.get_template("page.html.j2")


def _pixels(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _minus(text: str) -> str:
    return text.replace("-", "−")
