"""Training steps of small networks: what torch holds between the passes, and at most, to the byte.

The caller holds the results, and hands in a gradient of their size.
"""

import pytest
import torch
from emitted import batch
from held import _watch
from torch import Tensor
from torch.autograd.function import FunctionCtx

import archdsl
from archdsl.analyses.figures.memory import memory
from archdsl.runtime.allocation_peak import tensors

EXACT = {
    "a norm": "input 4x8x8; conv(4, 1, bias=false); bn",
    "two norms": "input 4x8x8; bn; bn",
    "a norm of tokens": "input 10x16; linear(16); layer_norm",
    "two readers": "input 4x8x8; conv(4, 1); add(identity, relu); conv(4, 1)",
    "three readers": "input 4x8x8; conv(4, 1); add(relu, tanh, sigmoid)",
    "a residual": "input 4x8x8; conv(4, 1); add(identity, conv(4, 1) -> relu -> conv(4, 1))",
    "branches": "input 4x8x8; concat(conv(2, 1), conv(3, 1))",
    "views": "input 4x8x8; conv(4, 1); flatten -> unflatten(1, (64, 4)); linear(10)",
    "a larger result": "input 4x4x4; conv(4, 1); upsample(4); conv(1, 1)",
    "a bend": "input 4x10; linear(40); gelu; linear(10)",
    "more and more": "input 1x8x8; conv(2, 1); conv(8, 1); conv(32, 1)",
    "a sum that a sum takes": (
        "input 4x8x8; a = conv(4, 1); b = a -> conv(4, 1); t = b -> conv(4, 1); "
        "s = add(a, b); add(s, t)"
    ),
    "three means of a tensor": (
        "input 4x8x8; conv(4, 1); add(global_avg_pool, global_avg_pool, global_avg_pool)"
    ),
    "a difference": "input 4x8x8; conv(8, 1); subtract(conv(8, 1), identity)",
    "a product of three": "input 4x8x8; conv(4, 1); multiply(identity, tanh, sigmoid); conv(4, 1)",
    "a product with the input": (
        "input 4x8x8; multiply(identity, conv(4, 1) -> sigmoid); conv(4, 1)"
    ),
    "a product of inputs": ("input x: 4x8x8; c = conv(4, 1); multiply(x, x, c, x); conv(4, 1)"),
    "a margin": (
        "input 4x8x8; conv(2, 3, padding=1, padding_mode=replicate); conv(8, 3, padding=1, "
        "padding_mode=replicate); conv(2, 1)"
    ),
}
# One op behind a convolution of a small input: the peak is where the way back goes through the op.
BACK = {
    "abs": "abs",
    "an average": "average(identity, tanh)",
    "an average of three": "average(identity, tanh, sigmoid)",
    "a bounded result": "clamp(min=0, max=1)",
    "a channel's gate": "multiply(identity, global_avg_pool -> sigmoid)",
    "a place's gate": "multiply(identity, mean(1) -> unflatten(1, (1, 16)))",
    "factors": "scale",
    "a response norm": "lrn(3)",
    "a maximum": "maximum(identity, tanh)",
    "lengths": "normalize(1)",
    "slopes": "prelu",
    "norms by the root": "rms_norm",
    "norms by the root of rows": "rms_norm(over=last)",
    "a bend by a quotient": "softsign",
    "a tangent": "tanhshrink",
}
SAVED = EXACT | {  # torch makes gradients of weights and sums of gradients in another order
    "a tensor and itself": "input 4x8x8; conv(4, 1); add(identity, identity)",
    "branches and the input": "input 4x8x8; conv(4, 1); concat(conv(2, 1), identity); relu",
    "a shared layer": "input (100,); layer f = linear(100); f; relu; f",
    "large weights": "input 4x2x2; flatten; linear(500, bias=false); relu; linear(2)",
    "a product": "input 4x8x8; conv(4, 1); multiply(identity, sigmoid); conv(2, 1)",
    "a gate": "input 4x8x8; conv(4, 1); multiply(identity, global_avg_pool -> sigmoid); conv(8, 1)",
    "in place": "input 4x8x8; conv(8, 1); relu(inplace=true); conv(4, 1)",
    "pools": "input 4x8x8; conv(4, 1); max_pool(2); avg_pool(2); flatten; linear(3)",
    "factors": "input 4x8x8; conv(4, 1); scale; conv(4, 1)",
    "whole numbers": "input ids: 10 int; embedding(20, 8); linear(8); relu",
    "parts": "input 8x8x8; a, b = conv(8, 1) -> chunk(2, 1); add(a, b); conv(2, 1)",
    "nothing learned at first": "input 4x8x8; relu; tanh; conv(16, 1); sigmoid",
    "a learned slope": "input 4x8x8; prelu; prelu",
    "work that leads nowhere": (
        "input 4x8x8; c = conv(4, 1); c -> relu -> conv(64, 1) -> relu; p = parameter(4, 8, 8); "
        "add(p, c)"
    ),
    "a part that nobody reads": "input 4x8x8; a, b = conv(64, 1) -> chunk(2, 1); a -> conv(2, 1)",
    "a product of matrices": "input x: 8x8; linear(8); matmul(identity, x)",
    "norms by the root": "input 10x16; linear(16); rms_norm; rms_norm; linear(16)",
    "less and less": "input 32x8x8; conv(16, 1); conv(4, 1); conv(1, 1)",
}


