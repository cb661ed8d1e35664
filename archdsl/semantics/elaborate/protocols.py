"""The requests of lines and layers to the elaborator, so that neither imports it."""

from typing import Protocol

from archdsl.ir.graph import Scope
from archdsl.semantics.elaborate.body import Body, Flow
from archdsl.semantics.elaborate.placing import Placer
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate.protocols import Expressions
from archdsl.semantics.reporter import Reporter
from archdsl.semantics.values import Branch, Recipe
from archdsl.syntax import tree

NetworkLine = tree.Input | tree.Aux | tree.Init | tree.Expect


class Networks(Protocol):
    """The lines that only a network has."""

    @property
    def overridden(self) -> bool: ...
    def statement(self, line: NetworkLine, body: Body, env: Environment, flow: Flow) -> Flow: ...
    def embed(
        self, declaration: tree.NetworkDecl, flow: Flow, body: Body, env: Environment
    ) -> Flow: ...


class Elaboration(Protocol):
    """Recipes applied to the flow in a body."""

    reporter: Reporter
    placer: Placer
    networks: Networks | None
    supposing: int

    @property
    def evaluator(self) -> Expressions: ...

    def apply(
        self, recipe: Recipe, flow: Flow, body: Body, env: Environment, name: str | None = None
    ) -> Flow: ...
    def branch(self, branch: Branch, flow: Flow, body: Body, env: Environment) -> Flow: ...
    def sequence(
        self, recipe: Recipe, flow: Flow, body: Body, env: Environment, name: str
    ) -> tuple[Scope, Flow]: ...
