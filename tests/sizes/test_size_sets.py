"""Sets of sizes in words and in runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdsl.analyses.input_sizes.patterns import size_set

UP_TO = 512


def words(member, up_to=UP_TO):
    return size_set((n for n in range(1, up_to + 1) if member(n)), up_to).text


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("every size", lambda n: True),
        ("none", lambda n: False),
        ("every size from 63", lambda n: n >= 63),
        ("224", lambda n: n == 224),
        ("195 to 226", lambda n: 195 <= n <= 226),
        ("multiples of 32 from 32", lambda n: n % 32 == 0),
        ("multiples of 32 from 64", lambda n: n % 32 == 0 and n > 32),
        ("even sizes from 2", lambda n: n % 2 == 0),
        ("odd sizes from 9", lambda n: n % 2 == 1 and n > 8),
        ("188 and every 16th size after it", lambda n: n % 16 == 12 and n >= 188),
        ("22 and every 3rd size after it", lambda n: n % 3 == 1 and n >= 21),
        ("multiples of 3 from 21", lambda n: n % 3 == 0 and n >= 21),
        ("17, 19, every size from 25", lambda n: n in (17, 19) or n >= 25),
        ("every size from 17 but multiples of 16", lambda n: n % 16 != 0 and n > 16),
        ("63 to 64, again every 32", lambda n: n % 32 in (0, 31) and n > 60),
        ("7; 63 to 64, again every 32", lambda n: (n % 32 in (0, 31) and n > 60) or n == 7),
    ],
)
def test_in_words(text, member):
    assert words(member) == text


def test_a_period_must_be_seen_more_than_three_times():
    """A few sizes far apart in a short range are a few sizes."""
    assert words(lambda n: n % 30 == 0, 64) == "30, 60"
    assert words(lambda n: n % 30 == 0, 90) == "30, 60, 90"
    assert words(lambda n: n % 30 == 0, 91) == "multiples of 30 from 30"


def test_the_range_may_end_in_the_middle_of_a_period():
    assert words(lambda n: n % 32 == 0, 500) == "multiples of 32 from 32"


@given(st.sets(st.integers(1, 120)))
def test_the_runs_are_the_set(members):
    sizes = size_set(members, 120)
    assert {n for n in range(1, 130) if n in sizes} == members
    assert sum((run.last - run.first) // run.step + 1 for run in sizes.runs) == len(members)
    assert sizes.count == len(members)
    assert sizes.smallest == min(members, default=None)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(130, 300))
def test_progressions_are_recognised(first, step, up_to):
    """One run, and words that name the first size and the step."""
    sizes = size_set(range(first, up_to + 1, step), up_to)
    assert len(sizes.runs) == 1
    assert "," not in sizes.text
    assert sizes.text == "every size" or str(first) in sizes.text
