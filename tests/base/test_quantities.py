"""Counts, bytes and shares as people read them."""

import pytest

from archdsl.base.quantities import memory, scaled, share


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, ""),
        (999, "999"),
        (1000, "1.00K"),
        (9_408, "9.41K"),
        (99_949, "99.9K"),
        (99_950, "100K"),
        (999_499, "999K"),
        (999_500, "1.00M"),
        (1_814_073_344, "1.81G"),
        (2 * 10**21, "2000E"),
    ],
)
def test_three_digits_and_a_unit(value, text):
    assert scaled(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, ""), (40, "40 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (3_211_264, "3.06 MiB")],
)
def test_bytes(value, text):
    assert memory(value) == text


def test_shares():
    assert share(0, 10) == ""
    assert share(118_013_952, 1_814_073_344) == "6.5%"
