"""The time and memory of a module: a forward pass, a training step, the peak of memory."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from archdsl.base.fair_timing import Work
from archdsl.runtime.allocation_peak import Watch, tensors
from archdsl.runtime.input_source import Inputs


def forward(model: nn.Module, inputs: Inputs) -> Work:
    """An inference in evaluation mode; on a GPU it is over when the device has finished."""
    model.eval()

    @torch.inference_mode()
    def run() -> None:
        model(*inputs)
        finish(inputs)

    return run


def training_step(model: nn.Module, inputs: Inputs) -> Work:
    """Forward, backward, and a step of SGD with momentum."""
    optimizer = torch.optim.SGD(model.train().parameters(), lr=1e-4, momentum=0.9)

    def run() -> None:
        optimizer.zero_grad()
        torch.autograd.backward(loss(model(*inputs)))
        optimizer.step()
        finish(inputs)

    return run


def loss(results: object) -> Tensor:
    """A number that all results of a module have a part in."""
    return torch.stack([result.float().square().mean() for result in tensors(results)]).sum()


def finish(inputs: Inputs) -> None:
    """Waits for the device that the inputs lie on."""
    if any(x.is_cuda for x in inputs):
        torch.cuda.synchronize()


def peak_memory(work: Work, known: Iterable[Tensor]) -> int:
    """The most bytes that the work holds at a time, beside the `known` tensors it begins with.

    On a GPU the allocator's own count; elsewhere the sizes of the tensors that are made.
    """
    known = list(known)
    device = next((tensor.device for tensor in known if tensor.is_cuda), None)
    if device is not None:
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
        work()
        return int(torch.cuda.max_memory_allocated(device) - before)
    with Watch(known) as watch:
        work()
    return int(watch.peak)


def graphed(model: nn.Module, inputs: Inputs) -> Work:
    """An inference as one CUDA graph: the kernels are recorded once, and started as a whole."""
    model.eval()
    aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside), torch.inference_mode():
        for _ in range(3):  # libraries choose their kernels and take their workspace before
            model(*inputs)
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.inference_mode(), torch.cuda.graph(graph):
        model(*inputs)

    def run() -> None:
        graph.replay()
        finish(inputs)

    return run
