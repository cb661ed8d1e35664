"""The table of the rules: a function in a file of this folder each, in the order of their warnings.

Knows when something is worth a warning.
Gives the rules that `lint` runs.
Must not know the words and codes of warnings, which stand in `mistakes`.
"""

from collections.abc import Callable, Iterator

from msgspec import Struct

from archdsl.analyses.lints.rules import inputs, layers, widths, windows
from archdsl.analyses.lints.wiring import Wiring
from archdsl.base.diagnostics import Diagnostic


class LintRule(Struct, frozen=True):
    """`on_request`: all of its warnings are W02…, so it runs only where those are asked for."""

    find: Callable[[Wiring], Iterator[Diagnostic]]
    on_request: bool = False


RULES = (
    LintRule(layers.bias_before_norm),
    LintRule(windows.even_same),
    LintRule(windows.gaps),
    LintRule(windows.checkerboard),
    LintRule(layers.doubled_activation),
    LintRule(layers.unused_result),
    LintRule(layers.final_softmax),
    LintRule(windows.rounding),
    LintRule(layers.unflattened),
    LintRule(layers.nothing_beside),
    LintRule(inputs.shape_of_elsewhere),
    LintRule(inputs.sequence_in_merge),
    LintRule(inputs.groups_of_elsewhere),
    LintRule(inputs.size_of_the_spec),
    LintRule(inputs.one_value_a_channel, on_request=True),
    LintRule(widths.odd_channels, on_request=True),
    LintRule(widths.narrow_field, on_request=True),
)
