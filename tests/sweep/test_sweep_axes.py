"""What `-p NAME=VALUES` means."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdsl.driver import Misuse
from archdsl.sweeps.axes import combination, read_axes, size


def values(text):
    ((_, read),) = read_axes({"p": text})
    return list(read)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3", ["3"]),
        ("1,2,3", ["1", "2", "3"]),
        ("1:4", ["1", "2", "3", "4"]),
        ("1:8:3", ["1", "4", "7"]),
        ("0.5:2:0.25", ["0.5", "0.75", "1.0", "1.25", "1.5", "1.75", "2.0"]),
        ("0.1:0.3:0.1", ["0.1", "0.2", "0.3"]),  # exactly, though 0.1 + 0.2 is not 0.3 in binary
        ("4:1:-1", ["4", "3", "2", "1"]),
        ("1:3,8, 16", ["1", "2", "3", "8", "16"]),
        ("(1, 2),(3, 4)", ["(1, 2)", "(3, 4)"]),
        ("relu,conv(8, 3) -> bn", ["relu", "conv(8, 3) -> bn"]),
        ('"a,b:c",none', ['"a,b:c"', "none"]),
        ("1,1,2", ["1", "2"]),
        ([1, 2.5, None, True, "relu", (3, 4)], ["1", "2.5", "none", "true", "relu", "(3, 4,)"]),
    ],
)
def test_lists_and_ranges(text, wanted):
    assert values(text) == wanted


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1,,2", "no value"),
        ("", "no value"),
        ("1:3:0", "never lead"),
        ("1:3:-1", "never lead"),
        ("a:b", "START:STOP"),
        ("1:2:3:4", "START:STOP"),
        ("0:1:1e-30", "too long"),
        ("1:inf", "numbers"),
        ([], "no value"),
    ],
)
def test_what_is_no_list_of_values(text, why):
    with pytest.raises(Misuse, match=why):
        values(text)


def test_a_grid_has_a_limit():
    with pytest.raises(Misuse, match="1,000,000,000 variants"):
        read_axes({"a": "1:1000", "b": "1:1000", "c": "1:1000"})


def test_the_last_axis_turns_fastest():
    axes = read_axes({"a": "1,2", "b": "x,y,z"})
    combinations = [tuple(combination(axes, k).values()) for k in range(size(axes))]
    assert combinations == [("1", "x"), ("1", "y"), ("1", "z"), ("2", "x"), ("2", "y"), ("2", "z")]


@given(st.integers(-50, 50), st.integers(0, 30), st.integers(1, 40))
def test_a_range_counts_like_exact_arithmetic(start, count, step):
    begin, by = Fraction(start, 10), Fraction(step, 20)
    stop = begin + by * count
    texts = values(f"{float(begin)}:{float(stop)}:{float(by)}")
    assert [Fraction(text) for text in texts] == [begin + by * k for k in range(count + 1)]


@pytest.mark.parametrize(
    "text", ["0:1e999999999:1", "0:1:1e-999999999", "1e40:1e40", "0:1e29:1", "1e-400:1:1", "0:-1:2"]
)
def test_ranges_that_nothing_can_count(text):
    with pytest.raises(Misuse, match="parameter `w`: "):
        read_axes({"w": text})
