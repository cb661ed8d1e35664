"""The place of a step in the source, as far as its trail tells."""

from archdsl.ir.graph import Mark, Step
from archdsl.syntax import tree

TURNS = (tree.For, tree.If, tree.IfElse, tree.Binary)


def turn(mark: Mark) -> bool:
    """True where a mark is a loop, a choice or a repeat."""
    return isinstance(mark.node, TURNS)


def place(step: Step) -> tuple[int, ...]:
    """The place in its own body, without loops and choices. A step that came in by a name, such
    as a parameter's, has the place where the name stands."""
    marks = step.trail
    named = next((i for i, m in enumerate(marks) if isinstance(m.node, tree.Name)), len(marks))
    return tuple(id(m.node) for m in marks[: named + 1] if not turn(m))
