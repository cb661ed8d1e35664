"""The lines of a body, one after the other: each transforms the flow, or binds a name."""

from collections.abc import Iterator
from itertools import count
from typing import assert_never

from archdsl.base.names import refusal, suggestion
from archdsl.base.quantities import is_whole
from archdsl.base.source import Span
from archdsl.ir.graph import Mark, Ref
from archdsl.ir.shape import Shape
from archdsl.ops.base import Op
from archdsl.semantics.elaborate import mistakes
from archdsl.semantics.elaborate.body import Body, Flow, Outputs
from archdsl.semantics.elaborate.naming import check_results, nameable, pattern
from archdsl.semantics.elaborate.protocols import Elaboration
from archdsl.semantics.elaborate.reassigned import Reassigned
from archdsl.semantics.elaborate.shared_layers import SharedLayers
from archdsl.semantics.elaboration_memory import Seen
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate.expected import STEP
from archdsl.semantics.values import (
    UNKNOWN,
    Branch,
    Recipe,
    SharedLayer,
    Tap,
    TapRecipe,
    begins_with_tap,
    told_of,
    unmarked,
)
from archdsl.syntax import tree

Pieces = list[tuple[Flow, Span]]  # a merge's branches: what each gives, and where it is written


class Lines:
    def __init__(self, elaborator: Elaboration, layers: SharedLayers) -> None:
        self.elaborator = elaborator
        self.layers = layers
        self.reporter = elaborator.reporter
        self.evaluator = elaborator.evaluator
        self.reassigned = Reassigned(elaborator.reporter)
        self.seen: Seen | None = None  # what each line did whenever it ran, if that is asked for

    def run(
        self, statements: tuple[tree.Statement, ...], body: Body, env: Environment, flow: Flow
    ) -> Flow:
        for statement in statements:
            flow = self._statement(statement, body, env, flow)
        return flow

    def _statement(
        self, statement: tree.Statement, body: Body, env: Environment, flow: Flow
    ) -> Flow:
        match statement:
            case tree.Flow():
                return self._flow(statement, body, env, flow)
            case tree.For():
                items = self.evaluator.items(statement.iterable, env)
                if items is None:
                    self._suppose(statement, body, env)
                    return None
                for inner in self._rounds(statement, items, body, env):
                    flow = self.run(inner, body, env, flow)
            case tree.If():
                arm = self._arm(statement, body, env)
                if arm is None:
                    self._suppose(statement, body, env)
                    return None
                with body.marked(Mark(statement, arm[0])):
                    return self.run(arm[1], body, env, flow)
            case tree.Let():
                self._let(statement, env)
            case tree.Layer():
                self.layers.declare(statement, body, env)
            case tree.Output():
                self._output(statement, body, env, flow)
            case tree.Input() | tree.Aux() | tree.Init() | tree.Expect():
                if self.elaborator.networks is None:
                    return flow
                return self.elaborator.networks.statement(statement, body, env, flow)
            case _:
                assert_never(statement)
        return flow

    def _suppose(self, statement: tree.For | tree.If, body: Body, env: Environment) -> None:
        """Looks for mistakes in lines that may or may not run. What they bind is unknown."""
        if isinstance(statement, tree.For):
            bodies = [statement.body]
            self.evaluator.unpack(statement.targets, UNKNOWN, env, statement.iterable.span)
        else:
            bodies = [*(lines for _, lines in statement.arms), statement.otherwise]
        before = dict(env.values)
        after = dict(before)
        self.elaborator.supposing += 1
        for lines in bodies:
            env.values = dict(before)
            with body.untouched():
                self.run(lines, body, env, None)
            after |= {n: _unknown(v) for n, v in env.values.items() if v is not before.get(n)}
        self.elaborator.supposing -= 1
        env.values = after

    def _let(self, statement: tree.Let, env: Environment) -> None:
        value = self.evaluator.value(statement.value, env)
        self.evaluator.unpack(statement.targets, value, env, statement.value.span)

    def _rounds(
        self, statement: tree.For, items: tuple[object, ...], body: Body, env: Environment
    ) -> Iterator[tuple[tree.Statement, ...]]:
        """The loop's body once a round, with its variables bound and its mark set."""
        for index, item in enumerate(items):
            self.evaluator.spend(1, statement.iterable.span)
            pairs = self.evaluator.unpack(statement.targets, item, env, statement.iterable.span)
            with body.marked(Mark(statement, index, told_of(pairs))):
                yield statement.body

    def _arm(
        self, statement: tree.If, body: Body, env: Environment
    ) -> tuple[int, tuple[tree.Statement, ...]] | None:
        """The number of the arm that is taken and its lines; None where that is unknown."""
        for index, (condition, lines) in enumerate(statement.arms):
            truth = self.evaluator.condition(condition, env)
            if truth is None:
                for later, _ in statement.arms[index + 1 :]:
                    self.evaluator.condition(later, env)
                return None
            if truth:
                return index, lines
        return len(statement.arms), statement.otherwise

    def _flow(self, statement: tree.Flow, body: Body, env: Environment, flow: Flow) -> Flow:
        if statement.names and self.reassigned.refuses(statement, body, env):
            return None
        names = tuple([self.evaluator.text(n, env) for n in statement.names])
        recipe = self.evaluator.recipe(statement.value, env)
        single = names[0] if len(names) == 1 else None
        if single is not None:
            fine = nameable(self.reporter, statement.names[0], single, recipe, body)
            single = single if fine else None
        result = self.elaborator.apply(recipe, flow, body, env, single)
        if names:
            result = self._tap(statement, names, result, body, env)
            self._note_step(statement, names, recipe, env)
        self._watched(statement, flow, result, body)
        if statement.shape is not None and result is not None:
            self._check_shape(statement, statement.shape, result, body, env)
        return result

    def _note_step(
        self,
        statement: tree.Flow,
        names: tuple[str | None, ...],
        recipe: Recipe,
        env: Environment,
    ) -> None:
        """Notes what a name alone stands for, in case it is applied like a layer further down."""
        tap = env.values.get(names[0]) if len(names) == 1 and names[0] is not None else None
        if isinstance(tap, Tap) and not begins_with_tap(recipe):
            tap.made = statement.value.span

    def _watched(self, line: tree.Flow, before: Flow, after: Flow, body: Body) -> None:
        if self.seen is not None and after is not None:
            self.seen[line, _only_shape(before, body), _only_shape(after, body)] = None

    def _tap(
        self,
        statement: tree.Flow,
        names: tuple[str | None, ...],
        result: Flow,
        body: Body,
        env: Environment,
    ) -> Flow:
        """Binds the names to what the line gives, and passes that on."""
        if len(names) == 1:
            parts: list[Flow] = [result]
        elif result is None:
            parts = [None] * len(names)
        elif len(result) != len(names):
            span = statement.names[0].span.to(statement.names[-1].span)
            self.reporter.report(mistakes.names_and_results(len(names), len(result), span))
            parts, result = [None] * len(names), None
        else:
            parts = [(ref,) for ref in result]
        check_results(self.reporter, statement.names, names)
        for written, name, refs in zip(statement.names, names, parts, strict=True):
            if name is not None:
                before = env.find(name)
                hides = before.hides if isinstance(before, Tap) else before
                env.values[name] = Tap(name, written.span, body, refs, hides)
            else:
                env.doubts.append(pattern(written))
        return result

    def _check_shape(
        self,
        statement: tree.Flow,
        expr: tree.Expr,
        result: tuple[Ref, ...],
        body: Body,
        env: Environment,
    ) -> None:
        wanted = self.evaluator.value(expr, env)
        if wanted is UNKNOWN:
            return
        sizes = wanted if isinstance(wanted, tuple) else (wanted,)
        if not all(map(is_whole, sizes)):
            self.reporter.report(
                mistakes.not_a_shape(wanted, expr.span, "64x56x56", "(channels, 56, 56)")
            )
            return
        if len(result) != 1:
            self.reporter.report(mistakes.shape_of_several(len(result), expr.span))
            return
        shape = body.type_of(result[0]).shape
        if shape != sizes:
            written = tuple(s for s in sizes if isinstance(s, int))
            tell = self.reporter.note if self._overridden() else self.reporter.report
            late = _row_layer(body, result[0]) if len(written) == 1 else None
            tell(mistakes.shape_differs(shape, written, expr.span, late))

    def _overridden(self) -> bool:
        """True where the user set inputs or parameters, so that written shapes are no promise."""
        networks = self.elaborator.networks
        return networks is not None and networks.overridden

    def _output(self, statement: tree.Output, body: Body, env: Environment, flow: Flow) -> None:
        if body.nested and self.elaborator.supposing:
            return  # the `path` around it may have a name that is not known
        if body.nested:
            self.reporter.report(mistakes.output_in_a_path(statement.span))
            return
        if body.outputs is not None:
            self.reporter.report(mistakes.outputs_twice(statement.span, body.outputs.span))
            return
        body.outputs = Outputs(statement.span)
        for argument in statement.values:
            for recipe in self._given(argument, env):
                refs = self.elaborator.branch(Branch(argument.value, recipe), flow, body, env)
                inner = unmarked(recipe)
                name = inner.tap.name if isinstance(inner, TapRecipe) else ""
                if argument.name is not None:
                    name = self._output_name(argument.name, statement)
                elif name == "input":
                    name = ""
                self._add_output(name, refs, argument, body.outputs, _called(statement))

    def _given(self, argument: tree.Argument, env: Environment) -> tuple[Recipe, ...]:
        """The output that an argument stands for, or those of its tuple."""
        value = self.evaluator.value(argument.value, env, STEP)
        values = value if isinstance(value, tuple) else (value,)
        return tuple(self.evaluator.as_recipe(v, argument.value) for v in values)

    def _output_name(self, written: tree.Name, statement: tree.Output) -> str:
        """The name given to an output, or none where it cannot have that name."""
        if len(statement.values) == 1:
            value = statement.values[0].value.span
            self.reporter.report(mistakes.name_of_the_only_output(written, value))
            return ""
        why = refusal(written.id)
        if why is None:
            return written.id
        free = suggestion(written.id)
        free = free if free not in _called(statement) else _numbered(free, _called(statement))
        self.reporter.report(mistakes.no_name_for_an_output(written, why, free))
        return free

    def _add_output(
        self,
        name: str,
        refs: Flow,
        argument: tree.Argument,
        outputs: Outputs,
        called: set[str],
    ) -> None:
        taken = {other for other, _ in outputs.values}
        if name and name in taken:
            free = _numbered(name, taken | called)
            self.reporter.report(mistakes.two_outputs_of_one_name(name, free, argument))
            name = free
        outputs.values.append((name, refs))

    def pieces(
        self, lines: tuple[tree.Statement, ...], flow: Flow, body: Body, env: Environment
    ) -> Pieces:
        """Each line of a merge is a branch; `for` and `if` make and choose branches."""
        pieces: Pieces = []
        for line in lines:
            match line:
                case tree.Flow():
                    pieces.append((self._branch_line(line, body, env, flow), _head(line)))
                case tree.For():
                    items = self.evaluator.items(line.iterable, env)
                    if items is None:
                        self._suppose(line, body, env)
                        pieces.append((None, line.span))
                    for inner in self._rounds(line, items or (), body, env):
                        pieces.extend(self.pieces(inner, flow, body, env))
                case tree.If():
                    arm = self._arm(line, body, env)
                    if arm is None:
                        self._suppose(line, body, env)
                        pieces.append((None, line.span))
                        continue
                    with body.marked(Mark(line, arm[0])):
                        pieces.extend(self.pieces(arm[1], flow, body, env))
                case tree.Let() | tree.Layer():
                    self._statement(line, body, env, flow)
                case _:
                    word = type(line).__name__.lower()
                    self.reporter.report(mistakes.no_branch(word, line.span))
                    pieces.append((None, line.span))
        return pieces

    def _branch_line(self, line: tree.Flow, body: Body, env: Environment, flow: Flow) -> Flow:
        if not line.names and line.shape is None:
            recipe = self.evaluator.recipe(line.value, env)
            result = self.elaborator.branch(Branch(line.value, recipe), flow, body, env)
            self._watched(line, flow, result, body)
            return result
        return self._flow(line, body, env, flow)


