"""The questions of a definition over its parameters: what decides which arm it takes, in each round
of the loops around it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import chain, islice

from msgspec import Struct
from msgspec.structs import replace

from archdsl.ir.measured import lets_of
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate.evaluator import Evaluator
from archdsl.semantics.evaluate.expected import VALUE
from archdsl.semantics.limits import Limits
from archdsl.semantics.module import Module
from archdsl.semantics.reporter import Exhausted, Reporter
from archdsl.syntax import tree
from archdsl.syntax.walk import children, exchanged

Definition = tree.BlockDecl | tree.NetworkDecl
Loops = tuple[tree.For | tree.Comprehension, ...]
Behind = tuple[tuple[tree.Expr, bool], ...]
UNREACHED = object()
SHORT = Limits(evaluations=10_000)  # each question is asked some ten times for each of its names
SHORT_IN_LOOPS = Limits(evaluations=500)  # those for all rounds some thirty times
MOST_NAMES = 100  # in the meaning of a name: one that doubles again and again is not written out
MOST_ROUNDS = 16  # of all loops around a question, for which it is asked


class Running(Struct, frozen=True, eq=False):
    """A loop: the names that each of its rounds gives values, and what it runs over."""

    targets: tuple[tree.Binding, ...]
    over: tree.Expr

    @property
    def variables(self) -> set[str]:
        return {name.id for name in tree.bound(self.targets)}

    @property
    def elements(self) -> set[str]:
        """The variables that are more than the number of a round."""
        match self.over, self.targets:
            case tree.Call(callee=tree.Name(id="range")), _:
                return set()
            case tree.Call(callee=tree.Name(id="enumerate")), (tree.Name(id=number), _):
                return self.variables - {number}
        return self.variables

    def rounds(self, around: Environment, evaluator: Evaluator) -> Iterator[Environment]:
        for item in (evaluator.items(self.over, around) or ())[:MOST_ROUNDS]:
            inner = around.inner()
            evaluator.unpack(self.targets, item, inner, self.over.span)
            yield inner


class Question(Struct, frozen=True, eq=False):
    """A comparison or condition, and the loops around it, the outermost first; `behind` are the
    conditions in whose arms it stands, each with the answer that leads there."""

    asked: tree.Expr
    loops: tuple[Running, ...]
    behind: Behind = ()

    def over(self, known: Collection[str]) -> "Question":
        """The same without the conditions that ask for anything else."""
        words = {*known, *chain.from_iterable(loop.variables for loop in self.loops)}
        behind = (one for one in self.behind if words.issuperset(names_in(one[0])))
        return replace(self, behind=tuple(behind))

    def names(self) -> dict[str, None]:
        """The names of what is asked; an element that a loop runs over stands for all of them."""
        names = dict.fromkeys(names_in(self.asked))
        for loop in reversed(self.loops):
            if not loop.elements.isdisjoint(names):
                names |= dict.fromkeys(names_in(loop.over))
            names = {name: None for name in names if name not in loop.variables}
        return names

    def answers(self, module: Module, values: Mapping[str, object]) -> tuple[object, ...]:
        """True or false in each of the first rounds; `UNKNOWN` where it is neither, `UNREACHED`
        where another arm is taken. None at all where that takes long to work out."""
        reporter = Reporter()
        evaluator = Evaluator(reporter, SHORT_IN_LOOPS if self.loops else SHORT)
        rounds = [Environment(module, None, dict(values))]
        try:
            for loop in self.loops:
                inner = (loop.rounds(around, evaluator) for around in rounds)
                rounds = list(islice(chain.from_iterable(inner), MOST_ROUNDS))
            answers = tuple(self._answer(env, evaluator) for env in rounds)
        except Exhausted:
            return ()
        return () if reporter.told else answers

    def _answer(self, env: Environment, evaluator: Evaluator) -> object:
        for condition, answer in self.behind:
            if evaluator.value(condition, env, VALUE) is not answer:
                return UNREACHED
        return evaluator.value(self.asked, env, VALUE)


def questions(definition: Definition) -> Iterator[Question]:
    """The comparisons and conditions of a definition, and whether the first of two numbers is the
    smaller one where it takes one of them; with the definition's own names written out."""
    meanings = _meanings(definition)
    for node, loops, behind in _with_places(definition):
        for asked in _asked(node):
            running = (Running(loop.targets, exchanged(loop.iterable, meanings)) for loop in loops)
            conditions = ((exchanged(one, meanings), answer) for one, answer in behind)
            yield Question(exchanged(asked, meanings), tuple(running), tuple(conditions))


def names_in(node: tree.Node) -> Iterator[str]:
    """The names of values in an expression, `input.channels` and its like whole."""
    match node:
        case tree.Name():
            yield node.id
        case tree.Attribute(value=tree.Name(id=owner), name=name):
            yield f"{owner}.{name.id}"
        case tree.Call(arguments=arguments):
            for argument in arguments:
                yield from names_in(argument.value)
        case _:
            for part in children(node):
                yield from names_in(part)


def _meanings(definition: Definition) -> Mapping[str, tree.Expr]:
    """The definition's own names for expressions, without those that change from line to line."""
    lets = list(lets_of(definition))
    times = Counter(name for name, _ in lets)
    meanings: dict[str, tree.Expr] = {}
    lengths: dict[str, int] = {}
    for name, value in lets:
        inner = tuple(names_in(value))
        length = sum(lengths.get(one, 1) for one in inner)
        if times[name] == 1 and name not in inner and length <= MOST_NAMES:
            meanings[name], lengths[name] = exchanged(value, meanings), length
    return meanings


def _with_places(definition: Definition) -> Iterator[tuple[tree.Node, Loops, Behind]]:
    """Everything in a definition, in the order of the text, each part with the loops around it and
    the conditions in whose arms it stands."""
    waiting: list[tuple[tree.Node, Loops, Behind]] = [
        (part, (), ()) for part in reversed(children(definition))
    ]
    while waiting:
        node, loops, behind = waiting.pop()
        yield node, loops, behind
        parts: list[tuple[tree.Node, Loops, Behind]]
        match node:
            case tree.For() | tree.Comprehension():
                inner = (*loops, node)
                parts = [
                    (part, loops if part is node.iterable else inner, behind)
                    for part in children(node)
                ]
            case tree.If() | tree.IfElse() | tree.Binary(op="and" | "or"):
                parts = [(part, loops, (*behind, *more)) for part, more in _arms(node)]
            case _:
                parts = [(part, loops, behind) for part in children(node)]
        waiting += parts[::-1]


def _arms(node: tree.If | tree.IfElse | tree.Binary) -> Iterator[tuple[tree.Node, Behind]]:
    """The parts of arms, and their conditions, with what leads to each of them."""
    if isinstance(node, tree.Binary):
        yield node.left, ()
        yield node.right, ((node.left, node.op == "and"),)
        return
    if isinstance(node, tree.IfElse):
        yield node.condition, ()
        yield node.then, ((node.condition, True),)
        yield node.otherwise, ((node.condition, False),)
        return
    failed: Behind = ()
    for condition, body in node.arms:
        yield condition, failed
        for part in body:
            yield part, (*failed, (condition, True))
        failed = (*failed, (condition, False))
    for part in node.otherwise:
        yield part, failed


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
