"""Parameters that are kept are right for values that no use of the spec has; others are fixed."""

import inspect
from typing import Any

import pytest
import torch

import archdsl
from archdsl.runtime.build import load_source

HEAD = "network N({}):\n    input 32x4x4\n"
GHOST = """
block ghost(channels, ratio=2):
    p = conv(ceil(channels / ratio), 1)
    concat(p, conv(ceil(channels / ratio) * (ratio - 1), 1))
"""
# What agrees with the default by chance where widths are doubled, less one, and rates halved: the
# parameters, the lines, another value.
LINES = {
    "heads": (
        "w=64",
        "conv(w, 1) -> flatten(2) -> transpose(1, 2)\nlet h = max(1, w // 64)\nattention(h)",
        {"w": 128},
    ),
    "groups": ("w=16", "conv(w, 3, groups=max(1, w // 16))", {"w": 32}),
    "a let": ("w=16", "conv(w, 1)\nlet low = min(w, 16)\nconv(low, 1)", {"w": 8}),
    "a rate": (
        "w=32, alpha=1.0",
        "conv(w, 1)\nconv(int(8 * alpha), 1)\nlet h = ceil(w * alpha)\nconv(h, 1)",
        {"w": 24, "alpha": 0.75},
    ),
    "a size by chance": ("w=16", "conv(4 * max(1, w // 16), 1)\nlinear(5)", {"w": 32}),
    "half": ("w=64", "conv(w, 1)\nif w / 2 < 32:\n    conv(w, 1)", {"w": 62}),
    "two": ("a=32, b=16", "conv(a, 1)\nif a > b:\n    conv(b, 1)\nelse:\n    tanh", {"a": 12}),
    "equal": ("a=32, b=16", "conv(a, 1)\nif a == b:\n    tanh\nelse:\n    relu", {"a": 16}),
    "a divisor": (
        "w=16, out=32",
        "conv(w, 1)\nif out % w == 0:\n    conv(out, 1, groups=w)\nelse:\n    conv(out, 1)",
        {"w": 12},
    ),
    "a let asked": ("w=80", "conv(w, 1)\nlet h = w // 2\nif h > 32:\n    tanh", {"w": 40}),
    "a let of a let": (
        "w=64",
        "conv(w, 1)\nlet r = sqrt(w)\nlet small = r < 8\nif small:\n    tanh",
        {"w": 32},
    ),
    "a rate of zero": ("se=0.25", "conv(8, 1)\nif se > 0:\n    conv(int(32 * se), 1)", {"se": 0.0}),
    "a rate of one": ("m=1.5", "conv(8, 1)\nif m != 1:\n    conv(int(8 * m), 1)", {"m": 1.0}),
    "the greater": ("w=64", "conv(w, 1)\nif max(w, 50) == 50:\n    tanh", {"w": 40}),
    "a bias": ("w=64", "conv(w, 1, bias=w / 2 >= 31)", {"w": 48}),
    "two at once": (
        "w=32",
        "conv(w, 1)\nconv(w, 1, groups=2 if w % 3 == 0 and w % 2 == 0 else 1)",
        {"w": 96},
    ),
    "an arm of two": (
        "a=32, b=32",
        "conv(a, 1)\nif a == b:\n    group_norm(a // 4)\nelse:\n    conv(b, 1)",
        {"a": 16, "b": 16},
    ),
    "the default's own arm": (
        "w=64",
        "conv(w, 1)\nif w <= 64:\n    group_norm(w // 4)\nelse:\n    bn",
        {"w": 32},
    ),
}
FUNCTION = "fn big(w) = w >= 64\n"
RESIDUAL = """
block res(channels):
    add:
        conv(channels, 1)
        if input.channels != channels:
            down = conv(channels, 1)
        else:
            identity
"""
SMALLER = """
block part(channels):
    let h = min(channels, 24)
    s1 = conv(max(channels, h), 1)
    s2 = conv(max(1, h * 2 // 2), 1)
"""


def network(parameters: str, lines: str) -> str:
    return HEAD.format(parameters) + "".join(f"    {line}\n" for line in lines.split("\n"))


