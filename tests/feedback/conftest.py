"""Fixtures of the feedback tests."""

from datetime import timedelta, timezone

import pytest

from tests.feedback.samples import HOSTILE, SAMPLES

EIGHT = timezone(timedelta(hours=8))


@pytest.fixture
def tz() -> timezone:
    """A zone that is neither the system's nor UTC."""
    return EIGHT


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> str:
    """The name of each sample in turn."""
    return str(request.param)


@pytest.fixture(params=HOSTILE, ids=lambda text: repr(text[:24]).encode("ascii", "backslashreplace").decode())
def evil(request: pytest.FixtureRequest) -> str:
    """Each hostile text in turn."""
    return str(request.param)
