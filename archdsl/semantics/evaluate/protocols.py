"""The requests of parts and of elaboration to the evaluator, so that none of them imports it."""

from typing import Protocol

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Span
from archdsl.semantics.elaboration_memory import ElaborationMemory
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate.expected import VALUE, Expected
from archdsl.semantics.limits import Limits
from archdsl.semantics.reporter import Reporter
from archdsl.semantics.values import Recipe, SuiteRecipe
from archdsl.syntax import tree


class Reports(Protocol):
    """A reporter of mistakes; the value of a mistake is UNKNOWN."""

    def report(self, mistake: Diagnostic) -> object: ...


class Evaluation(Reports, Protocol):
    """Expressions as values and as steps, and what they may cost."""

    reporter: Reporter
    limits: Limits
    memory: ElaborationMemory

    def value(self, expr: tree.Expr, env: Environment, expected: Expected = VALUE) -> object: ...
    def recipe(self, expr: tree.Expr, env: Environment) -> Recipe: ...
    def as_recipe(self, value: object, expr: tree.Expr) -> Recipe: ...
    def as_lines(
        self, node: tree.Node, head: tree.Expr, given: tuple[tree.Argument, ...], env: Environment
    ) -> SuiteRecipe: ...
    def limited(self, value: object) -> object: ...
    def spend(self, work: int, span: Span) -> None: ...


class Expressions(Evaluation, Protocol):
    """The same, and what the lines of a body ask for."""

    def text(self, name: tree.Name | tree.Template, env: Environment) -> str | None: ...
    def condition(self, expr: tree.Expr, env: Environment) -> bool | None: ...
    def items(self, expr: tree.Expr, env: Environment) -> tuple[object, ...] | None: ...
    def unpack(
        self, targets: tuple[tree.Binding, ...], value: object, env: Environment, span: Span
    ) -> tuple[tuple[str, object], ...]: ...
