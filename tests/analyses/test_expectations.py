"""Broken promises say what the figure is and by how much it misses."""

import pytest

from archdsl import driver
from archdsl.base.diagnostics import Severity

NETWORK = """\
network Small(depth=3, classes=10):
    input 1x28x28
    conv(6, 5, padding=2) -> relu
    flatten -> linear(classes)
    expect {}
"""
# params: 6·25 + 6 and 6·28·28·10 + 10, together 47,206; macs: 6·25·784 + 47,040 = 164,640


def broken(condition, **options):
    loaded = driver.loads(NETWORK.format(condition), **options)
    return [(d.code, d.message) for d in loaded.diagnostics]


@pytest.mark.parametrize(
    "condition",
    [
        "params == 47_206",
        "params == 47_206 and macs == 164_640",
        "macs <= 164_640 and macs >= 164_640 and macs < 165K and macs != 1",
        "receptive_field == 5",
        "output == (10,)",
        "depth == 3",  # the parameter, whose name hides the figure
        "100K < macs < 200K",
        "params == 1 or macs == 164_640",
        "params == 1 if classes == 1000",
    ],
)
def test_a_promise_kept_says_nothing(condition):
    assert broken(condition) == []


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("params == 47_203", "params is 47,206, which is 3 more than expected"),
        ("params == 47_300", "params is 47,206, which is 94 less than expected"),
        ("47_203 == params", "params is 47,206, which is 3 more than expected"),
        ("macs <= 164K", "macs is 164,640, which is 640 above the limit of 164,000"),
        ("200K < macs", "macs is 164,640, which is 35,360 short of 200,000"),
        ("100K < macs < 120K", "macs is 164,640, which is 44,640 above the limit of 120,000"),
        ("output == 1x10", "output is (10,), not 1x10"),
        ("output == 10", "output is (10,), not 10: a shape of one size is written `(10,)`"),
        ("macs > 164_640", "macs is 164,640, which is not above 164,640"),
        ("macs != 164_640", "macs is 164,640, and must not be"),
        ("not params > 5", "`not params > 5` does not hold: params is 47,206"),
        (
            "params == 1 or receptive_field > 7",
            "`params == 1 or receptive_field > 7` does not hold: "
            "params is 47,206, receptive_field is 5",
        ),
        ("macs", "macs is 164,640, which is neither true nor false"),
    ],
)
def test_a_broken_promise_shows_the_figure(condition, message):
    assert broken(condition) == [("E0701", message)]


def test_only_the_broken_parts_of_an_and_are_told():
    found = broken("params == 1 and macs == 164_640 and receptive_field == 6")
    assert [message for _, message in found] == [
        "params is 47,206, which is 47,205 more than expected",
        "receptive_field is 5, which is 1 less than expected",
    ]


def test_an_unknown_figure_is_a_mistake_of_its_own():
    (found,) = driver.loads(NETWORK.format("parms == 3")).diagnostics
    assert (found.code, found.hint) == ("E0201", "did you mean `params`?")
    (found,) = driver.loads(NETWORK.format("speed == 3")).diagnostics
    assert found.hint == "the figures are params, macs, receptive_field, depth, output"


def test_the_caret_stands_under_the_broken_part():
    (found,) = driver.loads(NETWORK.format("macs > 1 and params == 1")).diagnostics
    assert found.primary.span.text == "params == 1"


def test_what_the_user_overrode_makes_it_a_note():
    loaded = driver.loads(NETWORK.format("params == 47_206"), parameters={"classes": 7})
    assert [d.severity for d in loaded.diagnostics] == [Severity.NOTE]
    assert not loaded.failed
