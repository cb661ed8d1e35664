"""Sizes of the moment: arguments of a step that the source takes from the tensors of its block.

`reshape(input.tokens, heads, -1)` is right for every number of tokens, and so is what is emitted
for it: `forward` reads the size of the tensor that it is given.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from weakref import WeakKeyDictionary

from msgspec.structs import replace

from archdsl.ir.code import Call, Code, Emission, Index, Name, Slice
from archdsl.ir.graph import Scope, Step
from archdsl.ir.trail import turn
from archdsl.ir.written import written_arguments
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants, exchanged

WORDS = {  # the source's words for each size of a tensor, by rank
    1: (("channels", "features"),),
    2: (("channels", "tokens"), ("length", "features")),
    3: (("channels",), ("height",), ("width", "features")),
    4: (("channels",), ("depth",), ("height",), ("width", "features")),
}
SAYABLE = ("+", "-", "*", "//", "%")  # with tensors that a tool traces, too

Definition = tree.BlockDecl | tree.NetworkDecl
Place = tuple[str, int]  # an argument; of one that is written number by number, which of them
WHOLE = -1
LAST = 9  # behind the last size of every tensor


def emission(scope: Scope, step: Step) -> Emission:
    """The PyTorch of a step's op, which takes in `forward` what is measured there."""
    target = step.target
    assert not isinstance(target, Scope)
    types = scope.types_of(step.inputs)
    return target.emit_measured(types) if measured(scope, step) else target.emit(types)


def as_it_runs(scope: Scope, step: Step) -> Emission:
    """The same for every size of the block's inputs: what is measured stands as it is written."""
    code, places = emission(scope, step), measured(scope, step)
    if not places:
        return code

    def written(place: Place) -> Code:
        known = dict(scope.values)
        for mark in step.trail:
            known |= dict(mark.values)
        names = (node.id for node in _nodes(places[place]) if isinstance(node, tree.Name))
        return Name(repr((place, [(name, known.get(name)) for name in names])))

    return replace(code, forward=with_measured(code.forward, step, places, written))


def is_of_the_moment(scope: Scope, step: Step) -> bool:
    """True where `forward` works out an argument of the step's op from sizes of tensors."""
    target = step.target
    if isinstance(target, Scope) or not measured(scope, step):
        return False
    return as_it_runs(scope, step) != target.emit(scope.types_of(step.inputs))


def measured(scope: Scope, step: Step) -> Mapping[Place, tree.Expr]:
    """The arguments of an op that sizes of the block's inputs and of its named steps decide, as
    expressions over these sizes, the block's parameters and the variables of loops."""
    known = _MEASURED.get(scope)
    if known is None:
        known = _MEASURED[scope] = {}
    if id(step) not in known:
        known[id(step)] = _measured(scope, step)
    return known[id(step)]


_MEASURED: WeakKeyDictionary[Scope, dict[int, Mapping[Place, tree.Expr]]] = WeakKeyDictionary()
_NOTHING: Mapping[Place, tree.Expr] = {}


def _measured(scope: Scope, step: Step) -> Mapping[Place, tree.Expr]:
    if scope.definition is None or isinstance(step.target, Scope):
        return _NOTHING
    written = written_arguments(scope, step)
    lets = measuring_lets(scope.definition)
    if not any(_asks(value, lets) for _, value in written):
        return _NOTHING
    places: dict[Place, tree.Expr] = {}
    for place, value in _placed(step, written):
        meaning = exchanged(value, lets)
        numbers = _numbers(argument(step, place))
        if numbers and _asks(meaning, {}) and _is_sayable(meaning, scope):
            places[place] = meaning
    return places


def with_measured(
    code: Code, step: Step, places: Iterable[Place], change: Callable[[Place], Code]
) -> Code:
    """The code of `forward` with these arguments replaced where they stand in it."""
    wanted = set(places)

    def changed(place: Place, part: Code) -> Code:
        return change(place) if place in wanted and part == argument(step, place) else part

    match code:
        case Call(func=func, args=args, kwargs=kwargs):
            variadic: str = getattr(step.target, "variadic", "")
            first = len(args) - len(_row(getattr(step.target, variadic, ())))
            row = (changed((variadic, k - first), part) for k, part in enumerate(args))
            named = ((key, changed((key, WHOLE), part)) for key, part in kwargs)
            return Call(func, tuple(row), tuple(named))
        case Index(value=value, items=items):
            bounds = (
                Slice(
                    changed(("start", WHOLE), item.start),
                    changed(("stop", WHOLE), item.stop),
                    item.step,
                )
                if isinstance(item, Slice) and item != Slice()
                else item
                for item in items
            )
            return Index(value, tuple(bounds))
    return code


def _placed(
    step: Step, written: tuple[tuple[str, tree.Expr], ...]
) -> list[tuple[Place, tree.Expr]]:
    variadic: str = getattr(type(step.target), "variadic", "")
    rows = [value for name, value in written if not name]
    placed = [((name, WHOLE), value) for name, value in written if name]
    if variadic and len(rows) == len(_row(getattr(step.target, variadic, ()))):
        placed += [((variadic, index), value) for index, value in enumerate(rows)]
    return placed


