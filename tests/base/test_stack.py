"""Room for the frames of deep calls: going up and down in it costs no memory of the system."""

import sys

import pytest

from archdsl.base.stack import with_room

resource = pytest.importorskip("resource", reason="counts what the system is asked for")
WIDE = 12  # calls between two of which the end of a piece may lie


def down(levels, then):
    return then() if levels == 0 else down(levels - 1, then)


def pages_asked_for(depth):
    """The pages that the system gives while calls go up and down from a depth."""

    def again():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(300):
            down(WIDE, int)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    return down(depth, again)


def test_calls_that_go_up_and_down_at_any_depth_ask_for_no_memory():
    depths = range(0, 1_000, WIDE // 2)
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        with_room(lambda: down(2_000, int))  # the pages themselves, once
        most = max(with_room(lambda: [pages_asked_for(depth) for depth in depths]))
    finally:
        sys.setrecursionlimit(before)
    assert most < 100


def test_what_is_done_and_what_it_gives_pass_through():
    assert with_room(lambda: 7) == 7
    with pytest.raises(KeyError):
        with_room(lambda: {}["no"])
