"""Sources broken on purpose, against the proof; what it accepts is decided by PyTorch."""

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from decide import same
from mutants import mutants

import archdsl
from archdsl.backends.python.printer import print_plan
from archdsl.ir.graph import Program
from archdsl.proof import Unproven, proved
from archdsl.proof.emitted_text import helper_names
from archdsl.transforms import classes
from archdsl.transforms.deploy import Deployment, deploy
from archdsl.transforms.in_place import in_place


class Emission(NamedTuple):
    """A source and what it must be."""

    spec: str
    program: Program
    name: str
    text: str
    deployed: Deployment | None

    def refused(self, text: str) -> bool:
        try:
            proved(self.program, text, self.name, self.deployed)
        except Unproven:
            return True
        return False


class Survivor(NamedTuple):
    """A mutant that the proof accepted; `difference` is empty where PyTorch sees none either."""

    spec: str
    what: str
    difference: str


class Campaign:
    """Mutants of many sources, counted."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.made = 0
        self.kinds: Counter[str] = Counter()
        self.survivors: list[Survivor] = []

    def run(self, emission: Emission, count: int) -> None:
        for mutant in mutants(emission.text, helper_names(), self.random, count):
            self.made += 1
            self.kinds[mutant.what.split(": ")[1]] += 1
            if not emission.refused(mutant.text):
                self.survivors.append(self._decided(emission, mutant.text, mutant.what))

    def _decided(self, emission: Emission, text: str, what: str) -> Survivor:
        trained = None
        if emission.deployed is not None:
            net = archdsl.Network(emission.deployed.trained)
            trained = net.build().state_dict()
        verdict = same(emission.program, emission.name, emission.text, text, trained)
        return Survivor(emission.spec, what, verdict)


def emissions(specs: list[str]) -> Iterator[Emission]:
    """Both forms of every network."""
    for spec in specs:
        program = archdsl.load(spec).program
        trained = in_place(program)
        planned = classes.plan_classes((trained,))
        yield Emission(spec, trained, planned.network.name, print_plan(planned), None)
        deployed = deploy(program)
        planned = classes.plan_classes((deployed.program,))
        text = print_plan(planned, deployed)
        yield Emission(spec, deployed.program, planned.network.name, text, deployed)
