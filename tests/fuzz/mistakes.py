"""One mistake planted in a program: a size, a name, an argument or a line that is not right."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from random import Random
from typing import Any

from .abstract import (
    Chain,
    Either,
    From,
    If,
    Layer,
    Line,
    Merge,
    Output,
    Program,
    Times,
    Use,
)

Mistake = Callable[[Any, Random], Any]


def spoilt(program: Program, blocks: frozenset[str], rng: Random) -> Program:
    """The program with one part changed, mostly for the worse: of its network, or of a block that
    it uses for certain. What is never run PyTorch passes over, and archdsl does not."""
    unused = [place for place, block in enumerate(program.blocks) if block.name not in blocks]
    hidden = [("blocks", place) for place in unused]
    parts = ((path, node) for path, node in _walk(program, ()) if path[:2] not in hidden)
    places = [(path, node) for path, node in parts if _mistakes(node)]
    path, node = rng.choice(places)
    return _put(program, path, rng.choice(_mistakes(node))(node, rng))


def _mistakes(node: Any) -> list[Mistake]:
    match node:
        case Use(arguments=arguments, named=named):
            possible: list[Mistake] = [_misspelt, _unknown_argument]
            if arguments:
                possible += [_one_argument_less, _other_argument, _other_argument]
            if named:
                possible += [_without_a_name]
            return possible
        case From():
            return [_unknown_tap]
        case Merge(branches=branches) if branches:
            return [_one_branch, _alien_branch, _alien_branch]
        case Line():
            return [_taken_name, _bad_name, _wrong_shape, _tap_in_the_middle]
        case Program():
            return [_unused_layer, _line_twice, _line_left_out, _after_the_flow]
    return []


# --- steps -----------------------------------------------------------------------------------


def _misspelt(node: Use, rng: Random) -> Use:
    return replace(node, word=node.word[:-1] + "q")


def _unknown_argument(node: Use, rng: Random) -> Use:
    return replace(node, named=(*node.named, ("chanels", "4")))


def _one_argument_less(node: Use, rng: Random) -> Use:
    return replace(node, arguments=node.arguments[:-1])


def _other_argument(node: Use, rng: Random) -> Use:
    place = rng.randrange(len(node.arguments))
    other = rng.choice(("0", "7", "100", "1.5", "True", "None", "-1", "(2, 2, 2, 2)", "nothing"))
    return replace(node, arguments=(*node.arguments[:place], other, *node.arguments[place + 1 :]))


def _without_a_name(node: Use, rng: Random) -> Use:
    (name, _), *rest = node.named
    return replace(node, named=((name, rng.choice(("-3", "0", "9", "None"))), *rest))


def _unknown_tap(node: From, rng: Random) -> From:
    return From("elsewhere")


def _one_branch(node: Merge, rng: Random) -> Merge:
    return replace(node, branches=node.branches[:1])


def _alien_branch(node: Merge, rng: Random) -> Merge:
    conv = Use("conv", (rng.choice(("5", "7")), "2"))
    last = replace(node.branches[-1], chain=Chain((*node.branches[-1].chain.links, conv)))
    return replace(node, branches=(*node.branches[:-1], last))


# --- lines -----------------------------------------------------------------------------------


def _taken_name(node: Line, rng: Random) -> Line:
    return replace(node, name="twice")


def _bad_name(node: Line, rng: Random) -> Line:
    return replace(node, name=rng.choice(("forward", "train", "input", "_hidden", "type")))


def _wrong_shape(node: Line, rng: Random) -> Line:
    return replace(node, shape=rng.choice(((4, 5, 6), (10,), (2, 2))))


def _tap_in_the_middle(node: Line, rng: Random) -> Line:
    return replace(node, chain=Chain((*node.chain.links, From("input"))))


# --- the network -----------------------------------------------------------------------------


def _unused_layer(node: Program, rng: Random) -> Program:
    return replace(node, lines=(Layer("idle", Chain((Use("relu"),))), *node.lines))


def _line_twice(node: Program, rng: Random) -> Program:
    place = rng.randrange(len(node.lines))
    return replace(node, lines=(*node.lines[: place + 1], *node.lines[place:]))


def _line_left_out(node: Program, rng: Random) -> Program:
    if len(node.lines) == 1:
        return _unused_layer(node, rng)
    place = rng.randrange(len(node.lines))
    return replace(node, lines=(*node.lines[:place], *node.lines[place + 1 :]))


def _after_the_flow(node: Program, rng: Random) -> Program:
    """A step that the end cannot take."""
    if isinstance(node.lines[-1], Output):
        return _unused_layer(node, rng)
    wrong = rng.choice((Use("conv", ("4", "50")), Use("attention", ("3",)), Use("chunk", ("97",))))
    return replace(node, lines=(*node.lines, Line(Chain((wrong,)))))


# --- places ----------------------------------------------------------------------------------

Path = tuple[str | int, ...]


def _walk(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Every part that runs where its surroundings run, with the way to it."""
    yield path, node
    if isinstance(node, If | Either | Times):
        return
    if is_dataclass(node):
        for field in fields(node):
            if field.name not in ("parameters", "inputs"):
                yield from _walk(getattr(node, field.name), (*path, field.name))
    elif isinstance(node, tuple):
        for place, item in enumerate(node):
            yield from _walk(item, (*path, place))


def _put(node: Any, path: Path, value: Any) -> Any:
    """The node with the part at the end of the way replaced."""
    if not path:
        return value
    first, *rest = path
    if isinstance(first, int):
        inner = _put(node[first], tuple(rest), value)
        return (*node[:first], inner, *node[first + 1 :])
    return replace(node, **{first: _put(getattr(node, first), tuple(rest), value)})