def compared(text: str, values: dict[str, Any]) -> None:
    """The class with other arguments beside the spec with them."""
    made: Any = load_source("N", archdsl.loads(text).source())
    assert set(values) <= set(inspect.signature(made.N).parameters)
    ours = made.N(**values).eval()
    frozen = vars(load_source("N", archdsl.loads(text, **values).source(fixed=True)))["N"]()
    frozen.load_state_dict(ours.state_dict())
    x = torch.rand(1, 32, 4, 4)
    assert torch.equal(ours(x), frozen.eval()(x))


@pytest.mark.parametrize("what", LINES)
def test_a_class_with_other_arguments_is_the_spec_with_them(what: str) -> None:
    parameters, lines, values = LINES[what]
    compared(network(parameters, lines), values)


def test_a_function_of_the_spec_may_ask_too() -> None:
    text = FUNCTION + network("w=64", "conv(w, 1)\nif big(w):\n    conv(3, 1)")
    compared(text, {"w": 32})


def test_what_flows_in_may_be_what_all_uses_differ_from() -> None:
    compared(RESIDUAL + network("w=16", "res(8)\nres(w)\nres(24)"), {"w": 8})


def test_a_block_tells_what_it_gives_where_a_shorter_formula_fits_by_chance() -> None:
    block = "block part(channels):\n    conv(channels, 1)\n    if input.channels > channels:\n"
    block += "        conv(channels + 8, 1)\n"
    text = block + network("mid=32", "part(mid // 2)\npart(min(mid, 48))\nconv(5, 1)")
    for mid in (8, 20, 64, 100):
        compared(text, {"mid": mid})


def test_a_name_for_the_smaller_of_two() -> None:
    text = SMALLER + network("w=32", "part(w)\npart(3 * w)")
    for w in (5, 16, 24, 40):
        compared(text, {"w": w})


def test_what_a_class_tells_of_its_result_keeps_the_parameters_that_it_hangs_on() -> None:
    text = GHOST + network("width=16, ratio=2", "ghost(width * 2, ratio)\nconv(4, 1)")
    for values in ({"width": 9}, {"ratio": 3}, {"width": 7, "ratio": 5}):
        compared(text, values)


def test_a_parameter_that_brings_in_a_block_does_not_keep_the_others() -> None:
    gate = "block gate:\n    multiply(identity, global_avg_pool -> conv(input.channels, 1))\n"
    part = "block part(width, gated=0):\n    conv(width, 3)\n    if gated > 0:\n        gate\n"
    text = gate + part + network("width=16, gated=0", "part(width, gated)\nconv(width, 1)")
    assert "Fixed: gated=0." in archdsl.loads(text).source()
    compared(text, {"width": 9})


def test_names_that_double_again_and_again_are_not_written_out() -> None:
    doubled = "\n".join(f"let c{k + 1} = c{k} + c{k} - w" for k in range(60))
    lines = f"let c0 = w\n{doubled}\nif c60 > 8:\n    conv(w, 1)"
    assert "nn.Conv2d(" in archdsl.loads(network("w=16", lines)).source()


NORMS = """
block cell(channels, norm):
    conv(channels, 3, padding=1)
    if norm == "bn":
        bn
    elif norm == "ln":
        layer_norm(over=channels)
    elif norm == "gn":
        group_norm(4)

network N:
    input 32x4x4
    cell(8, "bn") -> cell(16, "ln") -> cell(8, "bn")
"""


@pytest.mark.parametrize("word", ["bn", "ln", "gn", "none of these"])
def test_a_word_that_no_use_gives_has_its_own_arm(word: str) -> None:
    made: Any = load_source("N", archdsl.loads(NORMS).source())
    alone = NORMS.partition("network")[0] + f'network N:\n    input 8x4x4\n    cell(16, "{word}")\n'
    frozen: Any = load_source("N", archdsl.loads(alone).source(fixed=True)).N()
    ours = made.Cell(8, 16, norm=word)
    weights = ours.state_dict()
    frozen.load_state_dict({f"cell.{key}": value for key, value in weights.items()})
    x = torch.rand(2, 8, 4, 4)
    assert torch.equal(ours(x), frozen(x))
