"""Emitted classes with arguments that no use of them has, beside the spec with the same ones.

The spec is elaborated for the arguments and run step by step; the class of the emitted file is
made with them. They must have the same keys and shapes, and compute the same.

`python -m tests.emission.fresh_arguments --cases 20 --seed 1` goes over the whole catalogue.
"""

import argparse
import inspect
import random
import sys
from collections.abc import Callable, Iterator, Mapping

import torch
from msgspec import Struct
from msgspec.structs import replace
from torch import nn

import archdsl
from archdsl import driver
from archdsl.base.names import class_name
from archdsl.ir.graph import Scope, different_steps, state_dict
from archdsl.ir.shape import DType, TensorType
from archdsl.runtime.build import load_source
from archdsl.semantics.elaborate.elaborator import Elaborator
from archdsl.semantics.elaborate.network_lines import Overrides
from archdsl.semantics.elaborate.whole_network import instantiate
from archdsl.semantics.elaboration_memory import Origin
from archdsl.semantics.reporter import BlockLevel, Exhausted, Reporter
from tests.emission.interpreter import Interpreted

HEAVY = 2_000_000  # weights of a class of which keys and shapes alone are compared
TRIES = 20  # random arguments, of which the spec may take none
INPUT = "in"
Values = Mapping[str, object]
Elaborate = Callable[[Values], Scope | None]


class Tried(Struct):
    """How many classes were compared, and with how many sets of arguments."""

    classes: int = 0
    arguments: int = 0


class Definition(Struct, frozen=True):
    """A block or network of the spec: its name, its own arguments, and how it is elaborated for
    others, of which `INPUT` stands for the channels that come in."""

    word: str
    arguments: Values
    elaborate: Elaborate


def compare_classes(net: archdsl.Network, cases: int, seed: int) -> Tried:
    """Every class that alone stands for a block of the network, and the network's own, each with
    so many random arguments."""
    chance = random.Random(f"{net.name} {seed}")
    names = vars(load_source(net.name, net.source()))
    tried = Tried()
    for definition in definitions(net):
        word = class_name(definition.word)
        if word not in names or f"{word}2" in names:
            continue
        compared = [_compared(definition, names[word], names, chance) for _ in range(cases)]
        tried.classes += any(compared)
        tried.arguments += sum(compared)
    return tried


def _compared(
    definition: Definition, cls: type[nn.Module], names: dict[str, object], chance: random.Random
) -> bool:
    """Whether arguments were found that the spec takes; they give the same in both."""
    wanted = list(inspect.signature(cls).parameters) if "__init__" in vars(cls) else []
    for _ in range(TRIES):
        values = drawn(definition.arguments, wanted, chance)
        scope = definition.elaborate(values)
        if scope is None:
            continue
        if not all(name in values or _is_size(name, scope) for name in wanted):
            return False  # more than the spec has arguments for: its uses differ in other ways
        arguments = {name: _argument(name, values, scope) for name in wanted}
        heavy = sum(weight.numel for _, weight in state_dict(scope)) > HEAVY
        what = f"{cls.__name__}({arguments})"
        try:
            with torch.device("meta" if heavy else "cpu"):
                made = cls(**arguments)
            if heavy:
                with torch.device("meta"):
                    compare_keys(made, Interpreted(scope, names), what)
            else:
                compare(made, scope, names, what)
        except (RuntimeError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise AssertionError(f"{what}: {error!r}") from error
        return True
    return False


def _is_size(name: str, scope: Scope) -> bool:
    """Whether a parameter is the channels or features of an input."""
    owner, _, word = name.rpartition("_")
    return word in ("channels", "features") and owner in ("in", *scope.input_names[1:])


def _argument(name: str, values: Values, scope: Scope) -> object:
    if name in values:
        return values[name]
    owner, _, word = name.rpartition("_")
    slot = 0 if owner == "in" else scope.input_names.index(owner)
    shape = scope.inputs[slot].shape
    return shape[-1] if word == "features" else shape[0]


def drawn(arguments: Values, wanted: list[str], chance: random.Random) -> dict[str, object]:
    """The arguments with some of those that a class has replaced by others."""
    values = dict(arguments)
    for name in values:
        free = name in wanted or (name == INPUT and any(w.startswith("in_") for w in wanted))
        if free and chance.random() < 0.7:
            values[name] = _other(values[name], chance)
    return values


def _other(value: object, chance: random.Random) -> object:
    match value:
        case bool() | str() | None:
            return value
        case int():
            return chance.choice(
                [value + 1, value + 2, value + 8, 2 * value, 3 * value, max(value - 1, 1)]
            )
        case float():
            return value * chance.choice([0.25, 0.5, 0.75, 1.5])
        case tuple():
            return tuple(_other(item, chance) for item in value)
    return value


def compare_keys(ours: nn.Module, theirs: nn.Module, what: str) -> None:
    """The same keys and shapes in the same order."""
    mine, other = (
        [(key, value.shape) for key, value in model.state_dict().items()]
        for model in (ours, theirs)
    )
    assert mine == other, f"{what}: {sorted(set(mine) ^ set(other))[:4]}"


def compare(ours: nn.Module, scope: Scope, names: dict[str, object], what: str) -> None:
    """The same keys, shapes and results, in evaluation and in training."""
    theirs = Interpreted(scope, names)
    compare_keys(ours, theirs, what)
    ours.load_state_dict(theirs.state_dict())
    given = [_random(type) for type in scope.inputs]
    for training in (False, True):
        results = []
        for model in (ours, theirs):
            torch.manual_seed(0)
            results.append(_flat(model.train(training)(*(x.clone() for x in given))))
        for mine, other in zip(*results, strict=True):
            torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-5, equal_nan=True, msg=what)


