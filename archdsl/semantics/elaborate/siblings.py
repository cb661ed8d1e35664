"""The same network and the same blocks for other arguments and inputs than the program's own.

Who writes a program down as classes learns from its siblings what an argument changes: what
differs from one to the next is no constant of the class. A value that the spec refuses has no
sibling.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any, TypeGuard, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Severity
from archdsl.ir.graph import Program, Scope, different_steps
from archdsl.ir.shape import TensorType
from archdsl.ops.registry import ops
from archdsl.semantics.elaborate.elaborator import Elaborator
from archdsl.semantics.elaborate.network_lines import Overrides
from archdsl.semantics.elaborate.other_answers import Answers, other_answers
from archdsl.semantics.elaborate.resized import Trials
from archdsl.semantics.elaborate.tensor_arguments import given_tensors
from archdsl.semantics.elaborate.used_flags import Flags, used_flags, with_flags
from archdsl.semantics.elaborate.whole_network import instantiate
from archdsl.semantics.elaboration_memory import Origin
from archdsl.semantics.module import Module
from archdsl.semantics.reporter import BlockLevel, Exhausted, Reporter
from archdsl.semantics.values import BlockRef, FnRef, OpRecipe, OpRef, TapRecipe, is_plain
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants

WIDE = 8  # whole numbers from here on are widths; smaller ones count things
MOST = 8  # tensors in a tuple with which a sibling is made
MANY = 2  # rounds from here on are fewer in a sibling, so that it costs less
INPUT, TENSORS = "", "*"  # channels that come in, among the names of arguments: of the flow, of
# the tensors among the arguments
CHANNELS = "input.channels"
Values = Mapping[str, object]
Value = TypeVar("Value")
Make = Callable[[Values], Scope | None]
Making = Callable[[tuple[str, ...]], Iterator[Scope]]


class Siblings(Struct, frozen=True):
    """One use of a definition, `of`, and the `names` of its arguments that can have other values.
    `made` takes some of these names and gives the scopes in which all of them have other values.
    The `varying` arguments of a block are not the same in all uses."""

    of: Scope
    names: tuple[str, ...]
    made: Making
    varying: frozenset[str] = frozenset()


class GivenBlock(Struct, frozen=True):
    """A block that is an argument, with the numbers among its own arguments that are the same in
    all its uses: with others it is another block."""

    block: BlockRef
    free: Mapping[str, object]


class ArgumentChange(Struct, frozen=True):
    """A change of numbers, by their place, so that two that are equal by chance do not stay so:
    widths; small numbers, such as strides; counts, which stand side by side; rates by a factor."""

    wide: Callable[[int, int], int]
    small: Callable[[int, int], int]
    count: Callable[[int], int]
    factor: float

    def of(self, value: Any, place: int = 0) -> Any:
        """Another value of the same form; numbers side by side are counts if one is small."""
        if isinstance(value, tuple):
            if all(map(_is_number, value)) and not all(map(_is_wide, value)):
                first, *others = (self._counted(item) for item in value)
                if {first} == {*others} and len({*value}) > 1:  # what differs stays so
                    first = first + 1 if type(first) is int else first / 2
                return (first, *others)
            return tuple(self.of(item, place + k) for k, item in enumerate(value))
        if isinstance(value, float):
            return self._rate(value)
        if isinstance(value, GivenBlock):
            free = {name: self.of(v, k) for k, (name, v) in enumerate(value.free.items())}
            return value.block.with_preset(value.block.node, free)
        if isinstance(value, OpRef | OpRecipe):
            return OpRef(value.node, ops()[value.op.twin])
        if not _is_number(value):
            return value
        return (self.wide if _is_wide(value) else self.small)(value, place)

    def _counted(self, number: Any) -> Any:
        return self._rate(number) if isinstance(number, float) else self.count(number)

    def _rate(self, number: float) -> float:
        return number * self.factor or 0.125


def _larger(number: int, place: int) -> int:
    return number + 2 + 2 * (place % 2)


def _fewer(number: int, place: int = 0) -> int:
    return number - 1 if number > MANY else number + 2


def _halved(number: int) -> int:
    """Half of an even number, twice an odd one."""
    return 2 * number if number % 2 else number // 2


def _kept(number: int, place: int = 0) -> int:
    return number


FIRST = (  # in the order of trying, where the spec refuses those before
    ArgumentChange(lambda n, k: (2 + k % 3) * n, _larger, _fewer, 0.5),
    ArgumentChange(lambda n, k: (2 + k % 3) * n, _fewer, _fewer, 0.5),
    ArgumentChange(lambda n, k: 2 * n, _fewer, _fewer, 0.5),
    ArgumentChange(lambda n, k: 3 * n, lambda n, k: 2 * n, _halved, 0.25),
)
SECOND = (
    ArgumentChange(
        lambda n, k: (n + n // 2 | 1) + 2 * k, _kept, _kept, 1.5
    ),  # of which no half is whole
    ArgumentChange(lambda n, k: n + 1 + k, _kept, _kept, 1.5),
    ArgumentChange(lambda n, k: n + WIDE * (1 + k), _kept, _kept, 1.5),
    ArgumentChange(lambda n, k: n + WIDE, _kept, _kept, 1.5),
)


def siblings(networks: tuple[tuple[Program, Trials], ...]) -> tuple[Siblings, ...]:
    """Siblings of sound programs of one file, which these trials can elaborate: of networks, and of
    their blocks; of each definition for a few of its uses."""
    search = _Search(networks)
    return (*search.networks(), *search.blocks())


class _FirstMistake(Reporter):
    """Ends the elaboration with the first mistake: that there is one is all that is asked. So all
    blocks that were finished before are sound, and may be remembered."""

    warns = False

    def report(self, mistake: Diagnostic) -> None:
        super().report(mistake)
        if mistake.severity is Severity.ERROR:
            raise Exhausted


class _Search:
    def __init__(self, networks: tuple[tuple[Program, Trials], ...]) -> None:
        self._trials = {program.root: trials for program, trials in networks}
        _, first = networks[0]
        self._memory, self._limits = first.memory, first.limits  # of all of them
        self._uses = self._definitions()

    def networks(self) -> Iterator[Siblings]:
        """Networks with other values of their parameters; those that decide the size of an image
        stand for themselves, since much may depend on them."""
        for roots in self._kinds():
            varying = _varying(roots)
            flags = used_flags(roots, varying)
            for root in _unlike(roots, varying):
                origin = self._memory.origins.get(root)
                blocks = dict(self._given_blocks(origin)) if origin is not None else {}
                arguments = {**blocks, **dict(root.arguments)}
                sizes = _image_sizes(root.definition) if root.definition else set[str]()
                make = partial(self._network, self._trials[root])
                for names in (arguments.keys() - sizes, arguments.keys() & sizes):
                    part = {n: v for n, v in arguments.items() if n in names}
                    module = self._trials[root].module
                    yield from _siblings(root, part, make, module, frozenset(), flags)

    def _kinds(self) -> list[list[Scope]]:
        """The networks, those of one definition that are made of the same blocks together."""
        kinds: dict[object, list[Scope]] = {}
        for root in self._trials:
            origin = self._memory.origins.get(root)
            blocks = _blocks_in(origin.recipe.arguments) if origin is not None else ()
            kinds.setdefault((id(root.definition), blocks), []).append(root)
        return list(kinds.values())

    def _given_blocks(self, origin: Origin) -> Iterator[tuple[str, GivenBlock | OpRef | OpRecipe]]:
        """The blocks among the arguments, each with the arguments of its own that nobody gives."""
        yield from _activations(origin)
        for name, value in origin.recipe.arguments:
            if isinstance(value, BlockRef):
                uses = [s for s in self._uses if s[0].definition is value.declaration]
                free = _free_numbers(uses[0]) if uses else {}
                if free:
                    yield name, GivenBlock(value, free)

    def _network(self, trials: Trials, values: Values) -> Scope | None:
        reporter = _FirstMistake()
        given = Overrides({**trials.overrides.parameters, **values}, trials.overrides.inputs)
        program = instantiate(
            trials.module, trials.name, reporter, given, trials.limits, memory=trials.memory
        )
        return None if program is None else program.root

    def blocks(self) -> Iterator[Siblings]:
        """The blocks of the networks, each for itself."""
        for scopes in self._uses:
            varying = _varying(scopes)
            flags = used_flags(scopes, varying)
            for scope in _unlike(scopes, varying):
                origin = self._memory.origins.get(scope)
                if origin is not None and origin.input is not None:
                    known: dict[str, object] = {
                        **dict(scope.arguments),
                        **dict(_activations(origin)),
                    }
                    known[INPUT] = channels_of(origin.input)
                    if origin.taps:
                        known[TENSORS] = tuple(channels_of(tap) for _, tap in origin.taps)
                    make = partial(self._block, origin)
                    module = origin.recipe.module
                    yield from _siblings(scope, known, make, module, varying, flags)
            yield from self._lengths(scopes)

    def _lengths(self, scopes: list[Scope]) -> Iterator[Siblings]:
        """A block with other numbers of tensors in a tuple of which its uses have several."""
        origins = [one for scope in scopes if (one := self._memory.origins.get(scope)) is not None]
        for name in dict(scopes[0].arguments) | dict(
            origins[0].recipe.arguments if origins else ()
        ):
            given = [dict(origin.recipe.arguments).get(name) for origin in origins]
            rows = [row for row in given if _are_tensors(row)]
            if len(rows) < len(scopes) or len(set(map(len, rows))) < 2:
                continue
            longest = max(range(len(rows)), key=lambda k: len(rows[k]))
            for count in _other_lengths(scopes[0], name, set(map(len, rows))):
                scope = self._resized(origins[longest], name, count)
                if scope is not None:
                    made = partial(_these, (scope,))
                    yield Siblings(scopes[longest], (f"{TENSORS}{name}{count}",), made)

    def _resized(self, origin: Origin, name: str, count: int) -> Scope | None:
        """The block with this many tensors in a tuple, the last one again and again."""
        before = given_tensors(origin.recipe.arguments)
        types = {id(tap): type_ for (_, tap), (_, type_) in zip(before, origin.taps, strict=True)}
        row = dict(origin.recipe.arguments)[name]
        assert isinstance(row, tuple)
        longer = (*row, *row[-1:] * (count - len(row)))[:count]
        bound = tuple((n, longer if n == name else v) for n, v in origin.recipe.arguments)
        taps = tuple((n, types[id(tap)]) for n, tap in given_tensors(bound))
        recipe = replace(origin.recipe, arguments=bound)
        return self._block(Origin(recipe, origin.input, taps), {})

    def _definitions(self) -> list[list[Scope]]:
        """The different scopes of each block, in the order of their first use."""
        scopes_of: dict[int, dict[Scope, None]] = {}
        for scope, index in chain.from_iterable(map(different_steps, self._trials)):
            inner = scope.steps[index].target
            if isinstance(inner, Scope) and isinstance(inner.definition, tree.BlockDecl):
                scopes_of.setdefault(id(inner.definition), {}).setdefault(inner)
        return [list(scopes) for scopes in scopes_of.values()]

    def _block(self, origin: Origin, values: Values) -> Scope | None:
        recipe, reporter = origin.recipe, _FirstMistake()
        bound = tuple((name, values.get(name, value)) for name, value in recipe.arguments)
        word = recipe.declaration.name.id
        sizes: Any = values.get(TENSORS, tuple(channels_of(tap) for _, tap in origin.taps))
        if any(size is not None and size < 1 for size in (values.get(INPUT), *sizes)):
            return None
        taps = zip(origin.taps, sizes, strict=True)
        try:
            scope = Elaborator(reporter, self._limits, self._memory).elaborate(
                replace(recipe, arguments=bound),
                _with_channels(origin.input, values.get(INPUT)),
                tuple((name, _with_channels(tap, size)) for (name, tap), size in taps),
                lambda: BlockLevel(word, word, None),
            )
        except Exhausted:
            scope = None
        return scope if scope is not None and scope.results else None


def _these(scopes: tuple[Scope, ...], names: tuple[str, ...]) -> Iterator[Scope]:
    return iter(scopes if names else ())


def _are_tensors(value: object) -> TypeGuard[tuple[TapRecipe, ...]]:
    """True for a tuple of tensors, which may have none."""
    return isinstance(value, tuple) and all(isinstance(item, TapRecipe) for item in value)


def _other_lengths(scope: Scope, name: str, known: set[int]) -> list[int]:
    """Lengths of a tuple that no use has: one less, one more, and those near the numbers that the
    definition compares its length with."""
    lengths = {min(known) - 1, max(known) + 1}
    for node in descendants(scope.definition) if scope.definition is not None else ():
        if isinstance(node, tree.Compare) and any(
            isinstance(part, tree.Name) and part.id == name for part in descendants(node)
        ):
            near = (part.value for part in descendants(node) if isinstance(part, tree.Constant))
            lengths |= {n + k for n in near if type(n) is int and n < MOST for k in (0, 1)}
    return sorted(length for length in lengths - known if length >= 0)


def _blocks_in(arguments: tuple[tuple[str, object], ...]) -> tuple[object, ...]:
    """The arguments that are no plain values, by the blocks and functions that they stand for."""
    return tuple((name, _block(value)) for name, value in arguments if not is_plain(value))


def _block(value: object) -> object:
    match value:
        case tuple():
            return tuple(map(_block, value))
        case BlockRef(declaration=declaration, preset=preset):
            return id(declaration), _blocks_in(preset)
        case FnRef(declaration=declaration):
            return id(declaration)
    return type(value)


def _activations(origin: Origin) -> Iterator[tuple[str, OpRef | OpRecipe]]:
    """The activations among the arguments for which another one can stand, be they `relu` or
    `leaky_relu(0.1)`."""
    for name, value in origin.recipe.arguments:
        if isinstance(value, OpRef | OpRecipe) and value.op.twin:
            yield name, value


def _image_sizes(definition: tree.Node) -> set[str]:
    """The parameters in the sizes of an input that are not its channels."""
    inputs = (node.shape for node in descendants(definition) if isinstance(node, tree.Input))
    sizes = (size for shape in inputs if isinstance(shape, tree.Tuple) for size in shape.items[1:])
    return {
        node.id
        for size in sizes
        for node in (size, *descendants(size))
        if isinstance(node, tree.Name)
    }


def _axis(type_: TensorType) -> int:
    """The axis of the channels, or of the features where these stand last."""
    return -1 if type_.rank == 2 else 0


def channels_of(type_: TensorType | None) -> int | None:
    """The channels of a tensor, or its features where these stand last."""
    return type_.shape[_axis(type_)] if type_ is not None and type_.rank else None


def _with_channels(type_: TensorType | None, size: Any) -> TensorType | None:
    if type_ is None or size is None:
        return type_
    sizes = list(type_.shape)
    sizes[_axis(type_)] = size
    return type_.shaped(tuple(sizes))


def _free_numbers(scopes: list[Scope]) -> Values:
    """The numbers among a block's arguments that are the same in all its uses."""
    varying = _varying(scopes)
    return {n: v for n, v in scopes[0].arguments if n not in varying and _is_number(v)}


