"""Tensors among a block's arguments, alone or in tuples: further inputs of the block."""

from collections.abc import Iterator

from archdsl.semantics.elaboration_memory import Bound
from archdsl.semantics.values import Tap, TapRecipe, key


def given_tensors(arguments: Bound) -> tuple[tuple[str, TapRecipe], ...]:
    """Each with what its input is called: `skip`, or `skips_0` for the first of a tuple."""
    waiting = [(name, value) for name, value in arguments if type(value) in (TapRecipe, tuple)]
    if not waiting:
        return ()
    taken = {name for name, _ in arguments}
    tensors: dict[str, TapRecipe] = {}
    for parameter, value in waiting:
        for name, tap in _within(parameter, value):
            while name in tensors or (name in taken and name != parameter):
                name += "_"
            tensors[name] = tap
    return tuple(tensors.items())


def received(arguments: Bound, taps: tuple[Tap, ...]) -> Bound:
    """The arguments as the block knows them: with taps of its own for those that are handed in."""
    if not taps:
        return arguments
    waiting = iter(taps)
    return tuple((name, _exchanged(value, waiting)) for name, value in arguments)


def sealed(value: object) -> object:
    """A hashable form that says of a tensor only that it is one."""
    if type(value) is tuple:
        return (tuple, *map(sealed, value))
    return TapRecipe if type(value) is TapRecipe else key(value)


def _within(name: str, value: object) -> Iterator[tuple[str, TapRecipe]]:
    match value:
        case TapRecipe():
            yield name, value
        case tuple():
            for place, item in enumerate(value):
                yield from _within(f"{name}_{place}", item)


def _exchanged(value: object, taps: Iterator[Tap], alone: bool = True) -> object:
    match value:
        case TapRecipe():
            tap = next(taps)
            return tap if alone else TapRecipe(value.node, tap)
        case tuple():
            return tuple(_exchanged(item, taps, alone=False) for item in value)
    return value
