"""`# allow: W0101`: a comment silences the warnings that it names, on its line or the next.

It holds for the line that it ends or stands in, all of it where its brackets go over several; one
that has a line to itself holds for the line below. So the layout of a line changes nothing.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from archdsl.analyses.lints import mistakes
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Severity
from archdsl.base.source import Source, Span
from archdsl.codes import current

_ALLOW = re.compile(r"#\s*allow:\s*(\w+(?:\s*,\s*[A-Za-z]\w*\d\w*)*)")
_CODE = re.compile(r"\w+")


def allowed(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics without the warnings that a comment at their line allows."""
    return tuple(d for d in diagnostics if not _is_allowed(d))


def unknown_codes(source: Source, known: Callable[[], Collection[str]]) -> Iterator[Diagnostic]:
    """A warning for every code in a comment like that which no warning has."""
    for code, _ in _codes(source):
        if current(code.text) not in known():
            yield mistakes.unknown_code(code, known())


def next_code(comment: str) -> int | None:
    """The offset at which a comment that allows warnings takes one more; None for others."""
    matched = _ALLOW.match(comment)
    return None if matched is None else matched.end(1)


def _is_allowed(diagnostic: Diagnostic) -> bool:
    if diagnostic.severity is not Severity.WARNING:
        return False
    source, start = diagnostic.primary.span.source, diagnostic.primary.span.start
    place = Span(source, start, start)
    return any(
        current(code.text) == diagnostic.code and line.covers(place)
        for code, line in _codes(source)
    )


def _codes(source: Source) -> Iterator[tuple[Span, Span]]:
    """The places of the codes that the comments of a source allow, and of the lines they mean."""
    if "allow:" not in source.text:
        return
    from archdsl.syntax.fmt.ownership import led_by_comments  # each of them imports Lark
    from archdsl.syntax.grammar import tokens
    from archdsl.syntax.logical_lines import lay_out

    layout = lay_out(source, tokens(source.text))
    meant = dict(led_by_comments(source, layout))
    for comment in layout.comments:
        matched = _ALLOW.match(comment.text)
        if matched is None:
            continue
        nothing = Span(source, comment.end, comment.end)
        for code in _CODE.finditer(comment.text, matched.start(1), matched.end(1)):
            place = Span(source, comment.start + code.start(), comment.start + code.end())
            yield place, meant.get(comment, nothing)
