"""Holds a network to its `expect` lines: each broken part becomes a diagnostic with its figure."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from archdsl.analyses.figures import mistakes
from archdsl.analyses.figures.facts import FACTS, STEP_FACTS, Facts, OneSize
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Severity
from archdsl.base.quantities import is_number
from archdsl.ir.graph import Expectation, Program
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate.evaluator import Evaluator
from archdsl.semantics.reporter import Reporter
from archdsl.semantics.values import UNKNOWN, show
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants, is_node

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def check_expectations(program: Program) -> tuple[Diagnostic, ...]:
    """The broken promises of the network; a promise that does not bind gives a note."""
    facts = Facts(program)
    unkept: list[Diagnostic] = []
    for expectation in program.expectations:
        figures = _Figures(program.name, facts, dict(expectation.values))
        condition = figures.named(expectation.condition)
        broken = figures.mistakes
        if not broken:
            broken = list(_Check(program.name, figures.values).broken(condition))
        unkept.extend(_graded(d, expectation) for d in broken)
    return tuple(unkept)


def evaluate(
    facts: Facts, condition: tree.Expr, values: Mapping[str, object]
) -> tuple[object, tuple[Diagnostic, ...]]:
    """A condition's value over the facts and further values by name, and what is wrong with it."""
    network = facts.program.name
    figures = _Figures(network, facts, dict(values))
    named = figures.named(condition)
    if figures.mistakes:
        return UNKNOWN, tuple(figures.mistakes)
    return _Check(network, figures.values).value(named)


def _graded(diagnostic: Diagnostic, expectation: Expectation) -> Diagnostic:
    severity = Severity.ERROR if expectation.binding else Severity.NOTE
    return replace(diagnostic, severity=severity)


class _Figures:
    """The values that a condition may mention; those of steps get names with dots.

    The network's own names win. A figure that is not mentioned is not worked out.
    """

    def __init__(self, network: str, facts: Facts, own: dict[str, object]) -> None:
        self.network, self.facts, self.own = network, facts, own
        self.values: dict[str, object] = {}
        self.mistakes: list[Diagnostic] = []

    def named(self, condition: tree.Expr) -> tree.Expr:
        """The condition with `layer3.0.output` as one name; `values` has what it mentions."""
        renamed: tree.Expr = self._with_names(condition)
        mentioned = set(_names(renamed))
        figures = {n: self.facts.of_network(n) if n in mentioned else None for n in FACTS}
        self.values = {**figures, **self.values, **self.own}
        return renamed

    def _with_names(self, part: Any) -> Any:
        if isinstance(part, tuple):
            return tuple(self._with_names(item) for item in part)
        if isinstance(part, tree.Attribute):
            return self._name(part)
        if not is_node(part):
            return part
        parts = {name: self._with_names(getattr(part, name)) for name in part.__struct_fields__}
        return replace(part, **parts)

    def _name(self, chain: tree.Attribute) -> tree.Expr:
        """A figure of a step; anything else is left to the evaluation."""
        path = _dotted(chain.value)
        if path is None or path.split(".")[0] in self.own:
            return chain
        name, paths = chain.name.id, self.facts.paths
        if path not in paths:
            span = chain.value.span
            self.mistakes.append(mistakes.unknown_path(path, paths, span, self.network))
        elif name not in STEP_FACTS:
            span = chain.name.span
            self.mistakes.append(mistakes.unknown_figure(name, STEP_FACTS, span, self.network))
        else:
            self.values[f"{path}.{name}"] = self.facts.of_step(path, name)
        return tree.Name(chain.span, f"{path}.{name}")


