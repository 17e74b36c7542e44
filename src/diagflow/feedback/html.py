"""One self-contained page: no network, no script, no font but the reader's own.

A strict Content-Security-Policy says so to the browser as well: even if markup got through, nothing would run.
"""

from functools import cache
from typing import Any, Final

from diagflow.feedback import phrases
from diagflow.feedback.graph import narrow, wide
from diagflow.feedback.graph.fold import draw
from diagflow.feedback.links import safe_link
from diagflow.feedback.report import Report
from diagflow.feedback.selfcontained import environment, policy, resource

_PACKAGE: Final = "diagflow.feedback"
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
    style = resource(_PACKAGE, "page.css")
    words = report.words
    page: str = _page().render(
        r=report,
        w=words,
        style=style,
        policy=policy(style, "img-src data:"),
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


@cache
def _page() -> Any:
    templates = environment(_PACKAGE)
    templates.filters |= {"minus": _minus, "zip": zip}
    return templates.get_template("page.html.j2")


def _minus(text: str) -> str:
    return text.replace("-", "−")
