"""What the elements of a built network's result depend on, by gradients, beside what is said.

Gradients are taken forwards: sample `p` of a batch has a tangent on all elements at place `p` of an
axis, so one run tells for every element of the result which places it depends on. Weights and
tangents are positive random numbers, and so is a factor for each element of a norm, so that
nothing cancels; a largest element is taken for a sum, since any of those compared can be it, and a
softmax for shares of a sum, since it forgets all but the largest where they are far apart.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.overrides import TorchFunctionMode

import archdsl
from archdsl.analyses.figures.receptive_field import ReceptiveField, receptive_fields

FAINT = 1e-11  # of the largest gradient: less than that is rounding
NORMS = ("layer_norm", "group_norm", "instance_norm", "rms_norm", "normalize")
LEAST = 1e-2  # that the largest counts as: where all are less, all may be rounding


class Sums(TorchFunctionMode):
    """Takes sums in place of largest elements, shares of them in place of a softmax, and for a gate
    what does not close."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name in ("group_norm", "local_response_norm"):  # whose tangents take no views
            args = (args[0].contiguous(), *args[1:])
        if name == "maximum":
            return args[0] + args[1]
        if name in NORMS:
            return weighed(func(weighed(args[0]), *args[1:], **kwargs))
        if name == "scaled_dot_product_attention" and kwargs.keys() <= {"dropout_p"}:
            return attended(*args[:3])
        if name == "glu":
            half, gate = args[0].chunk(2, kwargs.get("dim", args[1] if len(args) > 1 else -1))
            return half * gate / (1 + gate)
        if name in ("softmax", "log_softmax"):
            dim = kwargs.get("dim", args[1] if len(args) > 1 else None)
            return weighed(args[0] / args[0].sum(dim, keepdim=True))
        if name == "amax":
            return args[0].sum(*args[1:], **kwargs)
        if name.startswith("adaptive_max_pool"):
            return getattr(functional, name.replace("max", "avg"))(args[0], args[1])
        if name.startswith("max_pool"):
            return windows_summed(*args, **kwargs)
        return func(*args, **kwargs)


