"""A network's figures in a warm process, beside the counters that people run on built models.

    python benchmarks/audit.py resnet50 efficientnet_b0 --rounds 9

The counters build torchvision's model on the meta device, which has no weights to fill, and run
it; archdsl reads what declares the network (`text`) or all of its family's file (`file`), which is
new each time, or takes a spec that was read before with another number of classes each time
(`parameters`). `build` is the model's construction alone. All of them use one thread, so the clock
counts the processor's time; a turn lasts a tenth of a second at least.
"""

import argparse
import re
from itertools import count
from time import process_time

import torch
import torchinfo
from thop import profile
from torch.utils.flop_counter import FlopCounterMode
from turns import Work, machine, medians, shown

from archdsl import catalogue, driver
from archdsl.analyses.figures.costs import costs
from archdsl.base.source import Source
from archdsl.runtime.reference_models import model
from archdsl.syntax import tree
from archdsl.syntax.parse import parse

NETWORKS = ("resnet50", "googlenet", "densenet121", "efficientnet_b0")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("networks", nargs="*", metavar="NETWORK")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, {machine()}, medians of {options.rounds} rounds")
    for name in options.networks or NETWORKS:
        print(f"\n{name}")
        times = medians(contestants(name), options.rounds, clock=process_time, least=0.1)
        print(shown(times, "parameters"))


def contestants(name: str) -> dict[str, Work]:
    shape = (1, 3, 224, 224)
    entry = catalogue.find(name)
    assert entry is not None
    whole = entry.file.read_text(encoding="utf-8")
    text = alone(whole, name)
    spec = driver.find(name)
    classes = count(10)

    def made() -> torch.nn.Module:
        with torch.device("meta"):
            return model(f"torchvision:{name}").eval()

    def counted() -> None:
        with FlopCounterMode(display=False):
            made()(torch.empty(shape, device="meta"))

    prepared = driver.Prepared(spec)

    def audited(loaded: driver.Loaded) -> None:
        assert loaded.program is not None
        _ = costs(loaded.program).total

    def read(text: str) -> None:
        audited(driver.loads(f"{text}\n# {next(classes)}\n", network=name))

    return {
        "parameters": lambda: audited(prepared.variant({"classes": str(next(classes))})),
        "text": lambda: read(text),
        "file": lambda: read(whole),
        "build": made,
        "FlopCounterMode": counted,
        "torchinfo": lambda: torchinfo.summary(made(), shape, device="meta", verbose=0),
        "thop": lambda: profile(made(), (torch.empty(shape, device="meta"),), verbose=False),
    }


def alone(text: str, network: str) -> str:
    """The declarations of a file that a network needs."""
    file = parse(Source("file", text)).file
    imports = [each.span.text for each in file.declarations if isinstance(each, tree.Import)]
    named = [each for each in file.declarations if not isinstance(each, tree.Import)]
    known = {each.name.id: each.span.text for each in named}
    needed = [network]
    for name in needed:
        words = re.findall(r"\w+", known[name])
        needed += [word for word in known if word in words and word not in needed]
    return "\n\n".join((*imports, *(known[name] for name in known if name in needed)))


if __name__ == "__main__":
    main()
