"""Program -> PyTorch source: prints the class plan, decides nothing.

Knows the class plan and the layout of Python.
Gives a file's text, proven by `proof` before it leaves.
Must not know what a program should become: that is the plan's.
"""

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from archdsl.backends.python.kept_parameters import with_parameters
from archdsl.backends.python.printer import print_plan
from archdsl.backends.python.proven import Written, checked, first_proved
from archdsl.base.collector import resting_collector
from archdsl.ir.graph import Program
from archdsl.semantics.elaborate.siblings import Siblings
from archdsl.transforms import classes
from archdsl.transforms.classes.plan import Plan
from archdsl.transforms.deploy import Deployment
from archdsl.transforms.recompute import NothingToRecompute, recompute

__all__ = [
    "NothingToRecompute",
    "emit",
    "emit_deployed",
    "emit_family",
    "makers",
    "network_class",
    "planned",
    "trained_method",
]


def emit(
    program: Program, recomputed: tuple[str, ...] = (), siblings: tuple[Siblings, ...] = ()
) -> str:
    """The network as one file of PyTorch source; `recomputed` names the blocks to compute again in
    the backward pass. Its classes have the parameters in which `siblings` differ from the network
    and its blocks. Raises `NothingToRecompute` if no block has one of the names."""
    with resting_collector():
        programs, whole, kin = with_parameters((program,), siblings)

        def write(plain: Collection[int]) -> Written:
            wanted = classes.plan_classes(programs, plain, kin) if plain else whole
            again = recompute(wanted, recomputed)
            return again, print_plan(again)

        return first_proved(programs, write)


def emit_family(
    name: str, programs: tuple[Program, ...], siblings: tuple[Siblings, ...] = ()
) -> str:
    """The networks of the file `name` as one file of PyTorch source: their classes once, and for
    each network a function that makes it."""
    with resting_collector():
        written, whole, kin = with_parameters(programs, siblings)

        def write(plain: Collection[int]) -> Written:
            wanted = classes.plan_classes(written, plain, kin) if plain else whole
            return wanted, print_plan(replace(wanted, program=name))

        return first_proved(written, write)


def planned(programs: tuple[Program, ...], siblings: tuple[Siblings, ...]) -> Plan:
    """The classes that `emit`, or of several networks `emit_family`, writes; `fixed` of them are
    the arguments that are numbers there."""
    with resting_collector():
        return with_parameters(programs, siblings)[1]


def emit_deployed(deployed: Deployment) -> str:
    """The inference network as one file, with the way from trained weights to its own."""

    def write(plain: Collection[int]) -> Written:
        planned = classes.plan_classes((deployed.program,), plain)
        return planned, print_plan(planned, deployed)

    with resting_collector():
        checked(deployed)
        return first_proved((deployed.program,), write, deployed)


def makers(programs: tuple[Program, ...]) -> Mapping[str, str]:
    """The names of the functions in the source of several networks, by the networks' names."""
    return classes.makers(programs)


def network_class(program: Program) -> str:
    """The name of the network's class in that file."""
    return classes.network_class(program)


def trained_method(program: Program) -> str:
    """The name of the class method that makes an inference network from trained weights."""
    return classes.members(program).from_trained
