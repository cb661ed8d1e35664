"""A block's use as a call that could stand in a spec: the arguments that tell something.

What comes in are the copies drawn as one; what goes out is text. Left out are defaults, tensors
and blocks, how often something is dropped, what is too long, and, where the uses of a block differ,
what is the same in all of them; where a line is too short, the number of channels that leave too.
After a gap arguments have their names, as the language asks.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from archdsl.ir.graph import Program, Scope, different_steps
from archdsl.semantics.evaluate.evaluator import evaluate_plain
from archdsl.semantics.values import UNKNOWN
from archdsl.syntax import tree
from archdsl.transforms.picture.caption import RANGE, WIDTH
from archdsl.transforms.picture.designs import Designs, numbers

MANY = 2  # arguments that are said though they are always the same
LONG = 26  # letters of an argument that is said
CHOICES = 2  # values that are listed


class BlockCalls(Struct):
    """The calls of one program's blocks."""

    designs: Designs
    _differing: dict[str, frozenset[str]] = field(default_factory=dict)
    _rates: dict[str, frozenset[str]] = field(default_factory=dict)
    _telling: dict[int, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, program: Program, designs: Designs) -> "BlockCalls":
        uses: dict[str, list[Scope]] = {}
        for scope, at in different_steps(program.root):
            target = scope.steps[at].target
            if isinstance(target, Scope) and target.block:
                uses.setdefault(target.block, []).append(target)
        rates = {block: _rates(designs, scopes) for block, scopes in uses.items()}
        return cls(designs, {block: _differing(scopes) for block, scopes in uses.items()}, rates)

    def call(self, copies: tuple[Scope, ...], around: Scope) -> str:
        """`bottleneck(64, stride=2)`, as a step of the scope `around` it."""
        first = copies[0]
        if not first.block:
            return ""
        said = self._said(copies)
        named = self._named(around, first.block)
        whole = _called(first, said, named)
        return whole if len(whole) <= WIDTH else _called(first, _untold(first, said), named)

    def ranges(self, turns: Iterable[tuple[Scope, ...]]) -> str:
        """`drop 0 … 0.1`: the arguments in which copies drawn as one differ."""
        spread: dict[str, list[float]] = {}
        for copies in turns:
            rates = self._rates.get(copies[0].block, frozenset())
            for name, numbers_there in _spread(copies, rates):
                spread.setdefault(name, []).extend(numbers_there)
        return ", ".join(
            f"{name} {_number(min(numbers_there))}{RANGE}{_number(max(numbers_there))}"
            for name, numbers_there in spread.items()
        )

    def choices(self, chain: tuple[Scope, ...]) -> Iterator[str]:
        """`shift 0 and 3`: the arguments, but for rates, that a chain's blocks have in two ways."""
        bound = [dict(use.arguments) for use in chain]
        for name in sorted(_differing(chain) - self._rates.get(chain[0].block, frozenset())):
            values = dict.fromkeys(written(arguments.get(name)) for arguments in bound)
            if len(values) == CHOICES:
                yield f"{name} {' and '.join(values)}"

    def _said(self, copies: tuple[Scope, ...]) -> dict[str, str]:
        """The arguments that a call says, as they are written."""
        first = copies[0]
        defaults = _defaults(first)
        said = {
            name: text
            for name, value in first.arguments
            if defaults.get(name) != (value,)
            and all(dict(copy.arguments).get(name) == value for copy in copies)
            and name not in self._rates.get(first.block, frozenset())
            and not _is_nested(value)
            and len(text := written(value)) <= LONG
        }
        telling = self._differing.get(first.block, frozenset()) & said.keys()
        kept = telling or frozenset(said if len(said) <= MANY else list(said)[:1])
        return {name: text for name, text in said.items() if name in kept}

    def _named(self, around: Scope, block: str) -> str:
        """The one argument, but for the first, in which the uses of a block in a scope differ."""
        if id(around) not in self._telling:
            uses: dict[str, list[Scope]] = {}
            for step in around.steps:
                if isinstance(step.target, Scope):
                    uses.setdefault(step.target.block, []).append(step.target)
            self._telling[id(around)] = {name: self._only(scopes) for name, scopes in uses.items()}
        return self._telling[id(around)].get(block, "")

    def _only(self, uses: list[Scope]) -> str:
        """The name of the argument that differs, if one alone does and it is not the first."""
        differing = _differing(uses) - self._rates.get(uses[0].block, frozenset())
        first = next((name for use in uses for name, _ in use.arguments), "")
        return next(iter(differing)) if len(differing) == 1 and first not in differing else ""


