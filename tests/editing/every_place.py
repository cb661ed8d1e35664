"""Every edit that an editor offers for a text, at every place of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from archdsl import driver
from archdsl.base.diagnostics import edited
from archdsl.base.source import Source
from archdsl.editing.actions import actions, refactorings
from archdsl.editing.analysis import Analysis
from archdsl.editing.renaming import CannotRename, rename_everywhere
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants

MOST_LINES = 3  # that are selected together


class Changed(NamedTuple):
    """A text after an edit: what was done, where, and the keys that are told to change."""

    title: str
    offset: int
    text: str
    renamed: dict[str, str]


def analysed(path: Path) -> Analysis:
    text = path.read_text(encoding="utf-8")
    source = Source(str(path), text)
    return Analysis(driver.Spec(source, path.parent, None, path.stem, path))


def changes(path: Path) -> Iterator[Changed]:
    """Each different text that an action or a rename makes of a spec."""
    analysis, seen = analysed(path), set()
    before = analysis.source.text
    assert not [d for d in analysis.diagnostics if d.code < "W"]
    for change in (*_at_places(analysis), *_selected(analysis), *_renamed(analysis, path)):
        if change.text != before and change.text not in seen:
            seen.add(change.text)
            yield change


def _done(analysis: Analysis, offers, offset: int) -> Iterator[Changed]:
    for action in offers:
        text = edited(analysis.source.text, action.edits)
        yield Changed(action.title, offset, text, action.renamed)


def _at_places(analysis: Analysis) -> Iterator[Changed]:
    for node in descendants(analysis.file):
        at = node.span.first
        if isinstance(node, tree.Flow | tree.Call):
            yield from _done(analysis, actions(analysis, at, at), at)
        if isinstance(node, tree.Flow):
            yield from _done(analysis, refactorings(analysis, at, at), at)


def _selected(analysis: Analysis) -> Iterator[Changed]:
    """Neighbouring lines, of whatever body."""
    for node in descendants(analysis.file):
        for body in _bodies(node):
            for first in range(len(body)):
                for last in range(first, min(first + MOST_LINES, len(body))):
                    start, end = body[first].span.first, body[last].span.last
                    yield from _done(analysis, refactorings(analysis, start, end), start)


def _bodies(node: tree.Node) -> Iterator[tuple[tree.Statement, ...]]:
    if isinstance(node, tree.If):
        yield from (lines for _, lines in node.arms)
        yield node.otherwise
    elif not isinstance(node, tree.VariantDecl):
        yield getattr(node, "body", ())


def _renamed(analysis: Analysis, path: Path) -> Iterator[Changed]:
    for node in descendants(analysis.file):
        if isinstance(node, tree.Name):
            at = node.span.first
            try:
                renamed = rename_everywhere(analysis, path, at, "another", driver.read_text)
            except CannotRename:
                continue
            text = edited(analysis.source.text, renamed.edits[path.resolve()])
            yield Changed(f"rename {node.id}", at, text, dict(renamed.names))
