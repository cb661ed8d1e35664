"""Program -> PyTorch source: prints the class plan, decides nothing."""

from archdsl.backends.python.printer import print_plan
from archdsl.ir.graph import Program
from archdsl.transforms.classes import plan_classes

__all__ = ["emit", "network_class"]


def emit(program: Program) -> str:
    """The network as one file of PyTorch source."""
    return print_plan(plan_classes(program))


def network_class(program: Program) -> str:
    """The name of the network's class in that file."""
    return plan_classes(program).network.name
