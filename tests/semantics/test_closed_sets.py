"""Every kind of expression has a way to be evaluated."""

from typing import get_args

from archdsl.semantics.evaluate.evaluator import Evaluator
from archdsl.semantics.reporter import Reporter
from archdsl.syntax import tree


def test_every_expression_can_be_evaluated() -> None:
    evaluator = Evaluator(Reporter())
    assert set(evaluator._evaluated) == set(get_args(tree.Expr))
