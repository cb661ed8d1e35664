"""A tuple of tensors is one list of `forward`, a tensor that a use may leave out is one that may be
None, a step that a parameter gives is called after the parameter: one class for all uses.

Each module is run beside the spec's graph, step by step, with the same weights.
"""

import copy
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from agreeing import assert_agrees
from interpreter import Interpreted
from torch import nn

import archdsl
from archdsl.runtime.build import load_source

NETWORK = """
network N:
    input 8x6x6
    a = conv(8, 1)
    b = conv(8, 3, padding=1)
{lines}
"""
INNER = """
block inner(children: tuple):
    concat:
        identity
        for child in children:
            child
    conv(8, 1)
"""
LISTS = {
    "concatenated": (
        """
block root(channels, children: tuple):
    concat:
        identity
        for child in children:
            child
    conv(channels, 1)
""",
        "    c = root(8, (a,))\n    root(6, (a, b)) -> root(4, [a, b, c])",
        "torch.cat([x] + children, dim=1)",
    ),
    "alone": (
        "block root(children: tuple):\n    concat:\n        for child in children:\n"
        "            child\n    conv(8, 1)\n",
        "    c = root((a, b))\n    d = root((a, b, c))\n    add(c, d)",
        "torch.cat(children, dim=1)",
    ),
    "between others": (
        """
block root(children: tuple):
    concat:
        identity
        for child in children:
            child
        identity
    conv(8, 1)
""",
        "    c = root((a,))\n    root((a, c))",
        "[x] + children + [x]",
    ),
    "added": (
        "block root(children: tuple):\n    add:\n        identity\n        for child in children:\n"
        "            child\n    conv(8, 1)\n",
        "    c = root((a,))\n    root((a, b, c))",
        "sum(children, x)",
    ),
    "by places": (
        "block root(children: tuple):\n    add(children[0], children[-1])\n"
        "    conv(children[0].channels * len(children), 1)\n",
        "    c = root((a, b))\n    d = root((a, b, a))\n    concat(c, d)",
        "self.conv(children[0] + children[-1])",
    ),
    "in a loop": (
        "block root(children: tuple):\n    for i in range(len(children)):\n"
        "        p{i} = children[i] -> conv(4, 1)\n    concat:\n"
        "        for i in range(len(children)):\n            p{i}\n",
        "    c = root((a, b, a, b))\n    d = root((a, b, a, b, a))\n    concat(c, d)",
        'self[f"p{i}"](children[i]) for i in range(self.depth)',
    ),
    "handed on": (
        """
block inner(children: tuple):
    concat:
        for child in children:
            child
    conv(8, 1)

block root(children: tuple):
    inner(children)
    conv(8, 3, padding=1)
""",
        "    c = root((a, b))\n    d = root((a, b, c))\n    add(c, d)",
        None,
    ),
    "a part of it": (
        """
block root(children: tuple):
    concat:
        identity
        for child in children[1:]:
            child
    conv(8, 1)
    add(identity, children[0])
""",
        "    c = root((a, b))\n    root((b, a, c))",
        "torch.cat([x] + children[1:], dim=1)",
    ),
    "parts handed on": (
        INNER
        + """
block root(children: tuple):
    i = inner(children[1:])
    j = inner(children)
    k = inner(children[:-1])
    add(i, j, k)
""",
        "    c = root((a, b))\n    root((a, b, c))",
        "k = self.k(j, children[:-1])",
    ),
    "from the last on": (
        INNER + "\nblock root(children: tuple):\n    inner(reversed(children))\n",
        "    c = root((a, b))\n    root((a, b, c))",
        "return self.inner(x, children[::-1])",
    ),
    "joined with others": (
        INNER
        + """
block root(children: tuple, more: tuple = ()):
    p = conv(4, 1)
    inner((p,) + children + more)
""",
        "    c = root((a, b))\n    root((c,), (a, b)) -> root((a, b))",
        "return self.inner(p, [p] + children + more)",
    ),
    "one of two empty": (
        """
block root(xs: tuple, ys: tuple):
    concat:
        identity
        for x in xs:
            x
        for y in ys:
            y
    conv(8, 1)
""",
        "    c = root((a, b), (b,))\n    root((a, b, c), ()) -> root((), (b,))",
        "torch.cat([x] + xs + ys, dim=1)",
    ),
    "two handed on": (
        """
block inner(left: tuple, right: tuple, skip: tensor = none):
    concat:
        identity
        for one in left:
            one
        for one in right:
            one
    conv(8, 1)
    if skip != none:
        add(identity, skip)

block root(left: tuple, right: tuple, skip: tensor = none):
    inner(left, right, skip)
    inner(right, left)
""",
        "    c = root((a, b), (b,))\n    root((a,), (b, a), c) -> root((), (c,), a)",
        "x = self.inner(x, left, right, skip)",
    ),
    "through two blocks": (
        """
block leaf(xs: tuple, skip: tensor = none, act: block = relu):
    concat:
        identity
        conv(4, 1)
        for x in xs:
            x
    conv(8, 1) -> act
    if skip != none:
        add(identity, skip)
        act

block branch(xs: tuple, skip: tensor = none, act: block = relu):
    leaf(xs[1:], skip, act)
    leaf(xs, act=act)
    leaf((xs[0],), skip=skip)

block root(xs: tuple, skip: tensor = none, act: block = relu):
    p = branch(xs + (input,), skip=skip, act=act)
    q = branch((p,) + xs, p, act)
    add(p, q)
""",
        "    root((a,)) -> root((a, b), a, silu) -> root((), act=relu)",
        "p = self.p(x, xs + [x], skip)",
    ),
    "empty in one use": (
        """
block root(children: tuple):
    concat:
        identity
        identity
        for child in children:
            child
    conv(8, 1)
""",
        "    root(()) -> root((a, b))",
        "torch.cat([x, x] + children, dim=1)",
    ),
}
OPTIONAL = {
    "in place of another": (
        """
block basic(channels, shortcut: tensor = none):
    add:
        conv(channels, 3, padding=1)
        (identity if shortcut == none else shortcut)
    relu
""",
        "    basic(8, shortcut=a) -> basic(8)",
        "x if shortcut is None else shortcut",
    ),
    "with a layer of its own": (
        """
block basic(channels, shortcut: tensor = none):
    conv(channels, 3, padding=1)
    if shortcut != none:
        add:
            identity
            shortcut -> conv(channels, 1)
    relu
""",
        "    basic(8) -> basic(6, shortcut=a)",
        "assert shortcut is not None",
    ),
    "without a layer": (
        "block basic(shortcut: tensor = none):\n    conv(8, 1)\n    if shortcut != none:\n"
        "        add(identity, shortcut)\n    relu\n",
        "    basic() -> basic(shortcut=a)",
        "if shortcut is not None:",
    ),
    "another layer without it": (
        "block basic(shortcut: tensor = none):\n    conv(8, 1)\n    if shortcut == none:\n"
        "        sigmoid\n    else:\n        multiply(identity, shortcut)\n    conv(8, 1)\n",
        "    basic() -> basic(shortcut=a)",
        "assert shortcut is not None",
    ),
    "beside a list": (
        """
block down(channels, children: tuple, skip: tensor = none):
    concat:
        identity
        for child in children:
            child
    conv(channels, 1)
    if skip != none:
        add(identity, skip)
""",
        "    down(8, (a,)) -> down(8, (a, b), skip=b)",
        "children: list[Tensor], skip: Tensor | None = None",
    ),
    "of another layer by that name": (
        """
block inner(skip: tensor = none):
    conv(8, 1)
    if skip != none:
        concat(identity, skip)
        conv(8, 1)
    else:
        conv(8, 1)
    relu
""",
        "    inner() -> inner(a)",
        "if skip is not None:",
    ),
    "behind an elif": (
        """
block inner(mode: int, skip: tensor = none):
    conv(8, 1)
    if skip == none:
        relu
    elif mode == 1:
        add(identity, skip)
    else:
        concat(identity, skip)
        conv(8, 1)
""",
        "    inner(0) -> inner(1, skip=a) -> inner(2, skip=b) -> inner(1)",
        "            assert skip is not None\n            out = x + skip",
    ),
    "behind a flag as well": (
        "block inner(use: bool, skip: tensor = none):\n    conv(8, 1)\n"
        "    if use and skip != none:\n        add(identity, skip)\n",
        "    inner(true) -> inner(true, a) -> inner(false, a) -> inner(false)",
        "assert skip is not None",
    ),
    "where both are given": (
        """
block inner(one: tensor = none, other: tensor = none):
    conv(8, 1)
    if one != none or other != none:
        bn
    if one != none and other != none:
        add(one, other)
        conv(8, 1)
""",
        "    inner() -> inner(a) -> inner(other=b) -> inner(a, b)",
        "        if one_channels is not None and other_channels is not None:\n",
    ),
    "handed on": (
        """
block inner(width: int, skip: tensor = none):
    conv(width, 1)
    if skip != none:
        add:
            identity
            skip -> conv(width, 1)

block root(width: int, skip: tensor = none):
    inner(width, skip) -> relu
    inner(width * 2, skip=skip)
""",
        "    root(4) -> root(3, skip=a) -> root(2, b)",
        "return self.inner_2(x, skip)",
    ),
    "in a loop": (
        "block inner(rounds: int, skip: tensor = none):\n    conv(8, 1)\n"
        "    for i in range(rounds):\n        add(identity, skip)\n    relu\n",
        "    inner(0) -> inner(2, a) -> inner(3, b)",
        "            assert skip is not None\n            x = x + skip",
    ),
    "one of two": (
        """
block basic(one: tensor = none, other: tensor = none):
    conv(8, 1)
    if one != none:
        add(identity, one)
    if other != none:
        multiply(identity, other)
""",
        "    basic(one=a) -> basic(other=b) -> basic(one=b, other=a) -> basic()",
        "one: Tensor | None = None, other: Tensor | None = None",
    ),
}
ACTIVATIONS = {
    "one": (
        "block cell(channels, act: block):\n    conv(channels, 3, padding=1)\n    act\n",
        "    cell(8, relu) -> cell(16, hardswish) -> cell(16, relu)",
        "self.act = act(inplace=True)",
    ),
    "beside another of that op": (
        "block cell(act: block):\n    conv(8, 1)\n    act\n    conv(8, 1)\n    relu\n    act\n",
        "    cell(relu) -> cell(silu)",
        "self.act_2 = act()",
    ),
    "behind one that is not always there": (
        """
block cell(channels, expand: int, act: block = relu):
    if expand != 1:
        wide = conv(input.channels * expand, 1)
        act
    narrow = conv(channels, 1)
    act
    sigmoid
""",
        "    cell(8, 1) -> cell(8, 2) -> cell(8, 3, act=silu)",
        "self.act_2 = act(",
    ),
    "of which some write over their input": (
        "block cell(channels, act: block):\n    conv(channels, 1)\n    act\n",
        "    cell(8, relu) -> cell(8, gelu)",
        "self.act = act()",
    ),
    "where a step has the name": (
        "block cell(act: block):\n    conv(8, 1)\n    act\n    act_2 = conv(8, 1)\n    act\n",
        "    cell(relu) -> cell(silu)",
        "self.act_3 = act(inplace=True)",
    ),
}
NO_SCRIPT = {"list added", "list in a loop"}  # `sum` of a list; modules by computed names
CASES = {
    f"{what} {name}": case
    for what, cases in {"list": LISTS, "optional": OPTIONAL, "act": ACTIVATIONS}.items()
    for name, case in cases.items()
}


