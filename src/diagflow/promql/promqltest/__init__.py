"""Prometheus' own test format: reading and running it."""

from diagflow.promql.promqltest.runner import Difference, Report, run_file, run_text

__all__ = ["Difference", "Report", "run_file", "run_text"]
