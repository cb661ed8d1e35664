"""Requests for edits: a name changed everywhere, the canonical layout, repairs and refactorings."""

from lsprotocol import types as lsp

from archdsl.editing.actions import actions, refactorings
from archdsl.editing.analysis import Analysis
from archdsl.editing.formatting import layout_edits
from archdsl.editing.renaming import CannotRename, rename_everywhere
from archdsl.server import answers
from archdsl.server.positions import offset
from archdsl.server.server import ArchServer, home_of


async def renamed(server: ArchServer, given: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
    uri = given.text_document.uri

    def asked(a: Analysis) -> lsp.WorkspaceEdit | None:
        own, at, documents = home_of(uri), offset(a.source, given.position), server.documents
        try:
            renamed_places = rename_everywhere(
                a, own, at, given.new_name, documents.text, documents.places
            )
        except CannotRename as why:
            server.warn(str(why))
            return None
        for path, reason in renamed_places.unseen.items():
            server.warn(f"{path} was left as it is: {reason}")
        names = renamed_places.names
        if names and not server.confirms and not server.said_again(given):
            server.warn(f"{answers.told_of(names)} Rename it once more to do so.")
            return None
        edits = {
            uri if path == own else documents.address(path): of_file
            for path, of_file in renamed_places.edits.items()
        }
        return answers.changes(edits, names, server.confirms)

    return await server.ask(uri, asked)


async def formatted(
    server: ArchServer, given: lsp.DocumentFormattingParams
) -> list[lsp.TextEdit] | None:
    uri = given.text_document.uri
    return await server.ask(uri, lambda a: answers.edits(layout_edits(a.source)))


async def range_formatted(
    server: ArchServer, given: lsp.DocumentRangeFormattingParams
) -> list[lsp.TextEdit] | None:
    first, last = given.range.start.line + 1, given.range.end.line + 1
    uri = given.text_document.uri
    return await server.ask(uri, lambda a: answers.edits(layout_edits(a.source, first, last)))


async def code_actions(
    server: ArchServer, given: lsp.CodeActionParams
) -> list[lsp.CodeAction] | None:
    uri = given.text_document.uri

    def asked(a: Analysis) -> list[lsp.CodeAction]:
        known = server.addresses(uri, a)
        start, end = (offset(a.source, p) for p in (given.range.start, given.range.end))
        possible = [*actions(a, start, end)]
        if given.context.trigger_kind is not lsp.CodeActionTriggerKind.Automatic:
            possible += refactorings(a, start, end)
        return [answers.action(one, uri, a.source, known, server.confirms) for one in possible]

    return await server.ask(uri, asked)
