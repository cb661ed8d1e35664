"""What a message advises about branches that differ, and that the advice mends the spec."""

import re

import pytest
from small_specs import codes, load, network

from archdsl import driver

RES = "block res({parameters}):\n    add({first}, {second})\n"

# the branches, how the block is used for 16x32x32, and the hint
PROJECTIONS = [
    (
        ("conv(c, 3, padding=1)", "identity"),
        "res(16)\nres(32)",
        "write `conv(c, 1) if input.channels != c else identity` in place of `identity`",
    ),
    (
        ("conv(2 * c, 3, padding=1) -> bn", "identity"),
        "res(8)\nres(24)",
        "write `conv(2 * c, 1) if input.channels != 2 * c else identity` in place of `identity`",
    ),
    (
        ("conv(32, 3, padding=1) -> dropout(c / 32)", "identity"),
        "res(16)",
        "project the branch of 16 channels: write `-> conv(32, 1)` behind it",
    ),
    (
        ("conv(c, 3, stride=s, padding=1) -> relu -> conv(c, 3, padding=1)", "identity"),
        "res(32, s=2)",
        "give the other branch the same stride: `conv(c, 1, stride=s)` in place of `identity`",
    ),
]


@pytest.mark.parametrize(("branches", "uses", "hint"), PROJECTIONS)
def test_what_takes_the_place_of_an_identity(
    branches: tuple[str, str], uses: str, hint: str
) -> None:
    first, second = branches
    known = ", ".join(p for p in ("c", "s=1") if re.search(rf"\b{p[0]}\b", first)) or "_"
    above = RES.format(parameters=known, first=first, second=second)
    (diagnostic,) = load(uses, "16x32x32", above).diagnostics
    assert (diagnostic.code, diagnostic.hint) == ("E0301", hint)
    (advised,) = re.findall(r"`(?:-> )?(conv\(.*?)`", hint)
    mended = RES.format(parameters=known, first=first, second=advised)
    assert codes(load(uses, "16x32x32", mended)) == []
    behind = hint.endswith("behind it")
    wanted = [("", f" -> {advised}")] if behind else []
    wanted += [("identity", advised)] if hint.endswith("in place of `identity`") else []
    assert [(edit.span.text, edit.text) for edit in diagnostic.edits] == wanted


def test_a_narrower_branch_is_what_an_identity_is_projected_to() -> None:
    above = RES.format(parameters="c", first="conv(c, 1)", second="identity")
    (diagnostic,) = load("res(8)", "16x32x32", above).diagnostics
    assert "conv(c, 1) if input.channels != c else identity" in diagnostic.hint


# the line of a network with 8x35x35, the hint, and the line as the hint says it
LINES = [
    (
        "add(conv(8, 3), identity)",
        "add `padding=1` to `conv(8, 3)`",
        "add(conv(8, 3, padding=1), identity)",
    ),
    (
        "add(conv(8, 3, dilation=2), identity)",
        "add `padding=2` to `conv(8, 3, dilation=2)`",
        "add(conv(8, 3, dilation=2, padding=2), identity)",
    ),
    (
        "add(conv(8, (1, 7)), identity)",
        "add `padding=(0, 3)` to `conv(8, (1, 7))`",
        "add(conv(8, (1, 7), padding=(0, 3)), identity)",
    ),
    (
        "add(conv(8, 5, padding=1), identity)",
        "write `padding=2` in `conv(8, 5, padding=1)`",
        "add(conv(8, 5, padding=2), identity)",
    ),
    (
        "concat(conv(8, 3), conv(8, 5))",
        "add `padding=1` to `conv(8, 3)` (line 5) and add `padding=2` to `conv(8, 5)`",
        "concat(conv(8, 3, padding=1), conv(8, 5, padding=2))",
    ),
    (
        "add(conv(8, 3, stride=2), conv(8, 1, stride=2))",
        "add `padding=1` to `conv(8, 3, stride=2)`",
        "add(conv(8, 3, stride=2, padding=1), conv(8, 1, stride=2))",
    ),
    (
        "add(conv(8, 3, stride=2, padding=1), conv(8, 1))",
        "give the other branch the same stride: add `stride=2` to `conv(8, 1)`",
        "add(conv(8, 3, stride=2, padding=1), conv(8, 1, stride=2))",
    ),
    (
        "concat(max_pool(2), conv(8, 3, stride=2, padding=1))",
        "`max_pool(2)` (line 5) makes 17 of 35 (35 / 2, rounded down): add `ceil_mode=true`",
        "concat(max_pool(2, ceil_mode=true), conv(8, 3, stride=2, padding=1))",
    ),
]


