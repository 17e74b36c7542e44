import gc
from collections.abc import Iterator

import pytest

from diagflow.model.garbage import no_collections


@pytest.fixture(autouse=True)
def _collector() -> Iterator[None]:
    was = gc.isenabled()
    yield
    (gc.enable if was else gc.disable)()


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_off_within_and_as_before_behind(on: bool):  # noqa: FBT001
    (gc.enable if on else gc.disable)()
    with no_collections(), no_collections():
        assert not gc.isenabled()
    assert gc.isenabled() is on


def test_an_error_within_leaves_the_collector_on():
    gc.enable()
    with pytest.raises(ZeroDivisionError), no_collections():
        _ = 1 / 0
    assert gc.isenabled()