def _varying(scopes: list[Scope]) -> frozenset[str]:
    """The arguments that are not the same in all uses; one that is a block somewhere, or a tensor,
    is none of the others there."""
    rows = [dict(scope.arguments) for scope in scopes]
    return frozenset(n for n, v in rows[0].items() if any(row.get(n, row) != v for row in rows))


def _unlike(scopes: list[Scope], varying: frozenset[str]) -> list[Scope]:
    """The first use, and the first in which something small is another, such as a stride: what
    a block does may depend on it."""

    def small(scope: Scope) -> list[object]:
        return [v for n, v in scope.arguments if n in varying and not _is_wide(v)]

    other = next((scope for scope in scopes if small(scope) != small(scopes[0])), None)
    return scopes[:1] if other is None else [scopes[0], other]


def _siblings(
    of: Scope,
    arguments: Values,
    make: Make,
    module: Module,
    varying: frozenset[str],
    flags: Flags,
) -> Iterator[Siblings]:
    """Those with two other values of each argument; none where nothing about a definition can be
    another: `flags` can where uses differ in them. Where the spec refuses every first change of
    all arguments together, numbers that count stand apart from widths: one of them that nothing
    else fits keeps no other from changing."""
    flags = {name: values for name, values in flags.items() if name in arguments}
    names = [name for name, value in arguments.items() if _changeable(value) or name in flags]
    turning = with_flags(_turning(of, arguments, module), arguments, flags)
    made = _Made(arguments, make)
    groups = [names]
    if len(names) > 1 and next(made.first(names, FIRST), None) is None:
        wide = [name for name in names if _is_width(arguments[name])]
        groups = [wide, [name for name in names if name not in wide]]
    for group in filter(None, groups):
        yield Siblings(of, tuple(group), partial(_with_turned, made, turning), varying)