def _only_shape(flow: Flow, body: Body) -> Shape | None:
    return body.type_of(flow[0]).shape if flow is not None and len(flow) == 1 else None


def _unknown(value: object) -> object:
    """The rest of a name's value where the line that binds it may not have run."""
    if isinstance(value, Tap):
        return Tap(value.name, value.span, value.body, None, value.hides)
    return value if isinstance(value, SharedLayer) else UNKNOWN


def _called(statement: tree.Output) -> set[str]:
    """The names that the outputs of a line have, given or their steps' own."""
    named = (argument.name or argument.value for argument in statement.values)
    return {name.id for name in named if isinstance(name, tree.Name)}


def _numbered(name: str, taken: set[str]) -> str:
    """The first of `name_2`, `name_3` … that is free."""
    return next(free for k in count(2) if (free := f"{name}_{k}") not in taken)


def _head(line: tree.Flow) -> Span:
    """The place where a branch is shown: of a block form only the line that opens it."""
    return line.value.head.span if isinstance(line.value, tree.Suite) else line.span


def _row_layer(body: Body, ref: Ref) -> Span | None:
    """The `linear` that a map flows into, where the line ends in one."""
    if ref.step < 0:
        return None
    draft = body.drafts[ref.step]
    linear = isinstance(draft.target, Op) and draft.target.word == "linear"
    return draft.span if linear and body.types_of(draft.inputs)[0].rank > 2 else None
