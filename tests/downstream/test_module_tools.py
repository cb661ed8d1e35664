"""Tools that take modules take the emitted ones: traced, scripted, exported, copied, kept, moved,
cast, quantised. `python -m tests.downstream.module_tools`: the same over the catalogue, counted."""

from collections.abc import Iterator

import pytest
import torch
from torch import fx

import archdsl
from tests.downstream import module_tools
from tests.downstream.module_tools import TOOLS, in_evaluation
from tests.ops.small_networks import EACH_OP, VARIED, small
from tests.parts import parts

OPTIONAL = """
block unit(channels, stride=1, squeezed=false):
    a = conv(channels, 3, stride=stride, padding=1, bias=false) -> bn
    if squeezed:
        reduce = conv(channels, 1)
        relu
    add:
        a
        path:
            input
            if stride != 1 or channels != input.channels:
                down = conv(channels, 1, stride=stride, bias=false)
                down_bn = bn
    relu

block halves(channels, stride=1):
    if stride == 1:
        kept, taken = chunk(2)
        concat(kept, taken -> conv(channels // 2, 3, padding=1))
    else:
        concat:
            max_pool(2)
            left = conv(channels, 3, stride=2, padding=1)

network Optional:
    input 4x16x16
    unit(4) -> unit(8, stride=2) -> unit(8, squeezed=true)
    halves(8) -> halves(8, stride=2)
    global_avg_pool -> flatten -> linear(5)
"""
DROPPING = """
block residual(drop, whole=false):
    add:
        identity
        path:
            conv(input.channels, 3, padding=1) -> layer_norm(over=channels)
            drop_path(drop, mode=batch if whole else row)

network Dropping:
    input 4x8x8
    residual(0.2) -> rms_norm(over=channels) -> residual(0.5, whole=true)
    flatten -> linear(5) -> drop_path(0.3)
"""
HEADS = """
block head = global_avg_pool -> flatten -> linear(5)

network Heads:
    input 3x8x8
    conv(4, 3) -> bn -> relu
    aux first = head
    conv(4, 3) -> bn -> relu
    aux second = head
    conv(4, 3) -> bn -> relu -> head
"""
NAMED = """
network Named:
    input 3x16x16
    low = conv(8, 3, stride=2, padding=1) -> bn -> hardswish
    high = conv(8, 3, stride=2, padding=1) -> bn -> silu
    output low, high, top=global_avg_pool -> flatten
"""
GROWING = """
block dense(copies):
    for i in range(copies):
        concat:
            identity
            layer{i + 1} = grow(4)

block grow(rate) = bn -> relu -> conv(rate, 3, padding=1, bias=false)

network Growing:
    input 3x8x8
    conv(8, 3, padding=1)
    dense(4)
    global_avg_pool -> flatten -> linear(5)
"""
SENTENCES = """
block encoder(heads):
    add(identity, layer_norm -> attention(heads=heads))
    add(identity, layer_norm -> linear(32) -> gelu -> linear(input.features))

network Sentences:
    input 12x16
    add(identity, parameter(12, 16))
    encoder(2) -> encoder(4)
    mean(dim=tokens) -> linear(3)
"""
NUMBERED = """
network Numbered:
    input 3x8x8
    first = conv(8, 3, padding=1)
    for i in range(6):
        block{i + 1} = conv(8, 3, padding=1) -> relu
    global_avg_pool -> flatten -> linear(5)
"""
FIXED = """
network Fixed:
    input 6x8
    add(identity, grid((0, 1, 2, 3, 4, 5), (1, 1, 2, 2), saved=false) -> flatten(2))
    linear(5)
"""
KINDS = {
    "members of some instances": OPTIONAL,
    "whole samples dropped, norms of channels": DROPPING,
    "heads for training": HEADS,
    "named outputs": NAMED,
    "numbered modules": GROWING,
    "attention": SENTENCES,
}
OF_ONE_SIZE = ("whole samples dropped, norms of channels", "attention")
COMPUTED = "getattr's second argument must be a string literal"
AGAIN = "Can't redefine method"  # of a class that was refused before
BUFFERS = r"expand\(\) takes 1 positional argument"
REFUSED = {  # by the tool itself; `docs/deployment.md` says why
    ("jit.script", "xception"): COMPUTED,
    ("jit.script", "wavenet"): COMPUTED,
    ("jit.script, training", "wavenet"): f"{COMPUTED}|{AGAIN}",
    ("fx.symbolic_trace", "swin_v2_t"): BUFFERS,
}
OF_EACH_OP = ("jit.script", "fx.symbolic_trace", "jit.script, training")
FULL = {f"{name}, {tool}": (name, tool) for name in EACH_OP for tool in OF_EACH_OP}
OVER_THE_CATALOGUE = {**FULL, **{f"{name}, jit.script": (name, "jit.script") for name in VARIED}}


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    torch.compiler.reset()
    yield
    torch.compiler.reset()


@pytest.mark.one_in(5)
@pytest.mark.filterwarnings("ignore")  # of the old tools, that they are old
@pytest.mark.parametrize(
    ("kind", "tool"),
    [(k, t) for k in KINDS for t in TOOLS if not (t == "export, sizes" and k in OF_ONE_SIZE)],
)
def test_each_tool_takes_each_kind_of_module(kind: str, tool: str) -> None:
    TOOLS[tool](archdsl.loads(KINDS[kind]))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", parts(OVER_THE_CATALOGUE, (), FULL))
def test_networks_of_the_catalogue(kind: str) -> None:
    name, tool = OVER_THE_CATALOGUE[kind]
    told = REFUSED.get((tool, name))
    if told is None:
        TOOLS[tool](small(name))
        return
    with pytest.raises((RuntimeError, TypeError), match=told):
        TOOLS[tool](small(name))


def test_modules_with_computed_names_beside_others_are_traced_and_not_scripted() -> None:
    net = archdsl.loads(NUMBERED)
    TOOLS["fx.symbolic_trace"](net)
    TOOLS["compile"](net)
    with pytest.raises(RuntimeError, match="getattr's second argument must be a string literal"):
        TOOLS["jit.script"](net)


def test_fixed_tensors_are_traced_where_buffers_are_recorded_too() -> None:
    model, given = in_evaluation(archdsl.loads(FIXED)), torch.randn(3, 6, 8)
    with pytest.raises(TypeError):
        fx.symbolic_trace(model)
    tracer = fx.Tracer()
    tracer.proxy_buffer_attributes = True
    graph = fx.GraphModule(model, tracer.trace(model))
    assert torch.equal(graph(given), model(given))


def test_tensors_that_are_not_saved_are_taken_from_a_module_that_was_made() -> None:
    """`to_empty` leaves them as they happen to be, and no `state_dict` has them."""
    net = archdsl.loads(FIXED)
    model, moved = in_evaluation(net), net.build(device="meta").to_empty(device="cpu").eval()
    moved.load_state_dict(model.state_dict())
    lost = dict(moved.named_buffers()).keys() - moved.state_dict().keys()
    assert lost == {"grid"}
    made = net.build().get_buffer("grid")
    moved.get_buffer("grid").copy_(made)
    given = torch.randn(3, 6, 8)
    assert torch.equal(moved(given), model(given))


def test_quantised_by_torch() -> None:
    module_tools.fx_quantised(archdsl.load("cifar_cnn"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "shape"), [("cifar_cnn", "3x32x32"), ("resnet18", "3x64x64")])
def test_quantised_by_torchao(name: str, shape: str) -> None:
    module_tools.pt2e(archdsl.load(name, input=shape))
