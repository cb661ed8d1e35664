"""The canonical layout as edits of the lines that it changes."""

from difflib import SequenceMatcher

from archdsl.base.labels import Edit
from archdsl.base.source import Source, Span
from archdsl.syntax.fmt import Unfaithful, fmt
from archdsl.syntax.parse import parse

UNNAMED = "<typed>"  # the trees of texts without a file are not kept on disk


def layout_edits(source: Source, first: int = 1, last: int | None = None) -> tuple[Edit, ...]:
    """The edits that give a text, or its lines from a first to a last, the canonical layout; none
    where the text has errors."""
    parsed = parse(Source(UNNAMED, source.text))
    if not parsed.ok:
        return ()
    try:
        text = fmt(parsed)
    except Unfaithful:
        return ()
    before, after = source.text.splitlines(True), text.splitlines(True)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    end = len(before) if last is None else last
    return tuple(
        Edit(Span(source, starts[a], starts[b]), "".join(after[c:d]))
        for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        if kind != "equal" and a < end and max(b, a + 1) >= first
    )
