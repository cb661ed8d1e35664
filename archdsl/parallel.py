"""Networks on several devices: the stages of a pipeline.

plan = archdsl.parallel.plan(archdsl.load("resnet50"), stages=4)
plan.split_points, plan.imbalance
"""

from typing import TYPE_CHECKING

from archdsl.driver import Misuse
from archdsl.network import Network

if TYPE_CHECKING:
    from archdsl.analyses.pipeline.stages import PipelinePlan

__all__ = ["plan"]


def plan(net: Network, stages: int = 4, *, slack: float = 0.05) -> "PipelinePlan":
    """Cuts a network into stages for `torch.distributed.pipelining`, balanced by audited MACs.

    Of all cuts whose largest stage has at most `slack` (0.05: 5 %) more multiply-adds than the
    best cut's, it is the one that sends the fewest elements on; 0 asks for the best balance.
    `split_points` of the result are the modules' paths for the `split_spec` of
    `torch.distributed.pipelining.pipeline`. Shapes are those of one sample, without the batch.
    Raises `Misuse` if the network cannot be cut into this many stages.
    """
    from archdsl.analyses.pipeline.stages import TooFewPlaces, pipeline

    if stages < 1 or slack < 0:
        raise Misuse(f"at least 1 stage and a slack of 0 or more, not {stages} and {slack}")
    try:
        return pipeline(net.program, stages, slack=slack)
    except TooFewPlaces as refused:
        raise Misuse(str(refused)) from None
