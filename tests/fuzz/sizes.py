"""Which input sizes a random program accepts: `Network.sizes` beside the reference at each size.

The reference interpreter runs the program at every size; that is accepted if it runs and its
weights keep their keys and shapes. The emitted module, compiled once, must take those sizes that
are said to be `as_compiled`, with the reference's results.
"""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import torch
from torch import nn

import archdsl
from archdsl.backends.audit.reports import SizesReport

from .abstract import Program, Shape
from .programs import ProgramFuzzer, results
from .reference import SAMPLES, Facts
from .running import Outcome

UP_TO = 12  # the inputs of random programs have 6 to 9 places


class SizesFuzzer:
    """Draws programs of one image and compares the sizes that both accept."""

    def __init__(self) -> None:
        self.programs = ProgramFuzzer()

    def judge(self, rng: Random) -> Outcome:
        program = self.programs.draw(rng)
        own = self.programs.facts(program)
        text = str(program)
        fixed = len(program.inputs) > 1 or len(program.inputs[0].shape) < 3 or "::" in text
        if fixed or isinstance(own, str):
            return Outcome(False)
        net = archdsl.loads(text)
        report = net.sizes(up_to=UP_TO)
        return Outcome(True, next(self._wrong(program, own, net, report), None))

    def shown(self, rng: Random) -> str:
        return str(self.programs.draw(rng))

    def _wrong(
        self, program: Program, own: Facts, net: archdsl.Network, report: SizesReport
    ) -> Iterator[str]:
        module = net.build(device="meta").eval()
        (given,) = program.inputs
        for axis in report.axes:
            for size in range(1, UP_TO + 1):
                shape = _shape(given.shape, axis.dimensions, size)
                there = self.programs.facts(replace(program, inputs=(replace(given, shape=shape),)))
                runs = isinstance(there, Facts) and there.keys == own.keys
                if (size in axis.accepted) != runs:
                    yield f"{'x'.join(map(str, shape))}: accepted {not runs}, the reference {runs}"
                if size in axis.as_compiled:
                    wanted = there.outputs if isinstance(there, Facts) else "refuses it"
                    outputs = _taken(module, shape)
                    if outputs != wanted:
                        yield f"{'x'.join(map(str, shape))}: gives {outputs}, reference {wanted}"


def _taken(module: nn.Module, shape: Shape) -> tuple[Shape, ...] | str:
    """What the module makes of such an input, or that it does not take it."""
    try:
        return results(module(torch.zeros(SAMPLES, *shape, device="meta")))
    except RuntimeError as error:
        return f"an error: {error}"


def _shape(shape: Shape, dimensions: tuple[str, ...], size: int) -> Shape:
    """With that size along the named dimensions of an image."""
    names = ("depth", "height", "width")[4 - len(shape) :]
    places = zip(names, shape[1:], strict=True)
    return (shape[0], *(size if name in dimensions else old for name, old in places))
