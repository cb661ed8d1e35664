"""Values of arguments for which the questions of a definition have other answers.

Uses of a block may know one side of `stride != 1` or of `min(width, 64)` alone. Who learns from
siblings what an argument changes wants one on the other side, too.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from archdsl.semantics.elaborate.other_flags import other_words, with_other_flags
from archdsl.semantics.elaborate.questions import (
    UNREACHED,
    Definition,
    Question,
    names_in,
    questions,
)
from archdsl.semantics.module import Module
from archdsl.semantics.values import UNKNOWN, is_plain
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants

Values = Mapping[str, object]
Alternatives = tuple[object, ...]
STEPS = (0, 1, -1)
FACTORS = (2, 4, 3)
LARGEST_FACTOR = 16
MOST_ALTERNATIVES = 3
SPARE = 6  # values that are tried for alternatives alone
NOTHING: Values = MappingProxyType({})


class Turned(Struct, frozen=True):
    """Values of one argument: `others` are those for which some question has another answer, and
    None where it may be none, of alternatives one; `alike` those for which all have the same."""

    others: tuple[Alternatives, ...]
    alike: tuple[object, ...]


class Answers(Struct, frozen=True):
    """Other values for arguments on which answers hang: alone, and of several `together`, so that
    all answers stay, or so that an arm is taken which no argument alone leads to."""

    alone: Mapping[str, Turned]
    together: tuple[Values, ...]


def other_answers(definition: Definition, module: Module, values: Values) -> Answers:
    """Other values for the numbers among the `values` of arguments, in tuples too, with
    `input.channels`; for words, and for the flags and words beside numbers in a tuple."""
    known = {name: value for name, value in values.items() if is_plain(value)}
    others: dict[str, list[Alternatives]] = {}
    for name, value in values.items():
        if isinstance(value, tuple) and (changed := with_other_flags(value, definition)):
            others[name] = [*changed]
        elif isinstance(value, str):
            others[name] = [(word,) for word in other_words(value, definition)]
    asked = [_Asked(q.over(known), module, known) for q in questions(definition)]
    asked = [one for one in asked if one.is_answered]
    reaching: list[Values] = []
    for one in asked:
        for name in one.names:
            if _is_compared_with_none(one.question.asked) and _is_number(known[name]):
                others.setdefault(name, []).append((None,))
            others.setdefault(name, []).extend(one.turning(name))
        reaching += one.reaching()
    others = {name: row for name, row in others.items() if row}

    def stay(changed: Values) -> bool:
        return all(one.stays(changed) for one in asked)

    alone = {
        name: Turned(tuple(row), tuple(v for v in _multiples(values[name]) if stay({name: v})))
        for name, row in others.items()
    }
    mentioned = {
        tuple(n for n in one.names if n in alone and _is_number(known[n])) for one in asked
    }
    several = sorted(names for names in mentioned if len(names) > 1)
    multiples = ({name: _multiples(known[name])[0] for name in names} for names in several)
    return Answers(alone, (*(changed for changed in multiples if stay(changed)), *reaching))


class _Asked:
    """A question with its answers for the known values; it has none where it asks a tensor."""

    def __init__(self, question: Question, module: Module, known: Values) -> None:
        self.question, self._module, self._known = question, module, known
        self.names = question.names()
        can = bool(self.names) and self.names.keys() <= known.keys()
        self._now = self._answers({}) if can else ()

    @property
    def is_answered(self) -> bool:
        return bool(set(self._now) - {UNKNOWN})

    def _answers(self, changed: Values) -> tuple[object, ...]:
        return self.question.answers(self._module, {**self._known, **changed})

    def stays(self, changed: Values) -> bool:
        return self.names.keys().isdisjoint(changed) or self._answers(changed) == self._now

    def turning(self, name: str, base: Values = NOTHING) -> Iterator[Alternatives]:
        """Values of one argument with which there is another answer, for each round some; where
        the spec refuses one, the next will do."""
        own = self._known[name]
        wanted = {
            (k, answer)
            for k, now in enumerate(self._now)
            for answer in (True, False)
            if now is not UNKNOWN and now is not answer
        }
        left, spare = set(wanted), SPARE
        found: list[tuple[set[tuple[int, bool]], list[Any]]] = []
        for value in self._other_values(name) if wanted else ():
            spare -= not left
            if spare < 0:
                break
            turned = wanted.intersection(enumerate(self._answers({**base, name: value})))
            if turned & left:
                found.append((turned & left, [value]))
                left -= turned
            for goal, values in found:
                if goal <= turned and value not in values and len(values) < MOST_ALTERNATIVES:
                    values.append(value)
        for _, values in found:
            yield tuple(values)
            if isinstance(own, tuple):
                half = (len(own) + 1) // 2
                yield tuple(_every_second(row, own) for row in values)
                yield tuple(row[:half] + own[half:] for row in values)

    def reaching(self) -> Iterator[Values]:
        """Changes of two arguments where this stands in an arm that the known values do not take:
        one with which they do, and one with which it has another answer there."""
        if UNREACHED not in self._now:
            return
        conditions = dict.fromkeys(n for one, _ in self.question.behind for n in names_in(one))
        for outer in (name for name in conditions if name in self._known):
            for value in self._other_values(outer):
                if UNREACHED in self._answers({outer: value}):
                    continue
                for name in self.names:
                    if name != outer:
                        turning = self.turning(name, {outer: value})
                        yield from ({outer: value, name: first} for first, *_ in turning)
                return

    def _other_values(self, name: str) -> Iterator[object]:
        asked = (self.question.asked, *(one for one, _ in self.question.behind))
        names = dict.fromkeys(chain(self.names, *map(names_in, asked)))
        beside = [self._known[other] for other in names if other in self._known]
        if self.question.loops:
            beside += [-1, len(self._now)]
        return _other_values(self._known[name], asked, beside)


def _every_second(row: tuple[object, ...], own: tuple[object, ...]) -> tuple[object, ...]:
    """A row that has every second item of the own one."""
    return tuple(pair[k % 2] for k, pair in enumerate(zip(row, own, strict=True)))


def _other_values(
    own: object, asked: tuple[tree.Expr, ...], beside: list[object]
) -> Iterator[object]:
    """Numbers near those of the question; in a tuple the same one in one place of every row."""
    if isinstance(own, bool):
        yield not own
    if not isinstance(own, tuple):
        yield from _near(own, asked, beside)
        return
    rows = all(isinstance(row, tuple) and len(row) == len(own[0]) for row in own)
    for place in range(len(own[0])) if own and rows else (None,):
        column = own if place is None else tuple(row[place] for row in own)
        numbers = dict.fromkeys(item for item in column if _is_number(item))
        near = dict.fromkeys(n for number in numbers for n in _near(number, asked, []))
        for number in near:
            changed = tuple(number if _is_number(item) else item for item in column)
            if place is None:
                yield changed
            else:
                parts = zip(own, changed, strict=True)
                yield tuple((*row[:place], item, *row[place + 1 :]) for row, item in parts)


def _near(own: Any, asked: tuple[tree.Expr, ...], others: list[object]) -> list[Any]:
    """Numbers near those that a question mentions, and multiples and parts of the own one; zero
    comes last, which often means that there is none, and then what is below all rounds."""
    if not _is_number(own):
        return []
    kind = type(own)
    parts = chain.from_iterable(map(descendants, asked))
    constants = (part.value for part in parts if isinstance(part, tree.Constant))
    bounds = [kind(number) for number in constants if type(number) in (int, kind)]
    beside: list[Any] = [number for number in others if type(number) is kind]
    near = [number + step for step in STEPS for number in (*bounds, own)]
    near += [number + step for number in beside for step in STEPS]
    near += [2 * number for number in beside]
    near += [own * factor for factor in bounds if 1 < factor <= LARGEST_FACTOR]
    near += [*_multiples(own), kind(1), kind(0)]
    return sorted((n for n in dict.fromkeys(near) if n >= -1), key=lambda n: (n <= 0) + (n < 0))


def _multiples(own: Any) -> list[Any]:
    """Multiples of a number, and the half."""
    if not _is_number(own):
        return []
    half = own // 2 if type(own) is int else own / 2
    return [*(own * factor for factor in FACTORS), *([half] if half else [])]


def _is_compared_with_none(question: tree.Expr) -> bool:
    match question:
        case tree.Compare(ops=("==" | "!=",), operands=(_, tree.Constant(value=None))):
            return True
    return False


def _is_number(value: object) -> bool:
    return type(value) is int or type(value) is float
