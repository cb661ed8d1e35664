"""The Pareto front against its definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdsl.driver import Misuse
from archdsl.sweeps.front import front, read_objectives

POINTS = st.integers(1, 3).flatmap(
    lambda n: st.lists(st.tuples(*[st.integers(0, 6)] * n), max_size=40)
)


def beats(a, b):
    no_worse = all(x <= y for x, y in zip(a, b, strict=True))
    return no_worse and any(x < y for x, y in zip(a, b, strict=True))


@given(POINTS)
def test_the_front_is_what_nothing_beats(points):
    wanted = {k for k, p in enumerate(points) if not any(beats(q, p) for q in points)}
    assert front(points) == wanted


def test_equal_points_are_on_it_together():
    assert front([(1, 2), (2, 1), (1, 2), (2, 2)]) == {0, 1, 2}


def test_objectives():
    read = read_objectives("params, receptive_field:max,macs:min")
    assert list(map(str, read)) == ["params", "receptive_field:max", "macs"]
    assert read_objectives("") == ()
    with pytest.raises(Misuse, match="NAME:max"):
        read_objectives("params:most")
