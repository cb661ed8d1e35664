"""`x = relu(x)`: a tensor handed on by its name from line to line, as PyTorch's `forward` does it.

Here lines flow by themselves. One message tells it for a whole body, with all its lines as they
are without the name.
"""

from collections.abc import Iterator

from archdsl.base.labels import Edit
from archdsl.base.source import Span
from archdsl.semantics.elaborate.body import Body
from archdsl.semantics.environment import Environment
from archdsl.semantics.report import Reporter
from archdsl.semantics.values import Tap
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants


class Reassigned:
    """Tells it once for each body."""

    def __init__(self, reporter: Reporter) -> None:
        self.reporter = reporter
        self._told: set[tree.Node] = set()

    def refuses(self, line: tree.Flow, body: Body, env: Environment) -> bool:
        """Whether a line gives a tensor's name again to what is made of it."""
        name, call = _name(line), line.value
        if name is None or not _takes(call, name) or not isinstance(env.find(name), Tap):
            return False
        definition = body.owner().definition
        if definition is not None and definition not in self._told:
            self._told.add(definition)
            self._tell(line, name, definition)
        return True

    def _tell(self, line: tree.Flow, name: str, definition: tree.Node) -> None:
        own = _edit(line, name)
        others = [e for e in _edits(definition, name) if e.span != own.span]
        self.reporter.error(
            "E0220",
            f"`{name}` is handed on by its name, and lines flow by themselves",
            line.span,
            hint=f"write `{own.text}`" + (", and so the other lines" if others else ""),
            edits=(own, *others) if _only_handed_on(definition, name) else (),
        )


def _name(line: tree.Flow) -> str | None:
    names = line.names
    return names[0].id if len(names) == 1 and isinstance(names[0], tree.Name) else None


def _takes(value: tree.Expr, name: str) -> bool:
    """Whether it is a call with the name as its first argument."""
    if not isinstance(value, tree.Call) or not value.arguments:
        return False
    first = value.arguments[0]
    return first.name is None and isinstance(first.value, tree.Name) and first.value.id == name


def _edits(definition: tree.Node, name: str) -> Iterator[Edit]:
    """The lines of a body that have the name, without it."""
    for node in descendants(definition):
        if isinstance(node, tree.Flow) and _name(node) == name:
            yield _edit(node, name)


def _edit(line: tree.Flow, name: str) -> Edit:
    place = Span(line.span.source, line.span.start, line.value.span.end)
    return Edit(place, _without(line.value, name))


def _without(value: tree.Expr, name: str) -> str:
    if not isinstance(value, tree.Call) or not _takes(value, name):
        return value.span.text
    rest = ", ".join(argument.span.text for argument in value.arguments[1:])
    return f"{value.callee.span.text}({rest})" if rest else value.callee.span.text


def _only_handed_on(definition: tree.Node, name: str) -> bool:
    """Whether nothing else mentions the name, so that it can go."""
    nodes = list(descendants(definition))
    lines = [n for n in nodes if isinstance(n, tree.Flow) and _name(n) == name]
    handed = sum(1 + _takes(line.value, name) for line in lines)
    return handed == sum(isinstance(n, tree.Name) and n.id == name for n in nodes)
