"""An emitted module's results and gradients, as it is and with nothing written in place."""

import copy
import warnings

import torch
from torch import Tensor, nn

from archdsl.ir.shape import DType
from archdsl.network import Network

SAMPLES = 2
Found = tuple[list[Tensor], list[Tensor | None], list[Tensor]]


def given(net: Network) -> list[Tensor]:
    """Samples for every input, always the same."""
    draw = torch.Generator().manual_seed(3)
    return [
        torch.randint(2, (SAMPLES, *type.shape), generator=draw)
        if type.dtype is DType.INT
        else torch.randn((SAMPLES, *type.shape), generator=draw, dtype=torch.float64)
        for type in net.program.root.inputs
    ]


def overwriting(module: nn.Module) -> list[str]:
    """The paths of the modules that write over their input."""
    return [path for path, part in module.named_modules() if getattr(part, "inplace", False)]


def plain(module: nn.Module) -> nn.Module:
    """A copy that writes nothing in place."""
    copied = copy.deepcopy(module)
    for part in copied.modules():
        if hasattr(part, "inplace"):
            part.inplace = False
    return copied


def backward(module: nn.Module, inputs: list[Tensor]) -> Found:
    """Results, gradients of inputs and weights, and the inputs afterwards, of one step."""
    leaves = [x.clone().requires_grad_(x.dtype.is_floating_point) for x in inputs]
    torch.manual_seed(5)
    with warnings.catch_warnings(action="ignore"):
        results = tensors(module(*leaves))
    wanted = [x for x in (*leaves, *module.parameters()) if x.requires_grad]
    losses = [weighted(result) for result in results if result.requires_grad]
    gradients = torch.autograd.grad(losses, wanted, allow_unused=True) if losses else ()
    return [r.detach().clone() for r in results], list(gradients), [x.detach() for x in leaves]


def weighted(result: Tensor) -> Tensor:
    """A number that every element has another share in."""
    shares = torch.linspace(0.5, 1.5, result.numel(), dtype=result.dtype)
    return (result * shares.reshape(result.shape)).sum()


def tensors(value: object) -> list[Tensor]:
    return [value] if isinstance(value, Tensor) else [t for part in value for t in tensors(part)]


def assert_same_without(module: nn.Module, inputs: list[Tensor]) -> None:
    """Writing in place changes no result, no gradient and nothing of the caller's."""
    twin = plain(module)
    for training in (True, False):
        mine = backward(module.train(training), inputs)
        other = backward(twin.train(training), inputs)
        torch.testing.assert_close(mine[0], other[0], equal_nan=True)
        assert [g is None for g in mine[1]] == [g is None for g in other[1]]
        pairs = ((a, b) for a, b in zip(mine[1], other[1], strict=True) if a is not None)
        for ours, theirs in pairs:
            torch.testing.assert_close(ours, theirs, equal_nan=True)
        torch.testing.assert_close(mine[2], inputs, rtol=0, atol=0)