def _row(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def argument(step: Step, place: Place) -> object:
    """The value of an argument of an op."""
    name, index = place
    value = getattr(step.target, name, None)
    return value if index == WHOLE else _row(value)[index]


def _numbers(value: object) -> bool:
    """True for a whole number, or a row of them."""
    return all(type(number) is int for number in _row(value))


def _is_size(node: tree.Node, scope: Scope) -> bool:
    """True for a size of an input or of a named step: `input.height`, `skip.shape[1]`, or an
    element of `input.shape[1:]`."""
    match node:
        case tree.Attribute(value=tree.Name(id=owner), name=tree.Name(id=word)):
            return any(word in row for row in WORDS.get(_rank(owner, scope), ()))
        case tree.Index(value=row, index=tree.Constant(value=int() as place)):
            first = 0
            if isinstance(row, tree.Slice) and row.stop is None and row.step is None:
                first, row = _whole(row.start), row.value
            match row:
                case tree.Attribute(value=tree.Name(id=owner), name=tree.Name(id="shape")):
                    length = _rank(owner, scope) - first
                    return -length <= place < length
    return False


def _whole(number: tree.Expr | None) -> int:
    """A number that is written out; any other begins behind all sizes."""
    if number is None:
        return 0
    value = number.value if isinstance(number, tree.Constant) else None
    return value if isinstance(value, int) and value >= 0 else LAST


def _rank(owner: str, scope: Scope) -> int:
    """The number of sizes of an input, or of what a named step gives; 0 for anything else."""
    names = ("input", *scope.input_names[1:])[: len(scope.inputs)]
    if owner in names:
        return scope.inputs[names.index(owner)].rank
    steps = [step for step in scope.steps if step.name == owner]
    if len(steps) == 1 and is_tap(steps[0]):
        return steps[0].outputs[0].rank
    return 0


def is_tap(step: Step) -> bool:
    """True for a named step with one result, outside of loops and choices."""
    return step.named and len(step.outputs) == 1 and not any(map(turn, step.trail))


def _asks(expression: tree.Expr, lets: Mapping[str, tree.Expr]) -> bool:
    """True where an expression asks a tensor for something, be it by a name that does."""
    asks, names = _words(expression)
    return asks or not names.isdisjoint(lets)


@lru_cache(maxsize=4096)
def _words(expression: tree.Expr) -> tuple[bool, frozenset[str]]:
    """True where an attribute of a tensor is in it; and the names that it mentions."""
    nodes = list(_nodes(expression))
    names = frozenset(node.id for node in nodes if isinstance(node, tree.Name))
    return any(isinstance(node, tree.Attribute) for node in nodes), names


def _nodes(expression: tree.Expr) -> Iterator[tree.Node]:
    """The expression and everything in it."""
    yield expression
    yield from descendants(expression)


def _is_sayable(expression: tree.Expr, scope: Scope) -> bool:
    """True where `forward` can work it out, a tool that traces it too: whole numbers that are
    added, multiplied and divided."""
    if _is_size(expression, scope) or not _asks(expression, {}):
        return True
    match expression:
        case tree.Binary(op=op, left=left, right=right) if op in SAYABLE:
            return _is_sayable(left, scope) and _is_sayable(right, scope)
        case tree.Unary(op="-", operand=operand):
            return _is_sayable(operand, scope)
        case tree.Tuple(items=items):
            return all(_is_sayable(item, scope) for item in items)
    return False


@lru_cache(maxsize=1024)
def measuring_lets(definition: Definition) -> Mapping[str, tree.Expr]:
    """The `let`s that ask a tensor for its sizes, written out; of names that stand for one thing
    throughout the definition."""
    lets = list(lets_of(definition))
    times = Counter(name for name, _ in lets)
    measuring: dict[str, tree.Expr] = {}
    for name, value in lets:
        if times[name] == 1 and name not in lets_in_loops(definition) and _asks(value, measuring):
            measuring[name] = exchanged(value, measuring)
    return measuring


def lets_of(definition: Definition) -> Iterator[tuple[str, tree.Expr]]:
    """The definition's own names for expressions, wherever in its body."""
    for node in descendants(definition):
        match node:
            case tree.Let(targets=(tree.Name() as target,), value=value):
                yield target.id, value
            case tree.Let(targets=targets, value=value):
                for index, part in enumerate(targets):
                    if isinstance(part, tree.Name):
                        constant = tree.Constant(value.span, index)
                        yield part.id, tree.Index(value.span, value, constant)


@lru_cache(maxsize=1024)
def lets_in_loops(definition: Definition) -> frozenset[str]:
    """The names that a loop gives anew in each round, so that none has one value."""
    return frozenset(loops_of_lets(definition))


@lru_cache(maxsize=1024)
def loops_of_lets(definition: Definition) -> Mapping[str, frozenset[str]]:
    """The same names, each with the variables of the loops around it."""
    variables: dict[str, frozenset[str]] = {}
    for loop in descendants(definition):
        if isinstance(loop, tree.For):
            running = frozenset(name.id for name in tree.bound(loop.targets))
            for let in descendants(loop):
                for name in tree.bound(let.targets) if isinstance(let, tree.Let) else ():
                    variables[name.id] = variables.get(name.id, frozenset()) | running
    return variables
