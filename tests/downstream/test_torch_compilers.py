"""The emitted module under torch.compile as one graph, and exported with a batch of any size."""

from collections.abc import Iterator

import pytest
import torch
from small_networks import EACH_OP, small
from torch import Tensor, nn
from traced_networks import inputs, tensors

import archdsl

SMALL = {
    "lenet5": "1x28x28",
    "cifar_cnn": "3x32x32",
    "resnet18": "3x32x32",
    "tcn": "1x784",
}
LARGER = {"densenet_small": "3x32x32", "unet_padded": "3x32x32", "mobilenetv1_100": "3x32x32"}
HEADS = """
block head = global_avg_pool -> flatten -> linear(5)

network N:
    input 3x8x8
    conv(4, 3) -> bn -> relu
    aux first = head
    conv(4, 3) -> bn -> relu
    aux second = head
    conv(4, 3) -> bn -> relu -> head
"""
FIRST, OTHER = 2, 5  # sizes of the batch when traced and afterwards


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    torch.compiler.reset()
    yield
    torch.compiler.reset()


def compiled(model: nn.Module, given: tuple[Tensor, ...]) -> list[Tensor]:
    """The outputs of the whole module as one graph; a break in it is an error."""
    graphs = 0

    def count(graph: torch.fx.GraphModule, example: list[Tensor]) -> object:
        nonlocal graphs
        graphs += 1
        return graph.forward

    outputs = tensors(torch.compile(model, fullgraph=True, backend=count)(*given))
    assert graphs == 1
    return outputs


def exported(model: nn.Module, given: tuple[Tensor, ...]) -> nn.Module:
    batch = torch.export.Dim("batch")
    shapes = tuple({0: batch} for _ in given)
    return torch.export.export(model, given, dynamic_shapes=shapes).module()


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("spec", "shape"),
    [
        *SMALL.items(),
        *(pytest.param(*one, marks=pytest.mark.slow) for one in LARGER.items()),
    ],
)
def test_one_graph_and_any_batch(spec: str, shape: str) -> None:
    torch.manual_seed(0)
    net = archdsl.load(spec, input=shape)
    model = net.build().eval()
    with torch.no_grad():
        program = exported(model, inputs(net, FIRST))
        given = inputs(net, OTHER)
        wanted = tensors(model(*given))
        for outputs in (compiled(model, given), tensors(program(*given))):
            for own, other in zip(wanted, outputs, strict=True):
                torch.testing.assert_close(other, own)


def test_training_is_one_graph_with_its_heads() -> None:
    net = archdsl.loads(HEADS)
    assert len(compiled(net.build(device="meta").train(), inputs(net, FIRST, "meta"))) == 3


@pytest.mark.slow
@pytest.mark.parametrize("spec", EACH_OP)
def test_one_graph_and_any_batch_of_each_op(spec: str) -> None:
    """By shape, without the numbers: on the meta device nothing is computed."""
    net = small(spec)
    model = net.build(device="meta")
    compiled(model.train(), inputs(net, FIRST, "meta"))
    program = exported(model.eval(), inputs(net, FIRST, "meta"))
    given = inputs(net, OTHER, "meta")
    shapes = [tensor.shape for tensor in tensors(model(*given))]
    assert [tensor.shape for tensor in tensors(program(*given))] == shapes
    assert [tuple(shape[1:]) for shape in shapes] == [t.shape for t in net.program.root.outputs]


@pytest.mark.parametrize("momentum", ["none", "0.1"])
def test_a_plain_mean_of_batches_is_no_single_graph_in_training(momentum: str) -> None:
    """As the reference of `bn` says of `momentum`."""
    lines = f"network Net:\n    input 3x4x4\n    bn(momentum={momentum})\n"
    model, given = archdsl.loads(lines).build(), (torch.randn(2, 3, 4, 4),)
    assert len(compiled(model.eval(), given)) == 1
    if momentum == "none":
        with pytest.raises(torch._dynamo.exc.UserError):
            compiled(model.train(), given)
    else:
        assert len(compiled(model.train(), given)) == 1
