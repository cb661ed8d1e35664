"""The emitted module beside torchvision's own class: forward, and a whole training step.

    python benchmarks/training.py resnet18 googlenet --batch 4 --size 128 --device cpu

Prints torchvision's median divided by ours, so 1.00x is as fast and more is faster, and the peak
memory of a training step the same way; with `--compile` both go through `torch.compile` first,
with `--recompute` a DenseNet's growing concatenations are computed again in the backward pass,
beside torchvision's `memory_efficient=True`.
Both have equal weights, and their outputs are compared before anything is measured. There are two
copies of each, built and run in turns; what follows a ratio is by how much copies of one and the
same differ, and less than that says nothing. On a GPU the clock stops when the device has finished.
On a busy machine `--cpu-time --threads 1` counts the processor's time of this process alone.
"""

import argparse
import time
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from turns import machine, medians

import archdsl
from archdsl.network import Network
from archdsl.runtime.measure import forward, peak_memory, training_step
from archdsl.runtime.reference_models import reference

NETWORKS = (
    *("resnet18", "resnet50", "googlenet", "densenet121"),
    *("mobilenet_v2", "mobilenet_v3_large", "efficientnet_b0", "inception_v3"),
)
WARM_UP = 2
CONTESTANTS = ("ours", "theirs", "theirs again", "ours again")


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
    models = {who: _built(net, who, options.recompute) for who in CONTESTANTS}
    weights = models["theirs"].state_dict()
    for model in models.values():
        model.load_state_dict(weights)
        model.to(options.device)
    _agree(models, given)
    if options.compile:
        models = {who: torch.compile(model) for who, model in models.items()}
    clock = time.process_time if options.cpu_time else time.perf_counter
    passes = {who: forward(model, (given,)) for who, model in models.items()}
    steps = {who: training_step(model, (given,)) for who, model in models.items()}
    found = [
        f"forward {_beside(medians(passes, options.rounds, WARM_UP, clock))}",
        f"step {_beside(medians(steps, options.rounds, WARM_UP, clock))}",
    ]
    if not options.compile or options.device != "cpu":  # compiled code hides its tensors
        known = [given, *(t for model in models.values() for t in model.state_dict().values())]
        held = {who: peak_memory(step, known) for who, step in steps.items()}
        found.append(f"memory {held['theirs'] / held['ours']:5.2f}x")
    return "  ".join(found)


def _built(net: Network, who: str, recompute: bool) -> nn.Module:
    """The emitted module or torchvision's, both as they are or both saving memory."""
    if who.startswith("ours"):
        return net.build(recompute=["concat"] if recompute else [])
    theirs = reference(f"torchvision:{net.name}").module
    for part in theirs.modules():
        if hasattr(part, "memory_efficient"):
            part.memory_efficient = recompute
    return theirs


def _beside(times: Mapping[str, float]) -> str:
    """Torchvision's time divided by ours, and how far copies of one are apart."""
    ours, theirs = ([times[who], times[f"{who} again"]] for who in ("ours", "theirs"))
    noise = max(max(same) / min(same) - 1 for same in (ours, theirs))
    return f"{sum(theirs) / sum(ours):5.2f}x ±{noise:.2f}"


@torch.inference_mode()
def _agree(models: Mapping[str, nn.Module], given: Tensor) -> None:
    first, *others = (model.eval()(given) for model in models.values())
    for other in others:
        torch.testing.assert_close(first, other, rtol=0, atol=0)


if __name__ == "__main__":
    main()