def _random(type: TensorType) -> torch.Tensor:
    if type.dtype is DType.INT:
        return torch.zeros((2, *type.shape), dtype=torch.long)
    return torch.randn((2, *type.shape), generator=torch.Generator().manual_seed(1))


def _flat(value: object) -> list[torch.Tensor]:
    return [value] if isinstance(value, torch.Tensor) else [t for v in value for t in _flat(v)]


# --- the spec's side -----------------------------------------------------------------------------


def definitions(net: archdsl.Network) -> Iterator[Definition]:
    """The network, where it has no heads, and its blocks."""
    trials = net._trials
    assert trials is not None

    def network(values: Values) -> Scope | None:
        reporter = Reporter()
        changed = {n: v for n, v in values.items() if v != root.get(n)}
        given = Overrides({**trials.overrides.parameters, **changed}, trials.overrides.inputs)
        variant = instantiate(trials.module, trials.name, reporter, given, trials.limits)
        return variant.root if variant is not None and not reporter.failed else None

    root = dict(net.program.root.arguments)
    if not net.program.heads:
        yield Definition(net.program.root.block, root, network)
    seen: set[int] = set()
    for scope, index in different_steps(net.program.root):
        inner = scope.steps[index].target
        if isinstance(inner, Scope) and inner.block and id(inner.definition) not in seen:
            seen.add(id(inner.definition))
            origin = trials.memory.origins.get(inner)
            if origin is not None and origin.input is not None:
                known = {**dict(inner.arguments), INPUT: origin.input.shape[_axis(origin.input)]}
                yield Definition(inner.block, known, _maker(origin, net))


def _axis(type: TensorType) -> int:
    return -1 if type.rank == 2 else 0


def _maker(origin: Origin, net: archdsl.Network) -> Elaborate:
    def block(values: Values) -> Scope | None:
        recipe, reporter, word = origin.recipe, Reporter(), origin.recipe.declaration.name.id
        bound = tuple((name, values.get(name, value)) for name, value in recipe.arguments)
        assert origin.input is not None
        shape = list(origin.input.shape)
        shape[_axis(origin.input)] = values[INPUT]
        try:
            scope = Elaborator(reporter, net._trials.limits).elaborate(
                replace(recipe, arguments=bound),
                origin.input.shaped(tuple(shape)),
                origin.taps,
                lambda: BlockLevel(word, word, None),
            )
        except Exhausted:
            return None
        return scope if scope.results and not reporter.failed else None

    return block


def main() -> None:
    from tests.ops.small_networks import small

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    whole, wrong = Tried(), 0
    for name in given.names or [entry.name for entry in driver.listing()]:
        try:
            tried = compare_classes(small(name), given.cases, given.seed)
        except AssertionError as difference:
            wrong += 1
            print(f"{name}: {difference}", flush=True)
            continue
        print(f"{name}: {tried.classes} classes, {tried.arguments} sets of arguments", flush=True)
        whole.classes += tried.classes
        whole.arguments += tried.arguments
    print(f"{whole.classes} classes, {whole.arguments} sets of arguments; {wrong} differences")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
