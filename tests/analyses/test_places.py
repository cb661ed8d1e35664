"""The arithmetic of looking through windows, by hand on small cases."""

from fractions import Fraction

import pytest

from archdsl.analyses.places import Places, spread, union, windowed


def test_an_input_element_sees_itself():
    assert (Places().size, Places().jump, Places().start) == (1, 1, 0)


def test_two_3x3_windows_see_five():
    twice = windowed(windowed(Places(), 3, 1, 1, 1), 3, 1, 1, 1)
    assert (twice.size, twice.jump, twice.start) == (5, 1, -2)


def test_stride_multiplies_and_dilation_stretches():
    strided = windowed(Places(), 7, 2, 3, 1)
    assert (strided.size, strided.jump, strided.start) == (7, 2, -3)
    dilated = windowed(strided, 3, 1, 2, 2)  # taps 0, 2, 4: two jumps of 2·2 more
    assert (dilated.size, dilated.jump, dilated.start) == (15, 2, -7)


def test_doubling_halves_the_jump_and_sees_one_element():
    small = windowed(Places(), 2, 2, 0, 1)
    up = spread(small, 2, 2, 0, 1)
    assert (up.size, up.jump) == (2, 1)
    assert [up.first(i) for i in range(4)] == [0, 0, 2, 2]


@pytest.mark.parametrize(("kernel", "size"), [(2, 4), (3, 4), (4, 6), (5, 6)])
def test_windows_over_doubled_elements_see_whole_elements(kernel, size):
    # doubled elements a a b b c c (two inputs each): 2 or 3 taps touch at most a, b; 4 or 5 a, b, c
    up = spread(windowed(Places(), 2, 2, 0, 1), 2, 2, 0, 1)
    assert windowed(up, kernel, 1, 0, 1).size == size


def test_transposed_convolution_of_kernel_4_stride_2():
    # result o takes inputs (o + 1 − 3) / 2 … (o + 1) / 2: two of them, wherever it stands
    up = spread(Places(), 4, 2, 1, 1)
    assert (up.size, up.jump) == (2, Fraction(1, 2))
    assert [(up.first(o), up.last(o)) for o in range(3)] == [(-1, 0), (0, 1), (0, 1)]


def test_union_of_aligned_and_shifted_branches():
    wide, narrow = windowed(Places(), 5, 1, 2, 1), windowed(Places(), 1, 1, 0, 1)
    assert union(wide, narrow) == wide
    causal = windowed(Places(), 3, 1, 2, 1)  # sees −2 … 0
    ahead = windowed(Places(), 3, 1, 0, 1)  # sees 0 … 2
    assert union(causal, ahead).size == 5


def test_union_of_different_strides_is_not_followed():
    assert union(Places(), windowed(Places(), 2, 2, 0, 1)) is None
