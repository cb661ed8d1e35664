"""What the counting tools make of a module: each called as its documentation says."""

import contextlib
import io
import logging
import warnings
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

warnings.filterwarnings("ignore", message=".*(distutils|pkg_resources|LooseVersion).*")
logging.getLogger("fvcore").setLevel(logging.CRITICAL)


def fvcore(module: nn.Module, inputs: tuple[Tensor, ...]) -> int:
    """As timm's `benchmark.py` calls it: one for each multiply-add."""
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(module.eval(), inputs)
    analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return int(analysis.total())


def thop(module: nn.Module, inputs: tuple[Tensor, ...]) -> int:
    import thop

    return int(thop.profile(module.eval(), inputs=inputs, verbose=False)[0])


def torchinfo(module: nn.Module, inputs: tuple[Tensor, ...]) -> int:
    from torchinfo import summary

    counted = summary(module, input_data=inputs, mode="eval", verbose=0, device=inputs[0].device)
    return int(counted.total_mult_adds)


def torch_flops(module: nn.Module, inputs: tuple[Tensor, ...]) -> int:
    """torch's own counter: two for each multiply-add."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module.eval()(*inputs)
    return int(counter.get_total_flops())


COUNTERS: dict[str, Callable[[nn.Module, tuple[Tensor, ...]], int]] = {
    "fvcore": fvcore,
    "thop": thop,
    "torchinfo": torchinfo,
}


def quietly(counter: Callable[..., int], *arguments: object) -> int:
    """The tool's answer without what it prints."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return counter(*arguments)
