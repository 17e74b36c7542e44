"""Prometheus' own tests of PromQL."""

from pathlib import Path

import pytest

from diagflow.promql.promqltest import Report, run_file
from tests.promql.shared import FOLDER, files


@pytest.mark.skipif(not files(), reason=f"Prometheus' tests are not in {FOLDER}")
@pytest.mark.parametrize("file", files(), ids=lambda file: file.name)
def test_prometheus_own_tests_pass(file: Path) -> None:
    report = Report()
    run_file(file, report)
    assert not report.failed
    assert not report.skipped
    assert report.passed
