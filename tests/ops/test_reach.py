"""How each op looks at its inputs, element by element, beside gradients of the built module."""

import pytest
from dependence import disagreements, one_thread

import archdsl

STRICT = [
    ("4x12x9", "conv(6, (3, 2), stride=(2, 1), dilation=(1, 3))"),
    ("6x12x9", "conv(9, 3, groups=3)"),
    ("4x20", "max_pool(3, stride=2, dilation=2)"),
    ("2x6x7x8", "avg_pool(2)"),
    ("4x19", "lp_pool(2, 3, stride=2)"),
    ("4x24x9", "adaptive_avg_pool(12)"),
    ("4x13x9", "adaptive_max_pool((5, none))"),
    ("4x3x9", "adaptive_avg_pool(7)"),
    ("4x6x9", "global_avg_pool"),
    ("4x6x9", "bn"),
    ("4x6x9", "bn(track_running_stats=false) -> conv(4, 1)"),
    ("4x6x9", "instance_norm"),
    ("4x6x9", "instance_norm(track_running_stats=true)"),
    ("4x6x9", "group_norm(2)"),
    ("4x6x9", "layer_norm"),
    ("4x6x9", "layer_norm(over=last)"),
    ("4x12", "layer_norm(over=last)"),
    ("4x12", "rms_norm(over=all)"),
    ("4x6x9", "normalize(height)"),
    ("4x6x9", "normalize"),
    ("7x6x9", "lrn(3, alpha=0.5)"),
    ("4x6x9", "permute(height, width, channels) -> lrn(4, alpha=0.5)"),
    ("4x6x9", "softmax(dim=2)"),
    ("4x6x9", "softmax(dim=width)"),
    ("4x6x9", "log_softmax(dim=-3)"),
    ("4x6x8", "glu(dim=-1)"),
    ("4x6x8", "glu(dim=1)"),
    ("4x6x9", "linear(5)"),
    ("4x6", "linear(5)"),
    ("(6,)", "linear(5)"),
    ("4x6x9", "bilinear(slice(2, dim=2), slice(0, -2, dim=2), features=5)"),
    ("5x8", "attention(2)"),
    ("5x8", "transpose(1, 2) -> linear(6) -> attention(2)"),
    ("4x6x9", "flatten(2) -> linear(3) -> unflatten(1, (2, 2)) -> linear(2)"),
    ("4x6x8", "reshape(6, 4, 8) -> conv(2, 2)"),
    ("4x6x8", "reshape(4, 4, 12) -> conv(2, 2)"),
    ("4x6x8", "reshape(8, 3, 8) -> conv(2, 2)"),
    ("4x6x9", "slice(2, dim=height) -> select(3, dim=width)"),
    ("4x6x9", "a, b, c = split((1, 2, 3), dim=height)\n    concat(c, a, dim=height)"),
    ("4x6x9", "a, b, c, d = unbind\n    stack(a, c, d, dim=2) -> conv(2, 1)"),
    ("4x6x9", "unsqueeze(2) -> expand(-1, 3, -1, -1) -> flatten(2, 3) -> conv(2, 2)"),
    ("4x1x9", "squeeze(2) -> conv(2, 3)"),
    ("4x6x9", "transpose(height, width) -> conv(2, (3, 1))"),
    ("6x6x9", "channel_shuffle(3) -> slice(0, 2) -> conv(2, 2)"),
    ("4x9x9", "crop(4, 7)"),
    ("4x9x9", "pad((-1, -2, -3, 0))"),
    ("4x8x6", "pixel_unshuffle(2)"),
    ("4x8x6", "pixel_unshuffle(2) -> conv(16, 2, groups=16) -> pixel_shuffle(2)"),
    ("8x3x4", "pixel_shuffle(2)"),
    ("4x6x9", "mean(height)"),
    ("4x6x9", "max(channels, width, keepdim=true)"),
    ("4x6x9", "sum(-1) -> conv(2, 3)"),
    ("4x6x9", "multiply(identity, global_avg_pool)"),
    ("4x6x9", "maximum(identity, mean(channels, keepdim=true))"),
    ("6x9", "add(identity, select(4, dim=2) -> unsqueeze(2) -> expand(-1, 9))"),
    ("4x6x6", "add(identity, transpose(height, width))"),
    ("4x6x6", "matmul(identity, transpose(-1, -2))"),
    ("2x5x6", "matmul(slice(1, dim=2), transpose(-1, -2) -> slice(2, dim=3))"),
    ("4x6x9", "add(identity, parameter(4, 6, 9) -> conv(4, 3, padding=1))"),
    ("4x12", "a, b = chunk(2, dim=length)\n    concat(b, a, dim=length) -> conv(2, 3)"),
    ("4x12", "concat(identity, conv(4, 3), dim=length) -> conv(2, 3)"),
    ("4x12x8", "scaled_dot_product(identity, identity, slice(0, 7, dim=3))"),
    ("4x12x8", "scaled_dot_product(identity, slice(3, dim=2), slice(3, dim=2))"),
]

