"""The table of the rules: a function in a file of this folder each, in the order of their warnings.

Knows when something is worth a warning.
Gives the rules that `lint` runs.
Must not know the words and codes of warnings, which stand in `mistakes`.
"""

from collections.abc import Callable, Iterator

from msgspec import Struct

from archdsl.analyses.lints.rules import inputs, layers, sizes, windows
from archdsl.analyses.lints.wiring import Wiring
from archdsl.base.diagnostics import Diagnostic


class Rule(Struct, frozen=True):
    """`on_request`: all of its warnings are W02…, so it runs only where those are asked for."""

    find: Callable[[Wiring], Iterator[Diagnostic]]
    on_request: bool = False


RULES = (
    Rule(layers.bias_before_norm),
    Rule(windows.even_same),
    Rule(windows.gaps),
    Rule(windows.checkerboard),
    Rule(layers.doubled_activation),
    Rule(layers.unused_result),
    Rule(layers.final_softmax),
    Rule(windows.rounding),
    Rule(layers.unflattened),
    Rule(layers.nothing_beside),
    Rule(inputs.shape_of_elsewhere),
    Rule(inputs.sequence_in_merge),
    Rule(inputs.groups_of_elsewhere),
    Rule(inputs.size_of_the_spec),
    Rule(inputs.one_value_a_channel, on_request=True),
    Rule(sizes.odd_channels, on_request=True),
    Rule(sizes.narrow_field, on_request=True),
)
