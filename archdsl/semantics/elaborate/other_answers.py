"""Values of arguments for which the questions of a definition have other answers.

Uses of a block may know one side of `stride != 1` or of `min(width, 64)` alone. Who learns from
siblings what an argument changes wants one on the other side, too.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from archdsl.ir.measured import lets_in_loops, lets_of
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate.evaluator import Evaluator
from archdsl.semantics.evaluate.expected import VALUE
from archdsl.semantics.limits import Limits
from archdsl.semantics.module import Module
from archdsl.semantics.reporter import Exhausted, Reporter
from archdsl.semantics.values import UNKNOWN, is_plain
from archdsl.syntax import tree
from archdsl.syntax.walk import children, descendants, exchanged

Definition = tree.BlockDecl | tree.NetworkDecl
Values = Mapping[str, object]
STEPS = (0, 1, -1)
FACTORS = (2, 4, 3)
LARGEST_FACTOR = 16
SHORT = Limits(evaluations=10_000)  # each question is asked some ten times for each of its names
MOST_NAMES = 100  # in the meaning of a name: one that doubles again and again is not written out


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
    """Other values for the numbers among the `values` of arguments, with `input.channels`."""
    known = {name: value for name, value in values.items() if is_plain(value)}
    asked: dict[str, list[tuple[tree.Expr, object]]] = {}
    others: dict[str, dict[object, None]] = {}
    for question in _questions(definition):
        names = dict.fromkeys(_names(question))
        if not names.keys() <= known.keys():
            continue  # it asks a tensor, or the round of a loop
        now = _answer(question, module, known)
        for name in names if now is not UNKNOWN else ():
            asked.setdefault(name, []).append((question, now))
            if _is_compared_with_none(question) and _is_number(known[name]):
                others.setdefault(name, {}).setdefault(None)
            for value in _near(known[name], question, [known[other] for other in names]):
                if _answer(question, module, {**known, name: value}) not in (now, UNKNOWN):
                    others.setdefault(name, {}).setdefault(value)
                    break

    def stay(changed: Values) -> bool:
        answers = (one for name in changed for one in asked.get(name, ()))
        return all(_answer(q, module, {**known, **changed}) == now for q, now in answers)

    alone = {
        name: Turned(tuple(row), tuple(v for v in _parts(known[name]) if stay({name: v})))
        for name, row in others.items()
    }
    mentioned = {
        tuple(name for name in dict.fromkeys(_names(question)) if name in alone)
        for row in asked.values()
        for question, _ in row
    }
    several = sorted(names for names in mentioned if len(names) > 1)
    multiples = ({name: _parts(known[name])[0] for name in names} for names in several)
    return Answers(alone, tuple(changed for changed in multiples if stay(changed)))


def _questions(definition: Definition) -> Iterator[tree.Expr]:
    """The comparisons and conditions of a definition, and whether the first of two numbers is the
    smaller one where it takes one of them; with the definition's own names written out."""
    lets = list(lets_of(definition))
    times = Counter(name for name, _ in lets)
    meanings: dict[str, tree.Expr] = {}
    lengths: dict[str, int] = {}
    for name, value in lets:
        length = sum(lengths.get(inner, 1) for inner in _names(value))
        if times[name] == 1 and name not in lets_in_loops(definition) and length <= MOST_NAMES:
            meanings[name], lengths[name] = exchanged(value, meanings), length
    for node in descendants(definition):
        for question in _asked(node):
            yield exchanged(question, meanings)


def _asked(node: tree.Node) -> Iterator[tree.Expr]:
    match node:
        case tree.Compare():
            yield node
        case tree.If(arms=arms):
            yield from (asked for asked, _ in arms if not isinstance(asked, tree.Compare))
        case tree.IfElse(condition=asked) if not isinstance(asked, tree.Compare):
            yield asked
        case tree.Call(callee=tree.Name(id="min" | "max"), arguments=(first, second)):
            yield tree.Compare(node.span, ("<",), (first.value, second.value))


def _names(node: tree.Node) -> Iterator[str]:
    """The names of values in an expression, `input.channels` and its like whole."""
    match node:
        case tree.Name():
            yield node.id
        case tree.Attribute(value=tree.Name(id=owner), name=name):
            yield f"{owner}.{name.id}"
        case tree.Call(arguments=arguments):
            for argument in arguments:
                yield from _names(argument.value)
        case _:
            for part in children(node):
                yield from _names(part)


def _answer(question: tree.Expr, module: Module, values: Values) -> object:
    """True or false; `UNKNOWN` where it is neither, or takes long to work out."""
    reporter = Reporter()
    try:
        evaluator = Evaluator(reporter, SHORT)
        answer = evaluator.value(question, Environment(module, None, dict(values)), VALUE)
    except Exhausted:
        return UNKNOWN
    return UNKNOWN if reporter.told else answer


def _near(own: Any, question: tree.Expr, others: list[object]) -> list[Any]:
    """Numbers near those that a question mentions, and multiples and parts of the own one; zero
    comes last, which often means that there is none."""
    if not _is_number(own):
        return []
    kind = type(own)
    constants = (part.value for part in descendants(question) if isinstance(part, tree.Constant))
    bounds = [kind(number) for number in constants if type(number) in (int, kind)]
    beside: list[Any] = [number for number in others if type(number) is kind]
    near = [number + step for step in STEPS for number in (*bounds, own)]
    near += [number + step for number in beside for step in STEPS]
    near += [own * factor for factor in bounds if 1 < factor <= LARGEST_FACTOR]
    near += _parts(own)
    return sorted((n for n in dict.fromkeys(near) if n >= 0), key=lambda n: n == 0)


def _parts(own: Any) -> list[Any]:
    """Multiples of a number, and the half."""
    return [*(own * factor for factor in FACTORS), own // 2 if type(own) is int else own / 2]


def _is_compared_with_none(question: tree.Expr) -> bool:
    match question:
        case tree.Compare(ops=("==" | "!=",), operands=(_, tree.Constant(value=None))):
            return True
    return False


def _is_number(value: object) -> bool:
    return type(value) is int or type(value) is float
