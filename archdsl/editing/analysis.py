"""One version of a text, and what is known of its networks.

The text is read at once; its networks are elaborated when they are asked for, and share what they
have in common. A line that cannot be read costs itself and what stands below it in its declaration.
"""

from bisect import bisect_left
from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from archdsl import driver
from archdsl.analyses.figures.costs import Costs, costs
from archdsl.analyses.figures.expectations import check_expectations
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Source, Span
from archdsl.driver import Change, deep_recursion
from archdsl.ir.graph import Program, Scope, Step, different_steps, walk
from archdsl.review import warnings
from archdsl.semantics.elaborate.network import instantiate
from archdsl.semantics.elaborate.unused_definitions import check_unused
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.semantics.memory import Memory
from archdsl.semantics.module import Module
from archdsl.semantics.report import Reporter
from archdsl.syntax import tree


class Use(Struct, frozen=True):
    """One use of a step: its path, the scope that it stands in, and itself."""

    path: str
    scope: Scope
    step: Step


class Traced(Struct, frozen=True, dict=True):
    """One network: its program as far as it goes, and what its lines do to the flow."""

    name: str
    program: Program | None
    changes: Mapping[tree.Flow, tuple[Change, ...]]

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Every use of every step, in running order."""
        if self.program is None:
            return ()
        return tuple(Use(*found) for found in walk(self.program.root))

    @cached_property
    def different(self) -> tuple[tuple[Scope, Step], ...]:
        """Every step once for each different scope that it stands in, in the order of the text."""
        if self.program is None:
            return ()
        found = ((scope, scope.steps[k]) for scope, k in different_steps(self.program.root))
        return tuple(sorted(found, key=lambda pair: pair[1].span.start))

    @cached_property
    def costs(self) -> Costs | None:
        return None if self.program is None else costs(self.program)

    def within(self, span: Span) -> tuple[tuple[Scope, Step], ...]:
        """The different steps whose text lies in a place of the file."""
        first = bisect_left(self.different, span.start, key=lambda pair: pair[1].span.start)
        last = bisect_left(self.different, span.end, key=lambda pair: pair[1].span.start)
        return tuple(pair for pair in self.different[first:last] if span.covers(pair[1].span))


class Analysis:
    """A text read, with its imports; `networks` are those that can stand alone."""

    def __init__(
        self, spec: driver.Spec, read: driver.Read = driver.read_text, limits: Limits = LIMITS
    ) -> None:
        self.source: Source = spec.source
        self.folder = spec.folder
        self._spec, self._read, self._limits = spec, read, limits
        self._reporter = Reporter()
        self._memory = Memory()
        self._traced: dict[str, Traced] = {}
        with deep_recursion():
            imports = driver.Imports(spec, read)
            self.module: Module = driver.files(spec, self._reporter, imports).load(spec.source)
        self.file = self.module.file
        self.imports = tuple(imports.found)
        self.readable = not self._reporter.failed
        self._syntax = self._reporter.diagnostics
        declared = driver.networks(self.module)
        self.networks = tuple(n for n in declared if driver.complete(self.module, n))

    def trace(self, network: str) -> Traced:
        """The facts of a network; it is elaborated when it is first asked for."""
        if network not in self._traced:
            self._traced[network] = self._trace(network)
        return self._traced[network]

    def _trace(self, network: str) -> Traced:
        changes: dict[tree.Flow, list[Change]] = {}

        def watch(line: tree.Flow, *change: object) -> None:
            seen = changes.setdefault(line, [])
            if change not in seen:
                seen.append(change)  # type: ignore[arg-type]

        reporter = self._reporter if self.readable else Reporter()
        with deep_recursion():
            program = instantiate(
                self.module, network, reporter, None, self._limits, watch, self._memory
            )
        return Traced(network, program, {line: tuple(seen) for line, seen in changes.items()})

    def edited(self, text: str) -> "Analysis":
        """Another text in the place of this one."""
        source = Source(self.source.name, text)
        return Analysis(replace(self._spec, source=source), self._read, self._limits)

    @property
    def traced(self) -> tuple[Traced, ...]:
        """The networks that were asked for so far."""
        return tuple(self._traced.values())

    def changes(self, line: tree.Flow) -> tuple[Change, ...]:
        """The changes of the flow by a line in the networks known so far, without repeats."""
        found = (change for traced in self.traced for change in traced.changes.get(line, ()))
        return tuple(dict.fromkeys(found))

    @property
    def so_far(self) -> tuple[Diagnostic, ...]:
        """The diagnostics of the networks that were asked for."""
        return self._reporter.diagnostics if self.readable else self._syntax

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything there is to say of the text; of a text that cannot be read whole, only why."""
        if not self.readable:
            return self._syntax
        programs = [self.trace(name).program for name in self.networks]
        with deep_recursion():
            check_unused(self.module, self._reporter, self._limits, self._memory)
            if not self._reporter.failed:
                for program in filter(None, programs):
                    self._reporter.extend(check_expectations(program))
                    self._reporter.extend(warnings(program))
        return self._reporter.diagnostics
