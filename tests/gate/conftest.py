"""The lab's recordings, diagnosed once for all tests that only look at the result."""

from pathlib import Path

import pytest

from diagflow.gate import find_recordings, run_all
from diagflow.rules import load_packs

CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.fixture(scope="session")
def ruleset():
    return load_packs()


@pytest.fixture(scope="session")
def recordings():
    return find_recordings([CORPUS])


@pytest.fixture(scope="session")
def outcomes(recordings, ruleset):
    return run_all(recordings, ruleset, jobs=1)
