"""`verify` beside references with one thing wrong: it must refuse all but those that are the same.

A case is a network of the catalogue, and one change of the source that is emitted for it.
"""

from functools import cache
from pathlib import Path
from random import Random

import archdsl
from archdsl.runtime.build import load_source
from archdsl.runtime.reference_models import Reference
from archdsl.runtime.trials import CannotRun
from archdsl.runtime.verify import compare

from .changed_source import Mutant, mutants
from .running import Outcome

NETWORKS = {
    "regnet_y_400mf": "3x64x64",
    "squeezenet1_1": "3x64x64",
    "mobilenet_v2": "3x64x64",
    "mobilenet_v3_small": "3x64x64",
    "resnet18": "3x64x64",
    "shufflenet_v2_x0_5": "3x64x64",
    "densenet_small": "3x32x32",
    "unet_padded": "3x32x32",
}
CASES = Path(__file__).parents[1] / "emission" / "cases"  # `NAME.arch`, and small
# Changes that change nothing, by the network and the change without its line: why, by an argument
# of its own.
SAME: dict[tuple[str, str], str] = {
    (
        "convnext.arch",
        "nn.Conv2d(dims[2], dims[3], 2, stride=2): stride is 3",
    ): "a window of 2 has one place in a map of 2x2, whatever its stride",
}


class WrongFuzzer:
    """Draws a network and a change."""

    def draw(self, rng: Random) -> tuple[str, Mutant]:
        name = rng.choice(sorted(NETWORKS))
        return name, mutants(_network(name).source(), 1, rng.randrange(10**9))[0]

    def judge(self, rng: Random) -> Outcome:
        name, mutant = self.draw(rng)
        refused = _refused(name, mutant)
        return Outcome(not refused, None if refused else f"{name} is verified: {mutant.what}")

    def shown(self, rng: Random) -> str:
        return self.draw(rng)[1].source


def accepted(name: str, *, count: int, seed: int) -> list[str]:
    """The changes that verify does not notice, but for those that are known to be none."""
    mutants_made = changes(name, count, seed)
    assert mutants_made
    return [m.what for m in mutants_made if not _is_same(name, m) and not _refused(name, m)]


def _is_same(name: str, mutant: Mutant) -> bool:
    """Whether the change, on whatever line, is known to change nothing."""
    return (name, mutant.what.partition(", ")[2]) in SAME


def changes(name: str, count: int, seed: int) -> list[Mutant]:
    """Wrong sources of one network, as many as there are of these many."""
    return mutants(_network(name).source(), count, seed)


@cache
def _network(name: str) -> archdsl.Network:
    if name.endswith(".arch"):
        return archdsl.load(CASES / name)
    return archdsl.load(name, input=NETWORKS.get(name))


def _refused(name: str, mutant: Mutant) -> bool:
    """Whether verify tells the module of the changed source from the network's own."""
    net = _network(name)
    ours = net.build()
    try:
        theirs = getattr(load_source(name, mutant.source), type(ours).__name__)()
    except (RuntimeError, ValueError, TypeError, AttributeError):  # PyTorch refuses it itself
        return True
    try:
        return not compare(net.program, ours, Reference("changed", theirs)).ok
    except CannotRun:
        return True
