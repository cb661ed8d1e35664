"""One version of a text, and what is known of its networks.

The text is read at once; its networks are elaborated when they are asked for, and share what they
have in common. A line that cannot be read costs itself and what stands below it in its declaration.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from archdsl import driver
from archdsl.analyses.figures.costs import Costs, costs
from archdsl.analyses.figures.expectations import check_expectations
from archdsl.analyses.figures.receptive_field import receptive_fields, sizes
from archdsl.base.collector import resting_collector
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Severity
from archdsl.base.source import Source, Span
from archdsl.base.stack import deep_recursion
from archdsl.driver import Change
from archdsl.editing.kept import Kept
from archdsl.editing.places import declaration_at
from archdsl.ir.graph import Program, Scope, Step, StepPlace, different_steps, walk
from archdsl.ir.shape import Shape
from archdsl.review import warnings
from archdsl.semantics.elaborate.unused_definitions import check_unused, used_by
from archdsl.semantics.elaborate.whole_network import instantiate
from archdsl.semantics.elaboration_memory import Seen
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.semantics.module import Module
from archdsl.semantics.names.linked_files import Unreadable
from archdsl.semantics.names.unused import leading_to
from archdsl.semantics.reporter import Reporter
from archdsl.syntax import tree


class Traced(Struct, frozen=True, dict=True):
    """One network: its program as far as it goes, and what its lines do to the flow; `sound`
    where no mistake was found."""

    name: str
    program: Program | None
    changes: Mapping[tree.Flow, tuple[Change, ...]]
    sound: bool

    @cached_property
    def findings(self) -> tuple[Diagnostic, ...]:
        """Promises that are not kept, and warnings."""
        if self.program is None or not self.sound:
            return ()
        with deep_recursion():
            return (*check_expectations(self.program), *warnings(self.program))

    @cached_property
    def uses(self) -> tuple[StepPlace, ...]:
        """Every use of every step, in running order."""
        if self.program is None:
            return ()
        return tuple(StepPlace(*place) for place in walk(self.program.root))

    @cached_property
    def different(self) -> tuple[tuple[Scope, Step], ...]:
        """Every step once for each different scope that it stands in, in the order of the text."""
        if self.program is None:
            return ()
        pairs = ((scope, scope.steps[k]) for scope, k in different_steps(self.program.root))
        return tuple(pairs)

    @cached_property
    def _fields(self) -> tuple[Shape, tuple[Shape, ...]]:
        """The network's receptive field, and that of each step's first result, as in `uses`."""
        if self.program is None:
            return (), ()
        fields = receptive_fields(self.program)
        return fields.network, tuple(sizes(of[0]) if of else () for of in fields.steps)

    @property
    def field(self) -> Shape:
        """The network's receptive field."""
        return self._fields[0]

    @property
    def fields(self) -> tuple[Shape, ...]:
        """The receptive field of each step's first result, in the order of `uses`."""
        return self._fields[1]

    @cached_property
    def costs(self) -> Costs | None:
        return None if self.program is None else costs(self.program)

    @cached_property
    def _by_source(self) -> Mapping[Source, tuple[tuple[Scope, Step], ...]]:
        pairs: dict[Source, list[tuple[Scope, Step]]] = {}
        for pair in self.different:
            pairs.setdefault(pair[1].span.source, []).append(pair)
        return {s: tuple(sorted(p, key=lambda one: one[1].span.start)) for s, p in pairs.items()}

    def within(self, span: Span) -> tuple[tuple[Scope, Step], ...]:
        """The different steps whose text lies in a place of the file."""
        steps = self._by_source.get(span.source, ())
        first = bisect_left(steps, span.start, key=lambda pair: pair[1].span.start)
        last = bisect_left(steps, span.end, key=lambda pair: pair[1].span.start)
        return tuple(pair for pair in steps[first:last] if span.covers(pair[1].span))


