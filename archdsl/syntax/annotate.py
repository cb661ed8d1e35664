"""Shapes stated behind lines, `… :: 64x56x56`: written into a source where they are asked for."""

from collections.abc import Mapping

from archdsl.base.source import Source
from archdsl.syntax import tree
from archdsl.syntax.walk import last_item


def can_state(line: tree.Flow) -> bool:
    """True where a line can state its shape: it opens no body."""
    return not isinstance(last_item(line.value), tree.Suite)


def annotate(source: Source, shapes: Mapping[tree.Flow, str]) -> Source:
    """The source with these lines' shapes stated, in place of what they state already."""
    text = source.text
    for line in sorted(shapes, key=lambda line: line.span.start, reverse=True):
        shape = shapes[line]
        if line.shape is None:
            text = f"{text[: line.span.end]} :: {shape}{text[line.span.end :]}"
        else:
            text = f"{text[: line.shape.span.start]}{shape}{text[line.shape.span.end :]}"
    return Source(source.name, text)
