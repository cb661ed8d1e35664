"""Lines below a `path:` or a merge, and steps in parentheses that are read as lines."""

from archdsl.ops.base import Op
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate.free_names import captured
from archdsl.semantics.values import SuiteRecipe
from archdsl.syntax import tree


class Suites:
    """Steps in parentheses as lines: the same ones whenever their node is evaluated."""

    def __init__(self) -> None:
        self._made: dict[tree.Node, tree.Suite] = {}

    def lines(
        self, node: tree.Node, head: tree.Expr, given: tuple[tree.Argument, ...], env: Environment
    ) -> SuiteRecipe:
        if node not in self._made:
            self._made[node] = tree.Suite(node.span, head, tuple(_line(a) for a in given))
        return suite(self._made[node], None, env)


def suite(node: tree.Suite, op: Op | None, env: Environment) -> SuiteRecipe:
    return SuiteRecipe(node, op, env, captured(node, env))


def _line(argument: tree.Argument) -> tree.Flow:
    """A step in parentheses as a line of its own; its name names the step."""
    names = (argument.name,) if argument.name is not None else ()
    return tree.Flow(argument.span, names, argument.value, None)
