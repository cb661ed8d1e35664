"""Inlay hints: the shape behind every line, the names of arguments given by place, figures."""

from collections.abc import Iterator, Sequence
from enum import Enum

from msgspec import Struct

from archdsl.analyses.figures.costs import Costs, total
from archdsl.base.quantities import scaled
from archdsl.driver import Change
from archdsl.editing.analysis import Analysis, Traced
from archdsl.editing.places import heading_end, lines, placed_calls
from archdsl.editing.uses import Seen, shapes_from
from archdsl.editing.word_signatures import parameters_of
from archdsl.ir.graph import Scope, Step
from archdsl.ir.shape import Shape, format_shape
from archdsl.syntax import tree
from archdsl.syntax.annotate import can_state

MOST = 3  # different shapes of one line that are told; the others are in its tooltip


MOST_IN_TOOLTIP = 12


class HintKind(Enum):
    SHAPE = "shape"
    ARGUMENT = "argument"
    FIGURES = "figures"


class Hint(Struct, frozen=True):
    """A text that is shown at an offset and is no part of the file."""

    offset: int
    text: str
    kind: HintKind
    tooltip: str = ""


class Wanted(Struct, frozen=True):
    """The hints that are asked for; `unchanged`: also where a line keeps the shape."""

    shapes: bool = True
    unchanged: bool = False
    arguments: bool = True
    figures: bool = False


DEFAULT = Wanted()


def hints(
    analysis: Analysis, wanted: Wanted = DEFAULT, seen: Seen | None = None
) -> tuple[Hint, ...]:
    """The hints of a text, in its order, from the networks that are known so far; in blocks that
    are `seen` from one of their uses, from that alone."""
    all_hints: list[Hint] = []
    if wanted.shapes:
        all_hints += _shapes(analysis, wanted.unchanged, seen or {})
    if wanted.arguments:
        all_hints += _arguments(analysis)
    if wanted.figures:
        all_hints += _figures(analysis)
    return tuple(sorted(all_hints, key=lambda hint: hint.offset))


# --- shapes ----------------------------------------------------------------------------------


def _shapes(analysis: Analysis, unchanged: bool, seen: Seen) -> Iterator[Hint]:
    alone = {
        line: shape
        for block, sight in seen.items()
        for line, shape in shapes_from(analysis, block, sight).items()
    }
    for line in lines(analysis.file):
        changes = analysis.changes(line)
        if line in alone:
            changes = tuple(change for change in changes if change[1] == alone[line])
        kept = all(before == after for before, after in changes)
        if line.shape is not None or (kept and not unchanged):
            continue
        shapes = tuple(dict.fromkeys(after for _, after in changes if after is not None))
        if shapes:
            place = line.span.last if can_state(line) else heading_end(line.span)
            yield Hint(place, _told(shapes), HintKind.SHAPE, _tooltip(changes))


def _told(shapes: tuple[Shape, ...]) -> str:
    return " / ".join(map(written, shapes[:MOST])) + (" …" if len(shapes) > MOST else "")


def _tooltip(changes: tuple[Change, ...]) -> str:
    told = [f"{written(before)} → {written(after)}" for before, after in changes[:MOST_IN_TOOLTIP]]
    return "\n".join([*told, "…"] if len(changes) > MOST_IN_TOOLTIP else told)


def written(shape: Shape | None) -> str:
    """A shape as the language writes it."""
    if shape is None:
        return "several"
    return format_shape(shape) if shape else "()"


# --- arguments -------------------------------------------------------------------------------


def _arguments(analysis: Analysis) -> Iterator[Hint]:
    """The parameter's name before each argument that is given by place, the first one aside."""
    for call, word in placed_calls(analysis.file):
        placed = [a for a in call.arguments if a.name is None]
        names = parameters_of(analysis, word)
        for name, argument in list(zip(names, placed, strict=False))[1:]:
            if not _says(argument.value, name):
                yield Hint(argument.span.first, f"{name}=", HintKind.ARGUMENT)


def _says(value: tree.Expr, name: str) -> bool:
    """True where an argument has the name of its parameter: `block(width)`."""
    return isinstance(value, tree.Name) and value.id == name


# --- figures ---------------------------------------------------------------------------------


def _figures(analysis: Analysis) -> Iterator[Hint]:
    """Parameters and multiply-adds behind each line that uses a block."""
    for line in lines(analysis.file):
        if can_state(line):
            told = next(filter(None, (_figures_in(traced, line) for traced in analysis.traced)), "")
            if told:
                yield Hint(line.span.last, told, HintKind.FIGURES)


def _figures_in(traced: Traced, line: tree.Flow) -> str:
    """The cost of a line that uses a block in a network, in the first scope that has it."""
    steps = traced.within(line.span)
    if traced.costs is None or not any(isinstance(step.target, Scope) for _, step in steps):
        return ""
    scope = steps[0][0]
    return figures(traced.costs, [(s, step) for s, step in steps if s is scope])


def figures(costs: Costs, steps: Sequence[tuple[Scope, Step]]) -> str:
    """The cost of steps together."""
    cost = total([costs.of_step(scope, step) for scope, step in steps])
    return f"{scaled(cost.params) or '0'} params · {scaled(cost.macs) or '0'} MACs"
