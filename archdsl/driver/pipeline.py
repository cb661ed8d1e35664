"""From a SPEC to its program and all diagnostics."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from archdsl import catalogue
from archdsl.base.collector import resting_collector
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.exceptions import Misuse
from archdsl.base.labels import Severity
from archdsl.base.source import Source
from archdsl.base.stack import deep_recursion
from archdsl.driver.networks import chosen
from archdsl.driver.overrides import Inputs, overrides_of
from archdsl.driver.spec import Imports, Read, Spec, find, read_text
from archdsl.ir.graph import Program
from archdsl.semantics.elaborate.resized import Trials
from archdsl.semantics.elaborate.unused_definitions import check_unused, used_by
from archdsl.semantics.elaborate.whole_network import instantiate
from archdsl.semantics.elaboration_memory import ElaborationMemory
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.semantics.names.linked_files import LinkedFiles
from archdsl.semantics.reporter import Reporter

if TYPE_CHECKING:
    from archdsl.analyses.input_sizes.report import Sizes
    from archdsl.semantics.elaborate.siblings import Siblings


class Loaded(Struct, frozen=True):
    """The result of a SPEC: the program where it has no errors, and all diagnostics.

    `partial` is the part of the program that is known in spite of its errors. `files` are those it
    was read from, without the library's blocks; a text that came from no file has none. `trials`
    elaborates the network for other input shapes.
    """

    name: str
    source: Source
    program: Program | None
    diagnostics: tuple[Diagnostic, ...]
    partial: Program | None = None
    files: tuple[tuple[Path, Source], ...] = ()
    trials: Trials | None = None

    @property
    def known(self) -> Program | None:
        """The program as far as it goes, if it has a step at all."""
        program = self.program or self.partial
        return program if program is not None and program.root.steps else None

    @property
    def ends(self) -> tuple[Diagnostic, ...]:
        """The errors that left the program unfinished; a broken promise leaves it whole."""
        if self.program is not None:
            return ()
        return tuple(d for d in self.diagnostics if d.severity is Severity.ERROR)

    def siblings(self) -> "tuple[Siblings, ...]":
        """The network and its blocks for other arguments; none of an unsound network."""
        return siblings(self.program, self.trials)

    @property
    def failed(self) -> bool:
        return self.program is None or any(d.severity is Severity.ERROR for d in self.diagnostics)


def load(
    spec: str,
    *,
    parameters: Mapping[str, object] | None = None,
    input: Inputs = None,
    stdin: str | None = None,
    like: str = "",
    limits: Limits = LIMITS,
) -> Loaded:
    """Loads `FILE.arch`, `FILE.arch:NETWORK`, a catalogue name, or `-` (standard input).

    `parameters` maps names to values; a string is read as the language writes it. `input`
    replaces the input's shape, by name where there are several. `like` is the network to take
    of several, where nothing else says which.
    """
    meant = replace(find(spec, stdin=stdin), like=like)
    return run(meant, parameters or {}, input, limits)


def loads(
    text: str,
    *,
    name: str = "<string>",
    network: str | None = None,
    parameters: Mapping[str, object] | None = None,
    input: Inputs = None,
    limits: Limits = LIMITS,
) -> Loaded:
    """Loads a spec from its text; imports are relative to the working folder."""
    spec = Spec(Source(name, text), Path.cwd(), network, "", whole=True)
    return run(spec, parameters or {}, input, limits)


def run(
    spec: Spec,
    parameters: Mapping[str, object],
    input: Inputs,
    limits: Limits = LIMITS,
    read: Read = read_text,
) -> Loaded:
    """The pipeline itself; `read` gives the texts of imports."""
    with deep_recursion(), resting_collector():
        return _run(spec, parameters, input, limits, read)


def _run(
    spec: Spec, parameters: Mapping[str, object], input: Inputs, limits: Limits, read: Read
) -> Loaded:
    reporter, imports = Reporter(), Imports(spec, read)
    module = LinkedFiles(catalogue.library(), imports, reporter).load(spec.source)
    if reporter.unreadable:
        return Loaded(spec.network or spec.stem, spec.source, None, reporter.diagnostics)
    try:
        name = chosen(spec, module)
    except Misuse:
        if reporter.failed:  # declarations are at fault: their diagnostics come first
            return Loaded(spec.stem, spec.source, None, reporter.diagnostics)
        raise
    overrides = overrides_of(module, name, parameters, input)
    memory = ElaborationMemory()
    program = instantiate(module, name, reporter, overrides, limits, memory=memory)
    if not spec.shipped:
        asked = used_by(module, name) if spec.network is not None and not spec.whole else None
        check_unused(module, reporter, limits, memory, asked)
    trials = Trials(module, name, overrides, limits, memory)
    if reporter.failed:
        told = reporter.diagnostics
        return Loaded(name, spec.source, None, told, partial=program, trials=trials)
    if program is not None:
        from archdsl.analyses.figures.expectations import check_expectations

        reporter.extend(check_expectations(program))
    files = () if spec.path is None else ((spec.path, spec.source), *imports.read_files)
    told = not_allowed(reporter.diagnostics)
    return Loaded(name, spec.source, program, told, files=files, trials=trials)


def siblings(program: Program | None, trials: Trials | None) -> "tuple[Siblings, ...]":
    """The program and its blocks for other arguments, as far as it is known how to make them."""
    return () if program is None or trials is None else siblings_of(((program, trials),))


def siblings_of(networks: tuple[tuple[Program, Trials], ...]) -> "tuple[Siblings, ...]":
    """The same for the networks of one file together."""
    from archdsl.semantics.elaborate.siblings import siblings

    with deep_recursion(), resting_collector():
        return siblings(networks) if networks else ()


def sizes(
    program: Program, trials: Trials, *, vary: str | None = None, up_to: int | None = None
) -> "Sizes":
    """The input sizes that a sound network accepts; `Misuse` where it has none to vary."""
    from archdsl.analyses.input_sizes.report import TooManySizes, sizes
    from archdsl.analyses.input_sizes.varied import NothingToVary

    try:
        with deep_recursion():
            most = trials.limits.tried_steps
            return sizes(program, trials.at, most, vary=vary, up_to=up_to)
    except (NothingToVary, TooManySizes) as refused:
        raise Misuse(str(refused)) from None


def not_allowed(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Without the warnings that a comment at their line allows."""
    if all(d.severity is not Severity.WARNING for d in diagnostics):
        return diagnostics
    from archdsl.analyses.lints.allowed import allowed

    return allowed(diagnostics)
