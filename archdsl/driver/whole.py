"""A file as a whole: its networks, and what concerns none of them."""

from collections import defaultdict
from collections.abc import Mapping

from msgspec import Struct

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.exceptions import Misuse
from archdsl.base.stack import deep_recursion
from archdsl.driver.networks import complete, networks
from archdsl.driver.pipeline import Loaded, not_allowed
from archdsl.driver.spec import Spec, files, find
from archdsl.ir.shape import Shape
from archdsl.semantics.elaborate.unused_definitions import check_unused, used_by
from archdsl.semantics.elaborate.whole_network import instantiate
from archdsl.semantics.elaboration_memory import Seen
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.semantics.module import Module
from archdsl.semantics.reporter import Reporter
from archdsl.syntax import tree


class Whole(Struct, frozen=True):
    """A file as a whole: a SPEC for each network that can stand alone, and what there is to say
    of the declarations that none of these uses.

    Where no network can stand alone `parts` has the file's own SPEC; where none is declared,
    nothing.
    """

    parts: tuple[str, ...]
    rest: Loaded


def parts(spec: str) -> tuple[str, ...]:
    """The SPECs of a file's networks, as `Whole` has them; of another SPEC itself."""
    file = _whole_file(spec)
    if file is None:
        return (spec,)
    module, reporter = _declared(file)
    return (spec,) if reporter.unreadable else _parts(spec, module)


def whole(spec: str, limits: Limits = LIMITS) -> Whole | None:
    """The file that a SPEC names; None where it names something else. `Misuse` where a file
    declares nothing."""
    file = _whole_file(spec)
    if file is None:
        return None
    module, reporter = _declared(file)
    if reporter.unreadable:
        return Whole((spec,), Loaded(file.stem, file.source, None, reporter.diagnostics))
    if not module.file.declarations and not reporter.failed:
        raise Misuse(f"{file.source.name} declares no network")
    alone = [name for name in networks(module) if complete(module, name)]
    used = {id(d) for name in alone for d in used_by(module, name)}
    idle = [d for d in module.file.declarations if id(d) not in used]
    with deep_recursion():
        check_unused(module, reporter, limits, declarations=idle)
    rest = Loaded(file.stem, file.source, None, not_allowed(reporter.diagnostics))
    return Whole(_parts(spec, module), rest)


def _declared(spec: Spec) -> tuple[Module, Reporter]:
    reporter = Reporter()
    return files(spec, reporter).load(spec.source), reporter


def _parts(spec: str, module: Module) -> tuple[str, ...]:
    declared = networks(module)
    names = [name for name in declared if complete(module, name)]
    return tuple(f"{spec}:{name}" for name in names) or ((spec,) if declared else ())


def _whole_file(spec: str) -> Spec | None:
    """The file that a SPEC names without one of its networks; None where it names no file."""
    file = None if spec.startswith("-") else find(spec)
    return file if file is not None and file.network is None else None


Change = tuple[Shape | None, Shape | None]


class TracedFile(Struct, frozen=True):
    """A file, the shapes before and after its lines in every use, and what is wrong with it."""

    file: tree.File
    changes: Mapping[tree.Flow, frozenset[Change]]
    diagnostics: tuple[Diagnostic, ...]


def trace(spec: Spec) -> TracedFile:
    """The changes of the flow by each line, in the networks of a file that can stand alone."""
    reporter = Reporter()
    seen: Seen = {}
    with deep_recursion():
        module = files(spec, reporter).load(spec.source)
        whole = [name for name in networks(module) if complete(module, name)]
        for name in [] if reporter.failed else whole:
            instantiate(module, name, reporter, seen=seen)
    changes: defaultdict[tree.Flow, set[Change]] = defaultdict(set)
    for line, before, after in seen:
        changes[line].add((before, after))
    by_line = {line: frozenset(these) for line, these in changes.items()}
    return TracedFile(module.file, by_line, reporter.diagnostics)
