"""The names that users gave to what enters a block and to what leaves it."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from archdsl.base.source import Span
from archdsl.ir.graph import Scope, Step
from archdsl.syntax import tree

Definition = tree.BlockDecl | tree.NetworkDecl
FLOW = "x"  # what the input is called that was given no name


def input_names(scope: Scope) -> tuple[str, ...]:
    """The names that the user gave to a scope's inputs; empty for a flow without one."""
    body = scope.definition.body if scope.definition else ()
    written = {line.name.id for line in body if isinstance(line, tree.Input) and line.name}
    if not scope.block and scope.definition is None:
        return ("",) * len(scope.inputs)  # a path's inputs have the names of whatever feeds it
    flow = FLOW if FLOW in written else next(_names_of_flow(body), "")
    return tuple(flow if name == FLOW else name for name in scope.input_names)


def _names_of_flow(body: Iterable[tree.Node]) -> Iterator[str]:
    """`c5`, of the line `c5 = input`."""
    for line in body:
        if isinstance(line, tree.Flow) and isinstance(line.value, tree.Name):
            yield from _ids(line.names) if line.value.id == "input" else ()


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


class ResultNames(Struct):
    """The names of several results of ops, each definition read once."""

    _lines: dict[int, tuple[list[int], list[tree.Flow]]] = field(default_factory=dict)

    def of(self, scope: Scope, step: Step) -> tuple[str, ...]:
        """`q`, `k`, `v` of an op in the line `q, k, v = unbind(1)`; none where they have no
        names."""
        if len(step.outputs) < 2 or scope.definition is None:
            return ()
        starts, lines = self._several(scope.definition)
        at = bisect_right(starts, step.span.start) - 1
        if at < 0 or not _holds(lines[at].span, step.span):
            return ()
        names = _ids(lines[at].names)
        return names if len(names) == len(step.outputs) else ()

    def _several(self, definition: Definition) -> tuple[list[int], list[tree.Flow]]:
        """The lines that name several results, and where each starts."""
        if id(definition) not in self._lines:
            lines = [line for line in _flows(definition.body) if len(line.names) > 1]
            lines.sort(key=lambda line: line.span.start)
            self._lines[id(definition)] = [line.span.start for line in lines], lines
        return self._lines[id(definition)]


def _ids(names: Iterable[tree.Name | tree.Template]) -> tuple[str, ...]:
    """Names as they are written; those with a value in them are none for a reader."""
    return tuple(name.id if isinstance(name, tree.Name) else "" for name in names)


def _flows(body: Iterable[tree.Node]) -> Iterator[tree.Flow]:
    """The lines of a body through which something flows, those in loops and choices too."""
    for line in body:
        match line:
            case tree.Flow():
                yield line
            case tree.For(body=inside):
                yield from _flows(inside)
            case tree.If(arms=arms, otherwise=otherwise):
                for inside in (*(arm for _, arm in arms), otherwise):
                    yield from _flows(inside)


def _holds(outer: Span, inner: Span) -> bool:
    return outer.source == inner.source and outer.start <= inner.start and inner.end <= outer.end


def _output_name(given: tree.Argument) -> str:
    if given.name is not None:
        return given.name.id
    return given.value.id if isinstance(given.value, tree.Name) else ""