@contextmanager
def scripting() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def network(name: str) -> tuple[archdsl.Network, str | None]:
    blocks, lines, said = CASES[name]
    return archdsl.loads(blocks + NETWORK.format(lines=lines)), said


@pytest.mark.parametrize("fixed", [False, True], ids=["with parameters", "fixed"])
@pytest.mark.parametrize("name", CASES)
def test_one_class_for_all_uses(name: str, fixed: bool) -> None:
    net, said = network(name)
    source = net.source(fixed=fixed)
    assert source.count("\nclass ") == len(re.findall("^block ", CASES[name][0], re.MULTILINE)) + 1
    assert said is None or said in source


@pytest.mark.parametrize("training", [False, True], ids=["evaluation", "training"])
@pytest.mark.parametrize("name", CASES)
def test_outputs_are_those_of_the_graph(name: str, training: bool) -> None:
    torch.manual_seed(0)
    net, _ = network(name)
    ours = net.build().train(training)
    namespace = vars(load_source(net.program.name, net.source()))
    theirs = Interpreted(net.program.root, namespace, ()).train(training)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    given = torch.randn(2, 8, 6, 6)
    torch.testing.assert_close(ours(given), theirs(given), rtol=0, atol=0)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", CASES)
def test_what_tools_do_with_them(name: str) -> None:
    net, _ = network(name)
    module, given = net.build().eval(), torch.randn(2, 8, 6, 6)
    made: list[Any] = [torch.fx.symbolic_trace(module), copy.deepcopy(module)]
    made.append(torch.export.export(module, (given,)).module())
    if name in NO_SCRIPT:
        with pytest.raises(RuntimeError), scripting():
            torch.jit.script(module)
    else:
        with scripting():
            made.append(torch.jit.script(module))
    for other in made:
        torch.testing.assert_close(other(given), module(given), rtol=0, atol=0)


