"""The report as one self-contained page: no network, no script; a Content-Security-Policy says so to the browser."""

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from diagflow.gate import phrases, plots
from diagflow.gate.report import Report


def as_html(report: Report) -> str:
    """Return the report as one HTML document."""
    several = (*report.corpora, report.overall) if len(report.corpora) > 1 else report.corpora
    style = _resource("page.css")
    page: str = _template().render(
        r=report,
        several=several,
        style=style,
        policy=_policy(style),
        verdict=phrases.verdict(report),
        rules_line=phrases.rules(report.rules),
        accuracy=plots.accuracy(several),
        bounds=plots.false_causes(several),
        width=plots.WIDTH,
        side=plots.SIDE,
        dots=plots.reliability(report.calibration.bins) if report.calibration else (),
        share=phrases.share,
        rate=phrases.rate,
        what_is_wrong=phrases.what_is_wrong,
        said=[outcome for outcome in report.wrong if outcome.said_wrong],
        unsaid=[outcome for outcome in report.wrong if not outcome.said_wrong],
    )
    return page


def _policy(style: str) -> str:
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _resource(name: str) -> str:
    return files("diagflow.gate").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _template() -> Any:
    environment = Environment(
        loader=FunctionLoader(_resource),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"px": _pixels, "percent": phrases.percent, "seconds": phrases.seconds}
    return environment.get_template("page.html.j2")


def _pixels(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
