"""Triggers and dependencies → verdicts, and the interface of analyzers.

    with Runner(ruleset) as runner:
        analysis = analyze(ruleset, bundle, runner)

`analysis.wants` says what is still to be read. The interface for authors of analyzers is `diagflow.analyze.api`.
"""

from diagflow.analyze.analysis import Analysis
from diagflow.analyze.analyze import analyze
from diagflow.analyze.answer import Answer
from diagflow.analyze.runner import Runner

__all__ = ["Analysis", "Answer", "Runner", "analyze"]
