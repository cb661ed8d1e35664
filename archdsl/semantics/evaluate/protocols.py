"""The requests of the evaluator's parts to the whole, so that no part imports it."""

from typing import Protocol

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Span
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate.expected import VALUE, Expected
from archdsl.semantics.evaluate.suites import Suites
from archdsl.semantics.limits import Limits
from archdsl.semantics.memory import Memory
from archdsl.semantics.report import Reporter
from archdsl.semantics.values import Recipe
from archdsl.syntax import tree


class Reports(Protocol):
    """A reporter of mistakes; the value of a mistake is UNKNOWN."""

    def report(self, mistake: Diagnostic) -> object: ...


class Evaluation(Reports, Protocol):
    """Expressions as values and as steps, and what they may cost."""

    reporter: Reporter
    limits: Limits
    memory: Memory
    suites: Suites

    def value(self, expr: tree.Expr, env: Environment, expected: Expected = VALUE) -> object: ...
    def recipe(self, expr: tree.Expr, env: Environment) -> Recipe: ...
    def as_recipe(self, value: object, expr: tree.Expr) -> Recipe: ...
    def limited(self, value: object) -> object: ...
    def spend(self, work: int, span: Span) -> None: ...
