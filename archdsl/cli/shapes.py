"""`archdsl fmt --shapes`: which lines state which shapes."""

from collections.abc import Iterator

from archdsl import driver
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Severity
from archdsl.base.source import Source
from archdsl.driver import Change
from archdsl.ir.shape import format_shape
from archdsl.semantics.elaborate.mistakes import NO_SHAPE, SHAPE_DIFFERS
from archdsl.syntax import tree
from archdsl.syntax.annotate import annotate, can_state
from archdsl.syntax.walk import descendants

_WRONG_SHAPE = (SHAPE_DIFFERS, NO_SHAPE)


def with_shapes(spec: driver.Spec) -> tuple[Source, tuple[Diagnostic, ...]]:
    """The source with the shapes of its networks' lines stated, and the errors that forbid it."""
    traced = driver.trace(spec)
    errors = [d for d in traced.diagnostics if d.severity is Severity.ERROR]
    wrong = {d.primary.span for d in errors if d.code in _WRONG_SHAPE}
    shapes: dict[tree.Flow, str] = {}
    for line in _lines(traced.file):
        changes = traced.changes.get(line, frozenset())
        asked = line.shape.span in wrong if line.shape is not None else _changes(changes)
        shape = _shape(changes)
        if asked and shape is not None:
            shapes[line] = shape
    mended = {line.shape.span for line in shapes if line.shape is not None}
    left = tuple(d for d in errors if d.primary.span not in mended)
    return annotate(spec.source, shapes), left


def _lines(file: tree.File) -> Iterator[tree.Flow]:
    """The lines of networks that can state a shape; those of blocks have many."""
    for declaration in file.declarations:
        if isinstance(declaration, tree.NetworkDecl):
            for node in descendants(declaration):
                if isinstance(node, tree.Flow) and can_state(node):
                    yield node


def _changes(changes: frozenset[Change]) -> bool:
    return any(before != after for before, after in changes)


def _shape(changes: frozenset[Change]) -> str | None:
    """The shape behind a line, if it is the same in every use."""
    shapes = {after for _, after in changes}
    shape = shapes.pop() if len(shapes) == 1 else None
    if shape is None:
        return None
    return format_shape(shape) if shape else "()"
