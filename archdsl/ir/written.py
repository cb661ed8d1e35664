"""The arguments of a step as the source writes them."""

from collections.abc import Mapping

from archdsl.ir.graph import Scope, Step
from archdsl.syntax import tree
from archdsl.syntax.walk import exchanged

Written = tuple[tuple[str, tree.Expr], ...]


def written_arguments(scope: Scope, step: Step) -> Written:
    """The user's arguments of a step's call, those without a name by position; what a function of
    the spec calls them is written out."""
    node = step.trail[-1].node if step.trail else None
    if not isinstance(node, tree.Call):
        return ()
    target = step.target
    if isinstance(target, Scope):
        order = tuple(name for name, _ in target.arguments)
        if target.definition is not None:
            order = tuple(p.name.id for p in target.definition.parameters)
    else:
        order = getattr(type(target), "positional", ())
    meanings = _meanings(scope, step)
    return tuple(
        (name, exchanged(value, meanings) if meanings else value)
        for name, value in _named(node, order)
    )


def block_given(scope: Scope, parameter: str) -> str:
    """The block or op that a parameter of a definition stands for: the one that is called by its
    name, there or in a block that it is handed to. Empty where none is."""
    for step in scope.steps:
        target = step.target
        if any(_callee(mark.node) == parameter for mark in step.trail):
            return target.block if isinstance(target, Scope) else target.word
        if isinstance(target, Scope):
            handed = (block_given(target, name) for name in _handed(scope, step, parameter))
            if block := next(filter(None, handed), ""):
                return block
    return ""


def _handed(scope: Scope, step: Step, parameter: str) -> list[str]:
    """The parameters of a step's block that a parameter is handed to; a chain has it as it is."""
    target = step.target
    if isinstance(target, Scope) and target.definition is None:
        return [parameter]
    given = written_arguments(scope, step)
    return [n for n, value in given if isinstance(value, tree.Name) and value.id == parameter]


def _callee(node: tree.Node) -> str:
    """The name that a node of the source calls, or stands for."""
    callee = node.callee if isinstance(node, tree.Call) else node
    return callee.id if isinstance(callee, tree.Name) else ""


def _named(call: tree.Call, order: tuple[str, ...]) -> list[tuple[str, tree.Expr]]:
    named = []
    for index, argument in enumerate(call.arguments):
        place = order[index] if index < len(order) else ""
        named.append((argument.name.id if argument.name else place, argument.value))
    return named


def _meanings(scope: Scope, step: Step) -> Mapping[str, tree.Expr]:
    """The meanings of the parameters of the functions that led to a step: the arguments of their
    calls, else their defaults."""
    meanings: dict[str, tree.Expr] = {}
    find = scope.function
    for mark in step.trail[:-1]:
        call = mark.node
        if not isinstance(call, tree.Call) or not isinstance(call.callee, tree.Name):
            continue
        function = find(call.callee.id)
        if function is None:
            continue
        parameters = function.declaration.parameters
        given = dict(_named(call, tuple(p.name.id for p in parameters)))
        inner = {name: exchanged(value, meanings) for name, value in given.items()}
        defaults = {p.name.id: p.default for p in parameters if p.default is not None}
        meanings, find = defaults | inner, function.find
    return meanings