class Analysis:
    """A text read, with its imports; `networks` are those that can stand alone."""

    def __init__(
        self,
        spec: driver.Spec,
        read: driver.Read = driver.read_text,
        limits: Limits = LIMITS,
        kept: "Kept[Traced] | None" = None,
    ) -> None:
        self.source: Source = spec.source
        self.folder = spec.folder
        self.read = read
        self.spec, self._limits = spec, limits
        self._reporter = Reporter()
        self._kept: Kept[Traced] = kept if kept is not None else Kept()
        self._traced: dict[str, Traced] = {}
        imports = driver.Imports(spec, read)
        with deep_recursion():
            files = driver.files(spec, self._reporter, imports, self._kept.reader(spec.source))
            self.module: Module = files.load(spec.source)
        self.file = self.module.file
        self._kept.ready(self.file.declarations)
        self._memory = self._kept.memory
        self.imports = tuple(imports.read_files)
        self.asked: Mapping[Path, str | Unreadable] = imports.asked
        self.readable = not self._reporter.unreadable
        self._syntax = self._reporter.diagnostics
        declared = driver.networks(self.module)
        alone = [n for n in declared if driver.complete(self.module, n)]
        self.networks = tuple(alone or (declared if len(declared) == 1 else ()))

    @property
    def outdated(self) -> bool:
        """True where an import has another text than when it was read."""
        return any(self.read(place) != text for place, text in self.asked.items())

    def owns(self, span: Span) -> bool:
        """True where a place lies in this text, and not in an import."""
        return span.source.name == self.source.name

    def trace(self, network: str) -> Traced:
        """The facts of a network; it is elaborated when it is first asked for, and again only
        where what it consists of has changed."""
        if network not in self._traced:
            declaration = self.module.names[network][0]
            traced = self._kept.networks.get(declaration)
            if traced is None:
                traced = self._trace(network)
            if traced.sound:
                self._kept.networks[declaration] = traced
            self._traced[network] = traced
        return self._traced[network]

    def known(self, network: str) -> bool:
        """True where nothing of a network has changed since it was looked at."""
        declaration = self.module.names[network][0]
        return network in self._traced or declaration in self._kept.networks

    def _trace(self, network: str) -> Traced:
        seen: Seen = {}
        reporter = self._reporter if self.readable else Reporter()
        told = reporter.told
        with deep_recursion(), resting_collector():
            program = instantiate(
                self.module, network, reporter, None, self._limits, seen, self._memory
            )
        changes: dict[tree.Flow, list[Change]] = {}
        for line, before, after in seen:
            changes.setdefault(line, []).append((before, after))
        by_line = {line: tuple(these) for line, these in changes.items()}
        return Traced(network, program, by_line, reporter.told == told)

    def edited(self, text: str) -> "Analysis":
        """Another text in the place of this one."""
        source = Source(self.source.name, text)
        return Analysis(replace(self.spec, source=source), self.read, self._limits)

    @property
    def traced(self) -> tuple[Traced, ...]:
        """The networks that were asked for so far, in the order of the text."""
        return tuple(self._traced[name] for name in self.networks if name in self._traced)

    def changes(self, line: tree.Flow) -> tuple[Change, ...]:
        """The changes of the flow by a line in the networks known so far, without repeats."""
        changes = (change for traced in self.traced for change in traced.changes.get(line, ()))
        return tuple(dict.fromkeys(changes))

    @property
    def so_far(self) -> tuple[Diagnostic, ...]:
        """The diagnostics of the networks that were asked for, and the warnings that were found
        for what has not changed since."""
        if not self.readable:
            return self._syntax
        mistakes = self._reporter.diagnostics
        unchanged = {declaration.span.source for declaration in self.file.declarations}
        stale = self._kept.told if not self._reporter.failed else ()
        held = (d for d in stale if d.primary.span.source in unchanged and d not in mistakes)
        return (*mistakes, *(d for d in held if d.severity is not Severity.ERROR))

    @property
    def complete(self) -> bool:
        """True where all networks were asked for."""
        return len(self._traced) == len(self.networks)

    def work(self, network: str) -> tuple[Callable[[], object], ...]:
        """The pieces of work after which all is known of a network."""
        return (
            lambda: self.trace(network),
            lambda: self.trace(network).findings,
            lambda: self.trace(network).field,
        )

    def tidy(self) -> None:
        """Drops what only versions before this one needed."""
        self._kept.tidy(self.file)

    def recall(self) -> None:
        """Takes the networks that have not changed since they were looked at."""
        for network in self.networks:
            if self.known(network):
                self.trace(network)

    def nearest(self, offset: int) -> str | None:
        """The network that an offset stands in; in a block, the first one that uses it."""
        declaration = declaration_at(self.file, offset)
        if declaration is None or isinstance(declaration, tree.Import):
            return next(iter(self.networks), None)
        here = declaration.name.id
        if here in self.networks:
            return here
        return next(self.users(declaration), next(iter(self.networks), None))

    def users(self, declaration: tree.Declaration) -> Iterator[str]:
        """The networks that a declaration is a part of."""
        return (n for n in self.networks if declaration in leading_to(self.file, [n]))

    def imported(self, path: Path) -> tree.File | None:
        """The tree of an imported file."""
        sources = (source for place, source in self.imports if place == path)
        return next((self._kept.read(source).file for source in sources), None)

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything there is to say of the text; of a text that cannot be read whole, only why."""
        if not self.readable:
            return self._syntax
        traces = [self.trace(name) for name in self.networks]
        rest = Reporter()
        rest.extend(self._syntax)
        with deep_recursion():
            self._check(self._reporter, self._used)
            self._check(rest, [d for d in self.file.declarations if d not in self._used])
            for traced in traces:
                self._reporter.extend(traced.findings)
        self._reporter.extend(rest.diagnostics)
        self._kept.told = self._reporter.diagnostics
        return self._reporter.diagnostics

    @cached_property
    def _used(self) -> list[tree.Declaration]:
        """The declarations that the networks consist of."""
        return used_by(self.module, *self.networks)

    def _check(self, reporter: Reporter, declarations: list[tree.Declaration]) -> None:
        check_unused(self.module, reporter, self._limits, self._memory, declarations)
