"""What a definition can ask about its input, and its own names for expressions."""

from typing import Any

from archdsl.ir.graph import Scope
from archdsl.syntax import tree

FACTS = {
    1: {"channels": "in_features"},
    2: {"channels": "in_channels", "length": "length"},
    3: {"channels": "in_channels", "height": "height", "width": "width"},
    4: {"channels": "in_channels", "depth": "depth", "height": "height", "width": "width"},
}


def facts_of(scope: Scope) -> dict[str, Any]:
    """`input.channels` and its like by the source's name."""
    found: dict[str, Any] = {}
    names = ("input", *scope.input_names[1:])
    for name, type in zip(names, scope.inputs, strict=False):
        for fact, size in zip(FACTS.get(type.rank, {}), type.shape, strict=False):
            found[f"{name}.{fact}"] = size
    return found


def fact_name(scope: Scope, fact: str) -> str:
    owner, word = fact.split(".")
    if owner == "input":
        return FACTS[scope.inputs[0].rank][word]
    return f"{owner}_{word}"


def lets_of(scope: Scope) -> dict[str, tree.Expr]:
    """The definition's own names for expressions, wherever in its body."""
    found: dict[str, tree.Expr] = {}
    pending = list(scope.definition.body) if scope.definition else []
    while pending:
        match pending.pop(0):
            case tree.Let(targets=(target,), value=value):
                found.setdefault(target.id, value)
            case tree.For(body=body):
                pending[:0] = body
            case tree.If(arms=arms, otherwise=otherwise):
                pending[:0] = [s for _, body in arms for s in body] + list(otherwise)
            case tree.Flow(value=tree.Suite(body=body)):
                pending[:0] = body
    return found