EDGED = [
    ("4x30x24", "conv(6, 5, padding=2)"),
    ("4x30x24", "conv(6, 5, padding=same)"),
    ("4x30", "conv_transpose(2, 3, stride=2, padding=1)"),
    ("4x20", "conv_transpose(2, 3, stride=3, dilation=2)"),
    ("4x20", "conv_transpose(2, 2, stride=5)"),
    ("4x20", "conv_transpose(2, 4, stride=6, dilation=4) -> conv(2, 2)"),
    ("4x30", "max_pool(3, stride=2, padding=1, ceil_mode=true)"),
    ("4x30x24", "pad((1, 2, 3, -1))"),
    ("4x30x24", "pad(2, mode=replicate) -> conv(3, 3)"),
    ("2x18x18", "pad(1) -> upsample(2) -> conv(2, 3)"),
]
MODES = [
    *(
        ("upsample({})", scale)
        for scale in ("3", "(2, 1)", "0.5", "0.3", "1.5", "0.7", "size=7", "size=25")
    ),
    *(('upsample({}, mode="nearest-exact")', s) for s in ("2", "0.5", "1.5", "0.3", "size=7")),
    *(
        (f"upsample({{}}, mode={mode}{corners})", scale)
        for mode in ("bilinear", "bicubic")
        for corners in ("", ", align_corners=true")
        for scale in ("2", "4", "0.5", "(2, 1)", "1.5", "0.3", "size=7", "size=(25, 11)")
    ),
]


def network(shape: str, lines: str) -> archdsl.Network:
    return archdsl.loads(f"network N:\n    input {shape}\n    {lines}\n")


@pytest.mark.parametrize(("shape", "lines"), STRICT)
def test_every_element_sees_what_is_said(shape: str, lines: str) -> None:
    with one_thread():
        assert disagreements(network(shape, lines), strict=True) == []


@pytest.mark.parametrize(("shape", "lines"), EDGED)
def test_elements_away_from_the_edges_see_what_is_said(shape: str, lines: str) -> None:
    with one_thread():
        assert disagreements(network(shape, lines), strict=False) == []


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("line", "argument"), MODES)
def test_an_interpolation_takes_what_is_said(line: str, argument: str) -> None:
    with one_thread():
        assert disagreements(network("2x18x24", line.format(argument)), strict=False) == []


@pytest.mark.parametrize(
    "line", ["roll(5, height)", "roll((3, -4), (2, 3)) -> conv(2, 3)", "roll(3, 2) -> mean(2)"]
)
def test_what_comes_round_is_said_to_lie_past_the_edge(line: str) -> None:
    with one_thread():
        assert disagreements(network("2x18x24", line), strict=False, wraps=True) == []
