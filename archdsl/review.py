"""The warnings about a network: what is no mistake, but what a reviewer would ask about."""

from msgspec.structs import replace

from archdsl import catalogue, codes
from archdsl.analyses.lints.allowed import allowed, unknown_codes
from archdsl.analyses.lints.lint import lint
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.stack import deep_recursion
from archdsl.driver import Loaded
from archdsl.ir.graph import Program
from archdsl.semantics.reporter import Reporter


def reviewed(loaded: Loaded, *, everything: bool = False) -> Loaded:
    """A network with its warnings: those told by default, or those of every code. One that breaks
    its promises has them too, since a warning may say why."""
    if loaded.program is None:
        return loaded
    reporter = Reporter()
    reporter.extend((*loaded.diagnostics, *unknown_codes(loaded.source, codes.warnings)))
    reporter.extend(warnings(loaded.program, everything=everything))
    return replace(loaded, diagnostics=reporter.diagnostics)


def warnings(program: Program, *, everything: bool = False) -> tuple[Diagnostic, ...]:
    """The warnings that no comment of the spec allows."""
    with deep_recursion():
        return allowed(lint(program, everything=everything, foreign=catalogue.is_library))