def _called(scope: Scope, said: dict[str, str], named: str) -> str:
    words = ", ".join(_arguments(scope, said, named))
    return f"{scope.block}({words})" if words else scope.block


def _untold(scope: Scope, said: dict[str, str]) -> dict[str, str]:
    """Without the number of channels, which what leaves the block tells."""
    told = {str(type_.shape[0]) for type_ in scope.outputs}
    return {name: text for name, text in said.items() if text not in told}


def _rates(designs: Designs, uses: list[Scope]) -> frozenset[str]:
    """The arguments that say nothing but how often something is dropped."""
    return frozenset(n for use in uses for n, v in use.arguments if designs.is_rate(use, v))


def _spread(copies: tuple[Scope, ...], rates: frozenset[str]) -> Iterator[tuple[str, list[float]]]:
    """The rates that are not the same in all copies, with all their numbers."""
    first = copies[0]
    if not first.block or all(copy is first for copy in copies):
        return
    bound = [dict(copy.arguments) for copy in copies]
    for name, value in first.arguments:
        if name not in rates:
            continue
        rate = [number for arguments in bound for number in numbers(arguments[name])]
        if rate and any(arguments[name] != value for arguments in bound):
            yield name, rate


def _arguments(scope: Scope, said: dict[str, str], named: str) -> Iterator[str]:
    """Arguments by position while none is left out and none has its name."""
    defaults = _defaults(scope)
    by_position = True
    for name in parameters(scope):
        by_position &= name in said and name not in defaults and name != named
        by_position &= said.get(name) not in ("true", "false")
        if name in said:
            yield said[name] if by_position else f"{name}={said[name]}"


def parameters(scope: Scope) -> tuple[str, ...]:
    """The names of a block's parameters, those that take blocks and tensors among them."""
    if scope.definition is None:
        return tuple(name for name, _ in scope.arguments)
    return tuple(parameter.name.id for parameter in scope.definition.parameters)


def _defaults(scope: Scope) -> dict[str, tuple[object, ...]]:
    """The default of each parameter that has one, as it was bound; empty for one that is no plain
    value."""
    defaults: dict[str, tuple[object, ...]] = {}
    for parameter in scope.definition.parameters if scope.definition else ():
        match parameter.default:
            case None:
                continue
            case tree.Constant(value=value):
                defaults[parameter.name.id] = (value,)
            case default:
                known = evaluate_plain(default, dict(scope.arguments))
                defaults[parameter.name.id] = () if known is UNKNOWN else (known,)
    return defaults


def _is_nested(value: object) -> bool:
    return isinstance(value, tuple) and any(isinstance(item, tuple) for item in value)


def _differing(uses: Iterable[Scope]) -> frozenset[str]:
    """The arguments that are not the same in all uses; one that only some have is."""
    values: dict[str, set[object]] = {}
    bound = [dict(use.arguments) for use in uses]
    for name in dict.fromkeys(name for arguments in bound for name in arguments):
        values[name] = {written(arguments.get(name)) for arguments in bound}
    return frozenset(name for name, different in values.items() if len(different) > 1)


def written(value: object) -> str:
    """A value as the language writes it."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case tuple():
            items = [written(item) for item in value]
            return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case _:
            return str(value)


def _number(value: float) -> str:
    return f"{value:.3g}"
