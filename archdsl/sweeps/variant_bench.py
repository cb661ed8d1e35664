"""One variant: elaborated, held to the condition, and its figures taken."""

from collections.abc import Mapping

from msgspec import Struct

from archdsl.analyses.figures.expectations import evaluate
from archdsl.analyses.figures.facts import Facts
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Severity
from archdsl.base.source import Source
from archdsl.driver import Inputs, Misuse, Prepared, Spec
from archdsl.ir.shape import format_shape
from archdsl.semantics.evaluate.mistakes import UNKNOWN_NAME
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.sweeps.axes import Axes, combination
from archdsl.sweeps.variants import Failure, Figure, Value, Variant
from archdsl.syntax import tree
from archdsl.syntax.parse import parse_expression


class Order(Struct, frozen=True):
    """The request of a sweep to every variant; other processes are given it too."""

    spec: Spec
    input: Inputs
    axes: Axes
    figures: tuple[str, ...]
    where: str
    limits: Limits = LIMITS


class VariantBench:
    """A spec read once, on which variants are measured one after the other."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.prepared = Prepared(order.spec, order.input, order.limits)
        self.condition = _read(order.where) if order.where else None

    def measure(self, number: int) -> Variant | None:
        """A variant of the grid; None where it does not meet the condition."""
        texts = combination(self.order.axes, number)
        parameters = {name: self._shown(name, text) for name, text in texts.items()}
        loaded = self.prepared.variant(texts)
        errors = [d for d in loaded.diagnostics if d.severity is Severity.ERROR]
        if loaded.program is None:
            return Variant(
                number=number, parameters=parameters, figures={}, failure=_failure(errors[0])
            )
        facts = Facts(loaded.program)
        meets = self._meets(facts, dict(loaded.program.root.arguments))
        if isinstance(meets, Failure):
            return Variant(number=number, parameters=parameters, figures={}, failure=meets)
        if not meets:
            return None
        figures = {name: _figure(facts.of_network(name)) for name in self.order.figures}
        return Variant(number=number, parameters=parameters, figures=figures)

    def _meets(self, facts: Facts, arguments: Mapping[str, object]) -> bool | Failure:
        if self.condition is None:
            return True
        value, mistakes = evaluate(facts, self.condition, arguments)
        if mistakes and _is_unknown_name(mistakes[0]):
            raise Misuse(f"--where: {mistakes[0].message}; {mistakes[0].hint}")
        if mistakes:
            return _failure(mistakes[0])
        if not isinstance(value, bool):
            raise Misuse(f"--where: {self.order.where!r} is neither true nor false")
        return value

    def _shown(self, name: str, text: str) -> Value:
        """A number as a number, any other value as it was written."""
        value = self.prepared.value(name, text)
        return value if isinstance(value, bool | int | float) or value is None else text


def _read(text: str) -> tree.Expr:
    condition, diagnostics = parse_expression(Source("<where>", text))
    if condition is None:
        why = diagnostics[0].message if diagnostics else "it cannot be read"
        raise Misuse(f"--where: {text!r}: {why}")
    return condition


def _is_unknown_name(mistake: Diagnostic) -> bool:
    """A name that no variant has; a step's path may be there in some."""
    return mistake.code == UNKNOWN_NAME and "." not in mistake.primary.span.text


def _failure(diagnostic: Diagnostic) -> Failure:
    span = diagnostic.primary.span
    return Failure(
        code=diagnostic.code, message=diagnostic.message, file=span.source.name, line=span.line
    )


def _figure(value: object) -> Figure:
    """A number, or shapes as the language writes them."""
    match value:
        case int() | float() | str():
            return value
        case tuple() if value and isinstance(value[0], tuple):
            return ", ".join(format_shape(shape) for shape in value)
        case tuple():
            return format_shape(value)
    raise TypeError(f"{value!r} is no figure")
