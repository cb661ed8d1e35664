"""Arms that no use of the spec takes: a class with other arguments takes them as the spec does."""

import inspect
from typing import Any

import pytest
import torch

import archdsl
from archdsl.runtime.build import load_source

HEAD = "network N({}):\n    input {}x8x8\n"
# Blocks, parameters, channels of the input, lines; other arguments.
ARMS: dict[str, tuple[str, str, int, str, list[dict[str, Any]]]] = {
    "arms that share a name": (
        "block fused(channels, expand=4):\n    let hidden = input.channels * expand\n"
        "    if hidden != input.channels:\n        wide = conv(hidden, 3, padding=1)\n"
        "        project = conv(channels, 1)\n"
        "    else:\n        project = conv(channels, 3, padding=1)\n",
        "w=8, expand=4",
        3,
        "conv(w, 1)\nfused(w, expand)",
        [{"expand": 1}, {"w": 5, "expand": 1}, {"expand": 3}],
    ),
    "a library block": (
        "",
        "w=8, expand=4",
        3,
        "conv(w, 1)\nfused_inverted_residual(w, expand)",
        [{"expand": 1}, {"w": 16, "expand": 1}],
    ),
    "arms within arms": (
        "block q(c, a, b):\n    if a > 4:\n        if b > 4:\n            both = conv(c, 1)\n"
        "        else:\n            first = conv(c, 3, padding=1)\n    else:\n        if b > 4:\n"
        "            second = conv(c + 1, 1)\n        else:\n            none_ = conv(c + 2, 1)\n",
        "w=8, a=2, b=2",
        3,
        "q(w, a, b)\nconv(w, 1)",
        [{"a": 6, "b": 8}, {"a": 5}, {"b": 9, "w": 4}, {"a": 5, "b": 5, "w": 3}],
    ),
    "an arm behind another answer": (
        "block unit(c, stride=1):\n    conv(c, 1)\n    if stride < 4:\n        conv(4, 1)\n"
        "    elif stride % 2 == 1:\n        conv(8, 1)\n",
        "w=8, stride=2",
        3,
        "unit(w, stride)",
        [{"stride": 5}, {"stride": 6}, {"stride": 3, "w": 5}],
    ),
    "both sides of and": (
        "block unit(c, level=1):\n    conv(c, 1)\n"
        "    if level == 1 and input.channels % 4 == 0:\n        layer_norm\n",
        "w=8, n=2",
        3,
        "unit(w, 2)\nunit(w, n)",
        [{"n": 1}, {"n": 1, "w": 5}],
    ),
    "a number of a rare arm": (
        "block part(c, ratio=0.5):\n    let keep = int(c * ratio)\n    let rest = c - keep\n"
        "    if rest > 0:\n        concat(conv(keep, 1), conv(rest, 3, padding=1))\n"
        "    else:\n        conv(keep, 1)\n",
        "w=16, ratio=0.5",
        3,
        "part(w, ratio)",
        [{"ratio": 1.0, "w": 8}, {"ratio": 0.25}],
    ),
    "what an inner block asks": (
        "block se(ratio):\n    let s = max(1, int(input.channels * ratio))\n    if s > 8:\n"
        "        pre = conv(8, 1) -> relu\n    fc = conv(input.channels, 1)\n"
        "block unit(c, ratio=0.25):\n    c1 = conv(c, 1)\n    se = se(ratio)\n",
        "w=16, ratio=0.25",
        3,
        "a = unit(w, ratio)\nb = unit(w * 2, ratio)",
        [{"w": 48}, {"ratio": 0.9}, {"w": 64, "ratio": 0.01}],
    ),
    "a neck that widens with what comes in": (
        "block dense(growth):\n    if input.channels > 4 * growth:\n"
        "        neck = conv(4 * growth, 1) -> bn -> relu\n    c = conv(growth, 3, padding=1)\n",
        "growth=4, layers=3",
        3,
        "conv(2 * growth, 3, padding=1)\nfor i in range(layers):\n    concat:\n        identity\n"
        "        l{i} = dense(growth)",
        [{"growth": 1}, {"layers": 5}, {"growth": 7, "layers": 2}],
    ),
    "a step that changes what follows": (
        "block cell(c, scale=1.0):\n    if scale > 0.5:\n        pre = conv(4, 1)\n"
        "    last = conv(c, 1)\n",
        "drop=0.1, classes=10",
        4,
        "for i in range(3):\n    l{i} = cell(classes, scale=drop)",
        [{"drop": 0.9}, {"drop": 1.0, "classes": 11}],
    ),
    "a step in a loop that is counted": (
        "block unit(c):\n    conv(c, 1)\n",
        "w=8, depth=2, ratio=0.5",
        4,
        "for i in range(depth):\n    l{i} = unit(w + 1)\n    if int(w * ratio) >= 16:\n"
        "        m{i} = conv(4, 1)",
        [{"w": 32, "depth": 4, "ratio": 1.0}, {"depth": 3}, {"ratio": 2.5}],
    ),
    "a loop of one round by default": (
        "block unit(c):\n    conv(c, 3, padding=1) -> relu\n",
        "w=8, depth=1",
        3,
        "let dim = w * 2\nfor i in range(depth):\n    l{i} = unit(dim)\nconv(5, 1)",
        [{"depth": 2}, {"depth": 3, "w": 5}],
    ),
    "what a loop leaves": (
        "block unit(c, out=8):\n    conv(max(out, make_divisible(c * 1.25)), 1)\n",
        "w=12, depth=2",
        8,
        "for i in range(depth):\n    l{i} = unit(w + i)\nglobal_avg_pool -> flatten\nlinear(10)",
        [{"w": 3}, {"w": 20}],  # `depth` is fixed: no expression of the spec tells the size
    ),
    "elements of a row": (
        "",
        "dims=(8, 16, 32)",
        3,
        "for i, d in enumerate(dims):\n    c{i} = conv(d, 3, padding=1)\n    if d > 16:\n"
        "        n{i} = conv(d, 1)",
        [{"dims": (8, 16, 16)}, {"dims": (32, 32, 32)}, {"dims": (32, 16, 64)}],
    ),
    "a path that drops out": (
        "block unit(c, drop=0.0):\n    conv(c, 1)\n    if drop > 0:\n        drop_path(drop)\n",
        "w=8, drop=0.0",
        3,
        "unit(w, drop)",
        [{"drop": 0.1}, {"w": 3}],
    ),
    "channels that are divided": (
        "block att(heads=1):\n    norm = layer_norm\n"
        "    conv(max(input.channels // heads, 1), 1)\n",
        "w=32",
        3,
        "conv(w, 3, padding=1)\natt()",
        [{"w": 7}],
    ),
}


