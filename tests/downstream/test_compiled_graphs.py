"""What a compiler is given: the same ops of the same sizes as for torchvision's own module, in
evaluation and in training, forward and backward. Equal graphs compile to equally fast code."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, fx, nn

import archdsl
from archdsl.runtime.measure import loss
from archdsl.runtime.reference_models import reference
from tests.parts import parts

SIZES = {
    "resnet18": 64,
    "resnet50": 64,
    "googlenet": 64,
    "mobilenet_v2": 64,
    "mobilenet_v3_large": 64,
    "efficientnet_b0": 64,
    "inception_v3": 299,
}
NAMED = {
    f"{name}, {mode}": (name, mode == "training")
    for name in SIZES
    for mode in ("evaluation", "training")
}
# In training the forward graph is compared as in evaluation, and the backward graph.
FULL = (
    "resnet18, evaluation",
    "resnet18, training",
    "googlenet, training",
    "mobilenet_v3_large, training",
)
# Copies and views, which compilers fold into what reads them: an activation in place copies what
# its backward pass needs.
ASIDE = ("clone", "copy", "detach", "empty", "view")
Ops = Counter[tuple[str, tuple[str, ...], str]]


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    torch.compiler.reset()
    yield
    torch.compiler.reset()


def graphs(module: nn.Module, images: Tensor, *, training: bool) -> list[Ops]:
    """The ops of the forward graph, in training of the backward graph too."""
    from functorch.compile import make_boxed_func
    from torch._dynamo.backends.common import aot_autograd

    counts: list[Ops] = []

    def count(graph: fx.GraphModule, example: Sequence[Any]) -> Callable[..., Any]:
        called = (node for node in graph.graph.nodes if node.op == "call_function")
        counts.append(Counter(op for node in called if (op := described(node)) is not None))
        return make_boxed_func(graph.forward)

    backend = aot_autograd(fw_compiler=count, bw_compiler=count)
    compiled = torch.compile(module.train(training), backend=backend, fullgraph=True)
    with torch.set_grad_enabled(training):
        results = compiled(images)
    if training:
        torch.autograd.backward(loss(results))
    assert len(counts) == 1 + training
    return counts


def described(node: fx.Node) -> tuple[str, tuple[str, ...], str] | None:
    """An op with the shapes that it reads and makes; None for one that is set aside."""
    name = str(node.target)
    if any(word in name for word in ASIDE) or not isinstance(node.meta.get("val"), Tensor):
        return None
    read = sorted(shape(one) for one in node.all_input_nodes)
    return name, tuple(read), shape(node)


def shape(node: fx.Node) -> str:
    value = node.meta.get("val")
    return str(tuple(value.shape)) if isinstance(value, Tensor) else ""


@pytest.mark.parametrize("kind", parts(NAMED, (), FULL))
def test_the_ops_are_torchvisions(kind: str) -> None:
    name, training = NAMED[kind]
    net = archdsl.load(name)
    theirs = reference(f"torchvision:{name}").module
    for part in theirs.modules():
        if isinstance(part, nn.Dropout):
            part.inplace = False  # which PyTorch writes as other ops
    images = torch.randn(2, 3, SIZES[name], SIZES[name])
    for ours, expected in zip(
        graphs(net.build(), images, training=training),
        graphs(theirs, images, training=training),
        strict=True,
    ):
        assert ours.total() > 50
        assert ours == expected
