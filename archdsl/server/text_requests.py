"""Requests about one text: what is shown in it, proposed for it, and which parts it has."""

from lsprotocol import types as lsp

from archdsl.editing.analysis import Analysis
from archdsl.editing.completion import completion, signature
from archdsl.editing.hints import hints
from archdsl.editing.hover import hover
from archdsl.editing.outline import folds, lenses, painted, selections
from archdsl.server import answers
from archdsl.server.positions import offset, range_of, whole
from archdsl.server.server import ArchServer


async def inlay_hints(server: ArchServer, given: lsp.InlayHintParams) -> list[lsp.InlayHint] | None:
    seen = server.seen.get(given.text_document.uri, {})

    def asked(a: Analysis) -> list[lsp.InlayHint]:
        start, end = (offset(a.source, p) for p in (given.range.start, given.range.end))
        shown = (h for h in hints(a, server.wanted, seen) if start <= h.offset <= end)
        return [answers.hint(h, a.source) for h in shown]

    return await server.ask(given.text_document.uri, asked)


async def hovered(server: ArchServer, given: lsp.HoverParams) -> lsp.Hover | None:
    def asked(a: Analysis) -> lsp.Hover | None:
        answer = hover(a, offset(a.source, given.position))
        return None if answer is None else answers.hover(answer)

    return await server.ask(given.text_document.uri, asked)


async def completions(
    server: ArchServer, given: lsp.CompletionParams
) -> list[lsp.CompletionItem] | None:
    def asked(a: Analysis) -> list[lsp.CompletionItem]:
        proposals = completion(a, offset(a.source, given.position))
        return [answers.item(item, k, server.snippets) for k, item in enumerate(proposals)]

    return await server.ask(given.text_document.uri, asked)


async def signatures(
    server: ArchServer, given: lsp.SignatureHelpParams
) -> lsp.SignatureHelp | None:
    def asked(a: Analysis) -> lsp.SignatureHelp | None:
        answer = signature(a, offset(a.source, given.position))
        return None if answer is None else answers.signature(answer)

    return await server.ask(given.text_document.uri, asked)


async def semantic_tokens(
    server: ArchServer, given: lsp.SemanticTokensParams
) -> lsp.SemanticTokens | None:
    return await server.ask(given.text_document.uri, lambda a: answers.tokens(painted(a)))


async def folding_ranges(
    server: ArchServer, given: lsp.FoldingRangeParams
) -> list[lsp.FoldingRange] | None:
    def asked(a: Analysis) -> list[lsp.FoldingRange]:
        return [lsp.FoldingRange(first - 1, last - 1) for first, last in folds(a)]

    return await server.ask(given.text_document.uri, asked)


async def selection_ranges(
    server: ArchServer, given: lsp.SelectionRangeParams
) -> list[lsp.SelectionRange] | None:
    def asked(a: Analysis) -> list[lsp.SelectionRange]:
        return [_selection(a, place) for place in given.positions]

    return await server.ask(given.text_document.uri, asked)


def _selection(analysis: Analysis, place: lsp.Position) -> lsp.SelectionRange:
    selection = lsp.SelectionRange(whole(analysis.source))
    for span in selections(analysis, offset(analysis.source, place))[::-1]:
        selection = lsp.SelectionRange(range_of(span), selection)
    return selection


async def code_lenses(server: ArchServer, given: lsp.CodeLensParams) -> list[lsp.CodeLens] | None:
    uri = given.text_document.uri
    seen = server.seen.get(uri, {})
    return await server.ask(
        uri, lambda a: [s for f in lenses(a, seen) for s in answers.lenses(f, uri)]
    )
