"""Holes explained: by a parameter, what the user wrote, a little arithmetic, else a new parameter.

A guess counts only if it has the right value in every occurrence.
"""

from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any

from msgspec.structs import replace

from archdsl.ir.code import Code, Index, Infix, Name
from archdsl.syntax import tree
from archdsl.syntax.walk import same as alike
from archdsl.transforms.classes.context import Context
from archdsl.transforms.classes.expressions import (
    NoValue,
    identical,
    parts_of,
    simplify,
    transform,
)
from archdsl.transforms.classes.proto import COUNT, NUMBER, Hole, Mismatch, Occurrence

FACTORS = (2, 4, 3, 6, 8, 16)
DISTINCT = 3  # a formula that fits fewer values may well be chance


class Explainer:
    """Turns holes into expressions over the class's parameters, which it collects."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._written: dict[tree.Expr, None] = {}
        self._invented: list[tuple[tree.Expr, Name]] = []  # what the user wrote for new parameters

    def code(self, code: object) -> Code:
        """The expression with every hole explained."""
        result: Code = transform(
            code, lambda part: self.explain(part) if isinstance(part, Hole) else part
        )
        return result

    def explain(self, hole: Hole) -> Code:
        known = self.known(hole)
        for expression in hole.expressions:
            self._written.setdefault(expression)
        if known is not None:
            return known[0]
        parts = _elements(hole)
        if parts:
            return tuple(self._constant(part) or self.explain(part) for part in parts)
        return self._fresh(hole)

    def measured(self, hole: Hole) -> Code:
        """A size that `forward` works out from those of the class's inputs."""
        code = self.context.measured(hole.expressions[0], hole)
        if code is None:
            raise Mismatch("a size of the moment over what the class does not know", hole.loop)
        return code

    def known(self, hole: Hole) -> tuple[Code] | None:
        """The expression that explains a hole without a new parameter, in a tuple; else None."""
        return self._agreed(hole) if _is_same(hole) else self._known(hole)

    def _is_sayable(self, hole: Hole) -> bool:
        """False where the user wrote for this very value what Python cannot say here: anything
        else that fits all uses fits them by chance."""
        return not hole.meant or any(True for _ in self._translated(hole.expressions[:1], hole))

    def _like(self, hole: Hole) -> Iterator[Code]:
        """The new parameters for which the user wrote the same."""
        meant = hole.expressions[0]
        yield from (name for other, name in self._invented if alike(meant, other))

    def _agreed(self, hole: Hole) -> tuple[Code] | None:
        """The expression for a hole with one value, in one arm or beside siblings: the size that
        flows in, or the user's expression, else the value. None if the user's expression has other
        values elsewhere and Python cannot say it, and for a size of an input that only siblings
        have."""
        value = hole.column[0][1]
        guesses = _flowing(hole)
        if hole.hint != "in":  # what flows in, the user never writes
            guesses = chain(guesses, self._translated(hole.expressions[:1], hole))
        if hole.meant:
            guesses = chain(guesses, self._like(hole))
        for guess in guesses:
            if self.context.right(guess, hole.column):
                return (guess,)
        if hole.meant and not self._is_sayable(hole):
            return None if self.context.varies(hole.expressions[0], hole) else (value,)
        return None if hole.flows and not self.context.is_used(hole) else (value,)

    def _constant(self, hole: Hole) -> Any:
        return hole.column[0][1] if _is_same(hole) else None

    def _known(self, hole: Hole) -> tuple[Code] | None:
        """The first guess that is right everywhere, boxed (it may be None itself)."""
        guesses = self._guesses(hole) if self._is_sayable(hole) else self._like(hole)
        for guess in guesses:
            if self.context.completes(guess, hole) or self.context.right(guess, hole.column):
                return (guess,)
        return None

    # --- guesses, best first -----------------------------------------------------------------

    def _guesses(self, hole: Hole) -> Iterator[Code]:
        if hole.hint == NUMBER:
            yield from self._names(hole)
            yield from self._affine(hole)
        elif hole.hint == COUNT:
            yield from self._counts(hole)
        else:
            yield from self._sizes(hole)

    def _counts(self, hole: Hole) -> Iterator[Code]:
        """A loop's length: as written, less the rounds that stand apart."""
        for guess in self._translated(hole.expressions, hole):
            yield guess
            yield simplify(Infix("-", (guess, 1)))

    def _sizes(self, hole: Hole) -> Iterator[Code]:
        yield from _flowing(hole)
        yield from self._translated(hole.expressions, hole)
        yield from self._names(hole)
        yield from self._elements_of_lists(hole)
        yield from self._translated(tuple(self._written), hole)
        inner = _inner((*hole.expressions, *self._written))
        yield from self._translated(inner, hole)
        if isinstance(hole.column[0][1], int) and not isinstance(hole.column[0][1], bool):
            if len({value for _, value in hole.column}) >= DISTINCT or hole.hint == "in":
                yield from self._arithmetic(hole)
                yield from self._parts()
            if hole.variables:
                yield from self._affine(hole)

    def _translated(self, expressions: tuple[tree.Expr, ...], hole: Hole) -> Iterator[Code]:
        for expression in expressions:
            try:
                code = self.context.translated(expression, hole)
                rows = (self.context.values(occ) for occ, _ in hole.column)
                guess = self.context.settled(code, rows)
            except NoValue:
                continue
            yield guess

    def _names(self, hole: Hole) -> Iterator[Code]:
        yield from self.context.parameters()
        yield from self.context.facts()
        yield from (Name(variable) for variable in hole.variables)
        yield from (Name(e.name) for e in hole.elements if e.index is None)

    def _elements_of_lists(self, hole: Hole) -> Iterator[Code]:
        """The size of the tensor of a list that belongs to the round of a loop."""
        for name in self.context.lists():
            yield from (Index(name, (Name(variable),)) for variable in hole.variables)

    def _arithmetic(self, hole: Hole) -> Iterator[Code]:
        names = [
            name
            for name in (*self.context.parameters(), *self.context.facts())
            if self.context.is_number(name.text)
        ]
        for name in names:
            yield from (Infix("*", (name, factor)) for factor in FACTORS)
            yield from (Infix("//", (name, factor)) for factor in FACTORS)
        for name in names:
            yield from self._shifted(name, hole)
        for left in names:
            for right in names:
                if left != right:
                    yield Infix("+", (left, right))
                    yield Infix("-", (left, right))
                    yield Infix("*", (left, right))
                    yield from (
                        Infix("*", (Infix("*", (left, right)), factor)) for factor in FACTORS
                    )

    def _parts(self) -> Iterator[Code]:
        """An element of a tuple parameter, or the sum of three sizes: what merged layers need."""
        sizes: list[Code] = []
        for name in self.context.parameters():
            if self.context.is_number(name.text):
                sizes.append(name)
            else:
                sizes.extend(Index(name, (k,)) for k in range(self.context.length(name.text)))
        yield from (size for size in sizes if isinstance(size, Index))
        yield from (Infix("+", terms) for terms in combinations(sizes, 3))

    def _shifted(self, name: Name, hole: Hole) -> Iterator[Code]:
        """`name + k` with the k that the first occurrence asks for."""
        occ, value = hole.column[0]
        difference = value - self.context.values(occ)[name.text]
        if difference:
            sign = "+" if difference > 0 else "-"
            yield Infix(sign, (name, abs(difference)))

    def _affine(self, hole: Hole) -> Iterator[Code]:
        """`a + b * i`, where `a` and `b` have explanations of their own."""
        if not hole.variables:
            return
        rounds: dict[tuple[int, tuple[int, ...]], dict[int, int]] = {}
        first: dict[tuple[int, tuple[int, ...]], Occurrence] = {}
        for occ, value in hole.column:
            outer = occ.instance, occ.rounds[:-1]
            rounds.setdefault(outer, {})[occ.rounds[-1]] = value
            first.setdefault(outer, replace(occ, rounds=occ.rounds[:-1]))
        if any(0 not in values for values in rounds.values()):
            return
        starts = [(first[o], values[0]) for o, values in rounds.items()]
        slopes = [(first[o], v[1] - v[0]) for o, v in rounds.items() if 1 in v]
        sure = any(2 in values for values in rounds.values())  # else any two numbers do
        if not slopes:
            return
        fixed = self._constant(_over(hole, slopes)) is not None
        if fixed and hole.flows and (not sure or self.context.is_chance(occ for occ, _ in slopes)):
            return
        start, slope = self._boxed(_over(hole, starts)), self._boxed(_over(hole, slopes))
        if start is None or slope is None:
            return
        growth = simplify(Infix("*", (slope[0], Name(hole.variables[-1]))))
        terms = (growth, start[0]) if isinstance(start[0], int) else (start[0], growth)
        yield simplify(Infix("+", terms))

    def _boxed(self, hole: Hole) -> tuple[Code] | None:
        constant = self._constant(hole)
        return (constant,) if constant is not None else self._known(hole)

    # --- new parameters ----------------------------------------------------------------------

    def _fresh(self, hole: Hole) -> Name:
        """A new parameter; refused where the value changes from round to round."""
        if hole.hint == NUMBER:
            raise Mismatch("different names", hole.loop)
        column: dict[int, Any] = {}
        for occ, value in hole.column:
            if not identical(column.setdefault(occ.instance, value), value):
                raise Mismatch("a value that changes from round to round", hole.loop)
        name = self.context.add(column, hole.hint, hole.owner)
        self._invented += [(meant, name) for meant in hole.expressions[: hole.meant]]
        return name


