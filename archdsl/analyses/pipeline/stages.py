"""Pipeline stages: where to cut a network so that its parts have equal work and send little.

The work is the audit's multiply-adds of one sample at inference. A cut stands where a module
begins, at any depth, since that is where `torch.distributed.pipelining` splits; never between two
uses of the same weights. Heads that only training runs belong to the last stage.
"""

from itertools import accumulate, groupby, pairwise

from pydantic import BaseModel, ConfigDict, Field

from archdsl.analyses.pipeline.partition import cheapest_cuts, least_largest
from archdsl.analyses.pipeline.row import LeafRow
from archdsl.ir.graph import Program
from archdsl.ir.shape import Shape


class TooFewPlaces(Exception):
    """The network cannot be cut into as many stages as asked for; the message says why."""


class Stage(BaseModel):
    """The steps that one device runs, one after the other."""

    model_config = ConfigDict(frozen=True)

    first: str = Field(description="path of the first module")
    last: str = Field(description="path of the last step, which may be no module")
    macs: int = Field(description="multiply-adds of one sample at inference")
    params: int = Field(description="learned weights, those of training heads included")
    sends: tuple[Shape, ...] = Field(
        description="tensors of one sample that later stages read, those passed on included"
    )


class PipelinePlan(BaseModel):
    """A network's stages. `imbalance` is by how much the largest exceeds the mean: 0.03 is 3 %."""

    model_config = ConfigDict(frozen=True)

    network: str
    stages: tuple[Stage, ...]
    imbalance: float = Field(description="MACs of the largest stage over the mean, less 1")
    least_imbalance: float = Field(description="the same of the most even cut there is")

    @property
    def split_points(self) -> tuple[str, ...]:
        """The modules that begin a stage, the first stage's left out."""
        return tuple(stage.first for stage in self.stages[1:])


def pipeline(program: Program, stages: int, *, slack: float = 0.05) -> PipelinePlan:
    """The cut that sends least, its largest stage at most `slack` above the smallest possible.

    Raises `TooFewPlaces` where fewer than `stages - 1` modules can begin a stage.
    """
    row = _Row(program)
    if len(row.places) < stages - 1:
        raise TooFewPlaces(
            f"`{program.name}` can be cut into {len(row.places) + 1} stages at most, "
            f"so that each has work, not into {stages}"
        )
    least = least_largest(row.work, stages)
    cuts = cheapest_cuts(row.work, row.prices, stages, int(least * (1 + slack)))
    parts = row.stages(cuts)
    mean = sum(row.work) / stages or 1.0
    return PipelinePlan(
        network=program.name,
        stages=parts,
        imbalance=max(max(stage.macs for stage in parts) / mean - 1, 0.0),
        least_imbalance=max(least / mean - 1, 0.0),
    )


class _Row:
    """The pieces of a network between the places where it may be cut, each with some work.

    `work` has the MACs of each piece, `prices` what a cut before it sends. Of places with no work
    between them only one is worth considering: where least is sent, then the one least deep inside
    blocks, then the last.
    """

    def __init__(self, program: Program) -> None:
        self.flow = LeafRow(program)
        self._macs = [0, *accumulate(leaf.macs for leaf in self.flow.leaves)]
        self._named = self.flow.places()
        self._crossing = self.flow.crossing()
        self.places = self._worth_considering()
        positions = [0, *self.places, len(self.flow.leaves)]
        self.work = [self._macs[stop] - self._macs[start] for start, stop in pairwise(positions)]
        self.prices = [self._crossing[position] for position in positions[:-1]]

    def _worth_considering(self) -> list[int]:
        inside = (k for k in self._named if 0 < self._macs[k] < self._macs[-1])
        return [
            min(places, key=lambda k: (self._crossing[k], self._named[k].count("."), -k))
            for _, places in groupby(inside, key=self._macs.__getitem__)
        ]

    def stages(self, cuts: tuple[int, ...]) -> tuple[Stage, ...]:
        bounds = [0, *(self.places[cut - 1] for cut in cuts), len(self.flow.leaves)]
        return tuple(self._stage(start, stop) for start, stop in pairwise(bounds))

    def _stage(self, start: int, stop: int) -> Stage:
        """The leaves from one cut to the next."""
        leaves = self.flow.leaves[start:stop]
        last = stop == len(self.flow.leaves)
        return Stage(
            first=self._named.get(start, leaves[0].path),
            last=leaves[-1].path,
            macs=self._macs[stop] - self._macs[start],
            params=sum(leaf.params for leaf in leaves),
            sends=() if last else tuple(tensor.shape for tensor in self.flow.sent(stop)),
        )
