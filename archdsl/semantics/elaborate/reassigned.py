"""`x = relu(x)`: a tensor that goes from line to line by its name, as in PyTorch's `forward`.

Here lines flow by themselves. One message says so for a whole body, with all its lines as they are
without the name.
"""

from collections.abc import Iterator

from archdsl.base.labels import Edit, Remedy
from archdsl.base.quantities import is_number
from archdsl.base.source import Span
from archdsl.ops.foreign import op_meant
from archdsl.ops.registry import ops
from archdsl.semantics.elaborate import mistakes
from archdsl.semantics.elaborate.body import Body
from archdsl.semantics.environment import Environment
from archdsl.semantics.reporter import Reporter
from archdsl.semantics.values import Tap
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants


class Reassigned:
    """Tells it once for each body."""

    def __init__(self, reporter: Reporter) -> None:
        self.reporter = reporter
        self._told: dict[tree.Node, str] = {}

    def refuses(self, line: tree.Flow, body: Body, env: Environment) -> bool:
        """True where a line gives a tensor's name to a result made of it; reports that."""
        name, call = _name(line), line.value
        if name is None:
            return False
        if isinstance(call, tree.Binary) and is_number(env.find(name)):
            self._number(line, name)
            return True
        if not _takes(call, name) or not isinstance(env.find(name), Tap):
            return self._is_told(body, name)
        definition = body.owner().definition
        if definition is not None and definition not in self._told:
            self._told[definition] = name
            self._tell(line, name, definition)
        return True

    def _is_told(self, body: Body, name: str) -> bool:
        """True where a line above was told not to give this name again."""
        definition = body.owner().definition
        return definition is not None and self._told.get(definition) == name

    def _number(self, line: tree.Flow, name: str) -> None:
        """`c = c * 2`, where the name is a number's."""
        value = line.value.span.text
        self.reporter.report(mistakes.name_of_a_number(name, line.span, value))

    def _tell(self, line: tree.Flow, name: str, definition: tree.Node) -> None:
        own = _edit(line, name)
        others = [e for e in _edits(definition, name) if e.span != own.span]
        for other in others:
            self.reporter.withdraw(mistakes.NAME_TWICE, other.span)
        hint = f"write `{own.text}`" + (
            ", and change the other lines in the same way" if others else ""
        )
        edits = (own, *others) if _only_handed_on(definition, name) else ()
        remedy = Remedy(hint, edits)
        self.reporter.report(mistakes.handed_on_by_name(name, line.span, remedy))


def _name(line: tree.Flow) -> str | None:
    names = line.names
    return names[0].id if len(names) == 1 and isinstance(names[0], tree.Name) else None


def _takes(value: tree.Expr, name: str) -> bool:
    """True for a call with the name as its first argument, which is no branch of a merge; and for
    a method of the name that PyTorch has after a batch: `x.view(-1, 128)`."""
    if not isinstance(value, tree.Call) or not value.arguments or _is_merge(value.callee):
        return False
    if _flattens(value, name):
        return True
    first = value.arguments[0]
    return first.name is None and isinstance(first.value, tree.Name) and first.value.id == name


def _is_merge(callee: tree.Expr) -> bool:
    word = callee.name.id if isinstance(callee, tree.Attribute) else callee.span.text
    op = ops().get(op_meant(word) or word)
    return op is not None and op.inputs[1] > 1


def _flattens(call: tree.Call, name: str) -> bool:
    """True for `x.view(n, m)` or the like: a row of features for each sample."""
    callee = call.callee
    if not isinstance(callee, tree.Attribute) or callee.value.span.text != name:
        return False
    rows = callee.name.id in ("view", "reshape") and len(call.arguments) == 2
    return rows or (callee.name.id == "flatten" and call.arguments[0].span.text == "1")


def _edits(definition: tree.Node, name: str) -> Iterator[Edit]:
    """The lines of a body that have the name, without it."""
    for node in descendants(definition):
        if isinstance(node, tree.Flow) and _name(node) == name:
            yield _edit(node, name)


def _edit(line: tree.Flow, name: str) -> Edit:
    source, start, value = line.span.source, line.span.start, line.value
    if not isinstance(value, tree.Call) or not _takes(value, name):
        return Edit(Span(source, start, value.span.start), "")
    return Edit(Span(source, start, value.span.end), _without(value))


def _without(call: tree.Call) -> str:
    """A call without its first argument; where it is PyTorch's, with the word from here."""
    callee = call.callee.span.text
    if isinstance(call.callee, tree.Attribute) and _flattens(call, call.callee.value.span.text):
        return "flatten"
    if isinstance(call.callee, tree.Attribute):
        callee = op_meant(call.callee.name.id) or callee
    rest = ", ".join(argument.span.text for argument in call.arguments[1:])
    return f"{callee}({rest})" if rest else callee


def _only_handed_on(definition: tree.Node, name: str) -> bool:
    """True where nothing else mentions the name, so that it can go."""
    nodes = list(descendants(definition))
    lines = [n for n in nodes if isinstance(n, tree.Flow) and _name(n) == name]
    handed = sum(1 + _takes(line.value, name) for line in lines)
    return handed == sum(isinstance(n, tree.Name) and n.id == name for n in nodes)
