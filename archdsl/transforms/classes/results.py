"""The user's names for the results of steps: `a, b = chunk(2)`, `left = x -> tower`."""

from collections.abc import Iterator

from archdsl.ir.graph import Scope
from archdsl.syntax import tree
from archdsl.transforms.classes.regions import Site


class ResultNames:
    """The names in a definition, by the tree node of the step that they stand before."""

    def __init__(self, scope: Scope) -> None:
        body = scope.definition.body if scope.definition else ()
        self._names: dict[int, tuple[str, ...]] = {}
        self._parts: dict[str, tuple[str, ...]] = {}  # of named steps: `a, b = chunks`
        for flow in _flows(body):
            names = tuple(n.id for n in flow.names if isinstance(n, tree.Name))
            self._names[id(_last(flow.value))] = names
            if isinstance(flow.value, tree.Name):
                self._parts.setdefault(flow.value.id, names)

    def of(self, site: Site) -> tuple[str, ...]:
        """As many names as the step has results, or none.

        One result has the step's own name, unless the step is a layer that was declared before.
        """
        step = site.step
        names = self._names.get(id(step.trail[-1].node), ()) if step.trail else ()
        if len(step.outputs) > 1 and len(names) != len(step.outputs):
            names = self._parts.get(step.name, ())
        if not names and len(step.outputs) > 1:
            names = _outputs(step.target)
        if not names and step.named:
            names = (step.name,)
        return names if len(names) == len(step.outputs) else ()


def _outputs(target: object) -> tuple[str, ...]:
    """A block's own names for its outputs: `output c3, c4`, `output boxes=head`."""
    if not isinstance(target, Scope) or target.definition is None:
        return ()
    outputs = [line for line in target.definition.body if isinstance(line, tree.Output)]
    values = outputs[0].values if outputs else ()
    names = [v.name or v.value for v in values]
    return tuple(name.id for name in names if isinstance(name, tree.Name))


def _last(value: tree.Expr) -> tree.Expr:
    return value.items[-1] if isinstance(value, tree.Chain) else value


def _flows(body: tuple[tree.Statement, ...]) -> Iterator[tree.Flow]:
    for statement in body:
        match statement:
            case tree.Flow():
                yield statement
                last = _last(statement.value)
                if isinstance(last, tree.Suite):
                    yield from _flows(last.body)
            case tree.For(body=inner):
                yield from _flows(inner)
            case tree.If(arms=arms, otherwise=otherwise):
                for _, inner in arms:
                    yield from _flows(inner)
                yield from _flows(otherwise)