class _Check:
    """One expectation's condition, evaluated over the figures that it mentions."""

    def __init__(self, network: str, values: Mapping[str, object]) -> None:
        self.network = network
        self.values = values

    def broken(self, condition: tree.Expr) -> Iterator[Diagnostic]:
        """The parts of an `and` that do not hold."""
        if isinstance(condition, tree.Binary) and condition.op == "and":
            yield from self.broken(condition.left)
            yield from self.broken(condition.right)
            return
        value, complaints = self.value(condition)
        if complaints:
            yield from complaints
        elif value is False:
            yield self._explain(condition)
        elif value is not True:
            figure = _figure(value)
            yield mistakes.not_true_or_false(condition.span, figure, self.network)

    def value(self, expr: tree.Expr) -> tuple[object, tuple[Diagnostic, ...]]:
        reporter = Reporter()
        value = Evaluator(reporter).value(expr, Environment(values=dict(self.values)))
        if value is UNKNOWN and not reporter.diagnostics:
            return value, (mistakes.unknown_value(expr.span, self.network),)
        return value, tuple(self._advised(d) for d in reporter.diagnostics)

    def _advised(self, mistake: Diagnostic) -> Diagnostic:
        hint = mistake.hint
        if not hint.startswith("did you mean"):
            hint = f"the figures are {', '.join(FACTS)}"
        return replace(mistake, path=self.network, hint=hint)

    def _explain(self, condition: tree.Expr) -> Diagnostic:
        if isinstance(condition, tree.Compare):
            sides = zip(condition.operands, condition.ops, condition.operands[1:], strict=False)
            for left, op, right in sides:
                difference = self._difference(left, op, right)
                if difference:
                    return mistakes.figure_differs(condition.span, difference, self.network)
        figures = ", ".join(f"{n} is {_figure(v)}" for n, v in self._mentioned(condition))
        return mistakes.does_not_hold(condition.span, figures, self.network)

    def _difference(self, left: tree.Expr, op: str, right: tree.Expr) -> str:
        """The figure's value and by how much it misses; empty if this comparison holds."""
        if not self._mentioned(left) and self._mentioned(right):
            left, op, right = right, _FLIPPED.get(op, op), left
        figure, wanted = self.value(left)[0], self.value(right)[0]
        name = left.span.text
        if not (is_number(figure) and is_number(wanted)):
            return _mismatch(name, op, figure, wanted)
        if _holds(figure - wanted, op):
            return ""
        return f"{name} is {_figure(figure)}, {_miss(figure - wanted, op, wanted)}"

    def _mentioned(self, expr: tree.Expr) -> list[tuple[str, object]]:
        """The names in an expression that have a value, in order."""
        values = {name: self.values[name] for name in _names(expr) if name in self.values}
        return list(values.items())


def _mismatch(name: str, op: str, figure: object, wanted: object) -> str:
    if op != "==" or figure == wanted:
        return ""
    return f"{name} is {_figure(figure)}, not {_figure(wanted)}"


def _miss(more: float, op: str, wanted: float) -> str:
    """By how much a figure misses, as the end of a sentence."""
    by, goal = _figure(abs(more)), _figure(wanted)
    match op:
        case "==":
            return f"which is {by} {'more' if more > 0 else 'less'} than expected"
        case "!=":
            return "and must not be"
        case "<" | "<=" if more:
            return f"which is {by} above the limit of {goal}"
        case ">" | ">=" if more:
            return f"which is {by} short of {goal}"
    return f"which is not {'below' if op == '<' else 'above'} {goal}"


def _holds(more: float, op: str) -> bool:
    outcomes = {"==": more == 0, "!=": more != 0, "<": more < 0, "<=": more <= 0}
    return outcomes.get(op, more > 0 if op == ">" else more >= 0)


def _figure(value: object) -> str:
    if isinstance(value, OneSize):
        return str(value[0])
    return f"{value:,}" if is_number(value) else show(value)


def _names(expr: tree.Expr) -> Iterator[str]:
    """Every name inside an expression."""
    for node in (expr, *descendants(expr)):
        if isinstance(node, tree.Name):
            yield node.id


def _dotted(expr: tree.Expr) -> str | None:
    """`layer3.0.conv1` as a path; None where it is more than names and dots."""
    match expr:
        case tree.Name():
            return expr.id
        case tree.Attribute():
            before = _dotted(expr.value)
            return None if before is None else f"{before}.{expr.name.id}"
    return None