@pytest.mark.parametrize(("line", "hint", "mended"), LINES)
def test_what_makes_the_sizes_equal(line: str, hint: str, mended: str) -> None:
    (diagnostic,) = load(line, "8x35x35").diagnostics
    assert diagnostic.code == "E0301"
    assert hint.removesuffix(" (line 5)") in diagnostic.hint
    assert codes(load(mended, "8x35x35")) == []


UNET = """
skip = conv(8, 3, padding=1)
max_pool(2) -> conv(16, 3, padding=1)
upsample(scale_factor=2)
concat(skip, identity)
"""


def test_the_division_that_an_upsampling_cannot_bring_back() -> None:
    (diagnostic,) = load(UNET, "1x35x35").diagnostics
    assert "`max_pool(2)` (line 6) makes 17 of 35 (35 / 2, rounded down)" in diagnostic.hint
    assert "`archdsl sizes net.arch`" in diagnostic.hint
    assert codes(load(UNET, "1x36x36")) == []


@pytest.mark.parametrize(
    "line",
    [
        "add(conv(8, 4), identity)",  # an even kernel has no padding that keeps the size
        "add(conv(8, 3) -> crop(20), identity)",
        "add(conv(8, 1), conv(8, 3), conv(8, 5))",  # three that differ
    ],
)
def test_where_the_steps_do_not_tell_the_hint_names_no_step(line: str) -> None:
    (diagnostic,) = load(line, "8x35x35").diagnostics
    assert diagnostic.hint == "bring the branches to one size: with `padding`, or a stride in both"


def test_a_step_of_the_library_is_not_told_to_change() -> None:
    (diagnostic,) = load("add(nin_block(8, 3), identity)", "8x32x32").diagnostics
    assert diagnostic.hint == "bring the branches to one size: with `padding`, or a stride in both"


# --- a step that is applied like a layer -------------------------------------------------------

TOWERS = """
network Net:
    input a: 3x32x32
    input b: 3x32x32
    {declared} = conv(16, 3)
    x = a -> tower
    y = b -> tower
    concat(x, y)
"""


def test_a_step_that_two_inputs_are_sent_to_is_one_mistake() -> None:
    (diagnostic,) = driver.loads(TOWERS.format(declared="tower")).diagnostics
    assert (diagnostic.code, diagnostic.line) == ("E0209", 6)
    assert diagnostic.hint == "write `layer tower = conv(16, 3)` at line 5"
    assert driver.loads(TOWERS.format(declared="layer tower")).diagnostics == ()


def test_a_tap_behind_an_arrow_is_a_merge_or_a_layer() -> None:
    (diagnostic,) = driver.loads(network("s = conv(3, 1)\nrelu -> s\nrelu -> s")).diagnostics
    assert diagnostic.hint == (
        "merge the two with `add` or `concat`, or write `layer s = conv(3, 1)` at line 5"
    )


UP = """
block up(c, skip: tensor):
    conv_transpose(c, 2, stride=2)
    concat(identity, skip)

network Net:
    input 3x{size}x{size}
    skip = conv(8, 3, padding=1)
    max_pool(2)
    up(8, skip=skip)
"""


def test_a_skip_that_is_handed_to_a_block() -> None:
    (diagnostic,) = driver.loads(UP.format(size=25), name="net.arch").diagnostics
    assert diagnostic.hint == "`archdsl sizes net.arch` lists the inputs that fit"
    assert driver.loads(UP.format(size=24), name="net.arch").diagnostics == ()