def _with_turned(made: "_Made", turning: Answers, names: tuple[str, ...]) -> Iterator[Scope]:
    """The siblings, those with other answers, and one with the same: an answer that only the
    program's own value has would tell nothing of what it leads to."""
    yield from made.of(names)
    for name in names:
        if name in turning.alone:
            turned = turning.alone[name]
            for alternatives in (*turned.others, turned.alike):
                yield from islice(made.each({name: value} for value in alternatives), 1)
            for alternatives in turned.others:
                beside = (made.beside(names, {name: value}) for value in alternatives)
                yield from islice(chain.from_iterable(beside), 1)
    yield from made.each(values for values in turning.together if values.keys() <= set(names))


def _turning(of: Scope, arguments: Values, module: Module) -> Answers:
    """Values of the arguments for which the definition's questions have other answers."""
    if of.definition is None:
        return Answers({}, ())
    channels = {CHANNELS: arguments[INPUT]} if INPUT in arguments else {}
    known = {**dict(of.arguments), **arguments, **channels}
    turned = other_answers(of.definition, module, known)
    return Answers(_renamed(turned.alone), tuple(map(_renamed, turned.together)))


def _renamed(values: Mapping[str, Value]) -> dict[str, Value]:
    """The same with the channels that come in under their own name."""
    return {INPUT if name == CHANNELS else name: value for name, value in values.items()}


