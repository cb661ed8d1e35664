"""An operator of an exported graph -> the step of the spec that it comes from."""

import re
from collections.abc import Iterator

from torch import fx

from archdsl.ir.graph import Program, Scope, Step, walk
from archdsl.ops.base import Op
from archdsl.semantics.values import excerpt


def described(node: fx.Node, program: Program) -> str:
    """The op in words: `` `relu` (`relu6`, line 7 of net.arch) ``, its module's path, or itself."""
    operator = _operator(node)
    path = _path(node)
    step = _step(program, node)
    if step is None:
        return f"`{operator}`" + (f" of `{path}`" if path else "")
    span = step.span
    return f"`{operator}` (`{excerpt(span)}`, line {span.line} of {span.source.shown})"


def _operator(node: fx.Node) -> str:
    """The word of PyTorch: `relu` of `aten.relu.default`."""
    return re.sub(r"^aten\.(\w+)\..*", r"\1", str(node.target))


def _path(node: fx.Node) -> str:
    """The module that ran it."""
    stack = list(node.meta.get("nn_module_stack", {}).values())
    return str(stack[-1][0]) if stack else ""


def _step(program: Program, node: fx.Node) -> Step | None:
    """The step at the module's path; in a block the one that runs the operator there."""
    path, operator = _path(node), _operator(node)
    scope: Scope = program.root
    for at, _, step in walk(program.root):
        if at == path and not isinstance(step.target, Scope):
            return step
        if at == path and isinstance(step.target, Scope):
            scope = step.target
    steps = list(_alike(scope, operator))
    nodes = [n for n in node.graph.nodes if (_path(n), _operator(n)) == (path, operator)]
    return steps[nodes.index(node)] if len(steps) == len(nodes) else None


def _alike(scope: Scope, operator: str) -> Iterator[Step]:
    """The steps of a scope that PyTorch calls like an operator."""
    for step in scope.steps:
        if isinstance(step.target, Op) and _plain(step.target.torch) == _plain(operator):
            yield step


def _plain(name: str) -> str:
    """The last part of a name in small letters and nothing else."""
    return re.sub(r"[^a-z0-9]", "", name.rpartition(".")[2].lower())
