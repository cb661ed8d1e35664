"""The user's values for parameters and inputs."""

import math
from collections.abc import Mapping
from contextlib import suppress
from numbers import Integral, Real

from archdsl.base.exceptions import Misuse
from archdsl.base.quantities import is_whole
from archdsl.base.source import Source
from archdsl.base.suggest import did_you_mean
from archdsl.driver.networks import declaration
from archdsl.ir.shape import Shape
from archdsl.semantics.elaborate.network_lines import Overrides
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate.evaluator import Evaluator
from archdsl.semantics.limits import LIMITS
from archdsl.semantics.module import Module
from archdsl.semantics.reporter import Exhausted, Reporter
from archdsl.semantics.values import UNKNOWN
from archdsl.syntax import tree
from archdsl.syntax.parse import parse_expression

Inputs = str | Shape | Mapping[str, "str | Shape"] | None


def overrides_of(
    module: Module, name: str, parameters: Mapping[str, object], input: Inputs
) -> Overrides:
    declared = _parameters(module, name)
    values: dict[str, object] = {}
    for word, given in parameters.items():
        if word not in declared:
            hint = did_you_mean(word, declared)
            has = f"it has {', '.join(declared)}" if declared else "it has none"
            raise Misuse(f"`{name}` has no parameter `{word}`; {hint or has}")
        values[word] = _value(given, module, f"parameter `{word}`")
    return Overrides(values, input_shapes(module, name, input))


def _parameters(module: Module, name: str) -> list[str]:
    network = declaration(module, name)
    return [p.name.id for p in network.parameters] if network is not None else []


def _value(given: object, module: Module, what: str) -> object:
    """A Python value as the language has it; a string is read as the language writes it."""
    match given:
        case str():
            return _read(given, module, what)
        case None | bool():
            return given
        case list() | tuple():
            return tuple(_value(item, module, what) for item in given)
        case Integral() if abs(given) < 10**LIMITS.digits:
            return int(given)
        case Real() if not isinstance(given, Integral) and math.isfinite(given):
            return float(given)
    kind = type(given).__name__
    raise Misuse(
        f"{what}: {given!r} ({kind}) is no value of the language; give numbers, true or false, "
        "None, lists of them, or a string in the language's own words"
    )


def _read(given: str, module: Module, what: str) -> object:
    """The value of a text in the language."""
    source = Source(f"<{what}>", given)
    expr, diagnostics = parse_expression(source)
    reporter = Reporter()
    reporter.extend(diagnostics)
    value: object = UNKNOWN
    with suppress(Exhausted):
        if expr is not None:
            value = Evaluator(reporter).value(expr, Environment(module))
    if value is UNKNOWN:
        complaints = reporter.diagnostics
        why = complaints[0].message if complaints else "it cannot be read"
        hint = f" ({complaints[0].hint})" if complaints and complaints[0].hint else ""
        raise Misuse(f"{what}: {given!r}: {why}{hint}")
    return value


def input_shapes(module: Module, name: str, input: Inputs) -> dict[str, Shape]:
    if input is None:
        return {}
    given = input if isinstance(input, Mapping) else {"": input}
    shapes: dict[str, Shape] = {}
    network = declaration(module, name)
    lines = [s for s in network.body if isinstance(s, tree.Input)] if network is not None else []
    names = [s.name.id for s in lines if s.name is not None]
    for word, value in given.items():
        if (word and word not in names) or (not word and len(names) > 1):
            has = f"name one of them: {', '.join(names)}" if names else "it has one, without a name"
            raise Misuse(
                f"`{name}` has no input `{word}`; {has}"
                if word
                else f"`{name}` has several inputs; {has}"
            )
        shapes[word] = _shape(value, module, f"input `{word}`" if word else "input")
    return shapes


def _shape(value: object, module: Module, what: str) -> Shape:
    shape = _value(value, module, what)
    sizes = shape if isinstance(shape, tuple) else (shape,)
    if not all(is_whole(s) and s > 0 for s in sizes):
        raise Misuse(f"{what}: a shape is written 3x224x224, not {value}")
    return tuple(int(s) for s in sizes)