def network(lines: str) -> archdsl.Network:
    return archdsl.loads("network Net:\n    " + lines.replace("; ", "\n    ") + "\n")


class Loss(torch.autograd.Function):
    """A number whose gradient comes to be on the way back, as a loss's does."""

    @staticmethod
    def forward(context: FunctionCtx, x: Tensor) -> Tensor:
        context.like = x.detach()
        return torch.zeros(())

    @staticmethod
    def backward(context: FunctionCtx, *_: Tensor) -> Tensor:
        return torch.ones_like(context.like)


def held(net: archdsl.Network, size: int) -> tuple[int, int]:
    """The peak in torch, and what is held between the passes."""
    inputs = batch(net.program.root.inputs, size=size)
    module = net.build().train()
    with _watch(module, inputs) as watch:
        results = [r for r in tensors(module(*inputs)) if r.requires_grad]
        saved = watch.now
        torch.autograd.backward(results, [torch.ones_like(result) for result in results])
    return watch.peak, saved


@pytest.mark.parametrize("name", SAVED)
@pytest.mark.parametrize("size", [2, 5])
def test_what_waits_for_the_backward_pass(name: str, size: int) -> None:
    net = network(SAVED[name])
    assert memory(net.program, batch=size).saved == held(net, size)[1]


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("size", [2, 5])
def test_the_peak(name: str, size: int) -> None:
    net = network(EXACT[name])
    assert memory(net.program, batch=size).training == held(net, size)[0]


def held_beside_a_loss(net: archdsl.Network, size: int) -> int:
    """The peak where nobody holds the results' gradients."""
    inputs = batch(net.program.root.inputs, size=size)
    module = net.build().train()
    with _watch(module, inputs) as watch:
        result = module(*inputs)
        Loss.apply(result).backward()
    return watch.peak


@pytest.mark.parametrize("step", BACK.values(), ids=BACK)
def test_what_the_way_back_holds_besides(step: str) -> None:
    net = network(f"input 1x16x16; conv(8, 1); {step}")
    said = memory(net.program, batch=4).training
    assert said == pytest.approx(held_beside_a_loss(net, 4), rel=0.01)


@pytest.mark.parametrize("uses", ["f; relu; f", "f; relu; f; tanh; f; relu; f"])
def test_gradients_of_a_shared_layer_make_sums(uses: str) -> None:
    net = network(f"input (100,); layer f = linear(100, bias=false); {uses}")
    said = memory(net.program, batch=5).training
    assert said == pytest.approx(held_beside_a_loss(net, 5), abs=8)  # the loss's two numbers


def test_zeros_stand_in_for_the_gradient_of_a_part_that_nobody_reads() -> None:
    """And one convolution's gradients of 128 channels and of 64 meet before they are joined."""
    net = network("input 4x8x8; a, b = conv(128, 1) -> chunk(2, 1); a -> conv(1, 1)")
    said, torchs = memory(net.program, batch=2).training, held(net, 2)[0]
    assert said == pytest.approx(torchs, rel=0.02)


@pytest.mark.parametrize("size", [2, 5])
def test_a_gradient_is_not_added_to_itself_in_place(size: int) -> None:
    """The sum is a tensor of its own; when the layer's gradients of 80 bytes come may differ."""
    net = network(SAVED["a tensor and itself"])
    assert 0 <= held(net, size)[0] - memory(net.program, batch=size).training <= 80
