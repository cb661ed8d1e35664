"""The emitted module beside torchvision's own class: forward, and a whole training step.

    python benchmarks/training.py resnet18 googlenet --batch 4 --size 128 --device cpu

Prints torchvision's median divided by ours, so 1.00x is as fast and more is faster, and the peak
memory of a training step the same way; with `--compile` both go through `torch.compile` first.
Both have equal weights, and their outputs are compared before anything is measured. On a GPU the
clock stops when the device has finished.
"""

import argparse
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.profiler import ProfilerActivity, profile
from turns import machine, medians

import archdsl
from archdsl.runtime.references import reference

NETWORKS = (
    *("resnet18", "resnet50", "googlenet", "densenet121"),
    *("mobilenet_v2", "mobilenet_v3_large", "efficientnet_b0", "inception_v3"),
)


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    print(
        f"torch {torch.__version__} on {options.device}, {options.threads} threads, {machine()}, "
        f"batches of {options.batch}, medians of {options.rounds} rounds"
    )
    for name in options.networks or NETWORKS:
        print(f"{name:20} {_ratios(name, options)}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("networks", nargs="*", metavar="NETWORK")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--size", type=int, help="of the images (default: the spec's)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--compile", action="store_true")
    return parser.parse_args()


def _ratios(name: str, options: argparse.Namespace) -> str:
    net = archdsl.load(name)
    channels, *size = net.program.root.inputs[0].shape
    sizes = [options.size] * 2 if options.size else size
    given = torch.randn(options.batch, channels, *sizes, device=options.device)
    ours, theirs = net.build(), reference(f"torchvision:{name}").module
    ours.load_state_dict(theirs.state_dict())
    models = {"ours": ours.to(options.device), "theirs": theirs.to(options.device)}
    _agree(models, given)
    if options.compile:
        models = {who: torch.compile(model) for who, model in models.items()}
    forward = medians({w: _forward(m.eval(), given) for w, m in models.items()}, options.rounds)
    steps = {who: _step(model.train(), given) for who, model in models.items()}
    training = medians(steps, options.rounds)
    held = {who: _peak(step, options.device) for who, step in steps.items()}
    found = (
        ("forward", forward["theirs"] / forward["ours"]),
        ("step", training["theirs"] / training["ours"]),
        ("memory", held["theirs"] / held["ours"]),
    )
    return "  ".join(f"{what} {ratio:5.2f}x" for what, ratio in found)


@torch.inference_mode()
def _agree(models: dict[str, nn.Module], given: Tensor) -> None:
    first, second = (model.eval()(given) for model in models.values())
    torch.testing.assert_close(first, second, rtol=0, atol=0)


def _forward(model: nn.Module, given: Tensor) -> Callable[[], object]:
    @torch.inference_mode()
    def run() -> None:
        model(given)
        _wait(given)

    return run


def _step(model: nn.Module, given: Tensor) -> Callable[[], object]:
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4, momentum=0.9)

    def run() -> None:
        optimizer.zero_grad()
        results = model(given)
        outputs = results if isinstance(results, tuple) else (results,)
        torch.stack([output.square().mean() for output in outputs]).sum().backward()
        optimizer.step()
        _wait(given)

    return run


def _wait(given: Tensor) -> None:
    if given.is_cuda:
        torch.cuda.synchronize()


def _peak(step: Callable[[], object], device: str) -> float:
    """Bytes that a step holds at most beyond what is held before it."""
    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        step()
        return torch.cuda.max_memory_allocated() - before
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as found:
        step()
    held = peak = 0
    for event in found.profiler.kineto_results.events():
        if event.name() == "[memory]":
            held += event.nbytes()
            peak = max(peak, held)
    return peak


if __name__ == "__main__":
    main()
