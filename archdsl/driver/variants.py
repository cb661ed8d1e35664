"""A network prepared once, for many values of its parameters."""

from collections.abc import Mapping

from archdsl import catalogue
from archdsl.base.collector import resting_collector
from archdsl.base.stack import deep_recursion
from archdsl.driver.networks import chosen
from archdsl.driver.overrides import Inputs, input_shapes, overrides_of
from archdsl.driver.pipeline import Loaded
from archdsl.driver.spec import Imports, Spec
from archdsl.semantics.elaborate.network_lines import Overrides
from archdsl.semantics.elaborate.whole_network import instantiate
from archdsl.semantics.elaboration_memory import ElaborationMemory
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.semantics.names.linked_files import LinkedFiles
from archdsl.semantics.reporter import Reporter

REMEMBERED = 20_000  # blocks that variants of one network may have in common


class Prepared:
    """A SPEC read once, to be elaborated many times with other parameters.

    Where `diagnostics` has errors, nothing should be elaborated. Raises `Misuse` where the SPEC
    names no network, or the input does not fit it.
    """

    def __init__(self, spec: Spec, input: Inputs = None, limits: Limits = LIMITS) -> None:
        reporter, imports = Reporter(), Imports(spec)
        self.module = LinkedFiles(catalogue.library(), imports, reporter).load(spec.source)
        self.diagnostics = reporter.diagnostics
        self.sources = (spec.source, *(source for _, source in imports.read_files))
        self.name = spec.network or spec.stem
        self._values: dict[tuple[str, str], object] = {}
        self._memory = ElaborationMemory()
        self._limits = limits
        if not reporter.failed:
            self.name = chosen(spec, self.module)
            self._shapes = input_shapes(self.module, self.name, input)

    def value(self, parameter: str, text: str) -> object:
        """The value of a text for this parameter; `Misuse` where it has none."""
        if (parameter, text) not in self._values:
            given = {parameter: text}
            read = overrides_of(self.module, self.name, given, None)
            self._values[parameter, text] = read.parameters[parameter]
        return self._values[parameter, text]

    def variant(self, parameters: Mapping[str, str]) -> Loaded:
        """The network with these parameters; what it expects is not looked at."""
        reporter = Reporter()
        values = {name: self.value(name, text) for name, text in parameters.items()}
        overrides = Overrides(values, self._shapes)
        known = len(self._memory.blocks)
        with deep_recursion(), resting_collector():
            program = instantiate(
                self.module, self.name, reporter, overrides, self._limits, memory=self._memory
            )
        self._memory.forget(known if reporter.diagnostics else REMEMBERED)
        sound = None if reporter.failed else program
        return Loaded(self.name, self.sources[0], sound, reporter.diagnostics, partial=program)
