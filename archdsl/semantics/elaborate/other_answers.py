"""Values of arguments for which the questions of a definition have other answers.

Uses of a block may know one side of `stride != 1` or of `min(width, 64)` alone. Who learns from
siblings what an argument changes wants one on the other side, too.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from archdsl.semantics.elaborate.other_flags import other_words, with_other_flags
from archdsl.semantics.elaborate.questions import Definition, Question, questions
from archdsl.semantics.module import Module
from archdsl.semantics.values import UNKNOWN, is_plain
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants

Values = Mapping[str, object]
STEPS = (0, 1, -1)
FACTORS = (2, 4, 3)
LARGEST_FACTOR = 16


class Turned(Struct, frozen=True):
    """Values of one argument: `others` are those for which some question has another answer, and
    None where it may be none; `alike` those for which all have the same."""

    others: tuple[object, ...]
    alike: tuple[object, ...]


class Answers(Struct, frozen=True):
    """Other values for arguments on which answers hang, alone; and of several that one question
    mentions, changed together so that all answers stay."""

    alone: Mapping[str, Turned]
    together: tuple[Values, ...]


def other_answers(definition: Definition, module: Module, values: Values) -> Answers:
    """Other values for the numbers among the `values` of arguments, in tuples too, with
    `input.channels`; for words, and for the flags and words beside numbers in a tuple."""
    known = {name: value for name, value in values.items() if is_plain(value)}
    asked: dict[str, list[tuple[Question, tuple[object, ...]]]] = {}
    others: dict[str, list[object]] = {}
    for name, value in values.items():
        if isinstance(value, tuple) and (changed := with_other_flags(value, definition)):
            others[name] = [*changed]
        elif isinstance(value, str):
            others[name] = [*other_words(value, definition)]
    for question in questions(definition):
        names = question.names()
        if not names or not names.keys() <= known.keys():
            continue  # it asks a tensor
        now = question.answers(module, known)
        for name in names if set(now) - {UNKNOWN} else ():
            asked.setdefault(name, []).append((question, now))
            if _is_compared_with_none(question.asked) and _is_number(known[name]):
                others.setdefault(name, []).append(None)
            beside = [known[other] for other in names]
            for value in _turning(question, now, module, known, name, beside):
                others.setdefault(name, []).append(value)

    def stay(changed: Values) -> bool:
        answers = (one for name in changed for one in asked.get(name, ()))
        return all(q.answers(module, {**known, **changed}) == now for q, now in answers)

    alone = {
        name: Turned(tuple(row), tuple(v for v in _multiples(values[name]) if stay({name: v})))
        for name, row in others.items()
    }
    mentioned = {
        tuple(n for n in question.names() if n in alone and _is_number(known[n]))
        for row in asked.values()
        for question, _ in row
    }
    several = sorted(names for names in mentioned if len(names) > 1)
    multiples = ({name: _multiples(known[name])[0] for name in names} for names in several)
    return Answers(alone, tuple(changed for changed in multiples if stay(changed)))


def _turning(
    question: Question,
    now: tuple[object, ...],
    module: Module,
    known: Values,
    name: str,
    beside: list[object],
) -> Iterator[object]:
    """Values of one argument with which the question has another answer; for each round some."""
    own = known[name]
    left = {k for k, answer in enumerate(now) if answer is not UNKNOWN}
    bounds = [-1, len(now)] if question.loops else []
    for value in _other_values(own, question.asked, [*beside, *bounds]):
        if not left:
            return
        then = question.answers(module, {**known, name: value})
        turned = {k for k in left if k < len(then) and then[k] not in (now[k], UNKNOWN)}
        if turned:
            left -= turned
            yield value
            if isinstance(own, tuple) and isinstance(value, tuple):  # in every second row alone
                yield tuple(pair[k % 2] for k, pair in enumerate(zip(value, own, strict=True)))


def _other_values(own: object, asked: tree.Expr, beside: list[object]) -> Iterator[object]:
    """Numbers near those of the question; in a tuple the same one in one place of every row."""
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


def _near(own: Any, asked: tree.Expr, others: list[object]) -> list[Any]:
    """Numbers near those that a question mentions, and multiples and parts of the own one; zero
    comes last, which often means that there is none, and then what is below all rounds."""
    if not _is_number(own):
        return []
    kind = type(own)
    constants = (part.value for part in descendants(asked) if isinstance(part, tree.Constant))
    bounds = [kind(number) for number in constants if type(number) in (int, kind)]
    beside: list[Any] = [number for number in others if type(number) is kind]
    near = [number + step for step in STEPS for number in (*bounds, own)]
    near += [number + step for number in beside for step in STEPS]
    near += [own * factor for factor in bounds if 1 < factor <= LARGEST_FACTOR]
    near += [*_multiples(own), kind(1), kind(0)]
    return sorted((n for n in dict.fromkeys(near) if n >= -1), key=lambda n: (n <= 0) + (n < 0))


def _multiples(own: Any) -> list[Any]:
    """Multiples of a number, and the half."""
    if not _is_number(own):
        return []
    return [*(own * factor for factor in FACTORS), own // 2 if type(own) is int else own / 2]


def _is_compared_with_none(question: tree.Expr) -> bool:
    match question:
        case tree.Compare(ops=("==" | "!=",), operands=(_, tree.Constant(value=None))):
            return True
    return False


def _is_number(value: object) -> bool:
    return type(value) is int or type(value) is float
