import pytest


@pytest.fixture(autouse=True)
def no_cache(monkeypatch):
    """No test reads what another one, or whoever runs them, has compiled."""
    monkeypatch.setenv("DIAGFLOW_CACHE", "off")
