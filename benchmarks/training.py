"""The emitted module beside torchvision's own class: forward, and a whole training step.

    python benchmarks/training.py resnet18 googlenet --batch 4 --size 128 --device cpu

Prints torchvision's median divided by ours, so 1.00x is as fast and more is faster, and the peak
memory of a training step the same way; with `--compile` both go through `torch.compile` first,
with `--recompute` a DenseNet's growing concatenations are computed again in the backward pass,
beside torchvision's `memory_efficient=True`.
Both have equal weights, and their outputs are compared before anything is measured. On a GPU the
clock stops when the device has finished. On a busy machine `--cpu-time --threads 1` counts the
processor's time of this process alone.
"""

import argparse
import time

import torch
from torch import Tensor, nn
from turns import machine, medians

import archdsl
from archdsl.network import Network
from archdsl.runtime.measure import forward, peak_memory, training_step
from archdsl.runtime.references import reference

NETWORKS = (
    *("resnet18", "resnet50", "googlenet", "densenet121"),
    *("mobilenet_v2", "mobilenet_v3_large", "efficientnet_b0", "inception_v3"),
)
WARM_UP = 2


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
    parser.add_argument("--recompute", action="store_true")
    parser.add_argument("--cpu-time", action="store_true", help="of this process, with --threads 1")
    return parser.parse_args()


def _ratios(name: str, options: argparse.Namespace) -> str:
    net = archdsl.load(name)
    channels, *size = net.program.root.inputs[0].shape
    sizes = [options.size] * 2 if options.size else size
    given = torch.randn(options.batch, channels, *sizes, device=options.device)
    ours, theirs = _pair(net, options.recompute)
    ours.load_state_dict(theirs.state_dict())
    models = {"ours": ours.to(options.device), "theirs": theirs.to(options.device)}
    _agree(models, given)
    if options.compile:
        models = {who: torch.compile(model) for who, model in models.items()}
    clock = time.process_time if options.cpu_time else time.perf_counter
    passes = {who: forward(model, (given,)) for who, model in models.items()}
    inference = medians(passes, options.rounds, WARM_UP, clock)
    steps = {who: training_step(model, (given,)) for who, model in models.items()}
    training = medians(steps, options.rounds, WARM_UP, clock)
    found = {
        "forward": inference["theirs"] / inference["ours"],
        "step": training["theirs"] / training["ours"],
    }
    if not options.compile or options.device != "cpu":  # compiled code hides its tensors
        known = (given, *ours.state_dict().values(), *theirs.state_dict().values())
        held = {who: peak_memory(step, known) for who, step in steps.items()}
        found["memory"] = held["theirs"] / held["ours"]
    return "  ".join(f"{what} {ratio:5.2f}x" for what, ratio in found.items())


def _pair(net: Network, recompute: bool) -> tuple[nn.Module, nn.Module]:
    """The emitted module and torchvision's, both as they are or both saving memory."""
    ours = net.build(recompute=["concat"] if recompute else [])
    theirs = reference(f"torchvision:{net.name}").module
    for part in theirs.modules():
        if hasattr(part, "memory_efficient"):
            part.memory_efficient = recompute
    return ours, theirs


@torch.inference_mode()
def _agree(models: dict[str, nn.Module], given: Tensor) -> None:
    first, second = (model.eval()(given) for model in models.values())
    torch.testing.assert_close(first, second, rtol=0, atol=0)


if __name__ == "__main__":
    main()
