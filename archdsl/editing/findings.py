"""A diagnostic as an editor of a text shows it."""

from collections.abc import Iterator

from msgspec import Struct

from archdsl.analyses.lints.mistakes import UNUSED_RESULT
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Label
from archdsl.base.source import Source, Span
from archdsl.semantics.elaborate.mistakes import UNUSED_STEP
from archdsl.semantics.names.mistakes import UNUSED_PARAMETER

UNUSED = (UNUSED_PARAMETER, UNUSED_STEP, UNUSED_RESULT)  # warnings whose place is faded


class Finding(Struct, frozen=True):
    """`span` is None for a diagnostic of an imported file, which stands at the text's top;
    `details` are the lines below the message, without the hint; `related` the other places, each
    with words; `unused` where the place is to be faded."""

    span: Span | None
    message: str
    details: tuple[str, ...]
    related: tuple[Label, ...]
    unused: bool


def finding(diagnostic: Diagnostic, source: Source) -> Finding:
    """A diagnostic that was found while a text was read."""
    own = diagnostic.primary.span.source.name == source.name
    inside = (f"in {diagnostic.path}",) if diagnostic.path else ()
    return Finding(
        diagnostic.primary.span if own else None,
        diagnostic.message if own else f"{diagnostic.file}:{diagnostic.line}: {diagnostic.message}",
        (*diagnostic.arithmetic, *inside),
        tuple(_related(diagnostic)),
        diagnostic.code in UNUSED,
    )


def _related(diagnostic: Diagnostic) -> Iterator[Label]:
    for labels, words in ((diagnostic.others, "see here"), (diagnostic.calls, "called here")):
        yield from (Label(label.span, label.text or words) for label in labels)
