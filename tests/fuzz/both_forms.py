"""Random programs in float64: the deploy form computes what the training form does."""

from random import Random

import torch
from torch import Tensor, nn

import archdsl
from archdsl.ir.shape import DType, TensorType
from archdsl.runtime.randomise import randomise

from .programs import ProgramFuzzer
from .reference import Facts
from .running import Outcome

WITHIN = 1e-9  # of the largest element
SAMPLES = 3


class FormsFuzzer:
    """Draws programs and compares the numbers of both forms, with equal trained weights."""

    def __init__(self) -> None:
        self.programs = ProgramFuzzer()

    def judge(self, rng: Random) -> Outcome:
        program = self.programs.draw(rng)
        if not isinstance(self.programs.facts(program), Facts):
            return Outcome(False)
        try:
            return Outcome(True, _difference(archdsl.loads(str(program)), rng.randrange(2**31)))
        except Exception as error:
            return Outcome(True, f"crash: {type(error).__name__}: {error}")

    def shown(self, rng: Random) -> str:
        return str(self.programs.draw(rng))


def _difference(net: archdsl.Network, seed: int) -> str | None:
    torch.manual_seed(seed)
    trained = net.build(dtype=torch.float64).eval()
    randomise(trained, seed=seed)
    deployed = net.build(form="deploy", weights=trained.state_dict()).double().eval()
    given = [_random(kind) for kind in net.program.root.inputs]
    with torch.no_grad():
        pairs = zip(_results(trained, given), _results(deployed, given), strict=True)
        for number, (ours, theirs) in enumerate(pairs):
            scale = max(1.0, float(ours.abs().max())) if ours.numel() else 1.0
            if not torch.allclose(ours, theirs, rtol=0, atol=WITHIN * scale, equal_nan=True):
                return f"result {number} differs by {float((ours - theirs).abs().max())}"
    return None


def _random(kind: TensorType) -> Tensor:
    if kind.dtype is DType.INT:
        return torch.zeros(SAMPLES, *kind.shape, dtype=torch.long)
    return torch.randn(SAMPLES, *kind.shape, dtype=torch.float64)


def _results(module: nn.Module, given: list[Tensor]) -> list[Tensor]:
    outputs = module(*(x.clone() for x in given))
    return [outputs] if isinstance(outputs, Tensor) else list(outputs)
