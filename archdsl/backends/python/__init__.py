"""Program -> PyTorch source: prints the class plan, decides nothing."""

from collections.abc import Collection

from archdsl.backends.python.printer import print_plan
from archdsl.backends.python.proven import Written, checked, first_proved
from archdsl.base.collector import resting_collector
from archdsl.ir.graph import Program
from archdsl.transforms import classes
from archdsl.transforms.deploy import Deployment
from archdsl.transforms.in_place import in_place
from archdsl.transforms.recompute import NothingToRecompute, recompute

__all__ = ["NothingToRecompute", "emit", "emit_deployed", "network_class", "trained_method"]


def emit(program: Program, recomputed: tuple[str, ...] = ()) -> str:
    """The network as one file of PyTorch source; the blocks called so are computed again in the
    backward pass. Raises `NothingToRecompute` where there is no such block."""
    written_over = in_place(program)

    def write(plain: Collection[int]) -> Written:
        planned = recompute(classes.plan_classes(written_over, plain), recomputed)
        return planned, print_plan(planned)

    with resting_collector():
        return first_proved(written_over, write)


def emit_deployed(deployed: Deployment) -> str:
    """The inference network as one file, with the way from trained weights to its own."""

    def write(plain: Collection[int]) -> Written:
        planned = classes.plan_classes(deployed.program, plain)
        return planned, print_plan(planned, deployed)

    with resting_collector():
        checked(deployed)
        return first_proved(deployed.program, write, deployed)


def network_class(program: Program) -> str:
    """The name of the network's class in that file."""
    return classes.network_class(program)


def trained_method(program: Program) -> str:
    """The name of the class method that makes an inference network from trained weights."""
    return classes.members(program).from_trained
