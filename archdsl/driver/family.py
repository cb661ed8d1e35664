"""The networks of a file that can stand alone, elaborated together: a family."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from archdsl import catalogue
from archdsl.base.collector import resting_collector
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.exceptions import Misuse
from archdsl.base.stack import deep_recursion
from archdsl.driver.networks import chosen, complete, networks
from archdsl.driver.pipeline import Loaded, not_allowed, siblings_of
from archdsl.driver.spec import Imports, Spec, files, find
from archdsl.ir.graph import Program
from archdsl.semantics.elaborate.network_lines import Overrides
from archdsl.semantics.elaborate.resized import Trials
from archdsl.semantics.elaborate.unused_definitions import check_unused
from archdsl.semantics.elaborate.whole_network import instantiate
from archdsl.semantics.elaboration_memory import ElaborationMemory
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.semantics.names.linked_files import LinkedFiles
from archdsl.semantics.reporter import Reporter

if TYPE_CHECKING:
    from archdsl.semantics.elaborate.siblings import Siblings


class LoadedFamily(Struct, frozen=True):
    """The networks of a file in its order, of which `name` is the name, and what there is to say
    of the file; with a mistake in it, no networks."""

    name: str
    members: tuple[Loaded, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def word(self) -> str:
        """The file's name as one word, for the head of what is written."""
        return re.sub(r"\W+", "_", Path(self.name).stem)

    @property
    def programs(self) -> tuple[Program, ...]:
        return tuple(member.program for member in self.members if member.program is not None)

    def siblings(self) -> "tuple[Siblings, ...]":
        """The networks and their blocks for other arguments."""
        members = ((member.program, member.trials) for member in self.members)
        return siblings_of(tuple((p, t) for p, t in members if p is not None and t is not None))


def names_several(spec: str) -> bool:
    """True for the SPEC of a file that declares several networks, and says of none that it is
    meant."""
    meant = find(spec)
    if meant.network is not None:
        return False
    module = files(meant, Reporter()).load(meant.source)
    if sum(complete(module, name) for name in networks(module)) < 2:
        return False
    try:
        return not chosen(meant, module)
    except Misuse:
        return True


def family(spec: str, limits: Limits = LIMITS) -> LoadedFamily:
    """The networks of the file that a SPEC names, or that has the network it names; `Misuse` where
    none of them can stand alone."""
    meant = find(spec)
    with deep_recursion(), resting_collector():
        return _family(meant, limits)


def _family(spec: Spec, limits: Limits) -> LoadedFamily:
    reporter, imports, memory = Reporter(), Imports(spec), ElaborationMemory()
    module = LinkedFiles(catalogue.library(), imports, reporter).load(spec.source)
    name = Path(spec.source.name).name
    if reporter.unreadable:
        return LoadedFamily(name, (), reporter.diagnostics)
    alone = [network for network in networks(module) if complete(module, network)]
    if not alone and not reporter.failed:
        raise Misuse(f"{spec.source.name} declares no network that can stand alone")
    members: list[Loaded] = []
    for network in alone:
        program = instantiate(module, network, reporter, Overrides(), limits, memory=memory)
        trials = Trials(module, network, Overrides(), limits, memory)
        members.append(Loaded(network, spec.source, program, (), trials=trials))
    if not spec.shipped:
        check_unused(module, reporter, limits, memory)
    if not reporter.failed:
        from archdsl.analyses.figures.expectations import check_expectations

        for member in members:
            reporter.extend(check_expectations(member.program) if member.program else ())
    told = not_allowed(reporter.diagnostics)
    return LoadedFamily(name, () if reporter.failed else tuple(members), told)
