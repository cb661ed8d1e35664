"""The names that users gave to what enters a block and to what leaves it."""

from collections import Counter

from archdsl.ir.graph import Scope, Step
from archdsl.syntax import tree

FLOW = "x"  # what the input is called that was given no name


def input_names(scope: Scope) -> tuple[str, ...]:
    """The names that the user gave to a scope's inputs; empty for the flow, which needs none."""
    body = scope.definition.body if isinstance(scope.definition, tree.NetworkDecl) else ()
    written = {line.name.id for line in body if isinstance(line, tree.Input) and line.name}
    if not scope.block and scope.definition is None:
        return ("",) * len(scope.inputs)  # a path's inputs have the names of whatever feeds it
    return tuple("" if name == FLOW and name not in written else name for name in scope.input_names)


def results(step: Step) -> str:
    """The shapes of a step's results, told apart where there are several."""
    names: tuple[str, ...] = ()
    if isinstance(step.target, Scope) and len(step.outputs) > 1:
        names = result_names(step.target)
    named = zip(names or ("",) * len(step.outputs), step.outputs, strict=True)
    counts = Counter(f"{name} {type_}".strip() for name, type_ in named)
    return ", ".join(f"{n} × {text}" if n > 1 else text for text, n in counts.items())


def result_names(scope: Scope) -> tuple[str, ...]:
    """The names that the user gave to a block's results; empty for one without."""
    body = scope.definition.body if scope.definition else ()
    outputs = [line for line in body if isinstance(line, tree.Output)]
    names = tuple(map(_output_name, outputs[-1].values)) if outputs else ()
    return names if len(names) == len(scope.results) else ("",) * len(scope.results)


def _output_name(given: tree.Argument) -> str:
    if given.name is not None:
        return given.name.id
    return given.value.id if isinstance(given.value, tree.Name) else ""