def test_the_class_takes_any_number_of_tensors() -> None:
    """The class with other arguments beside a spec that gives its block as many."""
    net, _ = network("list concatenated")
    root = load_source(net.program.name, net.source()).Root
    blocks, _, _ = CASES["list concatenated"]
    lines = "    c = conv(5, 1)\n    root(7, (a, b, c, c))"
    other = archdsl.loads(blocks + NETWORK.format(lines=lines)).build().eval()
    ours = root(5, (8, 8, 5, 5), channels=7).eval()
    ours.load_state_dict(other.root.state_dict())
    x = torch.randn(2, 8, 6, 6)
    a = other.a(x)
    b = other.b(a)
    c = other.c(b)
    torch.testing.assert_close(ours(c, [a, b, c, c]), other(x), rtol=0, atol=0)


PARTS = """
block root(children: tuple):
    concat:
        identity
        conv(4, 1)
        for child in children[1:]:
            child
    conv(8, 1)
    concat:
        identity
        conv(4, 1)
        for child in reversed(children):
            child
    conv(8, 1)
"""


def test_short_lists_say_what_longer_ones_do() -> None:
    """No use has two tensors, which would tell a part and another order from the whole."""
    net = archdsl.loads(PARTS + NETWORK.format(lines="    root(()) -> root((a,))"))
    root = load_source(net.program.name, net.source()).Root
    lines = "    c = conv(5, 1)\n    root((a, b, c))"
    other = archdsl.loads(PARTS + NETWORK.format(lines=lines)).build().eval()
    ours = root(5, (8, 8, 5)).eval()
    ours.load_state_dict(other.root.state_dict())
    x = torch.randn(2, 8, 6, 6)
    a = other.a(x)
    b = other.b(a)
    c = other.c(b)
    torch.testing.assert_close(ours(c, [a, b, c]), other(x), rtol=0, atol=0)