def network(blocks: str, parameters: str, channels: int, lines: str) -> str:
    body = "".join(f"    {line}\n" for line in lines.split("\n"))
    return blocks + HEAD.format(parameters, channels) + body


@pytest.mark.parametrize("what", ARMS)
def test_a_class_takes_the_arms_that_the_spec_takes(what: str) -> None:
    *given, others = ARMS[what]
    text = network(*given)
    made: Any = load_source("N", archdsl.loads(text).source())
    channels = given[2]
    for values in others:
        assert set(values) <= set(inspect.signature(made.N).parameters)
        ours = made.N(**values).eval()
        frozen: Any = load_source("N", archdsl.loads(text, **values).source(fixed=True)).N()
        frozen.load_state_dict(ours.state_dict())
        x = torch.rand(2, channels, 8, 8)
        assert torch.equal(ours(x), frozen.eval()(x))


UNNAMED = network(
    "block unit(c, n):\n    if input.channels != n:\n        conv(n, 1)\n"
    "    conv(c, 3, padding=1)\n",
    "w=8, n=16, k=5",
    8,
    "unit(w, n)\nunit(w, n)\nconv(k, 1)",
)


def test_what_a_definition_cannot_keep_no_network_changes() -> None:
    """Without the first convolution, the second has its name: no class says that."""
    source = archdsl.loads(UNNAMED).source()
    made: Any = load_source("N", source)
    assert list(inspect.signature(made.N).parameters) == ["k"]
    assert "Fixed: w=8, n=16." in source


CROSS = """
block csp(c, e=0.5):
    let h = int(c * e)
    concat(conv(h, 1), conv(h, 3, padding=1))
    out = conv(c, 1)

network N(w=16):
    input 3x8x8
    csp(w)
    csp(2 * w)
"""


@pytest.mark.parametrize("width", [3, 7, 9, 20])
def test_uses_that_differ_do_not_hide_what_a_size_hangs_on(width: int) -> None:
    made: Any = load_source("N", archdsl.loads(CROSS).source())
    frozen: Any = load_source("N", archdsl.loads(CROSS, w=width).source(fixed=True)).N()
    frozen.load_state_dict(made.N(w=width).state_dict())


FLAGS = """
block u(c, a=false, d=false, n=none):
    if a:
        x = conv(c, 1)
        if n != none:
            m = conv(n, 1)
    if d:
        y = conv(2 * c, 1)
    z = conv(c, 1)

network N(w=8):
    input 3x8x8
    p = u(w)
    q = u(w, a=true, n=4)
    r = u(w, d=true)
"""
KINDS = """
block u(c, kind="a", s=1):
    if kind == "a":
        if s > 1:
            d = conv(c * 2, 3, stride=s, padding=1)
    elif kind == "b":
        e = conv(c * 3, 1)
    out = conv(c, 1)

network N(w=8):
    input 3x8x8
    p = u(w)
    q = u(w, "b")
    r = u(w, "a", 2)
"""
USES: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "flags that no use has together": (
        FLAGS,
        [
            {"a": True},
            {"a": True, "d": True},
            {"d": True, "n": 4},
            {"a": True, "d": True, "n": 7},
        ],
    ),
    "an arm without steps": (
        KINDS,
        [{"kind": "a", "s": 2}, {"kind": "b", "s": 2}, {"kind": "c", "s": 2}, {"kind": "a"}],
    ),
}


@pytest.mark.parametrize("what", USES)
def test_a_block_with_arguments_that_no_use_has_together(what: str) -> None:
    text, uses = USES[what]
    made: Any = load_source("N", archdsl.loads(text).source())
    for values in uses:
        said = ", ".join(f"{name}={_said(value)}" for name, value in values.items())
        alone = text.partition("network")[0] + f"network N:\n    input 3x8x8\n    u(9, {said})\n"
        frozen: Any = load_source("N", archdsl.loads(alone).source(fixed=True)).N().eval()
        ours = made.U(3, 9, **values).eval()
        frozen.load_state_dict({f"u.{key}": value for key, value in ours.state_dict().items()})
        x = torch.rand(2, 3, 8, 8)
        assert torch.equal(ours(x), frozen(x))


def _said(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
