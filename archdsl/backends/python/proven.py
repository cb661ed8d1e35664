"""Source that is the program: as it reads best, else with what differs written out.

Nothing leaves here that was not read back and compared.
"""

from collections.abc import Callable, Collection

from archdsl.base.fault import Fault
from archdsl.ir.graph import Program
from archdsl.proof import Unproven, check_deployed, proved
from archdsl.transforms.classes import plan
from archdsl.transforms.deploy import Deployment

Written = tuple[plan.Plan, str]
Writer = Callable[[Collection[int]], Written]


def first_proved(
    programs: tuple[Program, ...], write: Writer, deployed: Deployment | None = None
) -> str:
    """The first source that is the programs; `write` is told which definitions to write out.

    Where a class differs, its definition is written out; where that does not help, all are.
    """
    plain: frozenset[int] = frozenset()
    while True:
        planned, text = write(plain)
        try:
            for program, name in zip(programs, _makers(planned), strict=True):
                proved(program, text, name, deployed)
        except Unproven as difference:
            if plain >= planned.definitions:
                raise _fault(program, text, difference) from difference
            suspect = planned.definition_of(difference.owner) - plain
            plain |= suspect or planned.definitions
        else:
            return text


def _makers(planned: plan.Plan) -> tuple[str, ...]:
    """The functions that make the networks of a file, or the class of its only one."""
    return tuple(builder.name for builder in planned.builders) or (planned.network.name,)


def checked(deployed: Deployment) -> None:
    """Nothing where the deployed program computes what the trained one does, else a fault."""
    try:
        check_deployed(deployed)
    except Unproven as difference:
        what = "the deploy form that was worked out is not the network that you described"
        raise Fault(what, f"{deployed.program.name}: {difference}") from difference


def _fault(program: Program, text: str, difference: Unproven) -> Fault:
    what = "the PyTorch source that was written is not the network that you described"
    return Fault(what, f"{program.name}: {difference}\\n\\n{text}")
