"""How much faster the deploy form runs, beside the training form and torchvision's eager model.

    python benchmarks/deploy.py resnet50 googlenet --batch 8 --threads 2

Prints, for each network, the median time of the training form in evaluation mode and how many
times as fast the others are: `deploy`; `nchw`, which is deploy without its layout; `apart`, which
is deploy without merged branches, where there are any; torchvision's model in its own layout and
with channels last. They take turns, so that a busy machine slows all of them alike.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import torch
from torch import Tensor, nn

import archdsl
from archdsl.backends.python import emit_deployed, network_class
from archdsl.network import Network
from archdsl.runtime.build import load_source
from archdsl.runtime.references import UnknownReference, reference
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
        f"torch {torch.__version__}, {options.threads} threads, batches of {options.batch}, "
        f"medians of {options.rounds} rounds"
    )
    for name in options.networks or NETWORKS:
        net = archdsl.load(name)
        given = torch.randn(options.batch, *net.program.root.inputs[0].shape)
        times = medians(contestants(net), given, options.rounds)
        base = times.pop("train")
        ratios = "  ".join(f"{other} {base / found:.2f}x" for other, found in times.items())
        print(f"{name:20} train {base * 1e3:6.0f} ms  {ratios}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("networks", nargs="*", metavar="NETWORK")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=9)
    return parser.parse_args()


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


@torch.inference_mode()
def medians(models: dict[str, nn.Module], given: Tensor, rounds: int) -> dict[str, float]:
    """Seconds for a forward pass of each, in turns."""
    times: dict[str, list[float]] = {name: [] for name in models}
    for turn in range(WARM_UP + rounds):
        for name, model in models.items():
            start = time.perf_counter()
            model(given)
            if turn >= WARM_UP:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in times.items()}


if __name__ == "__main__":
    main()