class _Made:
    """The siblings of one scope, each made once."""

    def __init__(self, arguments: Values, make: Make) -> None:
        self._arguments = arguments
        self._make = make
        self._known: list[tuple[Values, Scope | None]] = []

    def sibling(self, values: Values) -> Scope | None:
        """The one with these values; None where the spec refuses it."""
        known = next(((scope,) for other, scope in self._known if other == values), None)
        if known is None:
            known = (self._make(values) if _differ(values, self._arguments) else None,)
            self._known.append((values, *known))
        return known[0]

    def each(self, changes: Iterable[Values]) -> Iterator[Scope]:
        """The siblings with these values."""
        siblings = map(self.sibling, changes)
        return (sibling for sibling in siblings if sibling is not None)

    def first(
        self, names: Sequence[str], changes: tuple[ArgumentChange, ...]
    ) -> Iterator[tuple[Scope, Values, ArgumentChange]]:
        """The siblings by these changes of all of the names."""
        for change in changes:
            values = {name: change.of(self._arguments[name], k) for k, name in enumerate(names)}
            sibling = self.sibling(values)
            if sibling is not None:
                yield sibling, values, change

    def beside(self, names: Sequence[str], values: Values) -> Iterator[Scope]:
        """The sibling with these values in which the other names have others, too: what is there
        for a value alone tells nothing of what else it hangs on."""
        for change in FIRST:
            changed = {name: change.of(self._arguments[name], k) for k, name in enumerate(names)}
            sibling = self.sibling({**changed, **values})
            if sibling is not None:
                yield sibling
                return

    def of(self, names: Sequence[str]) -> Iterator[Scope]:
        """A sibling by each list of changes: the first that the spec does not refuse. Where it
        refuses the first change of the second list for all, a third one has that where it can."""
        for changes in (FIRST, SECOND):
            for sibling, values, change in islice(self.first(names, changes), 1):
                yield sibling
                if changes is SECOND and change is not SECOND[0] and len(names) > 1:
                    yield from self._mixed(values)

    def _mixed(self, values: Values) -> Iterator[Scope]:
        """The same with the change of which no half is whole, for each name that can have it."""
        last = None
        for k, name in enumerate(values):
            other = {**values, name: SECOND[0].of(self._arguments[name], k)}
            sibling = self.sibling(other) if _is_wide(self._arguments[name]) else None
            if sibling is not None:
                values, last = other, sibling
        if last is not None:
            yield last


def _differ(values: Values, arguments: Values) -> bool:
    return any(arguments[name] != value for name, value in values.items())


def _is_wide(value: object) -> bool:
    return type(value) is int and value >= WIDE


def _is_width(value: object) -> bool:
    """True for a width or a rate, which the second changes change, too."""
    return any(change.of(value) != value for change in SECOND)


def _is_number(value: object) -> bool:
    return type(value) is int or type(value) is float


def _changeable(value: object) -> bool:
    """True for a number, or a tuple that holds one, and for a block that can be another."""
    if isinstance(value, GivenBlock | OpRef | OpRecipe):
        return True
    return any(map(_changeable, value)) if isinstance(value, tuple) else _is_number(value)