CELL = """
block cell(width, rounds: int, act: block = relu):
    layer f = conv(8, 3, padding=1)
    conv(8, 1)
    for i in range(rounds):
        f
        act
    conv(width, 1)
"""


def test_rounds_that_no_use_has_have_the_activation_that_is_given() -> None:
    """Siblings alone have a second round, and they all have the same other activation."""
    net = archdsl.loads(CELL + NETWORK.format(lines="    cell(8, 1) -> cell(8, 1, act=hardswish)"))
    cell = load_source(net.program.name, net.source()).Cell
    parts = cell(8, 8, 3).children()
    kinds = [type(part) for part in parts if not isinstance(part, nn.Conv2d)]
    assert kinds == [nn.ReLU] * 3


def test_a_tensor_may_be_called_like_what_flows_in() -> None:
    blocks = (
        "block root(x: tensor = none):\n    conv(8, 1)\n"
        "    if x != none:\n        add(identity, x)\n"
    )
    assert_agrees(blocks + NETWORK.format(lines="    root() -> root(a) -> root(x=b)"))


def test_layers_with_weights_keep_their_names() -> None:
    """They are keys of the `state_dict`, so that the block has a class for each."""
    text = "block cell(act: block):\n    conv(8, 1)\n    act\n"
    net = archdsl.loads(text + NETWORK.format(lines="    cell(relu) -> cell(prelu) -> cell(silu)"))
    module = net.build()
    assert [key for key in module.state_dict() if "prelu" in key] == ["cell_2.prelu.weight"]
    assert isinstance(module.cell.act, nn.ReLU) and isinstance(module.cell_3.act, nn.SiLU)


def test_channels_of_a_list_that_is_handed_on_are_those_of_others() -> None:
    net, _ = network("list joined with others")
    assert "Inner(4, (4,) + children_channels + more_channels)" in net.source()
    net, _ = network("list parts handed on")
    assert "self.i = Inner(in_channels, children_channels[1:])" in net.source()
