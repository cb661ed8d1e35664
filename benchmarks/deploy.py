"""How much faster the deploy form runs, beside the training form and torchvision's eager model.

    python benchmarks/deploy.py resnet50 googlenet --batch 8 --threads 2

Prints, for each network, the median time of the training form in evaluation mode and how many
times as fast the others are: `deploy`; `nchw`, which is deploy without its layout; `apart`, which
is deploy without merged branches, where there are any; torchvision's model in its own layout and
with channels last. They take turns, so that a busy machine slows all of them alike; on one that
is very busy `--cpu-time --threads 1` counts the processor's time of this process alone. On a GPU
with `--batch 1` the deploy form and torchvision's model run as CUDA graphs too.
"""

import argparse
import math
import time
from collections.abc import Mapping

import torch
from msgspec.structs import replace
from torch import Tensor, nn
from turns import Work, machine, medians

import archdsl
from archdsl.backends.python import emit_deployed, network_class
from archdsl.network import Network
from archdsl.runtime.build import load_source
from archdsl.runtime.measure import forward, graphed
from archdsl.runtime.reference_models import UnknownReference, reference
from archdsl.transforms.deploy import TRANSFORMS, Deployment, deploy

NETWORKS = (
    *("resnet18", "resnet50", "googlenet", "inception_v3", "densenet121"),
    *("mobilenet_v2", "mobilenet_v3_large", "efficientnet_b0"),
)
WARM_UP = 2


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    print(
        f"torch {torch.__version__} on {options.device}, {options.threads} threads, {machine()}, "
        f"batches of {options.batch}, medians of {options.rounds} rounds"
    )
    if options.device == "cpu":
        print("there is no GPU in this run, so CUDA graphs are not measured")
    against: list[float] = []
    for name in options.networks or NETWORKS:
        times = _times(archdsl.load(name), options)
        base = times.pop("train")
        ratios = "  ".join(f"{other} {base / found:.2f}x" for other, found in times.items())
        print(f"{name:20} train {base * 1e3:6.0f} ms  {ratios}", flush=True)
        if "torchvision" in times:
            against.append(times["torchvision"] / min(times[form] for form in _ours(times)))
    if against:
        mean = math.prod(against) ** (1 / len(against))
        print(f"deploy beside torchvision, geometric mean of {len(against)}: {mean:.2f}x")


def _ours(times: Mapping[str, float]) -> list[str]:
    """The deploy form as it would be run: on a GPU with one image as a CUDA graph."""
    return [form for form in ("deploy", "deploy, CUDA graph") if form in times]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("networks", nargs="*", metavar="NETWORK")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--size", type=int, help="of the images (default: the spec's)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--cpu-time", action="store_true", help="of this process, with --threads 1")
    return parser.parse_args()


def _times(net: Network, options: argparse.Namespace) -> dict[str, float]:
    """Seconds for a forward pass of each."""
    channels, *size = net.program.root.inputs[0].shape
    sizes = [options.size] * 2 if options.size else size
    given = torch.randn(options.batch, channels, *sizes, device=options.device)
    models = {name: model.to(options.device) for name, model in contestants(net).items()}
    work: dict[str, Work] = {name: forward(model, (given,)) for name, model in models.items()}
    if given.is_cuda and options.batch == 1:
        for name in {"deploy", "torchvision"} & models.keys():
            work[f"{name}, CUDA graph"] = graphed(models[name], (given,))
    clock = time.process_time if options.cpu_time else time.perf_counter
    return medians(work, options.rounds, WARM_UP, clock)


def contestants(net: Network) -> dict[str, nn.Module]:
    """The models by name; ours have the same weights."""
    trained = net.build().eval()
    weights = trained.state_dict()
    form = net.deployment
    found = {
        "train": trained,
        "deploy": _instance(form, weights),
        "nchw": _instance(replace(form, channels_last=False), weights),
    }
    if any(change.transform == "merge_parallel" for change in form.changes):
        others = tuple(t for t in TRANSFORMS if t.__name__ != "merge_parallel")
        found["apart"] = _instance(deploy(net.program, others), weights)
    try:
        found["torchvision"] = reference(f"torchvision:{net.name}").module.eval()
        last = reference(f"torchvision:{net.name}").module.eval()
        found["torchvision, channels last"] = last.to(memory_format=torch.channels_last)
    except UnknownReference as error:
        print(error)
    return found


def _instance(form: Deployment, weights: Mapping[str, Tensor]) -> nn.Module:
    module = load_source(form.program.name, emit_deployed(form))
    model: nn.Module = getattr(module, network_class(form.program)).from_trained(weights)
    return model


if __name__ == "__main__":
    main()
