"""The report as one self-contained page: no network, no script; a Content-Security-Policy says so to the browser."""

from functools import cache
from typing import Any

from diagflow.feedback.selfcontained import environment, policy, resource
from diagflow.gate import phrases, plots
from diagflow.gate.report import Report
from diagflow.gate.text import calibration_lines


def as_html(report: Report) -> str:
    """Return the report as one HTML document."""
    several = (*report.corpora, report.overall) if len(report.corpora) > 1 else report.corpora
    style = resource("diagflow.gate", "page.css")
    page: str = _template().render(
        r=report,
        several=several,
        style=style,
        policy=policy(style),
        verdict=phrases.verdict(report),
        rules_line=phrases.rules(report),
        accuracy=plots.accuracy(several),
        bounds=plots.false_causes(several),
        width=plots.WIDTH,
        side=plots.SIDE,
        calibration=[line.strip() for line in calibration_lines(report)],
        dots=plots.reliability(report.calibration.bins) if report.calibration else (),
        synthetic=phrases.synthetic(report) if report.synthetic else "",
        matrix=plots.matrix(report.confusion),
        share=phrases.share,
        rate=phrases.rate,
        what_is_wrong=phrases.what_is_wrong,
        said=[outcome for outcome in report.wrong if outcome.said_wrong],
        unsaid=[outcome for outcome in report.wrong if not outcome.said_wrong],
    )
    return page


@cache
def _template() -> Any:
    templates = environment("diagflow.gate")
    templates.filters |= {"percent": phrases.percent, "seconds": phrases.seconds}
    return templates.get_template("page.html.j2")