def _is_same(hole: Hole) -> bool:
    """True where all occurrences agree."""
    first = hole.column[0][1]
    return all(identical(value, first) for _, value in hole.column)


def _flowing(hole: Hole) -> Iterator[Code]:
    """The size that flows in, as the steps before tell it."""
    if hole.flowing is not None:
        yield hole.flowing


def _over(hole: Hole, column: list[tuple[Occurrence, int]]) -> Hole:
    """The same place seen from outside of the innermost loop, with a value for each run of it."""
    return Hole(
        tuple(column),
        hole.hint,
        hole.owner,
        hole.expressions,
        variables=hole.variables[:-1],
        loop=hole.loop,
    )


def _elements(hole: Hole) -> tuple[Hole, ...]:
    """A hole for each element of tuples of one length."""
    values = [value for _, value in hole.column]
    if not all(isinstance(value, tuple) for value in values):
        return ()
    if len({len(value) for value in values}) > 1:
        return ()
    return tuple(_element(hole, place, len(values[0])) for place in range(len(values[0])))


def _element(hole: Hole, place: int, length: int) -> Hole:
    """One element of a tuple; where the user wrote a tuple, with what he wrote for the element."""
    column = tuple((occ, value[place]) for occ, value in hole.column)
    part = replace(hole, column=column, flowing=None)
    written = hole.expressions[0] if hole.meant else None
    if isinstance(written, tree.Tuple) and len(written.items) == length:
        return replace(part, expressions=(written.items[place], *hole.expressions[1:]), meant=1)
    return part


def _inner(expressions: tuple[tree.Expr, ...]) -> tuple[tree.Expr, ...]:
    """The parts of expressions that may be worth something on their own."""
    kinds = tree.Binary | tree.Name | tree.Index | tree.IfElse | tree.Call
    return tuple(p for e in expressions for p in parts_of(e) if isinstance(p, kinds))
