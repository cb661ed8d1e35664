"""One network elaborated for input shapes other than its own, as often as anyone likes.

Blocks that were elaborated once for the same arguments and input types are remembered from trial
to trial, so that a trial costs little more than the network's own lines.
"""

from collections.abc import Mapping

from msgspec import Struct, field

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Severity
from archdsl.ir.graph import Program
from archdsl.ir.shape import Shape
from archdsl.semantics.elaborate.network_lines import Overrides
from archdsl.semantics.elaborate.whole_network import instantiate
from archdsl.semantics.elaboration_memory import ElaborationMemory
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.semantics.module import Module
from archdsl.semantics.reporter import Reporter


class Trials(Struct, frozen=True):
    """A network of a sound module, and what was set from outside."""

    module: Module
    name: str
    overrides: Overrides
    limits: Limits = LIMITS
    memory: ElaborationMemory = field(default_factory=ElaborationMemory)

    def at(self, inputs: Mapping[str, Shape]) -> Program | Diagnostic:
        """The program for these input shapes, or the first mistake that there is at them."""
        reporter = Reporter()
        overrides = Overrides(self.overrides.parameters, {**self.overrides.inputs, **inputs})
        kept = len(self.memory.blocks)
        try:
            program = instantiate(
                self.module, self.name, reporter, overrides, self.limits, memory=self.memory
            )
            mistakes = [d for d in reporter.diagnostics if d.severity is Severity.ERROR]
            if not mistakes:
                kept = len(self.memory.blocks)
        finally:
            self.memory.forget(kept)  # after a mistake or an interruption, all of a trial
        if mistakes:
            return mistakes[0]
        assert program is not None
        return program
