"""The lines that only a network has: `input`, `aux`, `init`, `expect`."""

from collections.abc import Mapping

from msgspec import Struct, field

from archdsl.base.quantities import is_number, is_whole
from archdsl.base.source import Span
from archdsl.ir.graph import Expectation, Init, Ref
from archdsl.ir.shape import DType, Shape, TensorType
from archdsl.ops.initialiser import initialisers
from archdsl.ops.registry import ops
from archdsl.semantics.elaborate import mistakes
from archdsl.semantics.elaborate.body import Body, Flow
from archdsl.semantics.elaborate.elaborator import Elaborator
from archdsl.semantics.elaborate.naming import nameable
from archdsl.semantics.elaborate.protocols import NetworkLine
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate import op_arguments
from archdsl.semantics.values import UNKNOWN, Tap, is_plain
from archdsl.syntax import tree

MAX_SIZE = 10**9  # of one dimension of an input


class Notes(Struct, eq=False):
    """The lines of one network that are no steps."""

    body: Body
    embedded: bool
    unnamed: Span | None = None  # the input, where it has no name
    inits: list[Init] = field(default_factory=list)
    heads: list[tuple[str, int, float]] = field(default_factory=list)
    expectations: list[Expectation] = field(default_factory=list)


class Overrides(Struct, frozen=True):
    """The values that the user sets from outside: parameters by name, and input shapes by name
    ('' for the only one)."""

    parameters: Mapping[str, object] = field(default_factory=dict)
    inputs: Mapping[str, Shape] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.parameters or self.inputs)