def attended(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Attention by shares that do not sum to one: that of one key alone depends on it, too."""
    scores = query @ key.transpose(-2, -1)
    return scores / (1 + scores.sum(-1, keepdim=True)) @ value


def weighed(x: Tensor) -> Tensor:
    """Times a number for each element: the sum of what a norm gives would be the same for all."""
    draw = torch.Generator().manual_seed(7)
    return x * torch.rand(x.shape[1:], generator=draw, dtype=x.dtype).add(0.5)


def windows_summed(
    x: Tensor,
    kernel_size: Any,
    stride: Any,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor:
    """The sum of every window, as a convolution with ones."""
    rank, channels = x.dim() - 2, x.shape[1]
    each = [
        v if isinstance(v, tuple) else (v,) * rank for v in (kernel_size, stride, padding, dilation)
    ]
    kernel, step, margin, apart = each
    last = [s - 1 if ceil_mode else 0 for s in step]
    sides = [
        side for m, more in reversed(list(zip(margin, last, strict=True))) for side in (m, m + more)
    ]
    ones = torch.ones(channels, 1, *kernel, dtype=x.dtype)
    convolve = (functional.conv1d, functional.conv2d, functional.conv3d)[rank - 1]
    sums = convolve(functional.pad(x, sides), ones, stride=step, dilation=apart, groups=channels)
    sizes = getattr(functional, f"max_pool{rank}d")
    with torch._C.DisableTorchFunction():
        shape = sizes(x.detach(), kernel_size, stride, padding, dilation, ceil_mode).shape
    return sums[tuple(slice(size) for size in shape)]


@contextmanager
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def built(net: archdsl.Network, seed: int = 0) -> nn.Module:
    """The emitted module with positive weights, in double precision, as at inference."""
    torch.manual_seed(seed)
    module = net.build().double().eval()
    with torch.no_grad():
        for tensor in (*module.parameters(), *module.buffers()):
            if tensor.is_floating_point():
                tensor.uniform_(0.5, 1.5).div_(max(tensor[0].numel(), 1) if tensor.dim() else 1)
    return module


def dependence(net: archdsl.Network, module: nn.Module, input: int, dim: int) -> list[Tensor]:
    """For each result, by place along an input's dimension: which elements depend on that place."""
    shapes = [t.shape for t in net.program.root.inputs]
    count = shapes[input][dim - 1]
    torch.manual_seed(1)
    given = [torch.rand(1, *shape, dtype=torch.float64).add(0.5) for shape in shapes]
    tangent = torch.zeros(count, *shapes[input], dtype=torch.float64)
    for p in range(count):
        tangent[p].select(dim - 1, p).uniform_(0.5, 1.5)
    batch = [x.expand(count, *x.shape[1:]).contiguous() for x in given]
    with forward_ad.dual_level(), Sums(), sdpa_kernel(SDPBackend.MATH), torch.no_grad():
        batch[input] = forward_ad.make_dual(batch[input], tangent)
        results = module(*batch)
        parts = [results] if isinstance(results, Tensor) else list(results)
        tangents = [forward_ad.unpack_dual(part).tangent for part in parts]
    return [_touched(t, part) for t, part in zip(tangents, parts, strict=True)]


def _touched(tangent: Tensor | None, part: Tensor) -> Tensor:
    if tangent is None:
        return torch.zeros(part.shape, dtype=torch.bool)
    return tangent.abs() > FAINT * tangent.abs().max().clamp(min=LEAST)


def disagreements(
    net: archdsl.Network,
    *,
    strict: bool | None,
    wraps: bool = False,
    forgetful: bool = False,
    most: int = 5,
) -> list[str]:
    """Where an element sees what is not said, or not what is said.

    Not `strict`: elements near an edge may see less, where margins are read as if the input went
    on; None: any may. `wraps`: some see the other end; then only those that see all are held to
    it, where any may see less.
    `forgetful`: elements may depend on nothing, as a norm of equal numbers does.
    """
    module = built(net)
    fields = receptive_fields(net.program)
    differences = []
    for k, axis in enumerate(_axes(net)):
        for result, touched in enumerate(dependence(net, module, *axis)):
            field = fields.outputs[result]
            differences += _compared(field, k, axis, touched, strict, wraps, forgetful)
    return differences[:most]


def _axes(net: archdsl.Network) -> list[tuple[int, int]]:
    """The inputs' dimensions that have places, as the analysis counts them."""
    inputs = enumerate(net.program.root.inputs)
    return [(i, d) for i, x in inputs for d in (range(2, x.rank + 1) or range(1, x.rank + 1))]


def _compared(
    field: ReceptiveField | None,
    k: int,
    axis: tuple[int, int],
    touched: Tensor,
    strict: bool | None,
    wraps: bool,
    forgetful: bool,
) -> Iterator[str]:
    """One axis of one result, element by element."""
    count, *shape = touched.shape
    sight = None if field is None else field.sights[k]
    places = torch.arange(count).view(-1, *(1,) * len(shape))
    first = torch.where(touched, places, count).amin(0)
    last = torch.where(touched, places, -1).amax(0)
    for index in product(*map(range, shape)):
        truth = (int(first[index]), int(last[index]))
        said = (count, -1) if sight is None else sight.at(index)
        exact = sight is None or all(view.exact for view in sight.views)
        inner = 0 <= said[0] <= said[1] < count
        inside = truth[1] < 0 or (said[0] <= truth[0] and truth[1] <= said[1])
        sure = strict or (strict is False and inner and _is_central(index, shape))
        if wraps and strict is None and said != (0, count - 1):
            continue
        differs = _clipped(said, count) != truth and not (forgetful and truth[1] < 0)
        wrong = not inside and (inner or not wraps)
        if wrong or (exact and sure and differs):
            yield f"axis {axis}, element {index} of {tuple(shape)} sees {truth}, said is {said}"


def _clipped(said: tuple[int, int], count: int) -> tuple[int, int]:
    first, last = max(said[0], 0), min(said[1], count - 1)
    return (first, last) if first <= last else (count, -1)


def _is_central(index: tuple[int, ...], shape: list[int]) -> bool:
    """In the middle third of every dimension that has one."""
    return all(
        size < 6 or size // 3 <= i < size - size // 3 for i, size in zip(index, shape, strict=True)
    )
