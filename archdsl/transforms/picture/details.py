"""The facts of a box, for a reader who asks: arguments, costs, receptive field, place."""

from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from archdsl.analyses.figures.costs import Cost
from archdsl.analyses.figures.receptive_field import ReceptiveFields, sizes
from archdsl.base.diagnostics import Diagnostic
from archdsl.ir.graph import Scope
from archdsl.ops.base import Op
from archdsl.transforms.picture.caption import plain, shapes
from archdsl.transforms.picture.drawing_parts import Details
from archdsl.transforms.picture.elements import Box, Core, Part, span_of_names


class FactsBook(Struct):
    """Makes `Details` of steps; a step is found by its scope's *row* in the order of `walk`."""

    fields: ReceptiveFields
    _rows: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def of_box(self, scope: Scope, box: Box, row: int, prefix: str, cost: Cost) -> Details:
        """The facts of ops drawn as one; `row` is that of the scope's first step."""
        said = (words for i in box.first for words in ops(scope.steps[i].target))
        facts = self._of(scope, box.steps, row, prefix, cost)
        return replace(facts, path=", ".join(facts.steps), written=tuple(said))

    def of_part(
        self, scope: Scope, part: Part, core: Core, row: int, prefix: str, cost: Cost
    ) -> Details:
        """The facts of all copies of a block together; `core` is what they are at heart."""
        said = written(core.scope)
        times = f" × {core.count}" if core.count > 1 else ""
        facts = self._of(scope, part.steps, row, prefix, cost)
        return replace(
            facts,
            inside=prefix + ".".join(core.names),
            path=prefix + span_of_names(scope, part),
            written=(f"{said}{times}",) if said else (),
            doc=core.scope.doc,
        )

    def _of(
        self, scope: Scope, indices: tuple[int, ...], row: int, prefix: str, cost: Cost
    ) -> Details:
        first, last = scope.steps[indices[0]], scope.steps[indices[-1]]
        return Details(
            steps=tuple(dict.fromkeys(f"{prefix}{scope.steps[i].name}" for i in indices)),
            inside="",
            path="",
            written=(),
            inputs=shapes(scope.types_of(first.inputs)),
            outputs=shapes(last.outputs),
            params=cost.params,
            macs=cost.macs,
            activation=cost.activation,
            field=self._field(row + self.offset(scope, indices[-1])),
            span=first.span,
        )

    def first_row(self, scope: Scope, path: str, row: int = 0) -> int:
        """The row of the first step of the block at a path, from a scope's first row on."""
        for index, step in enumerate(scope.steps):
            name, _, rest = path.partition(".")
            if step.name == name and isinstance(step.target, Scope):
                inner = row + self.offset(scope, index) + 1
                return self.first_row(step.target, rest, inner) if rest else inner
        raise KeyError(path)

    def offset(self, scope: Scope, index: int) -> int:
        """The number of rows from the scope's first row down to a step's own row."""
        return self._offsets(scope)[index]

    def _offsets(self, scope: Scope) -> tuple[int, ...]:
        """The offset of each step, and last the number of all rows."""
        if id(scope) not in self._rows:
            offsets = [0]
            for step in scope.steps:
                inside = self._offsets(step.target)[-1] if isinstance(step.target, Scope) else 0
                offsets.append(offsets[-1] + 1 + inside)
            self._rows[id(scope)] = tuple(offsets)
        return self._rows[id(scope)]

    def _field(self, row: int) -> str:
        """`427x427`, for each result that has one."""
        told = []
        for field_ in self.fields.steps[row]:
            if field_ is not None and field_.whole:
                told.append("the whole input")
            else:
                known = "" if field_ is None or field_.exact else "at most "
                told.append(known + "x".join(map(str, sizes(field_))))
        return ", ".join(filter(None, dict.fromkeys(told)))


def mistake_facts(mistake: Diagnostic) -> Details:
    """The facts of a mistake: the instance it is in, the sum, what to do, and where."""
    about = "\n".join(filter(None, (*mistake.arithmetic, mistake.hint)))
    path = mistake.path
    return Details((path,), "", path, (), "", "", 0, 0, 0, "", mistake.primary.span, about)


def ops(target: object) -> Iterator[str]:
    """An op as it is written; a block, and the ops in it."""
    if words := written(target):
        yield words
    if isinstance(target, Scope):
        for step in target.steps:
            yield from ops(step.target)


def written(target: object) -> str:
    """An op with the arguments that are not its defaults, or a block with all."""
    if isinstance(target, Scope):
        bound = [f"{name}={plain(value)}" for name, value in target.arguments]
        return f"{target.block}({', '.join(bound)})" if target.block else ""
    assert isinstance(target, Op)
    said = []
    for name, info in target.arguments.items():
        value = getattr(target, name)
        if name in (*target.positional, target.variadic):
            said += [] if value == info.default else [plain(value)]
        elif value != info.default:
            said.append(f"{name}={plain(value)}")
    return f"{target.word}({', '.join(said)})" if said else target.word