class NetworkLines:
    """Runs the statements of networks for the elaborator."""

    def __init__(self, elaborator: Elaborator, overrides: Overrides) -> None:
        self.elaborator = elaborator
        self.evaluator = elaborator.evaluator
        self.reporter = elaborator.reporter
        self.overrides = overrides
        self.notes: dict[Body, Notes] = {}
        elaborator.networks = self

    @property
    def overridden(self) -> bool:
        return bool(self.overrides)

    # --- statements --------------------------------------------------------------------------

    def statement(self, line: NetworkLine, body: Body, env: Environment, flow: Flow) -> Flow:
        notes = self.notes.get(body)
        if notes is None or body.nested:
            word = type(line).__name__.lower()
            in_path = body.parent is not None or notes is not None
            self.reporter.report(mistakes.not_a_network_line(word, line.span, in_path=in_path))
            return flow
        match line:
            case tree.Input():
                return self._input(line, notes, env, flow)
            case tree.Aux():
                self._aux(line, notes, env, flow)
            case tree.Init():
                self._init(line, notes, env)
            case tree.Expect():
                if not notes.embedded:
                    self.expect(line, notes, env)
        return flow

    def _input(self, line: tree.Input, notes: Notes, env: Environment, flow: Flow) -> Flow:
        body = notes.body
        name = line.name.id if line.name is not None else "x"
        if notes.embedded:
            if line.name is not None:
                env.values[name] = Tap(name, line.name.span, body, flow)
            return flow
        if body.drafts:
            self.reporter.report(mistakes.input_after_a_step(line.span, body.drafts[0].span))
            env.values[name] = Tap(name, line.span, body, None)
            return None
        if self._clashes(line, name, notes):
            return None
        type_ = self._input_type(line, name, env)
        known = type_ is not None and not self.elaborator.supposing
        refs: Flow = None
        if type_ is not None and known:
            notes.unnamed = line.span if line.name is None else None
            ref = body.add_input(name, type_, line.span)
            refs = tuple(Ref(-1, k) for k in range(len(body.inputs)))
        if line.name is not None:
            env.values[name] = Tap(name, line.span, body, (ref,) if known else None)
        env.values["input"] = Tap("input", line.span, body, refs)
        return refs

    def _clashes(self, line: tree.Input, name: str, notes: Notes) -> bool:
        """True where an input has no name of its own beside those before it; reports that."""
        if line.name is None and notes.body.inputs:
            self.reporter.report(mistakes.second_input_without_a_name(line.span))
        elif notes.unnamed is not None:
            self.reporter.report(mistakes.first_input_without_a_name(line.span, notes.unnamed))
        elif name in notes.body.input_names:
            self.reporter.report(mistakes.two_inputs_of_one_name(line.span))
        else:
            return False
        return True

    def _input_type(self, line: tree.Input, name: str, env: Environment) -> TensorType | None:
        dtype = DType.FLOAT
        if line.dtype is not None:
            words = [d.value for d in DType]
            if line.dtype.id not in words:
                kind = line.dtype
                self.reporter.report(mistakes.no_kind_of_number(kind.id, kind.span, words))
                return None
            dtype = DType(line.dtype.id)
        elif isinstance(line.shape, tree.Name) and line.shape.id in (d.value for d in DType):
            self._shapeless(line, line.shape)
            return None
        given = self.overrides.inputs
        value: object
        if name in given or (line.name is None and "" in given):
            value = given.get(name, given.get(""))
        elif "" in given and len(self.overrides.inputs) == 1 and line.name is not None:
            value = given[""]
        else:
            value = self.evaluator.value(line.shape, env)
        if value is UNKNOWN or self._is_batch(value, line):
            return None
        sizes = value if isinstance(value, tuple) else (value,)
        for size in sizes:
            if not is_whole(size):
                span = line.shape.span
                self.reporter.report(
                    mistakes.not_a_shape(value, span, "3x224x224", "(3, size, size)")
                )
                return None
            if not 1 <= size <= MAX_SIZE:
                self.reporter.report(mistakes.no_size(size, MAX_SIZE, line.shape.span))
                return None
        return TensorType(tuple(s for s in sizes if isinstance(s, int)), dtype)

    def _is_batch(self, value: object, line: tree.Input) -> bool:
        """True where a shape from outside is the written one after a batch; reports that."""
        own = line.shape.dims if isinstance(line.shape, tree.Shape) else ()
        if not own or not isinstance(value, tuple) or len(value) != len(own) + 1:
            return False
        if value[1] != own[0]:
            return False
        self.reporter.report(mistakes.shape_with_batch(value, line.shape.span))
        return True

    def _shapeless(self, line: tree.Input, kind: tree.Name) -> None:
        """A kind of number where the shape stands, as a type would in Python."""
        example = f"128 {kind.id}" if kind.id == DType.INT.value else "3x224x224"
        declared = line.span.text.removesuffix(kind.id).rstrip()
        self.reporter.report(mistakes.kind_for_shape(kind.span, declared, example))

    def _aux(self, line: tree.Aux, notes: Notes, env: Environment, flow: Flow) -> None:
        body, name = notes.body, line.name.id
        if notes.embedded:
            self.reporter.report(mistakes.heads_in_a_block(line.span))
            return
        weight = self._weight(line, env)
        recipe = self.evaluator.recipe(line.value, env)
        if not nameable(self.reporter, line.name, name, recipe, body):
            return
        body.training = True
        result = self.elaborator.apply(recipe, flow, body, env, name)
        body.training = False
        if result is None:
            return
        if len(result) != 1 or result[0].step < 0 or not body.drafts[result[0].step].training_only:
            self.reporter.report(mistakes.not_a_head(line.value.span))
            return
        env.values[name] = Tap(name, line.name.span, body, result)
        if weight is not None:
            notes.heads.append((name, result[0].step, weight))

    def _weight(self, line: tree.Aux, env: Environment) -> float | None:
        weight: object = 1.0
        for position, argument in enumerate(line.arguments):
            if position:
                self.reporter.report(mistakes.several_arguments_of_aux(argument.span))
                return None
            if argument.name is None or argument.name.id != "weight":
                given = argument.name.span if argument.name is not None else argument.span
                self.reporter.report(mistakes.unknown_argument_of_aux(line.name.id, given))
                return None
            weight = self.evaluator.value(argument.value, env)
        if weight is UNKNOWN:
            return None
        if not is_number(weight) or weight < 0:
            self.reporter.report(mistakes.no_weight(weight, line.arguments[0].value.span))
            return None
        return float(weight)

    def _init(self, line: tree.Init, notes: Notes, env: Environment) -> None:
        op, path = None, None
        if isinstance(line.selector, tree.Name):
            op = line.selector.id
            if op not in ops():
                self.reporter.report(mistakes.unknown_op(op, line.selector.span, ops()))
                return
        else:
            path = str(line.selector.value)
        callee = line.value.callee if isinstance(line.value, tree.Call) else line.value
        given = line.value.arguments if isinstance(line.value, tree.Call) else ()
        known = initialisers()
        if not isinstance(callee, tree.Name) or callee.id not in known:
            word = callee.span.text
            self.reporter.report(mistakes.unknown_initialiser(word, callee.span, known))
            return
        settings = op_arguments.bind_initialiser(
            self.evaluator, known[callee.id], line.value, given, env
        )
        if settings is None:
            return
        tensor = line.tensor.id if line.tensor is not None else "weight"
        order = known[callee.id].positional
        written = tuple(
            (argument.name.id if argument.name is not None else order[place], argument.value)
            for place, argument in enumerate(given)
        )
        notes.inits.append(Init(op, path, tensor, callee.id, settings, line.span, written))

    def expect(self, line: tree.Expect, notes: Notes, env: Environment) -> None:
        if line.when is not None and self.evaluator.condition(line.when, env) is not True:
            return
        values = tuple((n, v) for n, v in env.values.items() if is_plain(v))
        notes.expectations.append(
            Expectation(line.condition, values, line.span, binding=not self.overrides)
        )

    # --- networks ----------------------------------------------------------------------------

    def embed(
        self, declaration: tree.NetworkDecl, flow: Flow, body: Body, env: Environment
    ) -> Flow:
        """A network used as a block: its flow is what flows in."""
        root, name = len(self.reporter.frames) == 1, declaration.name
        self.notes[body] = Notes(body, embedded=not root)
        inputs = [s for s in declaration.body if isinstance(s, tree.Input)]
        if not root and len(inputs) > 1:
            second = inputs[1].span
            self.reporter.report(mistakes.inputs_in_a_block(name.id, len(inputs), second))
            return None
        if root and not _declares_input(declaration.body):
            self.reporter.report(mistakes.no_input(name.id, name.span))
            env.values["input"] = Tap("input", name.span, body, None)
        return self.elaborator.lines.run(declaration.body, body, env, flow)


def _declares_input(statements: tuple[tree.Statement, ...]) -> bool:
    for statement in statements:
        match statement:
            case tree.Input():
                return True
            case tree.If():
                arms = [lines for _, lines in statement.arms]
                if any(_declares_input(lines) for lines in (*arms, statement.otherwise)):
                    return True
            case tree.For() if _declares_input(statement.body):
                return True
    return False
