"""Broken promises say what the figure is and by how much it misses."""

import pytest

from archdsl import driver
from archdsl.base.labels import Severity

NETWORK = """\
network Small(depth=3, classes=10):
    input 1x28x28
    conv(6, 5, padding=2) -> relu * depth
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
        "output == 10 and 10 == output",
        "output != 11 and output != 1x10",
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
        ("output == 1x10", "output is 10, not 1x10"),
        ("output == 20", "output is 10, not 20"),
        ("output == true", "output is 10, not true"),
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
    diagnostics = broken("params == 1 and macs == 164_640 and receptive_field == 6")
    assert [message for _, message in diagnostics] == [
        "params is 47,206, which is 47,205 more than expected",
        "receptive_field is 5, which is 1 less than expected",
    ]


def test_an_unknown_figure_is_a_mistake_of_its_own():
    (diagnostic,) = driver.loads(NETWORK.format("parms == 3")).diagnostics
    assert (diagnostic.code, diagnostic.hint) == ("E0201", "did you mean `params`?")
    (diagnostic,) = driver.loads(NETWORK.format("speed == 3")).diagnostics
    assert diagnostic.hint == (
        "the figures are params, macs, flops, receptive_field, stride, depth, peak_memory, "
        "training_memory, output"
    )


def test_the_caret_stands_under_the_broken_part():
    (diagnostic,) = driver.loads(NETWORK.format("macs > 1 and params == 1")).diagnostics
    assert diagnostic.primary.span.text == "params == 1"


def test_what_the_user_overrode_makes_it_a_note():
    loaded = driver.loads(NETWORK.format("params == 47_206"), parameters={"classes": 7})
    assert [d.severity for d in loaded.diagnostics] == [Severity.NOTE]
    assert not loaded.failed


# --- budgets ----------------------------------------------------------------------------------

BUDGETS = """\
block unit(channels, stride=1):
    conv1 = conv(channels, 3, stride=stride, padding=1, bias=false)
    relu

network Budget(classes=10):
    input 3x32x32
    stem = conv(8, 3, padding=1, bias=false)
    layer3 = unit(16, stride=2) -> unit(16)
    global_avg_pool -> flatten
    fc = linear(classes, bias=false)
    expect {}
"""
# params: stem 8·27 = 216; layer3.0 16·72 = 1,152; layer3.1 16·144 = 2,304; fc 160: 3,832
# macs: 216·1024 + (1152 + 2304)·256 + 160 = 1,106,080; fields: 3, then 5, then 5 + 2·2 = 9
# an inference holds the input, 3·1024, layer3's, 8·1024, layer3.1's, 4·1024, and there what conv1
# makes and relu overwrites, 4·1024


@pytest.mark.parametrize(
    "condition",
    [
        "params == 3_832 and macs == 1_106_080 and flops == 2 * 1_106_080",
        "layer3.output == 16x16x16 and layer3.params == 3_456 and layer3.macs == 884_736",
        "layer3.0.conv1.output == 16x16x16 and layer3.1.conv1.params == 2_304",
        "layer3.0.flops <= 2 * 294_912 and fc.output == (10,)",
        "stem.receptive_field == 3 and layer3.0.receptive_field == 5",
        "receptive_field == 9 and stride == 2 and stem.stride == 1 and layer3.stride == 2",
        "peak_memory == 4 * 1024 * (3 + 8 + 2 * 4)",
        "training_memory >= peak_memory",
        "depth == 4",
    ],
)
def test_a_budget_kept_says_nothing(condition):
    assert [d.message for d in driver.loads(BUDGETS.format(condition)).diagnostics] == []


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (
            "layer3.output == 256x14x14",
            "layer3.output is 16x16x16, not 256x14x14",
        ),
        (
            "layer3.params <= 3K",
            "layer3.params is 3,456, which is 456 above the limit of 3,000",
        ),
        (
            "1152 < layer3.0.conv1.params",
            "layer3.0.conv1.params is 1,152, which is not above 1,152",
        ),
        (
            "peak_memory <= 70K",
            "peak_memory is 77,824, which is 7,824 above the limit of 70,000",
        ),
        ("stride == 32", "stride is 2, which is 30 less than expected"),
        ("flops < 2M", "flops is 2,212,160, which is 212,160 above the limit of 2,000,000"),
    ],
)
def test_a_budget_broken_says_by_how_much(condition, message):
    (diagnostic,) = driver.loads(BUDGETS.format(condition)).diagnostics
    assert (diagnostic.code, diagnostic.message) == ("E0701", message)
    assert diagnostic.primary.span.text == condition


@pytest.mark.parametrize(
    ("condition", "at", "hint"),
    [
        ("layer4.params < 3", "layer4", "did you mean `layer3`?"),
        ("layer3.0.conv2.params < 3", "layer3.0.conv2", "did you mean `layer3.0.conv1`?"),
        ("layer3.parms < 3", "parms", "did you mean `params`?"),
        (
            "layer3.depth < 3",
            "depth",
            "a step has params, macs, flops, receptive_field, stride, output",
        ),
        ("(classes + 1).params < 3", "(classes + 1).params", ""),
        ("classes.params < 3", "classes.params", ""),
    ],
)
def test_a_step_that_is_not_there(condition, at, hint):
    diagnostic, *more = driver.loads(BUDGETS.format(condition)).diagnostics
    assert more == []
    assert diagnostic.primary.span.text == at
    assert hint in diagnostic.hint


def test_a_layer_used_twice_counts_its_work_twice():
    loaded = driver.loads(
        "network Shared:\n"
        "    input 3x8x8\n"
        "    layer tower = conv(3, 3, padding=1, bias=false)\n"
        "    tower -> tower\n"
        "    expect tower.params == 81 and tower.macs == 2 * 81 * 64\n"
        "    expect tower.receptive_field == 5\n"
    )
    assert loaded.diagnostics == ()


def test_figures_that_nobody_asks_for_are_not_worked_out(monkeypatch):
    def never(program):
        raise AssertionError("the memory was worked out")

    monkeypatch.setattr("archdsl.analyses.figures.memory.memory", never)
    assert driver.loads(BUDGETS.format("layer3.output == 16x16x16")).diagnostics == ()
