"""The arithmetic of looking through windows, by hand on small cases."""

from fractions import Fraction

import pytest

from archdsl.analyses.reach.input_positions import (
    NOTHING,
    Runs,
    Steady,
    cut,
    each,
    extremes,
    fused,
    laid,
    looked,
    parted,
    rolled,
    runs,
    spread_taps,
    united,
    widest,
)


def windowed(x: Steady, kernel: int, stride: int, padding: int, dilation: int) -> Steady:
    taps = range(-padding, kernel * dilation - padding, dilation)
    places = looked(x, 100, (taps,), stride, 100)
    assert isinstance(places, Steady)
    return places


def spread(x: Steady, kernel: int, stride: int, padding: int, dilation: int) -> Steady:
    places = looked(x, 100, spread_taps(kernel, stride, padding, dilation), 1, 100)
    assert isinstance(places, Steady)
    return places


def figures(x: Steady) -> tuple[int, Fraction, int]:
    """Size, jump and start."""
    size = max(high - low for low, high in zip(x.low, x.high, strict=True)) + 1
    return size, Fraction(x.advance, x.period), x.low[0]


def test_an_input_element_sees_itself():
    assert figures(Steady()) == (1, 1, 0)


def test_two_3x3_windows_see_five():
    assert figures(windowed(windowed(Steady(), 3, 1, 1, 1), 3, 1, 1, 1)) == (5, 1, -2)


def test_stride_multiplies_and_dilation_stretches():
    strided = windowed(Steady(), 7, 2, 3, 1)
    assert figures(strided) == (7, 2, -3)
    # taps 0, 2, 4: two jumps of 2·2 more
    assert figures(windowed(strided, 3, 1, 2, 2)) == (15, 2, -7)


def test_doubling_halves_the_jump_and_sees_one_element():
    up = spread(windowed(Steady(), 2, 2, 0, 1), 2, 2, 0, 1)
    assert figures(up) == (2, 1, 0)
    assert [up.at(i)[0] for i in range(4)] == [0, 0, 2, 2]


@pytest.mark.parametrize(("kernel", "size"), [(2, 4), (3, 4), (4, 6), (5, 6)])
def test_windows_over_doubled_elements_see_whole_elements(kernel, size):
    # doubled elements a a b b c c (two inputs each): 2 or 3 taps touch at most a, b; 4 or 5 a, b, c
    up = spread(windowed(Steady(), 2, 2, 0, 1), 2, 2, 0, 1)
    assert figures(windowed(up, kernel, 1, 0, 1))[0] == size


def test_transposed_convolution_of_kernel_4_stride_2():
    # result o takes inputs (o + 1 − 3) / 2 … (o + 1) / 2: two of them, wherever it stands
    up = spread(Steady(), 4, 2, 1, 1)
    assert figures(up)[:2] == (2, Fraction(1, 2))
    assert [up.at(o) for o in range(3)] == [(-1, 0), (0, 1), (0, 1)]


def test_between_transposed_windows_nothing_is_seen():
    up = spread(Steady(), 1, 3, 0, 1)
    assert [up.at(o) for o in (0, 3)] == [(0, 0), (1, 1)]
    assert up.at(4)[0] > up.at(4)[1]


def test_union_of_aligned_and_shifted_branches():
    wide, narrow = windowed(Steady(), 5, 1, 2, 1), windowed(Steady(), 1, 1, 0, 1)
    assert united(wide, narrow, 100) == wide
    causal = windowed(Steady(), 3, 1, 2, 1)  # sees −2 … 0
    ahead = windowed(Steady(), 3, 1, 0, 1)  # sees 0 … 2
    assert figures(united(causal, ahead, 100))[0] == 5


def test_different_strides_are_kept_apart():
    halved = windowed(Steady(), 2, 2, 0, 1)  # element i sees 2i and 2i + 1
    assert united(Steady(), halved, 10) is None
    assert widest(halved, Steady(), 10) == 2 * 9 + 1 - 9  # the last element: from 9 to 19


def test_runs_end_where_they_end():
    inner = laid(Steady(), 3, 2, 6)  # nothing, nothing, 0, 1, 2, nothing
    assert each(inner, 6) == [NOTHING, NOTHING, (0, 0), (1, 1), (2, 2), NOTHING]
    places = looked(inner, 6, (range(-1, 2),), 1, 6)
    assert each(places, 6) == [NOTHING, (0, 0), (0, 1), (0, 2), (1, 2), (2, 2)]


@pytest.mark.parametrize("start", range(-3, 8))
@pytest.mark.parametrize("size", range(1, 9))
def test_a_cut_is_a_slice(start, size):
    whole = [(0, 1), (0, 1), (4, 4), NOTHING, (2, 7)]
    around = [NOTHING] * 10 + whole + [NOTHING] * 20
    assert each(cut(runs(whole), start, size), size) == around[10 + start : 10 + start + size]


def test_rolled_runs_come_round():
    assert rolled(runs([(0, 0), (1, 1), (2, 2)]), 1) == runs([(2, 2), (0, 0), (1, 1)])
    assert rolled(Steady(), 1).at(0) == (-1, -1)  # steady places run past the edge


def test_digits_of_a_dimension():
    rows = Steady(advance=6)
    assert fused(rows, Steady(), (4, 6)) == Steady()
    ((higher, lower),) = parted(Steady(), (4, 6), 1)
    assert (higher, lower) == (rows, Steady())
    columns = fused(None, Steady(), (3, 4))  # 0 1 2 3 0 1 2 3 …
    assert each(columns, 12) == [(i % 4, i % 4) for i in range(12)]
    assert parted(columns, (2, 6), 1) is None  # 0 1 2 3 0 1, then 2 3 0 1 2 3
    assert len(parted(columns, (2, 6), 2)) == 2


def test_what_some_see_together():
    assert extremes(Steady(), 5, 2) == (2, 6)
    assert extremes(Steady((0, 5), (1, 9), -3), 4) == (-3, 9)
    assert extremes(Runs((2, 2), (0, 7), (3, 9)), 3) == (0, 9)
