import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from diagflow.promql.columns import Columns

TIMES = st.lists(st.integers(-(10**13), 10**13), unique=True, max_size=8).map(lambda t: np.array(sorted(t), np.int64))


@given(st.lists(TIMES, min_size=1, max_size=6), st.lists(st.integers(-(10**14), 10**14), min_size=1, max_size=5))
def test_how_many_samples_lie_before_a_moment(times: list[np.ndarray], moments: list[int]) -> None:
    columns = Columns(times, [np.zeros(len(t)) for t in times], np.float64)
    groups = np.unique(columns.group)
    counts = columns.counts(groups, np.array(moments))
    for row, own in enumerate(times):
        at = list(groups).index(columns.group[row])
        assert counts[at].tolist() == [int(np.count_nonzero(own <= moment)) for moment in moments]
        assert columns.times_of(row).tolist() == own.tolist()


def test_equal_timestamps_are_one_group() -> None:
    one, same, other = np.array([1, 2]), np.array([1, 2]), np.array([1, 3])
    columns = Columns([one, one, same, other], [np.zeros(2)] * 4, np.float64)
    assert columns.group.tolist() == [0, 0, 0, 1]
