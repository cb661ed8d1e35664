"""Functions of the spec as functions of the emitted file: their types, and how they read."""

import archdsl
from archdsl.runtime.build import load_source

TABLE = """
fn times(v, by=2) = v * by
fn of_which(values, value) = sum([1 for v in values if v == value])

network N(rows=((8, true, 1.5), (16, false, 0.5), (16, true, 2.5)), width=1.0):
    input 3x8x8
    for row in rows:
        conv(times(row[0]), 3, padding=1)
        if row[1]:
            relu
        dropout(min(0.5, times(row[2] * width, by=0.125)))
    conv(times(rows[-1][0], by=of_which([row[0] for row in rows], 16)), 1)
"""


def test_a_place_in_a_row_has_its_own_type() -> None:
    """A row holds a `bool` beside numbers, which says nothing of its other places."""
    source = archdsl.loads(TABLE).source()
    assert "def times(v: float, by: float = 2) -> float:" in source
    assert "Any" not in source.partition("class N")[0]


def test_a_sum_makes_no_tuple_of_what_it_sums() -> None:
    source = archdsl.loads(TABLE).source()
    assert "    return sum(1 for v in values if v == value)\n" in source
    assert load_source("N", source).of_which((8, 16, 16), 16) == 2
