"""Requests about names: where one is declared and used, in this text and in others."""

import asyncio
from pathlib import Path

from lsprotocol import types as lsp

from archdsl.editing.analysis import Analysis
from archdsl.editing.references import references, references_everywhere
from archdsl.editing.symbols import definition, matching, symbols
from archdsl.server import answers
from archdsl.server.positions import offset, range_of
from archdsl.server.server import TOGETHER, ArchServer, home_of


async def document_symbols(
    server: ArchServer, given: lsp.DocumentSymbolParams
) -> list[lsp.DocumentSymbol] | None:
    return await server.ask(
        given.text_document.uri, lambda a: [answers.symbol(s) for s in symbols(a.file)]
    )


async def workspace_symbols(
    server: ArchServer, given: lsp.WorkspaceSymbolParams
) -> list[lsp.WorkspaceSymbol]:
    await asyncio.sleep(TOGETHER)
    documents = server.documents
    opened = [
        answers.place_of(symbol, uri)
        for uri in documents.open
        if (analysis := documents.analysis(uri)) is not None
        for symbol in matching(symbols(analysis.file), given.query)
    ]
    elsewhere = server.index.search(given.query, server.closed_files(), documents.text)
    addressed = ((symbol, Path(symbol.span.source.name).as_uri()) for symbol in elsewhere)
    return [*opened, *(answers.place_of(*one) for one in addressed)]


async def defined(server: ArchServer, given: lsp.DefinitionParams) -> lsp.Location | None:
    uri = given.text_document.uri

    def asked(a: Analysis) -> lsp.Location | None:
        span = definition(a, offset(a.source, given.position))
        known = server.addresses(uri, a)
        return None if span is None else answers.location(span, known)

    return await server.ask(uri, asked)


async def referred(server: ArchServer, given: lsp.ReferenceParams) -> list[lsp.Location] | None:
    uri = given.text_document.uri

    def asked(a: Analysis) -> list[lsp.Location]:
        own, at, documents = home_of(uri), offset(a.source, given.position), server.documents
        by_file = references_everywhere(
            a, own, at, documents.text, documents.places, given.context.include_declaration
        )
        return [
            lsp.Location(uri if path == own else documents.address(path), range_of(span))
            for path, spans in by_file.items()
            for span in spans
        ]

    return await server.ask(uri, asked)


async def highlighted(
    server: ArchServer, given: lsp.DocumentHighlightParams
) -> list[lsp.DocumentHighlight] | None:
    server.previews.at(given.text_document.uri, given.position.line + 1)

    def asked(a: Analysis) -> list[lsp.DocumentHighlight]:
        places = references(a, offset(a.source, given.position))
        return [lsp.DocumentHighlight(range_of(span)) for span in places]

    return await server.ask(given.text_document.uri, asked)
