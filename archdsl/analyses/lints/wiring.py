"""The uses of ops and the uses that they feed, across the borders of blocks.

A block that is used fifty times is one scope, and is looked at once. What holds for a step of it
holds for all its uses: a step's takers are those that it has anywhere.
"""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from archdsl.base.source import Span
from archdsl.ir.graph import Program, Ref, Scope, Step, WeightKind
from archdsl.ir.measured import is_of_the_moment
from archdsl.ir.reach import Window
from archdsl.ir.reach import window as first_window
from archdsl.ir.shape import Types
from archdsl.ops.base import Op
from archdsl.ops.spatial import SPATIAL_NAMES


class OpSite(Struct, frozen=True, eq=False):
    """An op as it stands in a scope; `place` and `calls` are those of the scope's first use.

    `place` is as messages have it, `ResNet / layer1.0 (basic_block)`; `calls` are the places of
    the blocks around the step, innermost first. Sites of one `module` share their weights.
    """

    op: Op
    inputs: Types
    outputs: Types
    span: Span
    place: str
    calls: tuple[Span, ...]
    module: tuple[int, str]
    of_the_moment: bool  # it takes a size from a tensor while the module runs


class Unused(NamedTuple):
    """A result that nothing takes, of a step whose other results are taken.

    In the last round of a loop that may well be so: it is told only where it is so in every round.
    """

    step: Step
    result: int
    place: str
    calls: tuple[Span, ...]


class Wiring:
    """The sites in running order; who takes the results of each; which results nobody takes."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.inputs = program.root.inputs
        self.sites: list[OpSite] = []
        self.takers: dict[OpSite, list[OpSite]] = {}
        self.ends: list[OpSite] = []  # those that make the network's outputs
        self.unused: list[Unused] = []

    def makers(self) -> dict[OpSite, list[OpSite]]:
        """The sites whose results each site takes."""
        makers: dict[OpSite, list[OpSite]] = {site: [] for site in self.sites}
        for site, takers in self.takers.items():
            for taker in takers:
                makers[taker].append(site)
        return makers


def wiring(program: Program) -> Wiring:
    """The wiring of the ops of a program."""
    return _Tracing(program).run()


class _Tracing:
    """A wiring as far as it is known."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.wiring = Wiring(program)
        self._sites: dict[int, OpSite] = {}  # by the identity of the step
        self._visited: set[int] = set()
        self._entries: dict[tuple[int, int], tuple[OpSite, ...]] = {}
        self._taken: set[tuple[Span, int]] = set()  # results that some use of a place takes

    def run(self) -> Wiring:
        root = self.program.root
        self._visit(root, "", ())
        heads = (Ref(head.step) for head in self.program.heads)
        makers = (self._maker(root, ref) for ref in (*root.results, *heads))
        unused = self.wiring.unused
        self.wiring.unused = [u for u in unused if (u.step.span, u.result) not in self._taken]
        self.wiring.ends = list(dict.fromkeys(m for m in makers if isinstance(m, OpSite)))
        return self.wiring

    def _visit(self, scope: Scope, prefix: str, calls: tuple[Span, ...]) -> None:
        """Notes the sites of a scope and of the scopes below, each once, and who feeds whom."""
        if id(scope) in self._visited:
            return
        self._visited.add(id(scope))
        place = self._place(scope, prefix)
        for step in scope.steps:
            if isinstance(step.target, Scope):
                called = (step.span, *calls) if step.target.block else calls
                self._visit(step.target, f"{prefix}{step.name}.", called)
            else:
                self._note(scope, step, place, calls)
        for step in scope.steps:
            self._connect(scope, step)
        self._find_unused(scope, place, calls)

    def _find_unused(self, scope: Scope, place: str, calls: tuple[Span, ...]) -> None:
        taken = {*scope.results, *(ref for step in scope.steps for ref in step.inputs)}
        for index, step in enumerate(scope.steps):
            if len(step.outputs) == 1:
                continue  # one without any taker is told of by the elaboration
            free = [k for k in range(len(step.outputs)) if Ref(index, k) not in taken]
            self._taken.update((step.span, k) for k in range(len(step.outputs)) if k not in free)
            if len(free) < len(step.outputs):
                self.wiring.unused += [Unused(step, k, place, calls) for k in free]

    def _place(self, scope: Scope, prefix: str) -> str:
        if not prefix:
            return self.program.name
        block = f" ({scope.block})" if scope.block else ""
        return f"{self.program.name} / {prefix[:-1]}{block}"

    def _note(self, scope: Scope, step: Step, place: str, calls: tuple[Span, ...]) -> None:
        assert isinstance(step.target, Op)
        inputs = scope.types_of(step.inputs)
        module = (id(scope), step.name)
        moment = is_of_the_moment(scope, step)
        site = OpSite(step.target, inputs, step.outputs, step.span, place, calls, module, moment)
        self._sites[id(step)] = site
        self.wiring.sites.append(site)
        self.wiring.takers[site] = []

    def _connect(self, scope: Scope, step: Step) -> None:
        """Notes the step, or the insides of its block, as takers of what flows into it."""
        for k, ref in enumerate(step.inputs):
            maker = self._maker(scope, ref)
            if isinstance(maker, OpSite):
                self.wiring.takers[maker] += self._entered(step, k)

    def _maker(self, scope: Scope, ref: Ref) -> OpSite | Ref:
        """The site that makes a tensor, or the input of the scope that it is."""
        while ref.step >= 0:
            step = scope.steps[ref.step]
            if not isinstance(step.target, Scope):
                return self._sites[id(step)]
            inner = self._maker(step.target, step.target.results[ref.output])
            if isinstance(inner, OpSite):
                return inner
            ref = step.inputs[inner.output]
        return ref

    def _entered(self, step: Step, k: int) -> tuple[OpSite, ...]:
        """The sites that take a step's k-th input: its own, or those inside its block."""
        if not isinstance(step.target, Scope):
            return (self._sites[id(step)],)
        scope = step.target
        if (id(scope), k) not in self._entries:
            self._entries[id(scope), k] = tuple(self._takers_of_input(scope, k))
        return self._entries[id(scope), k]

    def _takers_of_input(self, scope: Scope, k: int) -> Iterator[OpSite]:
        for step in scope.steps:
            for j, ref in enumerate(step.inputs):
                if self._maker(scope, ref) == Ref(-1, k):
                    yield from self._entered(step, j)


# --- what rules ask of a site ------------------------------------------------------------------


def window_of(site: OpSite) -> Window | None:
    """The window of a convolution or pool; None of an op that has none."""
    return first_window(site.op.reach(site.inputs))


def extents(window: Window) -> tuple[int, ...]:
    """From a window's first element to its last, by dimension."""
    return tuple(d * (k - 1) + 1 for k, d in zip(window.kernel, window.dilation, strict=True))


def dimensions(window: Window) -> tuple[str, ...]:
    """The names of a window's dimensions: `height`, `width`."""
    return SPATIAL_NAMES[len(window.kernel)]


def mixes(site: OpSite) -> bool:
    """True where a site multiplies its input with a learned kernel or matrix."""
    weights = site.op.weights(site.inputs)
    learned = any(w.kind is WeightKind.WEIGHT and len(w.shape) > 1 for w in weights)
    return learned and site.op.macs(site.inputs, site.outputs) > 0
