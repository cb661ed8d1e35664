"""How much memory torch holds at once while a module runs.

And how much its profiler sees allocated, which has the room that kernels take for themselves too.
"""

import gc
from collections.abc import Iterable
from itertools import accumulate

import torch
from torch import Tensor, nn
from torch.profiler import ProfilerActivity, profile

from archdsl.runtime.allocation_peak import Watch, tensors


def held_by_inference(module: nn.Module, inputs: list[Tensor]) -> int:
    with _watch(module, inputs) as watch, torch.no_grad():
        module.eval()(*inputs)
    return watch.peak


def held_by_training(module: nn.Module, inputs: list[Tensor]) -> tuple[int, int]:
    """The peak of a forward and a backward pass, and what is left between the two."""
    with _watch(module, inputs) as watch:
        results = tensors(module.train()(*inputs))
        loss = sum(result.sum() for result in results)
        del results
        saved = watch.now
        loss.backward()
    return watch.peak, saved


def allocated_by_training(module: nn.Module, inputs: list[Tensor]) -> int:
    """The most that the allocator has given at once since the step began; not the inputs."""
    module.train()
    gc.collect()  # what an earlier module leaves is not to be freed meanwhile
    gc.disable()
    try:
        with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiled:
            sum(result.sum() for result in tensors(module(*inputs))).backward()
    finally:
        gc.enable()
    return _peak(e.nbytes() for e in profiled.profiler.kineto_results.events() if _allocates(e))


def _allocates(event: object) -> bool:
    return event.name() == "[memory]"


def _peak(changes: Iterable[int]) -> int:
    return max(accumulate(changes), default=0)


def _watch(module: nn.Module, inputs: list[Tensor]) -> Watch:
    watch = Watch([*module.parameters(), *module.buffers()])
    for tensor in inputs:
        watch.see(tensor)
    return watch
